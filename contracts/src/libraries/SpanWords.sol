// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
  AnswerTokenOpening,
  AttributionHeader,
  IndexHeader,
  SpanClaim,
  SpanOpening,
  SpanWordsClaim
} from "../types/Dispute.sol";
import { CalldataHash } from "./CalldataHash.sol";
import { CommitmentHash } from "./CommitmentHash.sol";
import { IndexReading } from "./IndexReading.sol";
import { Opening, Shown } from "./Opening.sol";

/// @title The claim that the words of a span do not stand where it says
/// @notice A library, so that the court judges the commonest claim itself and need not ask the judge.
library SpanWords {
  using CommitmentHash for IndexHeader;

  /// @notice Whether the claim holds.
  function areWrong(AttributionHeader calldata header, SpanWordsClaim calldata claim) internal pure returns (bool) {
    IndexHeader calldata index = claim.index;
    if (index.root() != header.indexRoot) return false;
    SpanOpening calldata opening = claim.span;
    Shown shown = IndexReading.openSpan(header.spansRoot, header.spanCount, opening);
    if (shown != Shown.Leaf) return shown == Shown.Defect;
    SpanClaim calldata span = opening.leaf;
    AnswerTokenOpening calldata token = claim.token;
    // What opens fits 32 bits, and so does the place, which is below the length.
    unchecked {
      if (span.start + span.length > header.answerTokens) return true;
      if (IndexReading.isOversized(index) || span.position + span.length > index.length) return true;
      uint256 place = claim.place;
      if (place >= span.length) return false;
      shown = openToken(header.tokensRoot, token, span.start + place, header.answerTokens);
      if (shown != Shown.Leaf) return shown == Shown.Defect;
      uint256 symbol;
      (shown, symbol) = IndexReading.symbolAt(index.textRoot, index.length, claim.text, span.position + place);
      return shown == Shown.Defect || (shown == Shown.Leaf && symbol != token.leaf.token + 1);
    }
  }

  /// @notice Opens a token of an answer.
  function openToken(
    bytes32 root,
    AnswerTokenOpening calldata token,
    uint256 index,
    uint256 size
  ) internal pure returns (Shown shown) {
    shown = Opening.open(root, CalldataHash.leafHash(token.leaf), token.proof, index, size);
    if (shown == Shown.Leaf && IndexReading.isDefect(token.leaf)) shown = Shown.Defect;
  }
}
