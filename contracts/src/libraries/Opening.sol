// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { MerkleProof } from "../types/Ledger.sol";
import { CalldataHash } from "./CalldataHash.sol";
import { OrderedMerkle } from "./OrderedMerkle.sol";

/// @notice What an opening shows: nothing, the leaf at its place, or that what was committed to has another form than its header says.
enum Shown {
  Nothing,
  Leaf,
  Defect
}

/// @title Openings of leaves under a root whose header names the number of leaves
library Opening {
  /// @notice Honest counts fit 32 bits.
  uint256 internal constant MAX_COUNT = type(uint32).max;

  /// @notice Opens a leaf of dynamic bytes: `abi.encode(data)`.
  function open(
    bytes32 root,
    bytes calldata data,
    MerkleProof calldata proof,
    uint256 index,
    uint256 size
  ) internal pure returns (Shown) {
    return open(root, CalldataHash.leafHash(data), proof, index, size);
  }

  /// @notice Opens a leaf by its hash.
  /// @param index where it must stand
  /// @param size how many leaves the header says there are
  function open(
    bytes32 root,
    bytes32 leaf,
    MerkleProof calldata proof,
    uint256 index,
    uint256 size
  ) internal pure returns (Shown) {
    bool sameSize = proof.count == size;
    if (sameSize && proof.index != index) return Shown.Nothing;
    if (!OrderedMerkle.verify(root, leaf, proof)) return Shown.Nothing;
    return sameSize ? Shown.Leaf : Shown.Defect;
  }

  /// @notice How many pieces of `each` hold `length`.
  function pieces(uint256 length, uint256 each) internal pure returns (uint256) {
    return length == 0 ? 0 : (length - 1) / each + 1;
  }
}
