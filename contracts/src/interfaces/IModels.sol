// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IDatanets } from "./IDatanets.sol";
import { Revocations } from "../types/Rights.sol";
import { Deployment, TrainingRun } from "../types/Statements.sol";

/// @title Models: bases, adapters with their lineage, and the terms on which they are served
interface IModels {
  struct BaseState {
    address registrant;
    uint64 registeredAt;
    bytes32 contentHash;
  }

  /// @dev `isPaidUseAllowed`: all datanets' terms allowed it when the adapter was registered.
  struct AdapterState {
    address trainer;
    uint64 registeredAt;
    bool isPaidUseAllowed;
    bytes32 baseId;
    bytes32 runId;
    bytes32 contentHash;
    bytes32[] snapshotIds;
  }

  struct DeploymentState {
    address owner;
    bool active;
    uint64 deployedAt;
    bytes32 baseId;
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

  /// @dev One snapshot of an adapter with the datanet that it is a version of.
  struct LineageSource {
    bytes32 snapshotId;
    IDatanets.SnapshotState snapshot;
    IDatanets.Datanet datanet;
  }

  /// @dev An adapter down to the record roots: each source's `snapshot.root`.
  struct Lineage {
    AdapterState adapter;
    BaseState base;
    Revocations revocations;
    LineageSource[] sources;
  }

  event BaseRegistered(bytes32 indexed baseId, address indexed registrant, bytes32 contentHash);
  event AdapterRegistered(
    bytes32 indexed adapterId,
    bytes32 indexed baseId,
    address indexed trainer,
    bytes32 runId,
    bytes32 contentHash,
    TrainingRun run
  );
  event ContentMoved(bytes32 indexed id, bytes32 contentHash);
  event Deployed(
    bytes32 indexed deploymentId,
    bytes32 indexed adapterId,
    address indexed owner,
    Deployment deployment,
    uint256 fee
  );
  event ActiveChanged(bytes32 indexed deploymentId, bool active);

  error RegistrationsPaused();
  error ZeroId();
  error AlreadyRegistered(bytes32 id);
  error UnknownBase(bytes32 baseId);
  error UnknownModel(bytes32 id);
  error UnknownDeployment(bytes32 deploymentId);
  error NoSnapshots();
  error TooManySnapshots(uint256 count);
  error DuplicateSnapshot(bytes32 snapshotId);
  error PaidUseNotAllowed(bytes32 adapterId);
  error AdapterFrozen(bytes32 adapterId, uint256 freezeAt);
  error BadSplit(uint256 sum);
  error NotModelOwner(bytes32 id, address caller);
  error NonceUsed(address signer, uint256 nonce);
  error BadStatementSignature(address signer);

  /// @notice Registers a base model under its id; the caller becomes its registrant.
  /// @param contentHash hash of the file that holds it
  function registerBase(bytes32 baseId, bytes32 contentHash) external;

  /// @notice Registers an adapter with its lineage. Its base must be registered, and the terms of each snapshot's datanet must
  /// allow the trainer and the adapter's licence. Anyone may bring the trainer's signature.
  /// @param contentHash hash of the folder that holds it; the trainer can correct it with `moveContent`
  function registerAdapter(TrainingRun calldata run, bytes32 contentHash, bytes calldata signature) external;

  /// @notice Says where a base or an adapter lies now; by its registrant or trainer.
  function moveContent(bytes32 id, bytes32 contentHash) external;

  /// @notice Puts a model on offer and takes the deployment fee in WOPEN from its owner, who has approved it. `adapterId` is an
  /// adapter's id, or a base's id for the bare base. An adapter can have a price only if the terms of its data allow that, and no
  /// new deployment once it is frozen or about to be. Anyone may bring the owner's signature.
  /// @return deploymentId the statement's struct hash
  function deploy(Deployment calldata deployment, bytes calldata signature) external returns (bytes32 deploymentId);

  /// @notice Takes a deployment off or puts it back; by its owner.
  function setActive(bytes32 deploymentId, bool active) external;

  /// @notice A base's state; all zero for an unknown one.
  function getBase(bytes32 baseId) external view returns (BaseState memory);

  /// @notice An adapter's state with its lineage; all zero for an unknown one.
  function getAdapter(bytes32 adapterId) external view returns (AdapterState memory);

  /// @notice What became of the consent behind an adapter; all zero for one whose records were never shown to be revoked.
  function revocationsOf(bytes32 adapterId) external view returns (Revocations memory);

  /// @notice Everything from an adapter to the roots of its records in one call; fails for an unknown one.
  function getLineage(bytes32 adapterId) external view returns (Lineage memory);

  /// @notice A deployment's terms; all zero for an unknown one. `adapterId` is zero for the bare base.
  function getDeployment(bytes32 deploymentId) external view returns (DeploymentState memory);

  /// @notice Whether a model owner has used a nonce.
  function isNonceUsed(address owner, uint256 nonce) external view returns (bool);
}
