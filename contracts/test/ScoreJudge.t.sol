// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ScoreJudge } from "../src/ScoreJudge.sol";
import { Case, DotProductClaim, QueryHeader, TableHeader, VectorChunk } from "../src/types/Dispute.sol";
import { Assertions } from "./support/Assertions.sol";
import { OrderedTree } from "./support/OrderedTree.sol";

/// @dev One atom of 4,097 values in two chunks, the second of one value: steps of its running sum at the bounds of their type.
contract ScoreJudgeTest is Assertions {
  ScoreJudge private judge = new ScoreJudge();
  int256 private constant ONE = 1 << 128;

  function chunkLeaf(VectorChunk memory chunk) private pure returns (bytes32) {
    return OrderedTree.leafHash(abi.encode(chunk.exponents, chunk.values));
  }

  /// @dev The vector's two chunks, of which the second is opened; zeros, then `last` with an exponent.
  function vector(int8 last, int8 exponent) private pure returns (bytes32 root, VectorChunk memory opened) {
    bytes32[] memory leaves = new bytes32[](2);
    leaves[0] = chunkLeaf(VectorChunk(new bytes(4), new bytes(4096), opened.proof));
    opened.exponents = abi.encodePacked(exponent);
    opened.values = abi.encodePacked(last);
    leaves[1] = chunkLeaf(opened);
    opened.proof = OrderedTree.prove(leaves, 1);
    root = OrderedTree.root(leaves);
  }

  /// @dev Whether the judge finds that the second sum is not the first and the product of the last values.
  function isWrong(int256 before, int8 a, int8 b, int8 exponent, int256 afterwards) private view returns (bool) {
    Case memory c;
    DotProductClaim memory claim;
    claim.table.parameterCount = 4097;
    claim.table.atomCount = 1;
    claim.query.parameterCount = 4097;
    claim.chunk = 1;
    (claim.table.chunksRoot, claim.tableChunk) = vector(a, exponent);
    (claim.query.chunksRoot, claim.queryChunk) = vector(b, exponent);
    bytes32[] memory leaves = new bytes32[](2);
    (claim.before.sums, claim.afterwards.sums) = (abi.encode(before), abi.encode(afterwards));
    leaves[0] = OrderedTree.leafHash(abi.encode(claim.before.sums));
    leaves[1] = OrderedTree.leafHash(abi.encode(claim.afterwards.sums));
    claim.before.proof = OrderedTree.prove(leaves, 0);
    claim.afterwards.proof = OrderedTree.prove(leaves, 1);
    c.header.sumsRoot = OrderedTree.root(leaves);
    c.header.tableRoot = rootOf(claim.table);
    c.header.queryRoot = rootOf(claim.query);
    return judge.dotProduct(c, claim);
  }

  function rootOf(TableHeader memory h) private pure returns (bytes32) {
    return keccak256(abi.encode(keccak256("openledger/commitment/table/1"), h));
  }

  function rootOf(QueryHeader memory h) private pure returns (bytes32) {
    return keccak256(abi.encode(keccak256("openledger/commitment/query/1"), h));
  }

  function stands(int256 before, int8 a, int8 b, int256 product) private view {
    assertFalse(isWrong(before, a, b, 0, before + product), "the sum");
    assertTrue(isWrong(before, a, b, 0, before + product + 1), "one more");
    assertTrue(isWrong(before, a, b, 0, before + product - 1), "one less");
  }

  function test_aStepOfEitherSign() public view {
    stands(0, 3, 5, 15 * ONE);
    stands(7, -3, 5, -15 * ONE);
    stands(-7, -128, -128, 16384 * ONE);
  }

  function test_aProductOfNothingChangesNothing() public view {
    stands(0, 0, 5, 0);
    stands(5 * ONE, 0, 0, 0);
    stands(-5 * ONE, 7, 0, 0);
    assertFalse(isWrong(type(int256).max, 0, 1, 0, type(int256).max), "at the upper bound");
    assertFalse(isWrong(type(int256).min, 0, 1, 0, type(int256).min), "at the lower bound");
  }

  function test_aSumThatLeavesItsTypeIsWrong() public view {
    (int256 top, int256 bottom) = (type(int256).max, type(int256).min);
    assertFalse(isWrong(top - ONE, 1, 1, 0, top), "up to the bound");
    assertFalse(isWrong(bottom + ONE, 1, -1, 0, bottom), "down to the bound");
    unchecked {
      assertTrue(isWrong(top - ONE + 1, 1, 1, 0, top + 1), "beyond the upper bound");
      assertTrue(isWrong(bottom + ONE - 1, 1, -1, 0, bottom - 1), "beyond the lower bound");
    }
  }

  function test_exponents() public view {
    assertFalse(isWrong(1, 3, -5, -64, 1 - 15), "the least");
    assertFalse(isWrong(1, 3, 5, 32, 1 + 15 * (ONE << 64)), "the greatest");
    assertTrue(isWrong(1, 0, 0, -65, 1), "below the least");
    assertTrue(isWrong(1, 0, 0, 33, 1), "above the greatest");
  }
}
