// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Guarantee } from "../types/Agents.sol";
import {
  Attribution,
  Contribution,
  Deployment,
  InclusionPromise,
  Receipt,
  Snapshot,
  TrainingRun
} from "../types/Statements.sol";
import { CalldataHash } from "./CalldataHash.sol";

/// @title EIP-712 struct hashes of the statements
/// @notice The field order and types are those of `packages/protocol/src/statements/types.ts`; shared vectors pin both sides.
library StatementHash {
  bytes32 internal constant CONTRIBUTION_TYPEHASH = keccak256(
    "Contribution(uint256 datanetId,address contributor,bytes32 recordsRoot,uint32 count,string licence,uint8 consent,uint256 nonce)"
  );
  bytes32 internal constant SNAPSHOT_TYPEHASH = keccak256(
    "Snapshot(uint256 datanetId,bytes32 parent,bytes32 root,uint32 recordCount,uint32 contributorCount,bytes32 contentHash)"
  );
  bytes32 internal constant TRAINING_RUN_TYPEHASH = keccak256(
    "TrainingRun(address trainer,bytes32 baseId,bytes32[] snapshotIds,bytes32 recipeHash,bytes32 profileHash,bytes32 seed,bytes32 adapterId,bytes32 metricsHash,string licence)"
  );
  bytes32 internal constant DEPLOYMENT_TYPEHASH = keccak256(
    "Deployment(address owner,bytes32 adapterId,uint128 inputPrice,uint128 outputPrice,uint32 nodePpm,uint32 ownerPpm,uint32 stakersPpm,uint32 contributorsPpm,bytes32 methodHash,bytes32 tableHash,uint256 nonce)"
  );
  bytes32 internal constant VOUCHER_TYPEHASH = keccak256("Voucher(bytes32 channelId,uint128 cumulative)");
  bytes32 internal constant RECEIPT_TYPEHASH = keccak256(
    "Receipt(bytes32 baseId,bytes32 adapterId,bytes32 snapshotsHash,bytes32 deploymentId,address node,address gateway,bytes32 channelId,bytes32 requestHash,bytes32 outputHash,bytes32 samplingHash,uint32 inputTokens,uint32 outputTokens,uint128 fee,bytes32 profileHash,bytes32 fingerprintRoot,bytes32 attributionRoot,bytes32 shareRoot,uint64 time,uint64 nonce)"
  );

  bytes32 internal constant ATTRIBUTION_TYPEHASH = keccak256(
    "Attribution(bytes32 receiptId,bytes32 attributionRoot,bytes32 queryHash,bytes32 shareRoot,uint64 time)"
  );
  bytes32 internal constant INCLUSION_PROMISE_TYPEHASH = keccak256(
    "InclusionPromise(address gateway,bytes32 receiptId,uint128 fee,uint64 includeBy)"
  );
  bytes32 internal constant GUARANTEE_TYPEHASH = keccak256(
    "Guarantee(uint256 agentId,address agent,address client,bytes32 taskHash,uint96 reward,uint96 penalty,uint64 acceptBy,uint64 deadline,address verifier,bytes32 criterion,uint256 nonce)"
  );
  bytes32 internal constant RELEASE_TYPEHASH = keccak256("Release(bytes32 guaranteeId,bytes32 resultHash)");
  bytes32 internal constant PENDING_ATTRIBUTION_MARK = keccak256("openledger/attribution-pending/1");

  /// @notice The struct hash of a contribution.
  function hash(Contribution calldata c) internal pure returns (bytes32) {
    return
      keccak256(
        abi.encode(
          CONTRIBUTION_TYPEHASH,
          c.datanetId,
          c.contributor,
          c.recordsRoot,
          c.count,
          keccak256(bytes(c.licence)),
          c.consent,
          c.nonce
        )
      );
  }

  /// @notice The struct hash of a snapshot: the snapshot's id.
  function hash(Snapshot calldata s) internal pure returns (bytes32) {
    return keccak256(abi.encode(SNAPSHOT_TYPEHASH, s));
  }

  /// @notice The struct hash of a training run.
  function hash(TrainingRun calldata r) internal pure returns (bytes32) {
    return
      keccak256(
        abi.encode(
          TRAINING_RUN_TYPEHASH,
          r.trainer,
          r.baseId,
          keccak256(abi.encodePacked(r.snapshotIds)),
          r.recipeHash,
          r.profileHash,
          r.seed,
          r.adapterId,
          r.metricsHash,
          keccak256(bytes(r.licence))
        )
      );
  }

  /// @notice The struct hash of a deployment: the deployment's id.
  function hash(Deployment calldata d) internal pure returns (bytes32) {
    return keccak256(abi.encode(DEPLOYMENT_TYPEHASH, d));
  }

  /// @notice The struct hash of a voucher.
  function hashVoucher(bytes32 channelId, uint128 cumulative) internal pure returns (bytes32) {
    return keccak256(abi.encode(VOUCHER_TYPEHASH, channelId, cumulative));
  }

  /// @notice The struct hash of a receipt.
  function hash(Receipt calldata r) internal pure returns (bytes32) {
    return CalldataHash.hash(RECEIPT_TYPEHASH, r);
  }

  /// @notice The struct hash of an attribution.
  function hash(Attribution calldata a) internal pure returns (bytes32) {
    return CalldataHash.hash(ATTRIBUTION_TYPEHASH, a);
  }

  /// @notice The struct hash of a gateway's promise to settle a receipt.
  function hash(InclusionPromise calldata p) internal pure returns (bytes32) {
    return keccak256(abi.encode(INCLUSION_PROMISE_TYPEHASH, p));
  }

  /// @notice The struct hash of a guarantee.
  function hash(Guarantee calldata g) internal pure returns (bytes32) {
    return keccak256(abi.encode(GUARANTEE_TYPEHASH, g));
  }

  /// @notice The struct hash of a client's release.
  function hashRelease(bytes32 guaranteeId, bytes32 resultHash) internal pure returns (bytes32) {
    return keccak256(abi.encode(RELEASE_TYPEHASH, guaranteeId, resultHash));
  }

  /// @notice What stands as `attributionRoot` in a receipt whose attribution is awaited until `deadline` (Unix seconds).
  function pendingAttributionRoot(uint64 deadline) internal pure returns (bytes32) {
    return keccak256(abi.encode(PENDING_ATTRIBUTION_MARK, deadline));
  }
}
