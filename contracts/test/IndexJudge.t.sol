// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IndexJudge } from "../src/IndexJudge.sol";
import {
  Case,
  IndexHeader,
  IndexRecord,
  RecordOwnerClaim,
  SealedRecord,
  SuffixOrderClaim
} from "../src/types/Dispute.sol";
import { Snapshot } from "../src/types/Statements.sol";
import { Assertions } from "./support/Assertions.sol";
import { Commitments } from "./support/Commitments.sol";
import { StatementHasher } from "./support/LedgerFixture.sol";
import { OrderedTree } from "./support/OrderedTree.sol";

/// @dev Claims about an index of which one thing is not as it should be: a text of 130 symbols that rise, and an array of suffixes that says
/// what each test wants; two snapshots of two and three records.
contract IndexJudgeTest is Assertions {
  using Commitments for *;

  uint256 private constant LENGTH = 130;
  uint256 private constant BEYOND = 1 << 32;

  IndexJudge private judge = new IndexJudge();
  StatementHasher private hasher = new StatementHasher();

  // ---- the order of suffixes

  /// @dev Ranks `low` and `high` say places a and b; the suffixes one further have the ranks 80 and 70, in this wrong order.
  struct Suffixes {
    bytes[] text;
    bytes[] array;
    IndexHeader index;
    uint256 low;
    uint256 high;
    uint256 a;
    uint256 b;
  }

  /// @dev Ranks 2 and 65, which name the places 20 and 10, where one symbol stands.
  function suffixes() private pure returns (Suffixes memory s) {
    s.text = Commitments.text(LENGTH, 1000);
    s.array = Commitments.text(LENGTH, 0);
    s.index.length = LENGTH;
    (s.low, s.high) = (2, 65);
    place(s, 20, 10);
    Commitments.set(s.text, 10, 1020);
  }

  /// @dev What the two ranks name, and that the suffixes one further stand in the wrong order.
  function place(Suffixes memory s, uint256 a, uint256 b) private pure {
    (s.a, s.b) = (a, b);
    Commitments.set(s.array, s.low, a);
    Commitments.set(s.array, s.high, b);
    Commitments.set(s.array, 80, a + 1);
    Commitments.set(s.array, 70, b + 1);
  }

  function claimOf(Suffixes memory s) private pure returns (Case memory c, SuffixOrderClaim memory claim) {
    s.index.textRoot = OrderedTree.root(s.text.leaves());
    s.index.suffixesRoot = OrderedTree.root(s.array.leaves());
    c.header.indexRoot = s.index.root();
    claim.index = s.index;
    (claim.low, claim.high, claim.nextOfLow, claim.nextOfHigh) = (s.low, s.high, 80, 70);
    (claim.lowEntry, claim.highEntry) = (s.array.open(s.low), s.array.open(s.high));
    (claim.lowText, claim.highText) = (s.text.open(s.a % LENGTH), s.text.open(s.b % LENGTH));
    (claim.nextOfLowEntry, claim.nextOfHighEntry) = (s.array.open(80), s.array.open(70));
  }

  function isWrong(Suffixes memory s) private view returns (bool) {
    (Case memory c, SuffixOrderClaim memory claim) = claimOf(s);
    return judge.suffixOrder(c, claim);
  }

  function wrongOrder() private pure returns (Case memory c, SuffixOrderClaim memory claim) {
    return claimOf(suffixes());
  }

  function stands(Case memory c, SuffixOrderClaim memory claim, string memory what) private view {
    assertFalse(judge.suffixOrder(c, claim), what);
  }

  function test_order_bySymbols() public view {
    Suffixes memory s = suffixes();
    place(s, 30, 40);
    assertFalse(isWrong(s), "a smaller symbol first");
    place(s, 40, 30);
    assertTrue(isWrong(s), "a larger symbol first");
  }

  function test_order_ofEqualSymbols() public view {
    assertTrue(isWrong(suffixes()), "the rests in the wrong order");
    (Case memory c, SuffixOrderClaim memory claim) = wrongOrder();
    (claim.nextOfLow, claim.nextOfLowEntry) = (claim.nextOfHigh, claim.nextOfHighEntry);
    stands(c, claim, "one rank for both rests");
    Suffixes memory s = suffixes();
    Commitments.set(s.array, 60, s.a + 1);
    (c, claim) = claimOf(s);
    (claim.nextOfLow, claim.nextOfLowEntry) = (60, s.array.open(60));
    stands(c, claim, "the rests in order");
  }

  function test_order_ofTheTextsEnd() public view {
    Suffixes memory s = suffixes();
    Commitments.set(s.text, 129, 1020);
    place(s, 129, 20);
    assertFalse(isWrong(s), "the shorter one first");
    place(s, 20, 129);
    (Case memory c, SuffixOrderClaim memory claim) = claimOf(s);
    claim.nextOfLow = 0;
    assertTrue(judge.suffixOrder(c, claim), "the shorter one last");
    Commitments.set(s.text, 128, 1020);
    place(s, 128, 20);
    assertTrue(isWrong(s), "one before the end");
    place(s, 20, 128);
    assertTrue(isWrong(s), "one before the end, last");
    Commitments.set(s.array, 80, 22);
    assertFalse(isWrong(s), "one before the end is no end");
  }

  function test_order_placesOutsideTheText() public view {
    Suffixes memory s = suffixes();
    Commitments.set(s.text, 0, 5000);
    place(s, 130, 20);
    assertTrue(isWrong(s), "the lower one outside");
    place(s, 20, 130);
    (Case memory c, SuffixOrderClaim memory claim) = claimOf(s);
    claim.highText = s.text.open(129);
    assertTrue(judge.suffixOrder(c, claim), "the higher one outside");
    place(s, 20, 20);
    assertTrue(isWrong(s), "one place twice");
  }

  function test_order_ranks() public view {
    (Case memory c, SuffixOrderClaim memory claim) = wrongOrder();
    (claim.high, claim.highEntry) = (claim.low, claim.lowEntry);
    stands(c, claim, "one rank");
    Suffixes memory s = suffixes();
    place(s, 30, 40);
    (c, claim) = claimOf(s);
    (claim.low, claim.high) = (s.high, s.low);
    (claim.lowEntry, claim.highEntry) = (claim.highEntry, claim.lowEntry);
    (claim.lowText, claim.highText) = (claim.highText, claim.lowText);
    stands(c, claim, "ranks exchanged");
    s = suffixes();
    s.high = 129;
    place(s, 20, 10);
    assertTrue(isWrong(s), "the last rank");
    (c, claim) = claimOf(s);
    claim.high = 130;
    stands(c, claim, "past the last rank");
  }

  function test_order_whatDoesNotOpen() public view {
    (Case memory c, SuffixOrderClaim memory claim) = wrongOrder();
    claim.index.fileHash = keccak256("another index");
    stands(c, claim, "another index");
    Suffixes memory s = suffixes();
    place(s, 40, 30);
    (c, claim) = claimOf(s);
    claim.lowEntry.proof = claim.lowEntry.proof.broken();
    stands(c, claim, "the lower entry");
    (c, claim) = claimOf(s);
    claim.highEntry.proof = claim.highEntry.proof.broken();
    stands(c, claim, "the higher entry");
    (c, claim) = claimOf(s);
    claim.lowText.proof = claim.lowText.proof.broken();
    stands(c, claim, "the lower text");
    (c, claim) = claimOf(s);
    claim.highText.proof = claim.highText.proof.broken();
    stands(c, claim, "the higher text");
    (c, claim) = wrongOrder();
    claim.nextOfLowEntry.proof = claim.nextOfLowEntry.proof.broken();
    stands(c, claim, "the rest of the lower one");
    (c, claim) = wrongOrder();
    claim.nextOfHighEntry.proof = claim.nextOfHighEntry.proof.broken();
    stands(c, claim, "the rest of the higher one");
  }

  /// @dev Two places may have nothing to do with their openings, where both of them do not open.
  function test_order_nothingOpens() public view {
    Suffixes memory s = suffixes();
    (Case memory c, SuffixOrderClaim memory claim) = claimOf(s);
    claim.lowEntry.proof = claim.lowEntry.proof.broken();
    claim.highEntry.proof = claim.highEntry.proof.broken();
    stands(c, claim, "no entries");
    (c, claim) = claimOf(s);
    claim.lowText.proof = claim.lowText.proof.broken();
    claim.highText.proof = claim.highText.proof.broken();
    stands(c, claim, "no texts");
  }

  function test_order_otherRests() public view {
    Suffixes memory s = suffixes();
    Commitments.set(s.array, 80, s.a + 2);
    assertFalse(isWrong(s), "not the rest of the lower one");
    s = suffixes();
    Commitments.set(s.array, 70, s.b + 2);
    assertFalse(isWrong(s), "not the rest of the higher one");
    (Case memory c, SuffixOrderClaim memory claim) = wrongOrder();
    claim.nextOfLow = 130;
    claim.nextOfLowEntry = suffixes().array.open(129);
    stands(c, claim, "no such rank");
    s = suffixes();
    Commitments.set(s.array, 129, s.a + 1);
    (c, claim) = claimOf(s);
    (claim.nextOfLow, claim.nextOfLowEntry) = (129, s.array.open(129));
    assertTrue(judge.suffixOrder(c, claim), "the last rank");
  }

  function test_order_sizes() public view {
    Suffixes memory s = suffixes();
    place(s, 30, 40);
    s.index.length = BEYOND;
    assertTrue(isWrong(s), "a text beyond counts");
    s.index.length = LENGTH;
    s.index.recordCount = BEYOND;
    assertTrue(isWrong(s), "records beyond counts");
    s.index.recordCount = BEYOND - 1;
    assertFalse(isWrong(s), "the most records");
  }

  /// @dev A piece of the array or of the text is too long; every other thing says nothing.
  function test_order_defectsOfPieces() public view {
    for (uint256 p = 0; p < 2; ++p) {
      Suffixes memory s = suffixes();
      place(s, 30, 100);
      s.array[p] = bytes.concat(s.array[p], bytes4(0));
      assertTrue(isWrong(s), "a piece of the array");
      s = suffixes();
      place(s, 30, 100);
      s.text[p] = bytes.concat(s.text[p], bytes4(0));
      assertTrue(isWrong(s), "a piece of the text");
    }
  }

  /// @dev The rests' entries stand in pieces of their own, of which one is too long, and are not the rests.
  function test_order_defectsOfTheRestsPieces() public view {
    for (uint256 k = 0; k < 2; ++k) {
      Suffixes memory s = suffixes();
      s.high = 3;
      place(s, 20, 10);
      (Case memory c, SuffixOrderClaim memory claim) = claimOf(s);
      (claim.nextOfLow, claim.nextOfHigh) = k == 0 ? (uint256(100), uint256(5)) : (uint256(129), uint256(100));
      s.array[1] = bytes.concat(s.array[1], bytes4(0));
      (Case memory next, SuffixOrderClaim memory again) = claimOf(s);
      (claim.index, claim.lowEntry, claim.highEntry) = (again.index, again.lowEntry, again.highEntry);
      claim.nextOfLowEntry = s.array.open(claim.nextOfLow);
      claim.nextOfHighEntry = s.array.open(claim.nextOfHigh);
      c.header = next.header;
      assertTrue(judge.suffixOrder(c, claim), "a piece too long");
    }
  }

  // ---- the owner of a record

  /// @dev Snapshots of two and three records; the index's `nth` record of all five.
  struct Owners {
    uint256 nth;
    IndexRecord record;
    SealedRecord found;
    Snapshot[] snapshots;
    IndexHeader index;
    uint256 sealedCount;
  }

  function owners(uint256 nth) private pure returns (Owners memory o) {
    o.nth = nth;
    o.record = IndexRecord(keccak256("record"), address(0xC0), 1, 2, 3, 4);
    o.found = SealedRecord(keccak256("record"), address(0xC0), 7);
    o.snapshots = new Snapshot[](2);
    (o.snapshots[0].recordCount, o.snapshots[1].recordCount) = (2, 3);
    o.index.recordCount = 5;
    o.sealedCount = nth < 2 ? 2 : 3;
  }

  function claimOf(Owners memory o) private view returns (Case memory c, RecordOwnerClaim memory claim) {
    bytes32 leaf = OrderedTree.leafHash(abi.encode(o.record));
    (o.index.recordsRoot, claim.record.proof) = leaf.among(o.nth, 5);
    leaf = OrderedTree.leafHash(abi.encode(o.found));
    bytes32 root;
    (root, claim.sealedRecord.proof) = leaf.among(o.nth < 2 ? o.nth : o.nth - 2, o.sealedCount);
    o.snapshots[o.nth < 2 ? 0 : 1].root = root;
    (claim.record.leaf, claim.sealedRecord.leaf) = (o.record, o.found);
    (claim.snapshots, claim.index) = (o.snapshots, o.index);
    bytes32[] memory ids = new bytes32[](2);
    for (uint256 i = 0; i < 2; ++i) ids[i] = hasher.hash(o.snapshots[i]);
    c.receipt.snapshotsHash = keccak256(abi.encode(ids));
    c.header.indexRoot = o.index.root();
  }

  function isWrong(Owners memory o) private view returns (bool) {
    (Case memory c, RecordOwnerClaim memory claim) = claimOf(o);
    return judge.recordOwner(c, claim);
  }

  function test_owner_ofEveryRecord() public view {
    for (uint256 nth = 0; nth < 5; ++nth) {
      Owners memory o = owners(nth);
      assertFalse(isWrong(o), "its own");
      o.found.contributor = address(0xBAD);
      assertTrue(isWrong(o), "another contributor");
      o = owners(nth);
      o.found.recordId = keccak256("another");
      assertTrue(isWrong(o), "another record");
    }
  }

  function test_owner_sizes() public view {
    Owners memory o = owners(3);
    o.index.recordCount = 6;
    assertTrue(isWrong(o), "more records than the snapshots have");
    o.snapshots[1].recordCount = 4;
    o.sealedCount = 4;
    assertTrue(isWrong(o), "another number of records than it says");
    o = owners(3);
    o.found.contributor = address(0xBAD);
    o.sealedCount = 4;
    assertFalse(isWrong(o), "a snapshot of another size is its owner's fault");
    o = owners(3);
    o.record.start = BEYOND;
    assertTrue(isWrong(o), "a count beyond counts");
  }

  function liar() private view returns (Case memory c, RecordOwnerClaim memory claim) {
    Owners memory o = owners(3);
    o.found.contributor = address(0xBAD);
    return claimOf(o);
  }

  function test_owner_whatDoesNotOpen() public view {
    (Case memory c, RecordOwnerClaim memory claim) = liar();
    claim.index.fileHash = keccak256("another index");
    assertFalse(judge.recordOwner(c, claim), "another index");
    (c, claim) = liar();
    c.receipt.snapshotsHash = keccak256("other snapshots");
    assertFalse(judge.recordOwner(c, claim), "other snapshots");
    (c, claim) = liar();
    claim.record.proof = claim.record.proof.broken();
    assertFalse(judge.recordOwner(c, claim), "no such record");
    (c, claim) = liar();
    claim.sealedRecord.proof = claim.sealedRecord.proof.broken();
    assertFalse(judge.recordOwner(c, claim), "no such sealed record");
  }
}
