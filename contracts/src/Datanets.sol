// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import { IDatanets } from "./interfaces/IDatanets.sol";
import { OrderedMerkle } from "./libraries/OrderedMerkle.sol";
import { StatementHash } from "./libraries/StatementHash.sol";
import { MerkleProof } from "./types/Ledger.sol";
import { Contribution, Snapshot } from "./types/Statements.sol";

/// @title Datanets
/// @notice The registry of datanets: roles, contributions by commit and reveal, sealed versions, consent, revocations.
contract Datanets is IDatanets, EIP712 {
  using StatementHash for Contribution;
  using StatementHash for Snapshot;

  uint256 private constant MAX_LICENCE_LENGTH = 64;
  uint8 private constant MAX_CONSENT = 2;

  /// @inheritdoc IDatanets
  uint256 public override datanetCount;
  uint64 private _commitCount;

  mapping(uint256 datanetId => Datanet) private _datanets;
  mapping(uint256 datanetId => mapping(address account => bool)) private _curators;
  mapping(uint256 datanetId => mapping(address account => bool)) private _contributors;
  mapping(uint256 datanetId => mapping(address account => bool)) private _builders;
  mapping(uint256 datanetId => mapping(bytes32 commitment => CommitmentState)) private _commitments;
  mapping(bytes32 contributionId => ContributionState) private _contributions;
  mapping(bytes32 snapshotId => SnapshotState) private _snapshots;

  /// @inheritdoc IDatanets
  mapping(address contributor => mapping(uint256 nonce => bool)) public override isNonceUsed;
  /// @inheritdoc IDatanets
  mapping(uint256 datanetId => mapping(bytes32 recordId => mapping(address contributor => uint64)))
    public
    override revokedAt;

  modifier onlyDatanetOwner(uint256 datanetId) {
    _requireOwner(datanetId);
    _;
  }

  constructor() EIP712("OpenLedger", "1") {}

  /// @inheritdoc IDatanets
  function create(
    address owner,
    bytes32 metadataHash,
    bool openToContributors,
    bool openToBuilders
  ) external override returns (uint256 datanetId) {
    if (owner == address(0)) revert ZeroOwner();
    datanetId = ++datanetCount;
    Datanet storage datanet = _datanets[datanetId];
    datanet.owner = owner;
    datanet.openToContributors = openToContributors;
    datanet.openToBuilders = openToBuilders;
    datanet.metadataHash = metadataHash;
    emit DatanetCreated(datanetId, owner, metadataHash, openToContributors, openToBuilders);
  }

  /// @inheritdoc IDatanets
  function offerOwnership(uint256 datanetId, address to) external override onlyDatanetOwner(datanetId) {
    _datanets[datanetId].pendingOwner = to;
    emit OwnershipOffered(datanetId, msg.sender, to);
  }

  /// @inheritdoc IDatanets
  function acceptOwnership(uint256 datanetId) external override {
    Datanet storage datanet = _existing(datanetId);
    if (datanet.pendingOwner != msg.sender) revert NotPendingOwner(datanetId, msg.sender);
    address from = datanet.owner;
    datanet.owner = msg.sender;
    datanet.pendingOwner = address(0);
    emit OwnershipTransferred(datanetId, from, msg.sender);
  }

  /// @inheritdoc IDatanets
  function setMetadata(uint256 datanetId, bytes32 metadataHash) external override onlyDatanetOwner(datanetId) {
    _datanets[datanetId].metadataHash = metadataHash;
    emit MetadataChanged(datanetId, metadataHash);
  }

  /// @inheritdoc IDatanets
  function setPolicy(
    uint256 datanetId,
    bool openToContributors,
    bool openToBuilders
  ) external override onlyDatanetOwner(datanetId) {
    Datanet storage datanet = _datanets[datanetId];
    datanet.openToContributors = openToContributors;
    datanet.openToBuilders = openToBuilders;
    emit PolicyChanged(datanetId, openToContributors, openToBuilders);
  }

  /// @inheritdoc IDatanets
  function setCurator(uint256 datanetId, address curator, bool allowed) external override onlyDatanetOwner(datanetId) {
    _curators[datanetId][curator] = allowed;
    emit CuratorChanged(datanetId, curator, allowed);
  }

  /// @inheritdoc IDatanets
  function setContributor(uint256 datanetId, address contributor, bool allowed) external override {
    if (!isCurator(datanetId, msg.sender)) revert NotDatanetCurator(datanetId, msg.sender);
    _contributors[datanetId][contributor] = allowed;
    emit ContributorChanged(datanetId, contributor, allowed);
  }

  /// @inheritdoc IDatanets
  function setBuilder(uint256 datanetId, address builder, bool allowed) external override onlyDatanetOwner(datanetId) {
    _builders[datanetId][builder] = allowed;
    emit BuilderChanged(datanetId, builder, allowed);
  }

  /// @inheritdoc IDatanets
  function commit(uint256 datanetId, bytes32 commitment) external override {
    _existing(datanetId);
    if (commitment == bytes32(0)) revert ZeroCommitment();
    CommitmentState storage state = _commitments[datanetId][commitment];
    if (state.order != 0) revert AlreadyCommitted(commitment);
    uint64 order = ++_commitCount;
    state.time = uint64(block.timestamp);
    state.blockNumber = uint64(block.number);
    state.order = order;
    emit ContributionCommitted(datanetId, commitment, order);
  }

  /// @inheritdoc IDatanets
  function reveal(
    Contribution calldata contribution,
    bytes32 salt,
    bytes calldata signature
  ) external override returns (bytes32 contributionId) {
    if (contribution.count == 0) revert EmptyContribution();
    if (contribution.consent > MAX_CONSENT) revert BadConsent(contribution.consent);
    uint256 licenceLength = bytes(contribution.licence).length;
    if (licenceLength == 0 || licenceLength > MAX_LICENCE_LENGTH) revert BadLicence();

    contributionId = _hashTypedDataV4(contribution.hash());
    bytes32 commitment = keccak256(abi.encode(contributionId, salt));
    CommitmentState memory committed = _commitments[contribution.datanetId][commitment];
    if (committed.order == 0) revert NotCommitted(commitment);
    if (block.number <= committed.blockNumber) revert RevealTooEarly(committed.blockNumber);
    address contributor = contribution.contributor;
    if (!isContributorAllowed(contribution.datanetId, contributor)) {
      revert ContributorNotAllowed(contribution.datanetId, contributor);
    }
    if (isNonceUsed[contributor][contribution.nonce]) revert NonceUsed(contributor, contribution.nonce);
    isNonceUsed[contributor][contribution.nonce] = true;
    if (!SignatureChecker.isValidSignatureNowCalldata(contributor, contributionId, signature)) {
      revert BadStatementSignature(contributor);
    }
    _record(contributionId, contribution, committed);
  }

  /// @inheritdoc IDatanets
  function seal(Snapshot calldata snapshot, bytes calldata signature) external override returns (bytes32 snapshotId) {
    Datanet storage datanet = _existing(snapshot.datanetId);
    if (snapshot.parent != datanet.latestSnapshot) revert WrongParent(snapshot.parent, datanet.latestSnapshot);
    if (snapshot.contributorCount == 0 || snapshot.recordCount < snapshot.contributorCount) {
      revert BadSnapshotCounts(snapshot.recordCount, snapshot.contributorCount);
    }
    snapshotId = snapshot.hash();
    if (!SignatureChecker.isValidSignatureNowCalldata(datanet.owner, _hashTypedDataV4(snapshotId), signature)) {
      revert BadStatementSignature(datanet.owner);
    }
    uint64 number = ++datanet.snapshotCount;
    datanet.latestSnapshot = snapshotId;
    _snapshots[snapshotId] = SnapshotState({
      datanetId: snapshot.datanetId,
      parent: snapshot.parent,
      root: snapshot.root,
      contentHash: snapshot.contentHash,
      recordCount: snapshot.recordCount,
      contributorCount: snapshot.contributorCount,
      sealedAt: uint64(block.timestamp),
      number: number
    });
    emit SnapshotSealed(
      snapshotId,
      snapshot.datanetId,
      snapshot.parent,
      snapshot.root,
      snapshot.recordCount,
      snapshot.contributorCount,
      snapshot.contentHash,
      number
    );
  }

  /// @inheritdoc IDatanets
  function revoke(bytes32 contributionId, bytes32 recordId, MerkleProof calldata proof) external override {
    ContributionState storage state = _contributions[contributionId];
    address contributor = state.contributor;
    if (contributor == address(0)) revert UnknownContribution(contributionId);
    if (contributor != msg.sender) revert NotContributor(contributionId, msg.sender);
    bytes32 leaf = OrderedMerkle.leafHash(abi.encode(recordId));
    if (proof.count != state.count || !OrderedMerkle.verify(state.recordsRoot, leaf, proof)) {
      revert BadRecordProof(recordId);
    }
    uint256 datanetId = state.datanetId;
    if (revokedAt[datanetId][recordId][contributor] != 0) revert AlreadyRevoked(datanetId, recordId);
    revokedAt[datanetId][recordId][contributor] = uint64(block.timestamp);
    emit RecordRevoked(datanetId, recordId, contributor, contributionId);
  }

  /// @inheritdoc IDatanets
  function isTrainingAllowed(bytes32 snapshotId, address builder) external view override returns (bool) {
    uint256 datanetId = _snapshots[snapshotId].datanetId;
    if (datanetId == 0) return false;
    return _datanets[datanetId].openToBuilders || _builders[datanetId][builder];
  }

  /// @inheritdoc IDatanets
  function getDatanet(uint256 datanetId) external view override returns (Datanet memory) {
    return _existing(datanetId);
  }

  /// @inheritdoc IDatanets
  function getContribution(bytes32 contributionId) external view override returns (ContributionState memory) {
    return _contributions[contributionId];
  }

  /// @inheritdoc IDatanets
  function getSnapshot(bytes32 snapshotId) external view override returns (SnapshotState memory) {
    return _snapshots[snapshotId];
  }

  /// @inheritdoc IDatanets
  function getCommitment(
    uint256 datanetId,
    bytes32 commitment
  ) external view override returns (CommitmentState memory) {
    return _commitments[datanetId][commitment];
  }

  /// @inheritdoc IDatanets
  function isContributorAllowed(uint256 datanetId, address contributor) public view override returns (bool) {
    return _datanets[datanetId].openToContributors || _contributors[datanetId][contributor];
  }

  /// @inheritdoc IDatanets
  function isCurator(uint256 datanetId, address account) public view override returns (bool) {
    return _existing(datanetId).owner == account || _curators[datanetId][account];
  }

  function _record(
    bytes32 contributionId,
    Contribution calldata contribution,
    CommitmentState memory committed
  ) private {
    _contributions[contributionId] = ContributionState({
      contributor: contribution.contributor,
      committedAt: committed.time,
      count: contribution.count,
      recordsRoot: contribution.recordsRoot,
      datanetId: contribution.datanetId,
      order: committed.order,
      consent: contribution.consent
    });
    emit ContributionRevealed(
      contributionId,
      contribution.datanetId,
      contribution.contributor,
      contribution.recordsRoot,
      contribution.count,
      contribution.licence,
      contribution.consent,
      contribution.nonce,
      committed.time,
      committed.order
    );
  }

  function _existing(uint256 datanetId) private view returns (Datanet storage datanet) {
    datanet = _datanets[datanetId];
    if (datanet.owner == address(0)) revert UnknownDatanet(datanetId);
  }

  function _requireOwner(uint256 datanetId) private view {
    if (_existing(datanetId).owner != msg.sender) revert NotDatanetOwner(datanetId, msg.sender);
  }
}
