// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { FeeSplit } from "../src/libraries/FeeSplit.sol";
import { Int8Dot } from "../src/libraries/Int8Dot.sol";
import { OrderedMerkle } from "../src/libraries/OrderedMerkle.sol";
import { Assertions } from "./support/Assertions.sol";
import { OrderedTree } from "./support/OrderedTree.sol";

/// @dev The arithmetic of the judges against the plain way to say the same.
contract JudgeArithmeticTest is Assertions {
  function bytesFrom(uint256 seed, uint256 kind) private pure returns (bytes memory values) {
    values = new bytes(1024);
    for (uint256 i = 0; i < 1024; ++i) {
      uint256 draw = uint256(keccak256(abi.encode(seed, i)));
      // All of one extreme, a mixture of the extremes, or anything.
      if (kind % 4 == 0) values[i] = 0x80;
      else if (kind % 4 == 1) values[i] = 0x7f;
      else if (kind % 4 == 2) values[i] = draw % 2 == 0 ? bytes1(0x80) : bytes1(0x7f);
      else values[i] = bytes1(uint8(draw));
    }
  }

  function test_dotProductsOfExtremes() public pure {
    for (uint256 a = 0; a < 3; ++a) for (uint256 b = 0; b < 3; ++b) checkDot(bytesFrom(1, a), bytesFrom(2, b));
    checkDot(new bytes(1024), bytesFrom(1, 0));
  }

  function testFuzz_dotProducts(uint256 seed) public pure {
    checkDot(bytesFrom(seed, 3), bytesFrom(~seed, 3));
  }

  function checkDot(bytes memory a, bytes memory b) private pure {
    int256 plain = 0;
    for (uint256 i = 0; i < 1024; ++i) plain += int256(int8(uint8(a[i]))) * int8(uint8(b[i]));
    uint256 left;
    uint256 right;
    assembly ("memory-safe") {
      left := add(a, 32)
      right := add(b, 32)
    }
    assertTrue(Int8Dot.block1024(left, right) == plain, "dot product");
  }

  function testFuzz_rootOfAllLeavesIsTheTrees(uint256 seed, uint8 count) public pure {
    bytes32[] memory leaves = new bytes32[](count);
    for (uint256 i = 0; i < count; ++i) leaves[i] = keccak256(abi.encode(seed, i));
    bytes32 expected = OrderedTree.root(leaves);
    assertEq(OrderedMerkle.rootOf(leaves), expected, "root");
  }

  /// @dev Gives one unit after the other to the largest remainder that has none yet.
  function plainDivision(
    uint256 total,
    uint256[] memory weights,
    uint256[] memory ties
  ) private pure returns (uint256[] memory parts) {
    uint256 n = weights.length;
    parts = new uint256[](n);
    uint256 sum = 0;
    for (uint256 i = 0; i < n; ++i) sum += weights[i];
    if (sum == 0) return parts;
    uint256 left = total;
    for (uint256 i = 0; i < n; ++i) {
      parts[i] = (total * weights[i]) / sum;
      left -= parts[i];
    }
    bool[] memory served = new bool[](n);
    for (; left > 0; --left) {
      uint256 best = n;
      for (uint256 i = 0; i < n; ++i) {
        if (served[i]) continue;
        if (best == n) {
          best = i;
          continue;
        }
        (uint256 mine, uint256 his) = ((total * weights[i]) % sum, (total * weights[best]) % sum);
        if (mine > his || (mine == his && ties[i] < ties[best])) best = i;
      }
      served[best] = true;
      ++parts[best];
    }
  }

  function testFuzz_largestRemainder(uint128 total, uint256 seed, uint8 size, uint8 range) public pure {
    uint256 n = uint256(size % 40) + 1;
    uint256[] memory weights = new uint256[](n);
    uint256[] memory ties = new uint256[](n);
    for (uint256 i = 0; i < n; ++i) {
      uint256 draw = uint256(keccak256(abi.encode(seed, i)));
      weights[i] = draw % (uint256(range) + 1);
      ties[i] = uint160(draw >> 96);
    }
    uint256[] memory found = FeeSplit.largestRemainder(total, weights, ties);
    uint256[] memory expected = plainDivision(total, weights, ties);
    for (uint256 i = 0; i < n; ++i) assertEq(found[i], expected[i], "part");
  }
}
