// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ISpanClaims } from "./interfaces/ISpanClaims.sol";
import { CommitmentHash } from "./libraries/CommitmentHash.sol";
import { IndexReading } from "./libraries/IndexReading.sol";
import { Opening, Shown } from "./libraries/Opening.sol";
import { OrderedMerkle } from "./libraries/OrderedMerkle.sol";
import { SpanWords } from "./libraries/SpanWords.sol";
import {
  Absence,
  AnswerTokenClaim,
  AttributionHeader,
  BetterMatchClaim,
  Case,
  IndexHeader,
  IndexRecord,
  RecordIdOpening,
  SpanClaim,
  SpanSourceClaim,
  SpanWordsClaim
} from "./types/Dispute.sol";

/// @title SpanJudge
/// @notice Answers claims about spans; holds nothing. The case's header must be the one that the node signed: the court sees to that.
contract SpanJudge is ISpanClaims {
  using CommitmentHash for IndexHeader;

  /// @inheritdoc ISpanClaims
  function answerToken(Case calldata c, AnswerTokenClaim calldata claim) external pure override returns (bool) {
    bytes calldata tokens = claim.tokens;
    if (keccak256(bytes.concat(claim.salt, tokens)) != c.receipt.outputHash || tokens.length % 4 != 0) return false;
    Shown shown = SpanWords.openToken(c.header.tokensRoot, claim.token, claim.place, tokens.length / 4);
    if (shown != Shown.Leaf) return shown == Shown.Defect;
    return claim.token.leaf.token != uint32(bytes4(tokens[4 * claim.place:4 * claim.place + 4]));
  }

  /// @inheritdoc ISpanClaims
  function spanWords(Case calldata c, SpanWordsClaim calldata claim) external pure override returns (bool) {
    return SpanWords.areWrong(c.header, claim);
  }

  /// @inheritdoc ISpanClaims
  function spanSource(Case calldata c, SpanSourceClaim calldata claim) external pure override returns (bool) {
    IndexHeader calldata index = claim.index;
    if (index.root() != c.header.indexRoot) return false;
    Shown shown = IndexReading.openSpan(c.header.spansRoot, c.header.spanCount, claim.span);
    if (shown != Shown.Leaf) return shown == Shown.Defect;
    shown = IndexReading.openRecord(index, claim.record);
    if (shown != Shown.Leaf) return shown == Shown.Defect;
    SpanClaim calldata span = claim.span.leaf;
    IndexRecord calldata record = claim.record.leaf;
    if (!IndexReading.holds(record, span.position)) return false;
    if (span.recordId != record.recordId || span.contributor != record.contributor) return true;
    uint256 place = span.position - record.start;
    if (place < record.promptLength) return span.field != 0 || span.offset != place;
    return span.field != 1 || span.offset + record.promptLength + 1 != place;
  }

  /// @inheritdoc ISpanClaims
  function betterMatch(Case calldata c, BetterMatchClaim calldata claim) external pure override returns (bool) {
    IndexHeader calldata index = claim.index;
    if (index.root() != c.header.indexRoot) return false;
    Shown shown = IndexReading.openSpan(c.header.spansRoot, c.header.spanCount, claim.span);
    if (shown != Shown.Leaf) return shown == Shown.Defect;
    uint256 most = claim.span.leaf.length;
    if (claim.length < most || claim.position > Opening.MAX_COUNT) return false;
    shown = _openMatch(c.header, claim);
    if (shown != Shown.Leaf) return shown == Shown.Defect;
    shown = IndexReading.openRecord(index, claim.record);
    if (shown != Shown.Leaf) return shown == Shown.Defect;
    IndexRecord calldata record = claim.record.leaf;
    if (!IndexReading.holds(record, claim.position)) return false;
    if (!_isAbsent(c.header.revokedRoot, record.recordId, claim.revoked)) return false;
    return claim.length > most || _isEarlier(claim);
  }

  /// @dev Whether the answer has, from the span's start on, whole words that stand at the claimed place of the text.
  function _openMatch(
    AttributionHeader calldata header,
    BetterMatchClaim calldata claim
  ) private pure returns (Shown shown) {
    (uint256 start, uint256 length, uint256 total) = (claim.span.leaf.start, claim.length, header.answerTokens);
    if (length > total || start > total - length) return Shown.Nothing;
    bool isLast = start + length == total;
    if (claim.tokens.length != length + (isLast ? 0 : 1)) return Shown.Nothing;
    for (uint256 i = 0; i < claim.tokens.length; ++i) {
      shown = SpanWords.openToken(header.tokensRoot, claim.tokens[i], start + i, total);
      if (shown != Shown.Leaf) return shown;
    }
    if (!isLast && claim.tokens[length].leaf.startsWord == 0) return Shown.Nothing;
    return _openWords(claim);
  }

  /// @dev Whether the symbols of the match, read piece by piece, are those of the answer's tokens.
  function _openWords(BetterMatchClaim calldata claim) private pure returns (Shown shown) {
    IndexHeader calldata index = claim.index;
    (uint256 position, uint256 length) = (claim.position, claim.length);
    if (IndexReading.isOversized(index)) return Shown.Defect;
    if (position + length > index.length) return Shown.Nothing;
    uint256 firstPiece = position / IndexReading.SYMBOLS_IN_LEAF;
    uint256 opened = 0;
    for (uint256 i = 0; i < length; ++i) {
      uint256 piece = (position + i) / IndexReading.SYMBOLS_IN_LEAF - firstPiece;
      if (piece == opened) {
        if (piece == claim.text.length) return Shown.Nothing;
        shown = IndexReading.openSymbols(index.textRoot, index.length, claim.text[piece], firstPiece + piece);
        if (shown != Shown.Leaf) return shown;
        ++opened;
      }
      uint256 symbol = IndexReading.symbolOf(claim.text[piece], (position + i) % IndexReading.SYMBOLS_IN_LEAF);
      if (symbol != claim.tokens[i].leaf.token + 1) return Shown.Nothing;
    }
    return Shown.Leaf;
  }

  /// @dev Whether the better record was committed before the one in which the span's source stands.
  function _isEarlier(BetterMatchClaim calldata claim) private pure returns (bool) {
    Shown shown = IndexReading.openRecord(claim.index, claim.source);
    if (shown != Shown.Leaf) return shown == Shown.Defect;
    if (!IndexReading.holds(claim.source.leaf, claim.span.leaf.position)) return false;
    (uint256 found, uint256 named) = (claim.record.leaf.commitOrder, claim.source.leaf.commitOrder);
    return found != named ? found < named : claim.record.proof.index < claim.source.proof.index;
  }

  /// @dev Whether a record id is shown not to be among the sorted ids under a root.
  function _isAbsent(bytes32 root, bytes32 id, Absence calldata absence) private pure returns (bool) {
    if (root == OrderedMerkle.EMPTY_ROOT) return true;
    RecordIdOpening[] calldata shown = absence.neighbours;
    if (shown.length == 0 || shown.length > 2 || !_opensId(root, shown[0])) return false;
    (uint256 index, uint256 count) = (shown[0].proof.index, shown[0].proof.count);
    bytes32 first = shown[0].recordId;
    if (shown.length == 1) return first < id ? index == count - 1 : first > id && index == 0;
    return
      _opensId(root, shown[1]) &&
      shown[1].proof.count == count &&
      shown[1].proof.index == index + 1 &&
      first < id &&
      id < shown[1].recordId;
  }

  function _opensId(bytes32 root, RecordIdOpening calldata opening) private pure returns (bool) {
    return OrderedMerkle.verify(root, OrderedMerkle.leafHash(abi.encode(opening.recordId)), opening.proof);
  }
}
