// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev Every kind of condition: the test below runs each of them in one way that it knows.
contract Covered {
  uint256 public immutable least;
  uint256 public sum;

  error Small(uint256 given);

  constructor(uint256 least_) {
    if (least_ == 0) revert Small(0);
    least = least_;
  }

  modifier notSmall(uint256 x) {
    if (x < least) revert Small(x);
    _;
  }

  function ifNeverTrue(uint256 x) external notSmall(x) returns (uint256) {
    if (x == 77) {
      sum += 1;
    }
    return sum;
  }

  function ifElseNeverFalse(uint256 x) external pure returns (uint256) {
    if (x > 0) return 1;
    else return 2;
  }

  function both(uint256 x) external pure returns (uint256) {
    return x > 5 ? 1 : 2;
  }

  function andNeverTrue(uint256 x) external pure returns (bool) {
    return x > 5 && x < 10;
  }

  function orNeverFalse(uint256 x) external pure returns (bool) {
    return x > 5 || x == 1;
  }

  function requireNeverFalse(uint256 x) external pure {
    require(x > 0, "zero");
    assert(x > 0);
  }

  function loops(uint256 n) external pure returns (uint256 all) {
    for (uint256 i = 0; i < n; ++i) all += i;
    while (n > 100) --n;
    while (true) {
      if (n == 0) break;
      n -= 1;
    }
  }

  function assembled(uint256 n) external pure returns (uint256 all) {
    assembly {
      for { let i := 0 } lt(i, n) { i := add(i, 1) } { all := add(all, i) }
      if gt(n, 100) { all := 0 }
    }
  }

  /// @dev Conditional jumps of the compiler alone: overflow, bounds, and the answer of a call.
  function noCondition(uint256[] calldata list) external view returns (uint256) {
    return list[0] + this.sum();
  }
}

contract CoveredTest {
  Covered private covered = new Covered(3);

  function test_some() public {
    uint256[] memory list = new uint256[](1);
    covered.ifNeverTrue(5);
    covered.ifElseNeverFalse(1);
    covered.both(1);
    covered.both(9);
    covered.andNeverTrue(1);
    covered.orNeverFalse(9);
    covered.requireNeverFalse(1);
    covered.loops(3);
    covered.assembled(3);
    covered.noCondition(list);
  }
}
