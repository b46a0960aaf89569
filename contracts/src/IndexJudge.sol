// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IIndexClaims } from "./interfaces/IIndexClaims.sol";
import { CalldataHash } from "./libraries/CalldataHash.sol";
import { CommitmentHash } from "./libraries/CommitmentHash.sol";
import { IndexReading } from "./libraries/IndexReading.sol";
import { Opening, Shown } from "./libraries/Opening.sol";
import { OrderedMerkle } from "./libraries/OrderedMerkle.sol";
import { StatementHash } from "./libraries/StatementHash.sol";
import { Case, IndexHeader, IndexRecord, RecordOwnerClaim, SealedRecord, SuffixOrderClaim } from "./types/Dispute.sol";
import { Snapshot } from "./types/Statements.sol";

/// @title IndexJudge
/// @notice Answers claims about span indexes; holds nothing. The case's header must be the one that the node signed: the court sees to that.
contract IndexJudge is IIndexClaims {
  using CommitmentHash for IndexHeader;
  using StatementHash for Snapshot;

  /// @inheritdoc IIndexClaims
  function recordOwner(Case calldata c, RecordOwnerClaim calldata claim) external pure override returns (bool) {
    IndexHeader calldata index = claim.index;
    if (index.root() != c.header.indexRoot || !_areSnapshotsOf(c.receipt.snapshotsHash, claim.snapshots)) return false;
    uint256 total = 0;
    for (uint256 i = 0; i < claim.snapshots.length; ++i) total += claim.snapshots[i].recordCount;
    if (index.recordCount != total) return true;
    Shown shown = IndexReading.openRecord(index, claim.record);
    if (shown != Shown.Leaf) return shown == Shown.Defect;
    // The proof has shown that the place is below the total, so some snapshot holds it.
    uint256 place = claim.record.proof.index;
    uint256 s = 0;
    while (place >= claim.snapshots[s].recordCount) place -= claim.snapshots[s++].recordCount;
    bytes32 leaf = CalldataHash.leafHash(claim.sealedRecord.leaf);
    Snapshot calldata snapshot = claim.snapshots[s];
    // A sealed snapshot of another size than it says is the datanet owner's fault, not the node's.
    shown = Opening.open(snapshot.root, leaf, claim.sealedRecord.proof, place, snapshot.recordCount);
    if (shown != Shown.Leaf) return false;
    (IndexRecord calldata named, SealedRecord calldata found) = (claim.record.leaf, claim.sealedRecord.leaf);
    return named.recordId != found.recordId || named.contributor != found.contributor;
  }

  /// @inheritdoc IIndexClaims
  function suffixOrder(Case calldata c, SuffixOrderClaim calldata claim) external pure override returns (bool) {
    IndexHeader calldata index = claim.index;
    if (index.root() != c.header.indexRoot) return false;
    if (IndexReading.isOversized(index)) return true;
    if (claim.low >= claim.high || claim.high >= index.length) return false;
    uint256 length = index.length;
    (Shown shownLow, uint256 a) = IndexReading.symbolAt(index.suffixesRoot, length, claim.lowEntry, claim.low);
    (Shown shownHigh, uint256 b) = IndexReading.symbolAt(index.suffixesRoot, length, claim.highEntry, claim.high);
    if (shownLow == Shown.Defect || shownHigh == Shown.Defect) return true;
    if (shownLow == Shown.Nothing || shownHigh == Shown.Nothing) return false;
    if (a >= length || b >= length || a == b) return true;
    uint256 x;
    uint256 y;
    (shownLow, x) = IndexReading.symbolAt(index.textRoot, length, claim.lowText, a);
    (shownHigh, y) = IndexReading.symbolAt(index.textRoot, length, claim.highText, b);
    if (shownLow == Shown.Defect || shownHigh == Shown.Defect) return true;
    if (shownLow == Shown.Nothing || shownHigh == Shown.Nothing) return false;
    if (x != y) return x > y;
    // The empty suffix, past the end, is the smallest.
    if (a + 1 == length) return false;
    if (b + 1 == length) return true;
    return claim.nextOfLow > claim.nextOfHigh && _areNext(claim, a + 1, b + 1);
  }

  /// @dev Whether the ranks of the suffixes one further are those that are claimed.
  function _areNext(SuffixOrderClaim calldata claim, uint256 a, uint256 b) private pure returns (bool) {
    (bytes32 root, uint256 length) = (claim.index.suffixesRoot, claim.index.length);
    if (claim.nextOfLow >= length) return false;
    (Shown shownLow, uint256 x) = IndexReading.symbolAt(root, length, claim.nextOfLowEntry, claim.nextOfLow);
    (Shown shownHigh, uint256 y) = IndexReading.symbolAt(root, length, claim.nextOfHighEntry, claim.nextOfHigh);
    if (shownLow == Shown.Defect || shownHigh == Shown.Defect) return true;
    return shownLow == Shown.Leaf && shownHigh == Shown.Leaf && x == a && y == b;
  }

  function _areSnapshotsOf(bytes32 snapshotsHash, Snapshot[] calldata snapshots) private pure returns (bool) {
    bytes32[] memory ids = new bytes32[](snapshots.length);
    for (uint256 i = 0; i < snapshots.length; ++i) ids[i] = snapshots[i].hash();
    return keccak256(abi.encode(ids)) == snapshotsHash;
  }
}
