// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IScoreClaims } from "./interfaces/IScoreClaims.sol";
import { CommitmentHash } from "./libraries/CommitmentHash.sol";
import { Int8Dot } from "./libraries/Int8Dot.sol";
import { Opening, Shown } from "./libraries/Opening.sol";
import { OrderedMerkle } from "./libraries/OrderedMerkle.sol";
import {
  Case,
  DotProductClaim,
  QueryHeader,
  ScoreClaim,
  SumsOpening,
  TableHeader,
  VectorChunk
} from "./types/Dispute.sol";

/// @title ScoreJudge
/// @notice Answers claims about scores; holds nothing. The case's header must be the one that the node signed: the court sees to that.
contract ScoreJudge is IScoreClaims {
  using CommitmentHash for QueryHeader;
  using CommitmentHash for TableHeader;

  uint256 private constant CHUNK = 4096;
  uint256 private constant BLOCK = 1024;
  uint256 private constant ATOMS_IN_LEAF = 16;
  int256 private constant MIN_EXPONENT = -64;
  int256 private constant MAX_EXPONENT = 32;
  /// @dev Two exponents sum to −128 or more; sums are counted in 2⁻¹²⁸.
  int256 private constant UNIT_EXPONENT = 128;

  /// @inheritdoc IScoreClaims
  function dotProduct(Case calldata c, DotProductClaim calldata claim) external pure override returns (bool) {
    TableHeader calldata table = claim.table;
    if (table.root() != c.header.tableRoot || claim.query.root() != c.header.queryRoot) return false;
    uint256 length = table.parameterCount;
    if (length != claim.query.parameterCount || _isOversized(table)) return true;
    uint256 chunks = Opening.pieces(length, CHUNK);
    if (claim.atom >= table.atomCount || claim.chunk >= chunks) return false;
    uint256 place = claim.atom * chunks + claim.chunk;
    Shown ofTable = _openChunk(table.chunksRoot, claim.tableChunk, place, chunks * table.atomCount);
    Shown ofQuery = _openChunk(claim.query.chunksRoot, claim.queryChunk, claim.chunk, chunks);
    if (ofTable == Shown.Defect || ofQuery == Shown.Defect) return true;
    if (ofTable == Shown.Nothing || ofQuery == Shown.Nothing) return false;
    uint256 values = length - claim.chunk * CHUNK;
    if (values > CHUNK) values = CHUNK;
    if (_hasDefect(claim.tableChunk, values) || _hasDefect(claim.queryChunk, values)) return true;
    return _isStepWrong(c.header.sumsRoot, claim);
  }

  /// @inheritdoc IScoreClaims
  function score(Case calldata c, ScoreClaim calldata claim) external pure override returns (bool) {
    TableHeader calldata table = claim.table;
    if (table.root() != c.header.tableRoot) return false;
    if (_isOversized(table)) return true;
    if (claim.atom >= table.atomCount) return false;
    bytes32 leaf = OrderedMerkle.leafHash(abi.encode(claim.score.score));
    Shown shown = Opening.open(c.header.scoresRoot, leaf, claim.score.proof, claim.atom, table.atomCount);
    if (shown != Shown.Leaf) return shown == Shown.Defect;
    uint256 chunks = Opening.pieces(table.parameterCount, CHUNK);
    if (chunks == 0) return claim.score.score != 0;
    int256 sum;
    (shown, sum) = _sumOf(c.header.sumsRoot, claim.last, claim.atom, chunks - 1, table);
    if (shown != Shown.Leaf) return shown == Shown.Defect;
    return sum == type(int256).min || claim.score.score != -sum;
  }

  function _isStepWrong(bytes32 sumsRoot, DotProductClaim calldata claim) private pure returns (bool) {
    (uint256 atom, uint256 chunk) = (claim.atom, claim.chunk);
    (Shown shown, int256 sum) = _sumOf(sumsRoot, claim.afterwards, atom, chunk, claim.table);
    if (shown != Shown.Leaf) return shown == Shown.Defect;
    int256 before = 0;
    if (chunk != 0) {
      (shown, before) = _sumOf(sumsRoot, claim.before, atom, chunk - 1, claim.table);
      if (shown != Shown.Leaf) return shown == Shown.Defect;
    }
    int256 product = _product(claim.tableChunk, claim.queryChunk);
    unchecked {
      int256 right = before + product;
      bool overflows = product >= 0 ? right < before : right > before;
      return overflows || right != sum;
    }
  }

  /// @dev The exact dot product of two chunks without defect, in 2⁻¹²⁸; below 2²¹⁹.
  function _product(VectorChunk calldata a, VectorChunk calldata b) private pure returns (int256 total) {
    uint256 left = _padded(a.values);
    uint256 right = _padded(b.values);
    uint256 blocks = a.exponents.length;
    for (uint256 i = 0; i < blocks; ++i) {
      int256 shift = _exponent(a.exponents, i) + _exponent(b.exponents, i) + UNIT_EXPONENT;
      // The shift lies in 0 to 192 and the sum of 1,024 products below 2²⁵.
      total += Int8Dot.block1024(left + i * BLOCK, right + i * BLOCK) * int256(1 << uint256(shift));
    }
  }

  /// @dev Values in memory with zeros after them up to a whole chunk.
  function _padded(bytes calldata values) private pure returns (uint256 start) {
    bytes memory chunk = new bytes(CHUNK);
    assembly ("memory-safe") {
      start := add(chunk, 32)
      // Its length is that of a chunk or less: the caller has looked for defects.
      calldatacopy(start, values.offset, values.length)
    }
  }

  function _openChunk(
    bytes32 root,
    VectorChunk calldata chunk,
    uint256 index,
    uint256 size
  ) private pure returns (Shown) {
    bytes32 leaf = OrderedMerkle.leafHash(abi.encode(chunk.exponents, chunk.values));
    return Opening.open(root, leaf, chunk.proof, index, size);
  }

  function _hasDefect(VectorChunk calldata chunk, uint256 values) private pure returns (bool) {
    if (chunk.values.length != values || chunk.exponents.length != Opening.pieces(values, BLOCK)) return true;
    for (uint256 i = 0; i < chunk.exponents.length; ++i) {
      int256 exponent = _exponent(chunk.exponents, i);
      if (exponent < MIN_EXPONENT || exponent > MAX_EXPONENT) return true;
    }
    return false;
  }

  /// @dev An atom's running sum after a chunk.
  function _sumOf(
    bytes32 root,
    SumsOpening calldata opening,
    uint256 atom,
    uint256 chunk,
    TableHeader calldata table
  ) private pure returns (Shown shown, int256 sum) {
    uint256 groups = Opening.pieces(table.atomCount, ATOMS_IN_LEAF);
    uint256 group = atom / ATOMS_IN_LEAF;
    uint256 chunks = Opening.pieces(table.parameterCount, CHUNK);
    bytes calldata sums = opening.sums;
    shown = Opening.open(root, sums, opening.proof, chunk * groups + group, chunks * groups);
    if (shown != Shown.Leaf) return (shown, 0);
    uint256 columns = table.atomCount - group * ATOMS_IN_LEAF;
    if (columns > ATOMS_IN_LEAF) columns = ATOMS_IN_LEAF;
    if (sums.length != 32 * columns) return (Shown.Defect, 0);
    uint256 column = atom % ATOMS_IN_LEAF;
    assembly ("memory-safe") {
      sum := calldataload(add(sums.offset, shl(5, column)))
    }
  }

  function _isOversized(TableHeader calldata table) private pure returns (bool) {
    return table.parameterCount > Opening.MAX_COUNT || table.atomCount > Opening.MAX_COUNT;
  }

  function _exponent(bytes calldata exponents, uint256 i) private pure returns (int256) {
    return int8(uint8(exponents[i]));
  }
}
