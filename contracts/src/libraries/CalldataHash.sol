// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
  AnswerToken,
  AttributionHeader,
  IndexHeader,
  IndexRecord,
  QueryHeader,
  SealedRecord,
  SpanClaim,
  TableHeader
} from "../types/Dispute.sol";
import { Attribution, Receipt } from "../types/Statements.sol";

/// @title Hashes of structs that stand in the calldata as their ABI encoding says
/// @notice Structs without dynamic fields are copied, not encoded field by field. A word that is no valid field gives a hash that nobody
/// honest has committed to; reading the field reverts.
library CalldataHash {
  /// @notice The hash of a word and the words of a struct.
  function wordsHash(bytes32 first, uint256 start, uint256 words) internal pure returns (bytes32 result) {
    assembly ("memory-safe") {
      let free := mload(0x40)
      let size := shl(5, words)
      mstore(free, first)
      calldatacopy(add(free, 32), start, size)
      result := keccak256(free, add(size, 32))
    }
  }

  /// @notice The hash of a struct as a leaf of an ordered Merkle tree: of a zero byte and its words.
  function wordsLeaf(uint256 start, uint256 words) internal pure returns (bytes32 result) {
    assembly ("memory-safe") {
      let free := mload(0x40)
      let size := shl(5, words)
      mstore8(free, 0)
      calldatacopy(add(free, 1), start, size)
      result := keccak256(free, add(size, 1))
    }
  }

  /// @notice The hash of a leaf of dynamic bytes: of a zero byte, where they begin, their length, and they themselves up to whole words.
  function leafHash(bytes calldata data) internal pure returns (bytes32 result) {
    assembly ("memory-safe") {
      let free := mload(0x40)
      let size := and(add(data.length, 31), not(31))
      mstore8(free, 0)
      mstore(add(free, 1), 32)
      mstore(add(free, 33), data.length)
      // The last word first, so that what lies behind the bytes is zero.
      if size {
        mstore(add(free, add(size, 33)), 0)
      }
      calldatacopy(add(free, 65), data.offset, data.length)
      result := keccak256(free, add(size, 65))
    }
  }

  /// @notice The hash of a word and a struct.
  function hash(bytes32 first, Receipt calldata s) internal pure returns (bytes32) {
    uint256 start;
    assembly ("memory-safe") {
      start := s
    }
    return wordsHash(first, start, 19);
  }

  /// @notice The hash of a word and a struct.
  function hash(bytes32 first, Attribution calldata s) internal pure returns (bytes32) {
    uint256 start;
    assembly ("memory-safe") {
      start := s
    }
    return wordsHash(first, start, 5);
  }

  /// @notice The hash of a word and a struct.
  function hash(bytes32 first, AttributionHeader calldata s) internal pure returns (bytes32) {
    uint256 start;
    assembly ("memory-safe") {
      start := s
    }
    return wordsHash(first, start, 18);
  }

  /// @notice The hash of a word and a struct.
  function hash(bytes32 first, IndexHeader calldata s) internal pure returns (bytes32) {
    uint256 start;
    assembly ("memory-safe") {
      start := s
    }
    return wordsHash(first, start, 6);
  }

  /// @notice The hash of a word and a struct.
  function hash(bytes32 first, QueryHeader calldata s) internal pure returns (bytes32) {
    uint256 start;
    assembly ("memory-safe") {
      start := s
    }
    return wordsHash(first, start, 3);
  }

  /// @notice The hash of a word and a struct.
  function hash(bytes32 first, TableHeader calldata s) internal pure returns (bytes32) {
    uint256 start;
    assembly ("memory-safe") {
      start := s
    }
    return wordsHash(first, start, 8);
  }

  /// @notice The hash of a leaf.
  function leafHash(SpanClaim calldata s) internal pure returns (bytes32) {
    uint256 start;
    assembly ("memory-safe") {
      start := s
    }
    return wordsLeaf(start, 14);
  }

  /// @notice The hash of a leaf.
  function leafHash(IndexRecord calldata s) internal pure returns (bytes32) {
    uint256 start;
    assembly ("memory-safe") {
      start := s
    }
    return wordsLeaf(start, 6);
  }

  /// @notice The hash of a leaf.
  function leafHash(AnswerToken calldata s) internal pure returns (bytes32) {
    uint256 start;
    assembly ("memory-safe") {
      start := s
    }
    return wordsLeaf(start, 3);
  }

  /// @notice The hash of a leaf.
  function leafHash(SealedRecord calldata s) internal pure returns (bytes32) {
    uint256 start;
    assembly ("memory-safe") {
      start := s
    }
    return wordsLeaf(start, 3);
  }
}
