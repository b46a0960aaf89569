// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Vm } from "./Vm.sol";

/// @dev What every test needs: cheat codes and comparisons that say what they saw.
abstract contract Assertions {
  Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

  error Unequal(string what, uint256 found, uint256 expected);
  error UnequalHash(string what, bytes32 found, bytes32 expected);
  error UnequalAddress(string what, address found, address expected);
  error Untrue(string what);
  error TooLarge(string what, uint256 found, uint256 limit);

  function assertEq(uint256 found, uint256 expected, string memory what) internal pure {
    if (found != expected) revert Unequal(what, found, expected);
  }

  function assertEq(bytes32 found, bytes32 expected, string memory what) internal pure {
    if (found != expected) revert UnequalHash(what, found, expected);
  }

  function assertEq(address found, address expected, string memory what) internal pure {
    if (found != expected) revert UnequalAddress(what, found, expected);
  }

  function assertTrue(bool condition, string memory what) internal pure {
    if (!condition) revert Untrue(what);
  }

  function assertFalse(bool condition, string memory what) internal pure {
    if (condition) revert Untrue(what);
  }

  function assertLe(uint256 found, uint256 limit, string memory what) internal pure {
    if (found > limit) revert TooLarge(what, found, limit);
  }
}
