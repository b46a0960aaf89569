// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { MerkleProof } from "../types/Ledger.sol";

/// @title Merkle trees whose leaves keep their order
/// @notice Leaf `keccak(0x00 ‖ abi.encode(leaf))`, node `keccak(0x01 ‖ left ‖ right)`, odd nodes promoted,
/// root `keccak(0x02 ‖ top ‖ count)`. A proof carries the index, so two leaves can be shown to be neighbours.
library OrderedMerkle {
  /// @notice The root of a tree without leaves.
  bytes32 internal constant EMPTY_ROOT = keccak256(abi.encodePacked(bytes1(0x02), bytes32(0), uint256(0)));

  /// @notice The hash of a leaf.
  /// @param encoded the leaf's ABI encoding
  function leafHash(bytes memory encoded) internal pure returns (bytes32) {
    return keccak256(bytes.concat(bytes1(0x00), encoded));
  }

  /// @notice Whether `leaf` stands where `proof` says under `root`. A malformed proof is just not a proof.
  function verify(bytes32 root, bytes32 leaf, MerkleProof calldata proof) internal pure returns (bool) {
    uint256 place = proof.index;
    uint256 width = proof.count;
    bytes32[] calldata siblings = proof.siblings;
    if (place >= width) return false;
    uint256 used = 0;
    unchecked {
      for (; width > 1; width = (width >> 1) + (width & 1)) {
        bool isRight = place & 1 == 1;
        if (isRight || place + 1 < width) {
          if (used == siblings.length) return false;
          bytes32 sibling;
          // The check above has bounded the index.
          assembly ("memory-safe") {
            sibling := calldataload(add(siblings.offset, shl(5, used)))
          }
          ++used;
          leaf = isRight ? _node(sibling, leaf) : _node(leaf, sibling);
        }
        place >>= 1;
      }
    }
    return used == siblings.length && keccak256(abi.encodePacked(bytes1(0x02), leaf, proof.count)) == root;
  }

  /// @notice The root of a tree of which all leaves are shown.
  /// @param level hashes of the leaves in order; overwritten
  function rootOf(bytes32[] memory level) internal pure returns (bytes32) {
    uint256 count = level.length;
    if (count == 0) return EMPTY_ROOT;
    unchecked {
      for (uint256 width = count; width > 1; width = (width >> 1) + (width & 1)) {
        for (uint256 i = 0; i + 1 < width; i += 2) level[i >> 1] = _node(level[i], level[i + 1]);
        if (width & 1 == 1) level[width >> 1] = level[width - 1];
      }
    }
    return keccak256(abi.encodePacked(bytes1(0x02), level[0], count));
  }

  function _node(bytes32 left, bytes32 right) private pure returns (bytes32 result) {
    assembly ("memory-safe") {
      let free := mload(0x40)
      mstore8(free, 1)
      mstore(add(free, 1), left)
      mstore(add(free, 33), right)
      result := keccak256(free, 65)
    }
  }
}
