// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AnswerTokenClaim, BetterMatchClaim, Case, SpanSourceClaim, SpanWordsClaim } from "../types/Dispute.sol";

/// @title Claims that the spans of an attribution are wrong
interface ISpanClaims {
  /// @notice A token of the document's answer is another than that of the receipt's answer. Reveals the whole answer.
  function answerToken(Case calldata c, AnswerTokenClaim calldata claim) external returns (bool proven);

  /// @notice A token of a span is another than the one that stands at its source, or the span runs past the answer or the records.
  function spanWords(Case calldata c, SpanWordsClaim calldata claim) external returns (bool proven);

  /// @notice A span names another record, contributor, field or offset than those of the place at which its source stands.
  function spanSource(Case calldata c, SpanSourceClaim calldata claim) external returns (bool proven);

  /// @notice A span hides a longer match of whole words, or an earlier commitment of the same words.
  function betterMatch(Case calldata c, BetterMatchClaim calldata claim) external returns (bool proven);
}
