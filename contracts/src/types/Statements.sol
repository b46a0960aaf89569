// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A contributor's statement: these records are mine to give, under this licence and these terms.
/// @dev `consent`, the sum of: who may train (0 nobody, 1 builders whom the datanet's owner allows, 2 anyone), 4 answers may be sold,
/// 8 adapters of before may go on earning after a revocation.
struct Contribution {
  uint256 datanetId;
  address contributor;
  bytes32 recordsRoot;
  uint32 count;
  string licence;
  uint8 consent;
  uint256 nonce;
}

/// @notice A datanet owner's statement: this version of the datanet holds exactly these records.
struct Snapshot {
  uint256 datanetId;
  bytes32 parent;
  bytes32 root;
  uint32 recordCount;
  uint32 contributorCount;
  bytes32 contentHash;
}

/// @notice A trainer's statement: this adapter came out of this base, these snapshots and this recipe, and is passed on under this
/// licence (SPDX identifier).
struct TrainingRun {
  address trainer;
  bytes32 baseId;
  bytes32[] snapshotIds;
  bytes32 recipeHash;
  bytes32 profileHash;
  bytes32 seed;
  bytes32 adapterId;
  bytes32 metricsHash;
  string licence;
}

/// @notice A model owner's statement: this model is served at these prices, and what it earns is split like this.
/// @dev Prices are per 1,000 tokens in the smallest unit; the four parts are parts per million and sum to 1,000,000.
struct Deployment {
  address owner;
  bytes32 adapterId;
  uint128 inputPrice;
  uint128 outputPrice;
  uint32 nodePpm;
  uint32 ownerPpm;
  uint32 stakersPpm;
  uint32 contributorsPpm;
  bytes32 methodHash;
  bytes32 tableHash;
  uint256 nonce;
}

/// @notice A node's statement about one answer.
struct Receipt {
  bytes32 baseId;
  bytes32 adapterId;
  bytes32 snapshotsHash;
  bytes32 deploymentId;
  address node;
  address gateway;
  bytes32 channelId;
  bytes32 requestHash;
  bytes32 outputHash;
  bytes32 samplingHash;
  uint32 inputTokens;
  uint32 outputTokens;
  uint128 fee;
  bytes32 profileHash;
  bytes32 fingerprintRoot;
  bytes32 attributionRoot;
  bytes32 shareRoot;
  uint64 time;
  uint64 nonce;
}

/// @notice A node's second statement about an answer whose receipt left its attribution open.
struct Attribution {
  bytes32 receiptId;
  bytes32 attributionRoot;
  bytes32 queryHash;
  bytes32 shareRoot;
  uint64 time;
}

/// @notice A gateway's statement: this receipt was paid for, and stands in one of my epochs by this date.
struct InclusionPromise {
  address gateway;
  bytes32 receiptId;
  uint128 fee;
  uint64 includeBy;
}
