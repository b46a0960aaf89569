// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice An agent's promise to a client: the task done by a deadline, or the penalty is the client's.
/// @dev Signed by `agent`, the wallet of `agentId`. The offer ends at `acceptBy`, so that nobody accepts what can no longer be done.
/// `taskHash` is the hash of the task's description; `criterion` is what the verifier holds the delivery against.
struct Guarantee {
  uint256 agentId;
  address agent;
  address client;
  bytes32 taskHash;
  uint96 reward;
  uint96 penalty;
  uint64 acceptBy;
  uint64 deadline;
  address verifier;
  bytes32 criterion;
  uint256 nonce;
}

/// @notice Where a guarantee stands.
enum Status {
  Unknown,
  Accepted,
  Delivered,
  Kept,
  Broken,
  Undecided
}

/// @notice What a verifier says of a delivery.
enum Outcome {
  Pending,
  Kept,
  Broken,
  Undecided
}

/// @notice How an agent's guarantees ended, and what they moved.
struct AgentRecord {
  uint32 kept;
  uint32 broken;
  uint32 undecided;
  uint128 earned;
  uint128 forfeited;
}

/// @notice What an anchored receipt must be. `criterion` is `keccak(abi.encode(terms))`.
/// @dev `modelId` is an adapter's id, or a base's id for the bare base. Zero in `requestHash` or `gateway` allows any. With `opened` the
/// answer's tokens come with the delivery.
struct ReceiptTerms {
  bytes32 modelId;
  bytes32 requestHash;
  address gateway;
  bool opened;
}

/// @notice How a committee judges. `criterion` is `keccak(abi.encode(terms))`.
/// @dev `size` is odd; `fee` goes to each member who voted with the majority; times in seconds.
struct CommitteeTerms {
  uint8 size;
  uint96 fee;
  uint32 commitTime;
  uint32 revealTime;
}
