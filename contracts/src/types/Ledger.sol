// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice An inclusion proof in an ordered tree: the leaf's place, the number of leaves, the siblings from the bottom up.
struct MerkleProof {
  uint256 index;
  uint256 count;
  bytes32[] siblings;
}

/// @notice What a gateway said about one epoch; the chain keeps its hash, the event carries the fields.
/// @dev `cumulative` is the sum of all epochs' totals up to and with this one; `finalAt` is when the dispute window closes.
struct EpochHeader {
  uint64 index;
  bytes32 receiptsRoot;
  bytes32 linesRoot;
  bytes32 balancesRoot;
  uint128 total;
  uint128 cumulative;
  uint32 lineCount;
  uint32 receiptCount;
  bytes32 dataHash;
  uint64 finalAt;
}

/// @notice The part of an epoch that a claim needs, with the hash of the rest: see `EpochHash`.
struct EpochBrief {
  uint64 index;
  bytes32 balancesRoot;
  uint128 cumulative;
  uint64 finalAt;
  bytes32 restHash;
}

/// @notice One line of an epoch; up to and with this line, `runningTotal` is the payee's total in this epoch and `epochTotal` that of all.
struct Line {
  address payee;
  bytes32 receiptId;
  uint256 amount;
  uint256 runningTotal;
  uint256 epochTotal;
}

/// @notice A receipt of an epoch and the root of the shares by which it pays; sorted by receipt id.
struct SettledReceipt {
  bytes32 receiptId;
  bytes32 shareRoot;
}

/// @notice What one answer pays one payee; sorted by payee.
struct Share {
  address payee;
  uint256 amount;
}

/// @notice What a payee has earned from a gateway over all epochs.
struct Balance {
  address payee;
  uint256 cumulative;
}

/// @notice A line with the proof of its place.
struct LineOpening {
  Line line;
  MerkleProof proof;
}

/// @notice A receipt with the proof of its place.
struct ReceiptOpening {
  SettledReceipt leaf;
  MerkleProof proof;
}

/// @notice A share with the proof of its place.
struct ShareOpening {
  Share share;
  MerkleProof proof;
}

/// @notice A balance with the proof of its place.
struct BalanceOpening {
  Balance balance;
  MerkleProof proof;
}
