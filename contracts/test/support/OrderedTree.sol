// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { MerkleProof } from "../../src/types/Ledger.sol";

/// @dev Builds ordered trees and proofs from leaf hashes, written apart from the verifier under test.
library OrderedTree {
  function root(bytes32[] memory leaves) internal pure returns (bytes32) {
    bytes32 top = leaves.length == 0 ? bytes32(0) : _top(leaves);
    return keccak256(abi.encodePacked(bytes1(0x02), top, uint256(leaves.length)));
  }

  function prove(bytes32[] memory leaves, uint256 index) internal pure returns (MerkleProof memory proof) {
    bytes32[] memory siblings = new bytes32[](256);
    uint256 used = 0;
    bytes32[] memory level = leaves;
    uint256 place = index;
    while (level.length > 1) {
      uint256 other = place % 2 == 0 ? place + 1 : place - 1;
      if (other < level.length) siblings[used++] = level[other];
      level = _next(level);
      place /= 2;
    }
    proof = MerkleProof(index, leaves.length, new bytes32[](used));
    for (uint256 i = 0; i < used; ++i) proof.siblings[i] = siblings[i];
  }

  function leafHash(bytes memory encoded) internal pure returns (bytes32) {
    return keccak256(abi.encodePacked(bytes1(0x00), encoded));
  }

  function _top(bytes32[] memory leaves) private pure returns (bytes32) {
    bytes32[] memory level = leaves;
    while (level.length > 1) level = _next(level);
    return level[0];
  }

  function _next(bytes32[] memory level) private pure returns (bytes32[] memory next) {
    next = new bytes32[]((level.length + 1) / 2);
    for (uint256 i = 0; i < level.length; i += 2) {
      next[i / 2] = i + 1 < level.length ? keccak256(abi.encodePacked(bytes1(0x01), level[i], level[i + 1])) : level[i];
    }
  }
}
