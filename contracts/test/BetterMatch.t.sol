// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AnswerTokenOpening, BetterMatchClaim, Case, RecordIdOpening, SymbolsOpening } from "../src/types/Dispute.sol";
import { Commitments } from "./support/Commitments.sol";
import { OrderedTree } from "./support/OrderedTree.sol";
import { SpanFixture } from "./support/SpanFixture.sol";

/// @dev Claims that a better match than the span's was left out, of which one thing is not as it should be. The span says two tokens in the
/// first record; three stand in the second, which was committed earlier.
contract BetterMatchTest is SpanFixture {
  using Commitments for *;

  /// @dev A match of so many tokens from the span's start on.
  function claimOf(
    World memory w,
    uint256 position,
    uint256 length
  ) private pure returns (Case memory c, BetterMatchClaim memory claim) {
    bind(w);
    (c.header, claim.index) = (w.header, w.index);
    claim.span = openSpan(w);
    (claim.position, claim.length) = (position, length);
    uint256 end = w.span.start + length;
    claim.tokens = new AnswerTokenOpening[](end == w.header.answerTokens ? length : length + 1);
    for (uint256 i = 0; i < claim.tokens.length; ++i) claim.tokens[i] = openToken(w, w.span.start + i);
    claim.text = new SymbolsOpening[]((position + length - 1) / 64 - position / 64 + 1);
    for (uint256 i = 0; i < claim.text.length; ++i) claim.text[i] = w.text.open(position + 64 * i);
    claim.record = openRecord(w, 1);
    claim.source = openRecord(w, 0);
  }

  function isBetter(World memory w, uint256 position, uint256 length) private view returns (bool) {
    (Case memory c, BetterMatchClaim memory claim) = claimOf(w, position, length);
    return judge.betterMatch(c, claim);
  }

  /// @dev The longer match, as it is.
  function longer() private pure returns (Case memory c, BetterMatchClaim memory claim) {
    return claimOf(world(), 62, 3);
  }

  function stands(Case memory c, BetterMatchClaim memory claim, string memory what) private view {
    assertFalse(judge.betterMatch(c, claim), what);
  }

  // ---- which match is better

  function test_aLongerMatch() public view {
    assertTrue(isBetter(world(), 62, 3), "longer");
    World memory w = world();
    w.records[1].commitOrder = 9;
    assertTrue(isBetter(w, 62, 3), "longer, though later");
    w.span.length = 3;
    assertFalse(isBetter(w, 62, 3), "as long, and later");
    w.span.length = 4;
    assertFalse(isBetter(w, 62, 3), "shorter, and later");
    w.records[1].commitOrder = 3;
    assertFalse(isBetter(w, 62, 3), "shorter, though earlier");
  }

  function test_anEarlierRecord() public view {
    World memory w = world();
    assertTrue(isBetter(w, 62, 2), "earlier");
    w.records[1].commitOrder = 6;
    assertFalse(isBetter(w, 62, 2), "later");
    w.records[1].commitOrder = 5;
    assertFalse(isBetter(w, 62, 2), "equal, and after it in the index");
  }

  /// @dev The span says the second record, the match stands in the first.
  function test_anEarlierRecord_ofEqualOrder() public view {
    World memory w = world();
    w.records[1].commitOrder = 5;
    w.span.position = 62;
    (Case memory c, BetterMatchClaim memory claim) = claimOf(w, 5, 2);
    (claim.record, claim.source) = (openRecord(w, 0), openRecord(w, 1));
    assertTrue(judge.betterMatch(c, claim), "before it in the index");
    w.span.position = 100;
    plant(w, 100, 1, 2);
    (c, claim) = claimOf(w, 62, 2);
    claim.source = openRecord(w, 1);
    stands(c, claim, "the same record");
  }

  function test_theSourcesRecord() public view {
    (Case memory c, BetterMatchClaim memory claim) = claimOf(world(), 62, 2);
    claim.source.proof = claim.source.proof.broken();
    stands(c, claim, "no such record");
    World memory w = world();
    w.span.position = 90;
    assertFalse(isBetter(w, 62, 2), "not that of the span");
    w = world();
    w.records[0].completionLength = BEYOND;
    assertTrue(isBetter(w, 62, 2), "a count beyond counts");
    assertTrue(isBetter(w, 62, 3), "not read for a longer match");
  }

  // ---- the match itself

  function test_aMatchUpToTheAnswersEnd() public view {
    World memory w = world();
    plant(w, 62, 1, 5);
    assertTrue(isBetter(w, 62, 5), "up to the end");
    (Case memory c, BetterMatchClaim memory claim) = claimOf(w, 62, 5);
    AnswerTokenOpening[] memory tokens = new AnswerTokenOpening[](6);
    for (uint256 i = 0; i < 6; ++i) tokens[i] = openToken(w, i == 5 ? 5 : 1 + i);
    claim.tokens = tokens;
    stands(c, claim, "a token after the end");
  }

  function test_aMatchPastTheAnswersEnd() public view {
    World memory w = world();
    plant(w, 62, 1, 5);
    (Case memory c, BetterMatchClaim memory claim) = claimOf(w, 62, 5);
    claim.length = 6;
    stands(c, claim, "one token past the end");
    claim.length = 7;
    stands(c, claim, "longer than the answer");
    claim.length = type(uint256).max;
    stands(c, claim, "longer than everything");
  }

  function test_aMatchOfAnotherNumberOfTokens() public view {
    (Case memory c, BetterMatchClaim memory claim) = longer();
    AnswerTokenOpening[] memory tokens = new AnswerTokenOpening[](3);
    for (uint256 i = 0; i < 3; ++i) tokens[i] = claim.tokens[i];
    claim.tokens = tokens;
    stands(c, claim, "the token after the match is not shown");
    tokens = new AnswerTokenOpening[](5);
    for (uint256 i = 0; i < 5; ++i) tokens[i] = openToken(world(), 1 + i);
    claim.tokens = tokens;
    stands(c, claim, "one too many");
  }

  function test_aMatchThatEndsInsideAWord() public view {
    World memory w = world();
    w.answer[4].startsWord = 0;
    assertFalse(isBetter(w, 62, 3), "the word goes on");
    w = world();
    w.answer[3].startsWord = 0;
    assertTrue(isBetter(w, 62, 3), "inside the match it may");
  }

  function test_theTokensOfAMatch() public view {
    for (uint256 i = 0; i < 4; ++i) {
      (Case memory c, BetterMatchClaim memory claim) = longer();
      claim.tokens[i].proof = claim.tokens[i].proof.broken();
      stands(c, claim, "no such token");
      World memory w = world();
      w.answer[1 + i].weight = BEYOND;
      assertTrue(isBetter(w, 62, 3), "a weight beyond counts");
    }
  }

  function test_theWordsOfAMatch() public view {
    for (uint256 i = 0; i < 3; ++i) {
      World memory w = world();
      Commitments.set(w.text, 62 + i, 77);
      assertFalse(isBetter(w, 62, 3), "another word");
    }
  }

  function test_thePiecesOfAMatch() public view {
    for (uint256 i = 0; i < 2; ++i) {
      (Case memory c, BetterMatchClaim memory claim) = longer();
      claim.text[i].proof = claim.text[i].proof.broken();
      stands(c, claim, "no such piece");
      World memory w = world();
      w.text[i] = bytes.concat(w.text[i], bytes4(0));
      assertTrue(isBetter(w, 62, 3), "a piece too long");
    }
    (Case memory d, BetterMatchClaim memory next) = longer();
    SymbolsOpening[] memory text = new SymbolsOpening[](1);
    text[0] = next.text[0];
    next.text = text;
    stands(d, next, "the second piece is not shown");
  }

  function test_placesPastTheText() public view {
    World memory w = world();
    plant(w, 127, 1, 3);
    assertTrue(isBetter(w, 127, 3), "up to the text's end");
    (Case memory c, BetterMatchClaim memory claim) = claimOf(w, 127, 3);
    plant(w, 128, 1, 2);
    (c, claim) = claimOf(w, 127, 3);
    claim.position = 128;
    claim.text = new SymbolsOpening[](1);
    claim.text[0] = w.text.open(128);
    stands(c, claim, "past the text's end");
    claim.position = type(uint256).max;
    stands(c, claim, "past everything");
  }

  function test_sizes() public view {
    World memory w = world();
    w.index.length = BEYOND;
    assertTrue(isBetter(w, 62, 3), "a text beyond counts");
    w = world();
    w.index.length = 128;
    assertTrue(isBetter(w, 62, 3), "another number of pieces");
    w = world();
    w.header.spanCount = 1;
    assertTrue(isBetter(w, 62, 3), "another number of spans");
    w = world();
    w.header.answerTokens = 7;
    assertTrue(isBetter(w, 62, 3), "another number of tokens");
  }

  // ---- index, span and record

  function test_whatDoesNotOpen() public view {
    (Case memory c, BetterMatchClaim memory claim) = longer();
    claim.index.fileHash = keccak256("another index");
    stands(c, claim, "another index");
    (c, claim) = longer();
    claim.span.proof = claim.span.proof.broken();
    stands(c, claim, "no such span");
    (c, claim) = longer();
    claim.record.proof = claim.record.proof.broken();
    stands(c, claim, "no such record");
    (c, claim) = longer();
    claim.record = claim.source;
    stands(c, claim, "a record elsewhere");
  }

  function test_defectsOfTheRecord() public view {
    World memory w = world();
    w.span.length = 3;
    w.records[1].commitOrder = BEYOND;
    assertTrue(isBetter(w, 62, 3), "an order beyond counts");
    w = world();
    w.span.length = 3;
    w.index.recordCount = 3;
    (w.records[0].commitOrder, w.records[1].commitOrder) = (1, 2);
    assertTrue(isBetter(w, 62, 3), "another number of records");
  }

  // ---- revoked records

  bytes32 private constant LEAST = bytes32(uint256(1));
  bytes32 private constant MOST = bytes32(type(uint256).max);

  /// @dev The longer match where three ids are revoked, of which some are shown.
  function revoked(
    bytes32[3] memory ids,
    uint256[] memory shown
  ) private pure returns (Case memory c, BetterMatchClaim memory claim) {
    World memory w = world();
    bytes32[] memory leaves = new bytes32[](3);
    for (uint256 i = 0; i < 3; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(ids[i]));
    w.header.revokedRoot = OrderedTree.root(leaves);
    (c, claim) = claimOf(w, 62, 3);
    claim.revoked.neighbours = new RecordIdOpening[](shown.length);
    for (uint256 i = 0; i < shown.length; ++i)
      claim.revoked.neighbours[i] = RecordIdOpening(ids[shown[i]], OrderedTree.prove(leaves, shown[i]));
  }

  function isAbsent(bytes32[3] memory ids, uint256[] memory shown) private view returns (bool) {
    (Case memory c, BetterMatchClaim memory claim) = revoked(ids, shown);
    return judge.betterMatch(c, claim);
  }

  function only(uint256 a) private pure returns (uint256[] memory shown) {
    shown = new uint256[](1);
    shown[0] = a;
  }

  function both(uint256 a, uint256 b) private pure returns (uint256[] memory shown) {
    shown = new uint256[](2);
    (shown[0], shown[1]) = (a, b);
  }

  function near(int256 steps) private pure returns (bytes32) {
    return bytes32(uint256(int256(uint256(keccak256("second"))) + steps));
  }

  function test_absence_betweenTwo() public view {
    bytes32[3] memory ids = [near(-2), near(-1), near(1)];
    assertTrue(isAbsent(ids, both(1, 2)), "between neighbours");
    assertFalse(isAbsent(ids, both(0, 2)), "no neighbours");
    assertFalse(isAbsent(ids, both(0, 1)), "both before it");
    assertFalse(isAbsent(ids, both(2, 1)), "in the wrong order");
    assertFalse(isAbsent([near(-1), near(1), near(2)], both(1, 2)), "both after it");
    assertFalse(isAbsent([near(-1), near(0), near(1)], both(0, 1)), "the second is it");
    assertFalse(isAbsent([near(-1), near(0), near(1)], both(1, 2)), "the first is it");
  }

  function test_absence_atTheEnds() public view {
    assertTrue(isAbsent([near(1), near(2), near(3)], only(0)), "before the first");
    assertFalse(isAbsent([near(0), near(2), near(3)], only(0)), "it is the first");
    assertFalse(isAbsent([near(-1), near(2), near(3)], only(0)), "after the first");
    assertFalse(isAbsent([near(-1), near(2), near(3)], only(1)), "before the second");
    assertFalse(isAbsent([near(-1), near(2), near(3)], only(2)), "before the last");
    assertTrue(isAbsent([near(-3), near(-2), near(-1)], only(2)), "after the last");
    assertFalse(isAbsent([near(-3), near(-2), near(0)], only(2)), "it is the last");
    assertFalse(isAbsent([near(-3), near(-2), near(-1)], only(1)), "after the second");
  }

  function test_absence_whatDoesNotOpen() public view {
    bytes32[3] memory ids = [near(-2), near(-1), near(1)];
    assertFalse(isAbsent(ids, new uint256[](0)), "nothing shown");
    uint256[] memory all = new uint256[](3);
    (all[0], all[1], all[2]) = (1, 2, 2);
    assertFalse(isAbsent(ids, all), "three shown");
    for (uint256 i = 0; i < 2; ++i) {
      (Case memory c, BetterMatchClaim memory claim) = revoked(ids, both(1, 2));
      claim.revoked.neighbours[i].proof = claim.revoked.neighbours[i].proof.broken();
      stands(c, claim, "no such id");
    }
    (Case memory d, BetterMatchClaim memory next) = revoked(ids, both(1, 2));
    next.revoked.neighbours[0].recordId = LEAST;
    stands(d, next, "another id");
    (d, next) = revoked(ids, both(1, 2));
    next.revoked.neighbours[1].recordId = MOST;
    stands(d, next, "another id");
  }
}
