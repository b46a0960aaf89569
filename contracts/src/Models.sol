// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import { IDatanets } from "./interfaces/IDatanets.sol";
import { IModels } from "./interfaces/IModels.sol";
import { IParameters } from "./interfaces/IParameters.sol";
import { IWOPEN } from "./interfaces/IWOPEN.sol";
import { StatementHash } from "./libraries/StatementHash.sol";
import { Revocations } from "./types/Rights.sol";
import { Deployment, TrainingRun } from "./types/Statements.sol";

/// @title Models
/// @notice The registry of bases, adapters with their lineage, and deployments.
contract Models is IModels, EIP712, ReentrancyGuardTransient {
  using SafeERC20 for IWOPEN;
  using StatementHash for Deployment;
  using StatementHash for TrainingRun;

  uint256 private constant WHOLE_PPM = 1_000_000;
  uint256 private constant MAX_SNAPSHOTS = 32;

  IWOPEN public immutable wopen;
  IParameters public immutable parameters;
  IDatanets public immutable datanets;

  mapping(bytes32 baseId => BaseState) private _bases;
  mapping(bytes32 adapterId => AdapterState) private _adapters;
  mapping(bytes32 deploymentId => DeploymentState) private _deployments;

  /// @inheritdoc IModels
  mapping(address owner => mapping(uint256 nonce => bool)) public override isNonceUsed;

  constructor(IWOPEN wopen_, IParameters parameters_, IDatanets datanets_) EIP712("OpenLedger", "1") {
    wopen = wopen_;
    parameters = parameters_;
    datanets = datanets_;
  }

  /// @inheritdoc IModels
  function registerBase(bytes32 baseId, bytes32 contentHash) external override {
    _requireRunning();
    _requireFree(baseId);
    _bases[baseId] = BaseState(msg.sender, uint64(block.timestamp), contentHash);
    emit BaseRegistered(baseId, msg.sender, contentHash);
  }

  /// @inheritdoc IModels
  function registerAdapter(TrainingRun calldata run, bytes32 contentHash, bytes calldata signature) external override {
    _requireRunning();
    _requireFree(run.adapterId);
    if (_bases[run.baseId].registrant == address(0)) revert UnknownBase(run.baseId);
    bool isPaidUseAllowed = _requireConsent(run);
    bytes32 runId = _hashTypedDataV4(run.hash());
    if (!SignatureChecker.isValidSignatureNowCalldata(run.trainer, runId, signature)) {
      revert BadStatementSignature(run.trainer);
    }
    AdapterState storage adapter = _adapters[run.adapterId];
    adapter.trainer = run.trainer;
    adapter.registeredAt = uint64(block.timestamp);
    adapter.isPaidUseAllowed = isPaidUseAllowed;
    adapter.baseId = run.baseId;
    adapter.runId = runId;
    adapter.contentHash = contentHash;
    adapter.snapshotIds = run.snapshotIds;
    emit AdapterRegistered(run.adapterId, run.baseId, run.trainer, runId, contentHash, run);
  }

  /// @inheritdoc IModels
  function moveContent(bytes32 id, bytes32 contentHash) external override {
    if (_modelOwner(id) != msg.sender) revert NotModelOwner(id, msg.sender);
    if (_adapters[id].trainer == address(0)) _bases[id].contentHash = contentHash;
    else _adapters[id].contentHash = contentHash;
    emit ContentMoved(id, contentHash);
  }

  /// @inheritdoc IModels
  function deploy(
    Deployment calldata deployment,
    bytes calldata signature
  ) external override nonReentrant returns (bytes32 deploymentId) {
    _requireRunning();
    uint256 sum =
      uint256(deployment.nodePpm) + deployment.ownerPpm + deployment.stakersPpm + deployment.contributorsPpm;
    if (sum != WHOLE_PPM) revert BadSplit(sum);
    address owner = deployment.owner;
    if (_modelOwner(deployment.adapterId) != owner) revert NotModelOwner(deployment.adapterId, owner);
    _requireRights(deployment);
    if (isNonceUsed[owner][deployment.nonce]) revert NonceUsed(owner, deployment.nonce);
    isNonceUsed[owner][deployment.nonce] = true;
    deploymentId = deployment.hash();
    if (!SignatureChecker.isValidSignatureNowCalldata(owner, _hashTypedDataV4(deploymentId), signature)) {
      revert BadStatementSignature(owner);
    }
    _record(deploymentId, deployment);

    uint256 fee = parameters.deploymentFee();
    emit Deployed(deploymentId, deployment.adapterId, owner, deployment, fee);
    // The owner's signature over this deployment and their allowance are the permission to take the fee.
    // slither-disable-next-line arbitrary-send-erc20
    if (fee != 0) wopen.safeTransferFrom(owner, parameters.treasury(), fee);
  }

  /// @inheritdoc IModels
  function setActive(bytes32 deploymentId, bool active) external override {
    DeploymentState storage state = _deployments[deploymentId];
    if (state.owner == address(0)) revert UnknownDeployment(deploymentId);
    if (state.owner != msg.sender) revert NotModelOwner(deploymentId, msg.sender);
    state.active = active;
    emit ActiveChanged(deploymentId, active);
  }

  /// @inheritdoc IModels
  function getBase(bytes32 baseId) external view override returns (BaseState memory) {
    return _bases[baseId];
  }

  /// @inheritdoc IModels
  function getAdapter(bytes32 adapterId) external view override returns (AdapterState memory) {
    return _adapters[adapterId];
  }

  /// @inheritdoc IModels
  function getLineage(bytes32 adapterId) external view override returns (Lineage memory lineage) {
    lineage.adapter = _adapters[adapterId];
    if (lineage.adapter.trainer == address(0)) revert UnknownModel(adapterId);
    lineage.base = _bases[lineage.adapter.baseId];
    bytes32[] memory snapshotIds = lineage.adapter.snapshotIds;
    lineage.revocations = datanets.revocationsOf(snapshotIds);
    lineage.sources = new LineageSource[](snapshotIds.length);
    for (uint256 i = 0; i < snapshotIds.length; ++i) {
      IDatanets.SnapshotState memory snapshot = datanets.getSnapshot(snapshotIds[i]);
      lineage.sources[i] = LineageSource(snapshotIds[i], snapshot, datanets.getDatanet(snapshot.datanetId));
    }
  }

  /// @inheritdoc IModels
  function getDeployment(bytes32 deploymentId) external view override returns (DeploymentState memory) {
    return _deployments[deploymentId];
  }

  /// @inheritdoc IModels
  function revocationsOf(bytes32 adapterId) public view override returns (Revocations memory) {
    return datanets.revocationsOf(_adapters[adapterId].snapshotIds);
  }

  function _record(bytes32 deploymentId, Deployment calldata deployment) private {
    bytes32 baseId = _adapters[deployment.adapterId].baseId;
    bool bare = baseId == bytes32(0);
    DeploymentState storage state = _deployments[deploymentId];
    state.owner = deployment.owner;
    state.active = true;
    state.deployedAt = uint64(block.timestamp);
    state.baseId = bare ? deployment.adapterId : baseId;
    state.adapterId = bare ? bytes32(0) : deployment.adapterId;
    state.inputPrice = deployment.inputPrice;
    state.outputPrice = deployment.outputPrice;
    state.nodePpm = deployment.nodePpm;
    state.ownerPpm = deployment.ownerPpm;
    state.stakersPpm = deployment.stakersPpm;
    state.contributorsPpm = deployment.contributorsPpm;
    state.methodHash = deployment.methodHash;
    state.tableHash = deployment.tableHash;
    state.nonce = deployment.nonce;
  }

  function _requireRunning() private view {
    if (parameters.paused()) revert RegistrationsPaused();
  }

  function _requireFree(bytes32 id) private view {
    if (id == bytes32(0)) revert ZeroId();
    if (_bases[id].registrant != address(0) || _adapters[id].trainer != address(0)) revert AlreadyRegistered(id);
  }

  function _requireConsent(TrainingRun calldata run) private view returns (bool isPaidUseAllowed) {
    bytes32[] calldata snapshotIds = run.snapshotIds;
    uint256 count = snapshotIds.length;
    if (count == 0) revert NoSnapshots();
    if (count > MAX_SNAPSHOTS) revert TooManySnapshots(count);
    isPaidUseAllowed = true;
    for (uint256 i = 0; i < count; ++i) {
      bytes32 snapshotId = snapshotIds[i];
      for (uint256 j = 0; j < i; ++j) if (snapshotIds[j] == snapshotId) revert DuplicateSnapshot(snapshotId);
      if (!datanets.requireTraining(snapshotId, run.trainer, run.licence)) isPaidUseAllowed = false;
    }
  }

  /// @dev A bare base has no records behind it: everything is allowed.
  function _requireRights(Deployment calldata deployment) private view {
    bytes32 adapterId = deployment.adapterId;
    AdapterState storage adapter = _adapters[adapterId];
    if (adapter.trainer == address(0)) return;
    bool isSold = deployment.inputPrice != 0 || deployment.outputPrice != 0;
    if (isSold && !adapter.isPaidUseAllowed) revert PaidUseNotAllowed(adapterId);
    uint256 freezeAt = revocationsOf(adapterId).freezeAt;
    if (freezeAt != 0) revert AdapterFrozen(adapterId, freezeAt);
  }

  function _modelOwner(bytes32 id) private view returns (address owner) {
    owner = _adapters[id].trainer;
    if (owner == address(0)) owner = _bases[id].registrant;
    if (owner == address(0)) revert UnknownModel(id);
  }
}
