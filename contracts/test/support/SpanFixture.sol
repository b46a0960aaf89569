// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SpanJudge } from "../../src/SpanJudge.sol";
import {
  AnswerToken,
  AnswerTokenOpening,
  AttributionHeader,
  IndexHeader,
  IndexRecord,
  IndexRecordOpening,
  SpanClaim,
  SpanOpening
} from "../../src/types/Dispute.sol";
import { Assertions } from "./Assertions.sol";
import { Commitments } from "./Commitments.sol";
import { OrderedTree } from "./OrderedTree.sol";

/// @dev An answer of six tokens, 10 to 15, each a word; a text of 130 symbols in three pieces; two records, of the places 0 to 59 and 60 to 129.
/// Tokens 1 and 2 stand at place 5, and the document's span says so; tokens 1 to 3 stand at place 62.
abstract contract SpanFixture is Assertions {
  uint256 internal constant TOKENS = 6;
  uint256 internal constant LENGTH = 130;
  uint256 internal constant BEYOND = 1 << 32;

  struct World {
    AnswerToken[] answer;
    bytes[] text;
    IndexRecord[] records;
    SpanClaim span;
    IndexHeader index;
    AttributionHeader header;
  }

  SpanJudge internal judge = new SpanJudge();

  function world() internal pure returns (World memory w) {
    w.answer = new AnswerToken[](TOKENS);
    for (uint256 i = 0; i < TOKENS; ++i) w.answer[i] = AnswerToken(10 + i, 1, 7);
    w.text = Commitments.text(LENGTH, 1000);
    plant(w, 5, 1, 2);
    plant(w, 62, 1, 3);
    w.records = new IndexRecord[](2);
    w.records[0] = IndexRecord(keccak256("first"), address(0xC0), 5, 0, 30, 28);
    w.records[1] = IndexRecord(keccak256("second"), address(0xC1), 3, 60, 40, 28);
    (w.span.start, w.span.length, w.span.position, w.span.offset) = (1, 2, 5, 5);
    (w.span.recordId, w.span.contributor) = (w.records[0].recordId, w.records[0].contributor);
    (w.index.length, w.index.recordCount) = (LENGTH, 2);
    (w.header.answerTokens, w.header.spanCount) = (TOKENS, 2);
    w.header.revokedRoot = OrderedTree.root(new bytes32[](0));
  }

  /// @dev Writes tokens of the answer, from one on, into the text.
  function plant(World memory w, uint256 position, uint256 first, uint256 length) internal pure {
    for (uint256 i = 0; i < length; ++i) Commitments.set(w.text, position + i, w.answer[first + i].token + 1);
  }

  /// @dev Commits to what the world holds; sizes stay as its headers say.
  function bind(World memory w) internal pure {
    w.header.tokensRoot = OrderedTree.root(tokenLeaves(w));
    (w.header.spansRoot, ) = Commitments.among(OrderedTree.leafHash(abi.encode(w.span)), 1, 2);
    w.index.textRoot = OrderedTree.root(Commitments.leaves(w.text));
    w.index.recordsRoot = OrderedTree.root(recordLeaves(w));
    w.header.indexRoot = Commitments.root(w.index);
  }

  function openToken(World memory w, uint256 i) internal pure returns (AnswerTokenOpening memory) {
    return AnswerTokenOpening(w.answer[i], OrderedTree.prove(tokenLeaves(w), i));
  }

  function openSpan(World memory w) internal pure returns (SpanOpening memory opening) {
    opening.leaf = w.span;
    (, opening.proof) = Commitments.among(OrderedTree.leafHash(abi.encode(w.span)), 1, 2);
  }

  function openRecord(World memory w, uint256 i) internal pure returns (IndexRecordOpening memory) {
    return IndexRecordOpening(w.records[i], OrderedTree.prove(recordLeaves(w), i));
  }

  function tokenLeaves(World memory w) private pure returns (bytes32[] memory leaves) {
    leaves = new bytes32[](w.answer.length);
    for (uint256 i = 0; i < leaves.length; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(w.answer[i]));
  }

  function recordLeaves(World memory w) private pure returns (bytes32[] memory leaves) {
    leaves = new bytes32[](w.records.length);
    for (uint256 i = 0; i < leaves.length; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(w.records[i]));
  }

  /// @dev The k-th count of a span is made larger than any honest one.
  function enlarge(SpanClaim memory s, uint256 k) internal pure {
    if (k == 0) s.start = BEYOND;
    else if (k == 1) s.length = BEYOND;
    else if (k == 2) s.lo = BEYOND;
    else if (k == 3) s.hi = BEYOND;
    else if (k == 4) s.weight = BEYOND;
    else if (k == 5) s.occurrences = BEYOND;
    else if (k == 6) s.records = BEYOND;
    else if (k == 7) s.contributors = BEYOND;
    else if (k == 8) s.discountedWeight = BEYOND;
    else if (k == 9) s.offset = BEYOND;
    else s.position = BEYOND;
  }

  /// @dev The k-th count of a record is made larger than any honest one.
  function enlarge(IndexRecord memory r, uint256 k) internal pure {
    if (k == 0) r.commitOrder = BEYOND;
    else if (k == 1) r.start = BEYOND;
    else if (k == 2) r.promptLength = BEYOND;
    else r.completionLength = BEYOND;
  }
}
