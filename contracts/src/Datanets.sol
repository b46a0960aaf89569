// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import { IDatanets } from "./interfaces/IDatanets.sol";
import { CalldataHash } from "./libraries/CalldataHash.sol";
import { Consent } from "./libraries/Consent.sol";
import { OrderedMerkle } from "./libraries/OrderedMerkle.sol";
import { StatementHash } from "./libraries/StatementHash.sol";
import { SealedRecord } from "./types/Dispute.sol";
import { MerkleProof } from "./types/Ledger.sol";
import { DatanetTerms, Revocations } from "./types/Rights.sol";
import { Contribution, Snapshot } from "./types/Statements.sol";

/// @title Datanets
/// @notice The registry of datanets: roles, contributions by commit and reveal, sealed versions, consent, revocations.
contract Datanets is IDatanets, EIP712 {
  using StatementHash for Contribution;
  using StatementHash for Snapshot;

  uint256 private constant MAX_LICENCE_LENGTH = 64;
  uint256 private constant MAX_LICENCES = 16;
  /// @notice The longest time that a datanet can leave between a mark and the freeze.
  uint32 public constant MAX_GRACE = 30 days;

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
  mapping(uint256 datanetId => mapping(bytes32 licenceHash => bool)) private _licences;
  mapping(uint256 datanetId => mapping(bytes32 recordId => mapping(address contributor => RevocationState)))
    private _revocations;

  /// @inheritdoc IDatanets
  mapping(address contributor => mapping(uint256 nonce => bool)) public override isNonceUsed;
  /// @inheritdoc IDatanets
  mapping(bytes32 snapshotId => mapping(bytes32 recordId => mapping(address contributor => bool)))
    public
    override isMarked;

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
    bool openToBuilders,
    DatanetTerms calldata terms
  ) external override returns (uint256 datanetId) {
    if (owner == address(0)) revert ZeroOwner();
    datanetId = ++datanetCount;
    Datanet storage datanet = _datanets[datanetId];
    datanet.owner = owner;
    datanet.openToContributors = openToContributors;
    datanet.openToBuilders = openToBuilders;
    datanet.metadataHash = metadataHash;
    emit DatanetCreated(datanetId, owner, metadataHash, openToContributors, openToBuilders);
    _setTerms(datanetId, datanet, terms);
  }

  /// @inheritdoc IDatanets
  function narrowTerms(
    uint256 datanetId,
    uint8 consent,
    string[] calldata licences
  ) external override onlyDatanetOwner(datanetId) {
    Datanet storage datanet = _datanets[datanetId];
    if (!Consent.isValid(consent)) revert BadConsent(consent);
    if (!Consent.covers(datanet.consent, consent)) revert TermsNotNarrower(datanetId, consent);
    datanet.consent = consent;
    for (uint256 i = 0; i < licences.length; ++i) {
      bytes32 licenceHash = keccak256(bytes(licences[i]));
      if (!_licences[datanetId][licenceHash]) revert LicenceNotAllowed(datanetId, licences[i]);
      _licences[datanetId][licenceHash] = false;
    }
    emit TermsNarrowed(datanetId, consent, licences);
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
    if (!Consent.isValid(contribution.consent)) revert BadConsent(contribution.consent);
    _requireLicence(contribution.licence);

    contributionId = _hashTypedDataV4(contribution.hash());
    bytes32 commitment = keccak256(abi.encode(contributionId, salt));
    CommitmentState memory committed = _commitments[contribution.datanetId][commitment];
    if (committed.order == 0) revert NotCommitted(commitment);
    if (block.number <= committed.blockNumber) revert RevealTooEarly(committed.blockNumber);
    address contributor = contribution.contributor;
    if (!isContributorAllowed(contribution.datanetId, contributor)) {
      revert ContributorNotAllowed(contribution.datanetId, contributor);
    }
    uint8 needed = _datanets[contribution.datanetId].consent;
    if (!Consent.covers(contribution.consent, needed)) {
      revert ConsentTooNarrow(contribution.datanetId, contribution.consent, needed);
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
      number: number,
      revokedRecords: 0,
      freezeAt: 0
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
    RevocationState storage revocation = _revocations[datanetId][recordId][contributor];
    if (revocation.time != 0) revert AlreadyRevoked(datanetId, recordId);
    revocation.time = uint64(block.timestamp);
    revocation.freezes = state.consent & Consent.KEPT_WHEN_REVOKED == 0;
    emit RecordRevoked(datanetId, recordId, contributor, contributionId);
  }

  /// @inheritdoc IDatanets
  function mark(bytes32 snapshotId, SealedRecord calldata sealedRecord, MerkleProof calldata proof) external override {
    SnapshotState storage snapshot = _snapshots[snapshotId];
    uint256 datanetId = snapshot.datanetId;
    if (datanetId == 0) revert UnknownSnapshot(snapshotId);
    (bytes32 recordId, address contributor) = (sealedRecord.recordId, sealedRecord.contributor);
    RevocationState memory revocation = _revocations[datanetId][recordId][contributor];
    if (revocation.time == 0) revert NotRevoked(datanetId, recordId, contributor);
    if (sealedRecord.weight == 0) revert NotTrainedOn(recordId);
    if (isMarked[snapshotId][recordId][contributor]) revert AlreadyMarked(snapshotId, recordId);
    bytes32 leaf = CalldataHash.leafHash(sealedRecord);
    if (proof.count != snapshot.recordCount || !OrderedMerkle.verify(snapshot.root, leaf, proof)) {
      revert BadRecordProof(recordId);
    }
    isMarked[snapshotId][recordId][contributor] = true;
    // What cannot be counted any more is marked all the same.
    if (snapshot.revokedRecords != type(uint24).max) ++snapshot.revokedRecords;
    if (revocation.freezes && snapshot.freezeAt == 0) {
      snapshot.freezeAt = uint40(block.timestamp + _datanets[datanetId].graceSeconds);
    }
    emit SnapshotMarked(snapshotId, recordId, contributor, snapshot.revokedRecords, snapshot.freezeAt);
  }

  /// @inheritdoc IDatanets
  function requireTraining(
    bytes32 snapshotId,
    address builder,
    string calldata licence
  ) external view override returns (bool isPaidUseAllowed) {
    SnapshotState storage snapshot = _snapshots[snapshotId];
    uint256 datanetId = snapshot.datanetId;
    if (!_isBuilderAllowed(datanetId, builder)) revert TrainingNotAllowed(snapshotId, builder);
    if (snapshot.revokedRecords != 0) revert SnapshotRevoked(snapshotId, snapshot.revokedRecords);
    if (!isLicenceAllowed(datanetId, licence)) revert LicenceNotAllowed(datanetId, licence);
    return _datanets[datanetId].consent & Consent.PAID_USE != 0;
  }

  /// @inheritdoc IDatanets
  function revocationsOf(bytes32[] calldata snapshotIds) external view override returns (Revocations memory sum) {
    for (uint256 i = 0; i < snapshotIds.length; ++i) {
      SnapshotState storage snapshot = _snapshots[snapshotIds[i]];
      sum.revokedRecords += snapshot.revokedRecords;
      uint40 freezeAt = snapshot.freezeAt;
      if (freezeAt != 0 && (sum.freezeAt == 0 || freezeAt < sum.freezeAt)) sum.freezeAt = freezeAt;
    }
  }

  /// @inheritdoc IDatanets
  function isTrainingAllowed(bytes32 snapshotId, address builder) external view override returns (bool) {
    SnapshotState storage snapshot = _snapshots[snapshotId];
    return snapshot.revokedRecords == 0 && _isBuilderAllowed(snapshot.datanetId, builder);
  }

  /// @inheritdoc IDatanets
  function revokedAt(uint256 datanetId, bytes32 recordId, address contributor) external view override returns (uint64) {
    return _revocations[datanetId][recordId][contributor].time;
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
  function isLicenceAllowed(uint256 datanetId, string calldata licence) public view override returns (bool) {
    return _licences[datanetId][keccak256(bytes(licence))];
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

  function _setTerms(uint256 datanetId, Datanet storage datanet, DatanetTerms calldata terms) private {
    if (!Consent.isValid(terms.consent)) revert BadConsent(terms.consent);
    if (terms.graceSeconds > MAX_GRACE) revert GraceTooLong(terms.graceSeconds);
    if (terms.licences.length > MAX_LICENCES) revert TooManyLicences(terms.licences.length);
    datanet.consent = terms.consent;
    datanet.graceSeconds = terms.graceSeconds;
    datanet.termsHash = terms.termsHash;
    for (uint256 i = 0; i < terms.licences.length; ++i) {
      _requireLicence(terms.licences[i]);
      _licences[datanetId][keccak256(bytes(terms.licences[i]))] = true;
    }
    emit TermsSet(datanetId, terms.consent, terms.graceSeconds, terms.termsHash, terms.licences);
  }

  /// @dev Who is on the list may train by any terms that allow training; others only where both the terms and the owner say so.
  function _isBuilderAllowed(uint256 datanetId, address builder) private view returns (bool) {
    Datanet storage datanet = _datanets[datanetId];
    uint8 training = datanet.consent & Consent.TRAINING_MASK;
    if (training == Consent.TRAINING_BY_ANYONE && datanet.openToBuilders) return true;
    return training != 0 && _builders[datanetId][builder];
  }

  function _requireLicence(string calldata licence) private pure {
    uint256 length = bytes(licence).length;
    if (length == 0 || length > MAX_LICENCE_LENGTH) revert BadLicence();
  }

  function _existing(uint256 datanetId) private view returns (Datanet storage datanet) {
    datanet = _datanets[datanetId];
    if (datanet.owner == address(0)) revert UnknownDatanet(datanetId);
  }

  function _requireOwner(uint256 datanetId) private view {
    if (_existing(datanetId).owner != msg.sender) revert NotDatanetOwner(datanetId, msg.sender);
  }
}
