// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IVerifier } from "../../src/interfaces/IVerifier.sol";
import { Guarantee, Outcome } from "../../src/types/Agents.sol";

/// @dev A verifier that says what it is told, fails when told so, and can call back.
contract FickleVerifier is IVerifier {
  Outcome private said;
  bool private fails;
  address private target;
  bytes private call;

  error Broken();
  error AttackFailed();

  function set(Outcome outcome, bool fails_) external {
    (said, fails) = (outcome, fails_);
  }

  function attack(address target_, bytes calldata call_) external {
    (target, call) = (target_, call_);
  }

  function verify(bytes32, Guarantee calldata, uint64, bytes calldata) external override returns (Outcome) {
    if (target != address(0)) {
      (bool ok, ) = target.call(call);
      if (!ok) revert AttackFailed();
    }
    return said;
  }

  function outcomeOf(bytes32) external view override returns (Outcome) {
    if (fails) revert Broken();
    return said;
  }
}
