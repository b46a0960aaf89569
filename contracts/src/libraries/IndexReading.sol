// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
  AnswerToken,
  IndexHeader,
  IndexRecord,
  IndexRecordOpening,
  SpanClaim,
  SpanOpening,
  SymbolsOpening
} from "../types/Dispute.sol";
import { MerkleProof } from "../types/Ledger.sol";
import { CalldataHash } from "./CalldataHash.sol";
import { Opening, Shown } from "./Opening.sol";

/// @title Reading a span index and the spans of a document from openings
library IndexReading {
  uint256 internal constant SYMBOLS_IN_LEAF = 64;

  /// @notice Whether an index names sizes that no honest one has.
  function isOversized(IndexHeader calldata index) internal pure returns (bool) {
    return index.length > Opening.MAX_COUNT || index.recordCount > Opening.MAX_COUNT;
  }

  /// @notice Opens a span of a document.
  function openSpan(bytes32 root, uint256 count, SpanOpening calldata span) internal pure returns (Shown shown) {
    SpanClaim calldata s = span.leaf;
    MerkleProof calldata proof = span.proof;
    shown = Opening.open(root, CalldataHash.leafHash(s), proof, proof.index, count);
    // Adding counts that fit 32 bits cannot overflow, and or-ing finds any that does not.
    uint256 all = s.start | s.length | s.lo | s.hi | s.weight | s.occurrences | s.records | s.contributors;
    all |= s.discountedWeight | s.offset | s.position;
    if (shown == Shown.Leaf && (all > Opening.MAX_COUNT || s.field > 1 || s.length == 0)) shown = Shown.Defect;
  }

  /// @notice Opens a record of an index.
  function openRecord(
    IndexHeader calldata index,
    IndexRecordOpening calldata record
  ) internal pure returns (Shown shown) {
    IndexRecord calldata r = record.leaf;
    MerkleProof calldata proof = record.proof;
    shown = Opening.open(index.recordsRoot, CalldataHash.leafHash(r), proof, proof.index, index.recordCount);
    uint256 all = r.commitOrder | r.start | r.promptLength | r.completionLength;
    if (shown == Shown.Leaf && all > Opening.MAX_COUNT) shown = Shown.Defect;
  }

  /// @notice Whether a record takes in a place of the text.
  function holds(IndexRecord calldata record, uint256 position) internal pure returns (bool) {
    return position >= record.start && position < record.start + record.promptLength + record.completionLength + 2;
  }

  /// @notice Opens the piece of a text or a suffix array in which a place lies.
  /// @return shown whether it opens
  /// @return symbol what stands there
  function symbolAt(
    bytes32 root,
    uint256 length,
    SymbolsOpening calldata opening,
    uint256 place
  ) internal pure returns (Shown shown, uint256 symbol) {
    uint256 piece = place / SYMBOLS_IN_LEAF;
    shown = openSymbols(root, length, opening, piece);
    if (shown == Shown.Leaf) symbol = symbolOf(opening, place % SYMBOLS_IN_LEAF);
  }

  /// @notice Opens one piece of a text or a suffix array of `length` entries.
  function openSymbols(
    bytes32 root,
    uint256 length,
    SymbolsOpening calldata opening,
    uint256 piece
  ) internal pure returns (Shown shown) {
    uint256 pieces = Opening.pieces(length, SYMBOLS_IN_LEAF);
    bytes calldata symbols = opening.symbols;
    shown = Opening.open(root, symbols, opening.proof, piece, pieces);
    if (shown != Shown.Leaf) return shown;
    uint256 expected = length - piece * SYMBOLS_IN_LEAF;
    if (expected > SYMBOLS_IN_LEAF) expected = SYMBOLS_IN_LEAF;
    if (symbols.length != 4 * expected) shown = Shown.Defect;
  }

  /// @notice One entry of an opened piece.
  function symbolOf(SymbolsOpening calldata opening, uint256 entry) internal pure returns (uint256) {
    bytes calldata symbols = opening.symbols;
    return uint32(bytes4(symbols[4 * entry:]));
  }

  /// @notice Whether a token has a form that no honest one has.
  function isDefect(AnswerToken calldata token) internal pure returns (bool) {
    return (token.token | token.weight) > Opening.MAX_COUNT || token.startsWord > 1;
  }
}
