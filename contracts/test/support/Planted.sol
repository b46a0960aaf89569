// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Assertions } from "./Assertions.sol";

/// @dev Invariants are checks, and a check must be able to fail: each has violations planted, and must say which one it saw.
abstract contract Planted is Assertions {
  /// @dev Calls a check of this contract, which must fail by saying `what`.
  function assertCaught(bytes4 check, string memory what) internal {
    (bool ok, bytes memory reason) = address(this).call(abi.encodePacked(check));
    if (ok) revert Untrue(what);
    assertEq(keccak256(bytes(saidIn(reason))), keccak256(bytes(what)), saidIn(reason));
  }

  /// @dev The words of an error of Assertions: all of them begin with a string.
  function saidIn(bytes memory reason) private pure returns (string memory) {
    if (reason.length < 68) return "no words";
    bytes memory words = new bytes(reason.length - 4);
    for (uint256 i = 0; i < words.length; ++i) words[i] = reason[i + 4];
    return abi.decode(words, (string));
  }

  /// @dev Lets a contract answer a view with another word than the true one.
  function pretend(address target, bytes memory call, uint256 answer) internal {
    vm.mockCall(target, call, abi.encode(answer));
  }
}
