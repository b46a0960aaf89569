// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AnswerTokenClaim, Case, SpanSourceClaim, SpanWordsClaim } from "../src/types/Dispute.sol";
import { Commitments } from "./support/Commitments.sol";
import { SpanFixture } from "./support/SpanFixture.sol";

/// @dev Claims about answers, words and sources of which one thing is not as it should be: what does not open proves nothing, and what was
/// committed to in a form that no honest node has proves the fault, whatever the words are.
contract SpanWordsTest is SpanFixture {
  using Commitments for *;

  // ---- the answer

  /// @dev The answer of the receipt has the tokens 10 to 15.
  function answerOf(World memory w) private pure returns (Case memory c, AnswerTokenClaim memory claim) {
    bind(w);
    c.header = w.header;
    claim.salt = keccak256("salt");
    for (uint256 i = 0; i < TOKENS; ++i) claim.tokens = bytes.concat(claim.tokens, bytes4(uint32(10 + i)));
    c.receipt.outputHash = keccak256(bytes.concat(claim.salt, claim.tokens));
    claim.place = 2;
    claim.token = openToken(w, 2);
  }

  function isAnswerWrong(World memory w) private view returns (bool) {
    (Case memory c, AnswerTokenClaim memory claim) = answerOf(w);
    return judge.answerToken(c, claim);
  }

  function lyingAnswer() private pure returns (World memory w) {
    w = world();
    w.answer[2].token = 99;
  }

  function test_answerToken_asItIs() public view {
    assertFalse(isAnswerWrong(world()), "the token of the answer");
    assertTrue(isAnswerWrong(lyingAnswer()), "another token");
  }

  function test_answerToken_defects() public view {
    World memory w = world();
    w.answer[2].weight = BEYOND;
    assertTrue(isAnswerWrong(w), "a weight beyond counts");
    w = world();
    w.answer[2].weight = BEYOND - 1;
    assertFalse(isAnswerWrong(w), "the largest weight");
    w = world();
    w.answer[2].startsWord = 2;
    assertTrue(isAnswerWrong(w), "neither a word's beginning nor not");
    w = world();
    w.answer[2].startsWord = 0;
    assertFalse(isAnswerWrong(w), "no beginning of a word");
    w = world();
    w.answer[2].token = BEYOND + 12;
    assertTrue(isAnswerWrong(w), "a token beyond counts");
  }

  function test_answerToken_theLargestToken() public view {
    World memory w = world();
    w.answer[2].token = BEYOND - 1;
    (Case memory c, AnswerTokenClaim memory claim) = answerOf(w);
    for (uint256 k = 8; k < 12; ++k) claim.tokens[k] = 0xff;
    c.receipt.outputHash = keccak256(bytes.concat(claim.salt, claim.tokens));
    assertFalse(judge.answerToken(c, claim), "the largest token");
  }

  function test_answerToken_whatDoesNotOpen() public view {
    (Case memory c, AnswerTokenClaim memory claim) = answerOf(lyingAnswer());
    claim.salt = keccak256("another salt");
    assertFalse(judge.answerToken(c, claim), "another answer");
    (c, claim) = answerOf(lyingAnswer());
    claim.token.proof = claim.token.proof.broken();
    assertFalse(judge.answerToken(c, claim), "no such leaf");
    (c, claim) = answerOf(lyingAnswer());
    claim.place = 3;
    assertFalse(judge.answerToken(c, claim), "the leaf of another place");
    (c, claim) = answerOf(lyingAnswer());
    claim.tokens = bytes.concat(claim.tokens, hex"00");
    c.receipt.outputHash = keccak256(bytes.concat(claim.salt, claim.tokens));
    assertFalse(judge.answerToken(c, claim), "a part of a token");
  }

  function test_answerToken_anAnswerOfAnotherLength() public view {
    (Case memory c, AnswerTokenClaim memory claim) = answerOf(world());
    claim.tokens = bytes.concat(claim.tokens, bytes4(uint32(16)));
    c.receipt.outputHash = keccak256(bytes.concat(claim.salt, claim.tokens));
    assertTrue(judge.answerToken(c, claim), "one token less than the answer");
  }

  // ---- the words of a span

  function wordsOf(World memory w, uint256 place) private pure returns (Case memory c, SpanWordsClaim memory claim) {
    bind(w);
    (c.header, claim.index) = (w.header, w.index);
    claim.span = openSpan(w);
    claim.place = place;
    claim.token = openToken(w, (w.span.start + place) % TOKENS);
    claim.text = w.text.open((w.span.position + place) % LENGTH);
  }

  function areWordsWrong(World memory w) private view returns (bool) {
    (Case memory c, SpanWordsClaim memory claim) = wordsOf(w, 1);
    return judge.spanWords(c, claim);
  }

  /// @dev The span's second word stands elsewhere.
  function lyingSpan() private pure returns (World memory w) {
    w = world();
    Commitments.set(w.text, 6, 77);
  }

  function test_spanWords_asTheyAre() public view {
    assertFalse(areWordsWrong(world()), "the words");
    assertTrue(areWordsWrong(lyingSpan()), "other words");
    (Case memory c, SpanWordsClaim memory claim) = wordsOf(lyingSpan(), 0);
    assertFalse(judge.spanWords(c, claim), "the word before");
  }

  function test_spanWords_inEveryPiece() public view {
    uint256[4] memory places = [uint256(62), 63, 64, 128];
    for (uint256 i = 0; i < 4; ++i) {
      World memory w = world();
      w.span.position = places[i];
      plant(w, places[i], 1, 2);
      assertFalse(areWordsWrong(w), "the words");
      Commitments.set(w.text, places[i] + 1, 77);
      assertTrue(areWordsWrong(w), "other words");
    }
  }

  function test_spanWords_ofAnAnswersEnd() public view {
    World memory w = world();
    (w.span.start, w.span.position) = (4, 20);
    plant(w, 20, 4, 2);
    assertFalse(areWordsWrong(w), "up to the answer's end");
    w.header.answerTokens = 5;
    assertTrue(areWordsWrong(w), "past the answer's end");
  }

  function test_spanWords_pastTheText() public view {
    World memory w = world();
    w.span.position = 128;
    plant(w, 128, 1, 2);
    assertFalse(areWordsWrong(w), "up to the text's end");
    w.span.position = 129;
    (Case memory c, SpanWordsClaim memory claim) = wordsOf(w, 1);
    claim.text.proof = claim.text.proof.broken();
    assertTrue(judge.spanWords(c, claim), "past the text's end");
  }

  function test_spanWords_defectsOfASpan() public view {
    for (uint256 k = 0; k < 11; ++k) {
      World memory w = world();
      enlarge(w.span, k);
      (Case memory c, SpanWordsClaim memory claim) = wordsOf(w, 1);
      // Whatever the place, so that nothing after the span is looked at.
      claim.place = type(uint128).max;
      assertTrue(judge.spanWords(c, claim), "a count beyond counts");
    }
    World memory next = world();
    next.span.field = 2;
    assertTrue(areWordsWrong(next), "a field that no record has");
    next = world();
    next.span.field = 1;
    assertFalse(areWordsWrong(next), "a completion");
    next = world();
    next.span.length = 0;
    assertTrue(areWordsWrong(next), "a span of nothing");
    next = world();
    next.span.weight = BEYOND - 1;
    assertFalse(areWordsWrong(next), "the largest weight");
  }

  function test_spanWords_defectsOfSizes() public view {
    World memory w = world();
    w.header.spanCount = 3;
    assertTrue(areWordsWrong(w), "another number of spans");
    w = world();
    w.header.answerTokens = 7;
    assertTrue(areWordsWrong(w), "another number of tokens");
    w = world();
    w.index.length = BEYOND;
    (Case memory c, SpanWordsClaim memory claim) = wordsOf(w, 1);
    claim.text.proof = claim.text.proof.broken();
    assertTrue(judge.spanWords(c, claim), "a text beyond counts");
    w = world();
    w.index.recordCount = BEYOND;
    assertTrue(areWordsWrong(w), "records beyond counts");
    w = world();
    w.index.recordCount = BEYOND - 1;
    assertFalse(areWordsWrong(w), "the most records");
    w = world();
    w.index.length = 64;
    assertTrue(areWordsWrong(w), "another number of pieces");
  }

  function test_spanWords_defectsOfTokens() public view {
    World memory w = world();
    w.answer[2].weight = BEYOND;
    assertTrue(areWordsWrong(w), "a weight beyond counts");
  }

  function test_spanWords_defectsOfPieces() public view {
    World memory w = world();
    w.text[0] = bytes.concat(w.text[0], bytes4(0));
    assertTrue(areWordsWrong(w), "a piece too long");
    w = world();
    w.index.length = 131;
    w.span.position = 128;
    plant(w, 128, 1, 2);
    assertTrue(areWordsWrong(w), "a last piece too short");
  }

  function test_spanWords_whatDoesNotOpen() public view {
    (Case memory c, SpanWordsClaim memory claim) = wordsOf(lyingSpan(), 1);
    claim.index.fileHash = keccak256("another index");
    assertFalse(judge.spanWords(c, claim), "another index");
    (c, claim) = wordsOf(lyingSpan(), 1);
    claim.span.proof = claim.span.proof.broken();
    assertFalse(judge.spanWords(c, claim), "no such span");
    (c, claim) = wordsOf(lyingSpan(), 1);
    claim.token.proof = claim.token.proof.broken();
    assertFalse(judge.spanWords(c, claim), "no such token");
    (c, claim) = wordsOf(lyingSpan(), 1);
    claim.text.proof = claim.text.proof.broken();
    assertFalse(judge.spanWords(c, claim), "no such piece");
    (c, claim) = wordsOf(lyingSpan(), 2);
    assertFalse(judge.spanWords(c, claim), "a word after the span");
  }

  // ---- the source of a span

  function sourceOf(World memory w) private pure returns (Case memory c, SpanSourceClaim memory claim) {
    bind(w);
    (c.header, claim.index) = (w.header, w.index);
    (claim.span, claim.record) = (openSpan(w), openRecord(w, 0));
  }

  function isSourceWrong(World memory w) private view returns (bool) {
    (Case memory c, SpanSourceClaim memory claim) = sourceOf(w);
    return judge.spanSource(c, claim);
  }

  function test_spanSource_defects() public view {
    assertFalse(isSourceWrong(world()), "the source");
    for (uint256 k = 0; k < 4; ++k) {
      World memory w = world();
      enlarge(w.records[0], k);
      assertTrue(isSourceWrong(w), "a count beyond counts");
    }
    World memory next = world();
    next.index.recordCount = 3;
    assertTrue(isSourceWrong(next), "another number of records");
    next = world();
    next.header.spanCount = 1;
    assertTrue(isSourceWrong(next), "another number of spans");
    next = world();
    next.records[0].commitOrder = BEYOND - 1;
    assertFalse(isSourceWrong(next), "the latest record");
  }

  function test_spanSource_whatDoesNotOpen() public view {
    World memory w = world();
    w.span.contributor = address(0xBAD);
    assertTrue(isSourceWrong(w), "another contributor");
    (Case memory c, SpanSourceClaim memory claim) = sourceOf(w);
    claim.record.proof = claim.record.proof.broken();
    assertFalse(judge.spanSource(c, claim), "no such record");
    (c, claim) = sourceOf(w);
    claim.record = openRecord(w, 1);
    assertFalse(judge.spanSource(c, claim), "a record elsewhere");
  }
}
