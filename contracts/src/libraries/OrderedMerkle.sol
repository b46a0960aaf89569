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
    return _prefixed(encoded);
  }

  /// @notice The hash of a leaf of two words.
  function leafHash(bytes32 first, bytes32 second) internal pure returns (bytes32) {
    return _hash(0x00, first, second);
  }

  /// @notice Whether `leaf` stands where `proof` says under `root`. A malformed proof is just not a proof.
  function verify(bytes32 root, bytes32 leaf, MerkleProof calldata proof) internal pure returns (bool holds) {
    bytes32[] calldata siblings = proof.siblings;
    // One node for each level on which the place has a neighbour: 0x01, then left and right, of which the place is the right one where it is
    // odd. Siblings that are missing are read as something, and counted: at the end as many must have been taken as are shown.
    assembly ("memory-safe") {
      let place := calldataload(proof)
      let count := calldataload(add(proof, 32))
      let free := mload(0x40)
      let left := add(free, 1)
      let next := siblings.offset
      let end := add(next, shl(5, siblings.length))
      let top := leaf
      holds := lt(place, count)
      mstore8(free, 1)
      for {
        let last := mul(holds, sub(count, 1))
      } last {
        last := shr(1, last)
      } {
        let odd := shl(5, and(place, 1))
        if or(odd, lt(place, last)) {
          mstore(add(left, odd), top)
          mstore(add(left, xor(odd, 32)), calldataload(next))
          top := keccak256(free, 65)
          next := add(next, 32)
        }
        place := shr(1, place)
      }
      mstore8(free, 2)
      mstore(left, top)
      mstore(add(left, 32), count)
      holds := and(and(holds, eq(next, end)), eq(keccak256(free, 65), root))
    }
  }

  /// @notice The root of a tree of which all leaves are shown.
  /// @param level hashes of the leaves in order; overwritten
  function rootOf(bytes32[] memory level) internal pure returns (bytes32) {
    uint256 count = level.length;
    if (count == 0) return EMPTY_ROOT;
    unchecked {
      for (uint256 width = count; width > 1; width = (width >> 1) + (width & 1)) {
        for (uint256 i = 0; i + 1 < width; i += 2) level[i >> 1] = _hash(0x01, level[i], level[i + 1]);
        if (width & 1 == 1) level[width >> 1] = level[width - 1];
      }
    }
    return _hash(0x02, level[0], bytes32(count));
  }

  /// @dev Hashes a byte and two words.
  function _hash(uint8 prefix, bytes32 left, bytes32 right) private pure returns (bytes32 result) {
    assembly ("memory-safe") {
      let free := mload(0x40)
      mstore8(free, prefix)
      mstore(add(free, 1), left)
      mstore(add(free, 33), right)
      result := keccak256(free, 65)
    }
  }

  /// @dev Hashes a zero byte and then these bytes. The byte before them is the last one of their length, which is put back.
  function _prefixed(bytes memory encoded) private pure returns (bytes32 result) {
    assembly ("memory-safe") {
      let length := mload(encoded)
      mstore8(add(encoded, 31), 0)
      result := keccak256(add(encoded, 31), add(length, 1))
      mstore(encoded, length)
    }
  }
}
