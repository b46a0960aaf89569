// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SealedRecord } from "../types/Dispute.sol";
import { MerkleProof } from "../types/Ledger.sol";
import { DatanetTerms, Revocations } from "../types/Rights.sol";
import { Contribution, Snapshot } from "../types/Statements.sol";

/// @title Datanets: who gave which records, which versions were sealed, and who may train on them
interface IDatanets {
  /// @dev `consent` is what every contribution grants at least. It can be narrowed, never widened.
  struct Datanet {
    address owner;
    bool openToContributors;
    bool openToBuilders;
    uint64 snapshotCount;
    uint8 consent;
    address pendingOwner;
    uint32 graceSeconds;
    bytes32 termsHash;
    bytes32 metadataHash;
    bytes32 latestSnapshot;
  }

  struct CommitmentState {
    uint64 time;
    uint64 blockNumber;
    uint64 order;
  }

  /// @dev `order` is the commit's place among all commits: the earlier one owns a record that both hold.
  struct ContributionState {
    address contributor;
    uint64 committedAt;
    uint32 count;
    bytes32 recordsRoot;
    uint256 datanetId;
    uint64 order;
    uint8 consent;
  }

  /// @dev `revokedRecords` and `freezeAt` as in Revocations.
  struct SnapshotState {
    uint256 datanetId;
    bytes32 parent;
    bytes32 root;
    bytes32 contentHash;
    uint32 recordCount;
    uint32 contributorCount;
    uint64 sealedAt;
    uint64 number;
    uint24 revokedRecords;
    uint40 freezeAt;
  }

  /// @dev `freezes`: the contributor did not allow that adapters go on earning.
  struct RevocationState {
    uint64 time;
    bool freezes;
  }

  event DatanetCreated(
    uint256 indexed datanetId,
    address indexed owner,
    bytes32 metadataHash,
    bool openToContributors,
    bool openToBuilders
  );
  event TermsSet(
    uint256 indexed datanetId,
    uint8 consent,
    uint32 graceSeconds,
    bytes32 termsHash,
    string[] licences
  );
  event TermsNarrowed(uint256 indexed datanetId, uint8 consent, string[] licences);
  event OwnershipOffered(uint256 indexed datanetId, address indexed from, address indexed to);
  event OwnershipTransferred(uint256 indexed datanetId, address indexed from, address indexed to);
  event MetadataChanged(uint256 indexed datanetId, bytes32 metadataHash);
  event PolicyChanged(uint256 indexed datanetId, bool openToContributors, bool openToBuilders);
  event CuratorChanged(uint256 indexed datanetId, address indexed curator, bool allowed);
  event ContributorChanged(uint256 indexed datanetId, address indexed contributor, bool allowed);
  event BuilderChanged(uint256 indexed datanetId, address indexed builder, bool allowed);
  event ContributionCommitted(uint256 indexed datanetId, bytes32 indexed commitment, uint64 order);
  event ContributionRevealed(
    bytes32 indexed contributionId,
    uint256 indexed datanetId,
    address indexed contributor,
    bytes32 recordsRoot,
    uint32 count,
    string licence,
    uint8 consent,
    uint256 nonce,
    uint64 committedAt,
    uint64 order
  );
  event SnapshotSealed(
    bytes32 indexed snapshotId,
    uint256 indexed datanetId,
    bytes32 parent,
    bytes32 root,
    uint32 recordCount,
    uint32 contributorCount,
    bytes32 contentHash,
    uint64 number
  );
  event RecordRevoked(
    uint256 indexed datanetId,
    bytes32 indexed recordId,
    address indexed contributor,
    bytes32 contributionId
  );
  event SnapshotMarked(
    bytes32 indexed snapshotId,
    bytes32 indexed recordId,
    address indexed contributor,
    uint32 revokedRecords,
    uint40 freezeAt
  );

  error UnknownDatanet(uint256 datanetId);
  error NotDatanetOwner(uint256 datanetId, address caller);
  error NotDatanetCurator(uint256 datanetId, address caller);
  error NotPendingOwner(uint256 datanetId, address caller);
  error ZeroOwner();
  error ZeroCommitment();
  error AlreadyCommitted(bytes32 commitment);
  error NotCommitted(bytes32 commitment);
  error RevealTooEarly(uint256 commitBlock);
  error ContributorNotAllowed(uint256 datanetId, address contributor);
  error EmptyContribution();
  error BadConsent(uint8 consent);
  error BadLicence();
  error GraceTooLong(uint32 graceSeconds);
  error TooManyLicences(uint256 count);
  error TermsNotNarrower(uint256 datanetId, uint8 consent);
  error ConsentTooNarrow(uint256 datanetId, uint8 given, uint8 needed);
  error NonceUsed(address signer, uint256 nonce);
  error BadStatementSignature(address signer);
  error WrongParent(bytes32 parent, bytes32 latest);
  error BadSnapshotCounts(uint32 recordCount, uint32 contributorCount);
  error UnknownContribution(bytes32 contributionId);
  error NotContributor(bytes32 contributionId, address caller);
  error BadRecordProof(bytes32 recordId);
  error AlreadyRevoked(uint256 datanetId, bytes32 recordId);
  error UnknownSnapshot(bytes32 snapshotId);
  error NotRevoked(uint256 datanetId, bytes32 recordId, address contributor);
  error NotTrainedOn(bytes32 recordId);
  error AlreadyMarked(bytes32 snapshotId, bytes32 recordId);
  error TrainingNotAllowed(bytes32 snapshotId, address builder);
  error LicenceNotAllowed(uint256 datanetId, string licence);
  error SnapshotRevoked(bytes32 snapshotId, uint256 revokedRecords);

  /// @notice Makes a datanet. Its terms are those that every contribution must grant at least; what they do not say is not
  /// allowed: with empty terms nobody may train, sell answers or pass an adapter on. They can never be widened.
  /// @param owner who seals its versions and grants its roles
  /// @param metadataHash hash of its name, rules and schema
  /// @param openToContributors whether anyone may contribute
  /// @param openToBuilders whether anyone may train whom the terms allow
  /// @return datanetId counted from 1
  function create(
    address owner,
    bytes32 metadataHash,
    bool openToContributors,
    bool openToBuilders,
    DatanetTerms calldata terms
  ) external returns (uint256 datanetId);

  /// @notice Takes uses and licences out of the terms, for adapters that are registered from now on; by the owner.
  /// @param licences identifiers that are no longer allowed
  function narrowTerms(uint256 datanetId, uint8 consent, string[] calldata licences) external;

  /// @notice Offers the datanet to a new owner, who has to accept; zero takes the offer back.
  function offerOwnership(uint256 datanetId, address to) external;

  /// @notice Takes an offered datanet over.
  function acceptOwnership(uint256 datanetId) external;

  /// @notice Changes the metadata; by the owner.
  function setMetadata(uint256 datanetId, bytes32 metadataHash) external;

  /// @notice Opens or closes the datanet to all contributors and to all builders; by the owner.
  function setPolicy(uint256 datanetId, bool openToContributors, bool openToBuilders) external;

  /// @notice Grants or takes the curator's role; by the owner.
  function setCurator(uint256 datanetId, address curator, bool allowed) external;

  /// @notice Puts a contributor on the allow-list or takes them off; by the owner or a curator.
  function setContributor(uint256 datanetId, address contributor, bool allowed) external;

  /// @notice Allows or forbids a builder to train on the datanet; by the owner.
  function setBuilder(uint256 datanetId, address builder, bool allowed) external;

  /// @notice Anchors a contribution before it is shown: `keccak(abi.encode(digest, salt))`. The first commit wins.
  function commit(uint256 datanetId, bytes32 commitment) external;

  /// @notice Shows a contribution that was committed in an earlier block; anyone may bring the contributor's signature. It must
  /// grant all that the datanet's terms promise.
  /// @return contributionId the statement's EIP-712 digest
  function reveal(
    Contribution calldata contribution,
    bytes32 salt,
    bytes calldata signature
  ) external returns (bytes32 contributionId);

  /// @notice Seals the next version of a datanet; anyone may bring the owner's signature.
  /// @return snapshotId the statement's struct hash
  function seal(Snapshot calldata snapshot, bytes calldata signature) external returns (bytes32 snapshotId);

  /// @notice Withdraws the caller's consent for one of their records. Later versions must leave it out; the audit checks that.
  function revoke(bytes32 contributionId, bytes32 recordId, MerkleProof calldata proof) external;

  /// @notice Shows that a snapshot holds a revoked record with a training weight; by anyone, once for each record. No adapter can be
  /// registered on the snapshot any more; those that were count the record, and freeze after the datanet's grace period, which
  /// begins now, unless the contributor had allowed them to go on.
  function mark(bytes32 snapshotId, SealedRecord calldata sealedRecord, MerkleProof calldata proof) external;

  /// @notice Fails unless a builder may train on a snapshot and pass the adapter on under a licence.
  /// @return isPaidUseAllowed whether the adapter's answers may be sold
  function requireTraining(
    bytes32 snapshotId,
    address builder,
    string calldata licence
  ) external view returns (bool isPaidUseAllowed);

  /// @notice What became of the consent behind some snapshots together: the sum of their marks and the earliest freeze.
  function revocationsOf(bytes32[] calldata snapshotIds) external view returns (Revocations memory);

  /// @notice Whether the terms and the owner let a builder train on a snapshot; false for an unknown one and for one that holds a
  /// revoked record.
  function isTrainingAllowed(bytes32 snapshotId, address builder) external view returns (bool);

  /// @notice Whether the terms let an adapter be passed on under a licence.
  function isLicenceAllowed(uint256 datanetId, string calldata licence) external view returns (bool);

  /// @notice Whether an account may contribute.
  function isContributorAllowed(uint256 datanetId, address contributor) external view returns (bool);

  /// @notice Whether an account is a curator; the owner always is.
  function isCurator(uint256 datanetId, address account) external view returns (bool);

  /// @notice A datanet's state; fails for an unknown one.
  function getDatanet(uint256 datanetId) external view returns (Datanet memory);

  /// @notice A contribution's state; all zero for an unknown one.
  function getContribution(bytes32 contributionId) external view returns (ContributionState memory);

  /// @notice A snapshot's state; all zero for an unknown one.
  function getSnapshot(bytes32 snapshotId) external view returns (SnapshotState memory);

  /// @notice When a commitment was made; all zero for an unknown one.
  function getCommitment(uint256 datanetId, bytes32 commitment) external view returns (CommitmentState memory);

  /// @notice When a contributor revoked a record, unix seconds; 0 when they did not.
  function revokedAt(uint256 datanetId, bytes32 recordId, address contributor) external view returns (uint64);

  /// @notice Whether a snapshot was marked with a revoked record of a contributor.
  function isMarked(bytes32 snapshotId, bytes32 recordId, address contributor) external view returns (bool);

  /// @notice Whether a contributor has used a nonce.
  function isNonceUsed(address contributor, uint256 nonce) external view returns (bool);

  /// @notice How many datanets there are; ids run from 1 to this.
  function datanetCount() external view returns (uint256);
}
