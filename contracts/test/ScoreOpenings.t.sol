// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ScoreJudge } from "../src/ScoreJudge.sol";
import { Case, DotProductClaim, QueryHeader, ScoreClaim, TableHeader, VectorChunk } from "../src/types/Dispute.sol";
import { MerkleProof } from "../src/types/Ledger.sol";
import { Assertions } from "./support/Assertions.sol";
import { Commitments } from "./support/Commitments.sol";
import { OrderedTree } from "./support/OrderedTree.sol";

/// @dev Claims about scores of which one thing is not as it should be. 18 atoms, in two groups of 16 and 2, of 5,000 values, in two chunks of
/// 4,096 and 904. The first values of the chunk that is opened are 3 and 5.
contract ScoreOpeningsTest is Assertions {
  using Commitments for *;

  int256 private constant ONE = 1 << 128;
  int256 private constant BEFORE = 7;
  uint256 private constant BEYOND = 1 << 32;

  /// @dev `chunks`, `queryChunks`, `sumLeaves` and `scores`: how many leaves the trees have.
  struct World {
    uint256 atom;
    uint256 chunk;
    TableHeader table;
    QueryHeader query;
    VectorChunk ofTable;
    VectorChunk ofQuery;
    int256 afterwards;
    uint256 columns;
    int256 score;
    uint256 chunks;
    uint256 queryChunks;
    uint256 sumLeaves;
    uint256 scores;
  }

  ScoreJudge private judge = new ScoreJudge();

  function world(uint256 atom, uint256 chunk) private pure returns (World memory w) {
    (w.atom, w.chunk) = (atom, chunk);
    (w.table.parameterCount, w.table.atomCount, w.query.parameterCount) = (5000, 18, 5000);
    uint256 values = chunk == 0 ? 4096 : 904;
    (w.ofTable.values, w.ofQuery.values) = (new bytes(values), new bytes(values));
    (w.ofTable.values[0], w.ofQuery.values[0]) = (0x03, 0x05);
    (w.ofTable.exponents, w.ofQuery.exponents) = (new bytes(chunk == 0 ? 4 : 1), new bytes(chunk == 0 ? 4 : 1));
    w.afterwards = (chunk == 0 ? int256(0) : BEFORE) + 15 * ONE;
    w.score = -w.afterwards;
    w.columns = atom < 16 ? 16 : 2;
    (w.chunks, w.queryChunks, w.sumLeaves, w.scores) = (36, 2, 4, 18);
  }

  /// @dev The sums of a group's atoms, that of the atom in its column.
  function sumsOf(World memory w, int256 sum) private pure returns (bytes memory sums) {
    for (uint256 i = 0; i < w.columns; ++i) sums = bytes.concat(sums, abi.encode(i == w.atom % 16 ? sum : -1));
  }

  function prove(VectorChunk memory chunk, uint256 index, uint256 count) private pure returns (bytes32 root) {
    bytes32 leaf = OrderedTree.leafHash(abi.encode(chunk.exponents, chunk.values));
    (root, chunk.proof) = leaf.among(index, count);
  }

  /// @dev Commits to the sums before the chunk and after it; opens them.
  function sumsRoot(World memory w) private pure returns (bytes32, MerkleProof memory, MerkleProof memory) {
    bytes32[] memory leaves = new bytes32[](w.sumLeaves);
    uint256 place = 2 * w.chunk + w.atom / 16;
    if (w.chunk != 0) leaves[place - 2] = OrderedTree.leafHash(abi.encode(sumsOf(w, BEFORE)));
    leaves[place] = OrderedTree.leafHash(abi.encode(sumsOf(w, w.afterwards)));
    return (
      OrderedTree.root(leaves),
      OrderedTree.prove(leaves, w.chunk == 0 ? 0 : place - 2),
      OrderedTree.prove(leaves, place)
    );
  }

  function stepOf(World memory w) private pure returns (Case memory c, DotProductClaim memory claim) {
    (claim.atom, claim.chunk) = (w.atom, w.chunk);
    w.table.chunksRoot = prove(w.ofTable, 2 * w.atom + w.chunk, w.chunks);
    w.query.chunksRoot = prove(w.ofQuery, w.chunk, w.queryChunks);
    (claim.table, claim.query, claim.tableChunk, claim.queryChunk) = (w.table, w.query, w.ofTable, w.ofQuery);
    (c.header.sumsRoot, claim.before.proof, claim.afterwards.proof) = sumsRoot(w);
    (claim.before.sums, claim.afterwards.sums) = (sumsOf(w, BEFORE), sumsOf(w, w.afterwards));
    (c.header.tableRoot, c.header.queryRoot) = (w.table.root(), w.query.root());
  }

  function isStepWrong(World memory w) private view returns (bool) {
    (Case memory c, DotProductClaim memory claim) = stepOf(w);
    return judge.dotProduct(c, claim);
  }

  function wrongStep() private pure returns (Case memory c, DotProductClaim memory claim) {
    World memory w = world(17, 1);
    ++w.afterwards;
    return stepOf(w);
  }

  function stands(Case memory c, DotProductClaim memory claim, string memory what) private view {
    assertFalse(judge.dotProduct(c, claim), what);
  }

  // ---- a step of a running sum

  function test_step_ofEveryKindOfPlace() public view {
    uint256[4] memory atoms = [uint256(0), 15, 16, 17];
    for (uint256 i = 0; i < 4; ++i) {
      for (uint256 chunk = 0; chunk < 2; ++chunk) {
        World memory w = world(atoms[i], chunk);
        assertFalse(isStepWrong(w), "as it is");
        ++w.afterwards;
        assertTrue(isStepWrong(w), "one more");
      }
    }
  }

  function test_step_whatDoesNotOpen() public view {
    (Case memory c, DotProductClaim memory claim) = wrongStep();
    claim.table.fileHash = keccak256("another table");
    stands(c, claim, "another table");
    (c, claim) = wrongStep();
    claim.query.fileHash = keccak256("another query");
    stands(c, claim, "another query");
    (c, claim) = wrongStep();
    claim.tableChunk.proof = claim.tableChunk.proof.broken();
    stands(c, claim, "no such chunk of the table");
    (c, claim) = wrongStep();
    claim.queryChunk.proof = claim.queryChunk.proof.broken();
    stands(c, claim, "no such chunk of the query");
    (c, claim) = wrongStep();
    claim.afterwards.proof = claim.afterwards.proof.broken();
    stands(c, claim, "no such sum");
    (c, claim) = wrongStep();
    claim.before.proof = claim.before.proof.broken();
    stands(c, claim, "no such sum before");
    (c, claim) = wrongStep();
    claim.afterwards.sums = bytes.concat(claim.afterwards.sums, bytes32(0));
    stands(c, claim, "sums of another form that nobody committed to");
  }

  function test_step_outsideTheTable() public view {
    World memory w = world(17, 1);
    w.chunks = 37;
    (Case memory c, DotProductClaim memory claim) = stepOf(w);
    claim.atom = 18;
    stands(c, claim, "no such atom");
    claim.atom = type(uint256).max;
    stands(c, claim, "far outside");
    (claim.atom, claim.chunk) = (17, 2);
    stands(c, claim, "no such chunk");
    claim.chunk = type(uint256).max;
    stands(c, claim, "far outside");
  }

  function test_step_sizes() public view {
    World memory w = world(17, 1);
    w.query.parameterCount = 4999;
    assertTrue(isStepWrong(w), "another length");
    w = world(17, 1);
    (w.table.parameterCount, w.query.parameterCount) = (BEYOND, BEYOND);
    (Case memory c, DotProductClaim memory claim) = stepOf(w);
    claim.tableChunk.proof = claim.tableChunk.proof.broken();
    assertTrue(judge.dotProduct(c, claim), "parameters beyond counts");
    w = world(17, 1);
    w.table.atomCount = BEYOND;
    (c, claim) = stepOf(w);
    claim.atom = type(uint256).max;
    assertTrue(judge.dotProduct(c, claim), "atoms beyond counts");
    w.table.atomCount = BEYOND - 1;
    (c, claim) = stepOf(w);
    claim.atom = type(uint256).max;
    stands(c, claim, "the most atoms");
  }

  function test_step_anotherNumberOfLeaves() public view {
    World memory w = world(17, 1);
    w.chunks = 37;
    assertTrue(isStepWrong(w), "chunks of the table");
    w = world(17, 1);
    w.queryChunks = 3;
    assertTrue(isStepWrong(w), "chunks of the query");
    w = world(17, 1);
    w.sumLeaves = 5;
    assertTrue(isStepWrong(w), "sums");
  }

  function test_step_formsOfChunks() public view {
    for (uint256 k = 0; k < 5; ++k) {
      World memory w = world(17, 1);
      deform(w.ofTable, k);
      assertTrue(isStepWrong(w), "a chunk of the table");
      w = world(17, 1);
      deform(w.ofQuery, k);
      assertTrue(isStepWrong(w), "a chunk of the query");
    }
  }

  /// @dev Forms that leave the product as it is.
  function deform(VectorChunk memory chunk, uint256 k) private pure {
    if (k == 0) chunk.values = bytes.concat(chunk.values, hex"00");
    else if (k == 1) chunk.values = bytes.concat(hex"03", new bytes(902));
    else if (k == 2) chunk.exponents = new bytes(2);
    else if (k == 3) chunk.exponents = abi.encodePacked(int8(-65));
    else chunk.exponents = abi.encodePacked(int8(33));
  }

  function test_step_exponentsOfLaterBlocks() public view {
    for (uint256 i = 0; i < 4; ++i) {
      World memory w = world(17, 0);
      w.ofTable.exponents[i] = bytes1(uint8(33));
      assertTrue(isStepWrong(w), "beyond the greatest");
    }
  }

  function test_step_blocksHaveTheirOwnExponents() public view {
    World memory w = world(17, 0);
    (w.ofTable.values[2048], w.ofQuery.values[2048]) = (0x02, 0x07);
    (w.ofTable.exponents[2], w.ofQuery.exponents[2]) = (0x01, bytes1(uint8(int8(-2))));
    w.afterwards += 7 * ONE;
    assertFalse(isStepWrong(w), "14 halved");
  }

  function test_step_formsOfSums() public view {
    World memory w = world(17, 1);
    w.columns = 3;
    assertTrue(isStepWrong(w), "a column too many");
    w = world(15, 1);
    w.columns = 17;
    assertTrue(isStepWrong(w), "more than a group");
    w = world(0, 1);
    w.columns = 15;
    assertTrue(isStepWrong(w), "a column too few");
  }

  // ---- a score

  function scoreOf(World memory w) private pure returns (Case memory c, ScoreClaim memory claim) {
    claim.atom = w.atom;
    claim.table = w.table;
    c.header.tableRoot = w.table.root();
    claim.score.score = w.score;
    bytes32 leaf = OrderedTree.leafHash(abi.encode(w.score));
    (c.header.scoresRoot, claim.score.proof) = leaf.among(w.atom, w.scores);
    (c.header.sumsRoot, , claim.last.proof) = sumsRoot(w);
    claim.last.sums = sumsOf(w, w.afterwards);
  }

  function isScoreWrong(World memory w) private view returns (bool) {
    (Case memory c, ScoreClaim memory claim) = scoreOf(w);
    return judge.score(c, claim);
  }

  function wrongScore() private pure returns (Case memory c, ScoreClaim memory claim) {
    World memory w = world(17, 1);
    ++w.score;
    return scoreOf(w);
  }

  function test_score_asItIs() public view {
    World memory w = world(17, 1);
    assertFalse(isScoreWrong(w), "minus the sum");
    w.score = -w.score;
    assertTrue(isScoreWrong(w), "the sum");
    w.afterwards = type(int256).min;
    w.score = type(int256).min;
    assertTrue(isScoreWrong(w), "a sum without a negative");
    (w.afterwards, w.score) = (type(int256).min + 1, type(int256).max);
    assertFalse(isScoreWrong(w), "the greatest score");
  }

  function test_score_whatDoesNotOpen() public view {
    (Case memory c, ScoreClaim memory claim) = wrongScore();
    assertTrue(judge.score(c, claim), "one more");
    claim.table.fileHash = keccak256("another table");
    assertFalse(judge.score(c, claim), "another table");
    (c, claim) = wrongScore();
    claim.score.proof = claim.score.proof.broken();
    assertFalse(judge.score(c, claim), "no such score");
    (c, claim) = wrongScore();
    claim.last.proof = claim.last.proof.broken();
    assertFalse(judge.score(c, claim), "no such sum");
    World memory w = world(17, 1);
    w.scores = 19;
    (c, claim) = scoreOf(w);
    claim.atom = 18;
    assertFalse(judge.score(c, claim), "no such atom");
  }

  function test_score_sizes() public view {
    World memory w = world(17, 1);
    w.scores = 19;
    assertTrue(isScoreWrong(w), "another number of scores");
    w = world(17, 1);
    w.sumLeaves = 5;
    assertTrue(isScoreWrong(w), "another number of sums");
    w = world(17, 1);
    w.columns = 3;
    assertTrue(isScoreWrong(w), "a column too many");
    w = world(17, 1);
    w.table.parameterCount = BEYOND;
    (Case memory c, ScoreClaim memory claim) = scoreOf(w);
    claim.score.proof = claim.score.proof.broken();
    assertTrue(judge.score(c, claim), "parameters beyond counts");
    claim.table.parameterCount = BEYOND - 1;
    c.header.tableRoot = claim.table.root();
    assertFalse(judge.score(c, claim), "the most parameters");
    w = world(17, 1);
    w.table.atomCount = BEYOND;
    (c, claim) = scoreOf(w);
    claim.score.proof = claim.score.proof.broken();
    assertTrue(judge.score(c, claim), "atoms beyond counts");
  }

  function test_score_ofNoParameters() public view {
    World memory w = world(17, 1);
    w.table.parameterCount = 0;
    assertTrue(isScoreWrong(w), "something of nothing");
    w.score = 0;
    assertFalse(isScoreWrong(w), "nothing");
  }
}
