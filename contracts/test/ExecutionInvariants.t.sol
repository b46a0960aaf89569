// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Assertions } from "./support/Assertions.sol";
import { ExecutionHandler } from "./support/ExecutionHandler.sol";

/// @dev Whatever accusers, nodes and auditors do: coins in = coins out + held, and while honest auditors are the majority of each committee no honest node
/// is slashed and no lie is called right.
contract ExecutionInvariantsTest is Assertions {
  ExecutionHandler private handler;

  function setUp() public {
    handler = new ExecutionHandler();
  }

  struct FuzzSelector {
    address addr;
    bytes4[] selectors;
  }

  function targetContracts() public view returns (address[] memory targets) {
    targets = new address[](1);
    targets[0] = address(handler);
  }

  /// @dev All but `drain`, which ends a run.
  function targetSelectors() public view returns (FuzzSelector[] memory targets) {
    bytes4[] memory selectors = new bytes4[](11);
    selectors[0] = handler.accuse.selector;
    selectors[1] = handler.openOne.selector;
    selectors[2] = handler.commitSome.selector;
    selectors[3] = handler.revealSome.selector;
    selectors[4] = handler.appeal.selector;
    selectors[5] = handler.settle.selector;
    selectors[6] = handler.convictSilence.selector;
    selectors[7] = handler.convictAuditor.selector;
    selectors[8] = handler.addFunds.selector;
    selectors[9] = handler.withdraw.selector;
    selectors[10] = handler.pass.selector;
    targets = new FuzzSelector[](1);
    targets[0] = FuzzSelector(address(handler), selectors);
  }

  function invariant_everyCoinHasAnOwner() public view {
    uint256 held = handler.held();
    assertEq(held, handler.funds() + handler.owedToAll() + handler.bound(), "fund, debts and open cases");
    assertEq(handler.coinsIn(), handler.coinsOut() + held, "in = out + held");
  }

  function invariant_noHonestNodeIsSlashed() public view {
    assertEq(handler.honestBond(), 100 ether, "the honest node's bond");
    assertEq(handler.falseVerdicts(), 0, "verdicts that are not true");
  }

  function afterInvariant() public {
    assertTrue(handler.steps() > 0, "steps were taken");
    handler.drain();
    assertEq(handler.bound(), 0, "no case stays open");
    assertEq(handler.owedToAll(), 0, "every debt is paid");
    assertEq(handler.held(), handler.funds(), "nothing but the fund stays");
    assertEq(handler.coinsIn(), handler.coinsOut() + handler.funds(), "in = out + fund");
    assertEq(handler.honestBond(), 100 ether, "the honest node's bond");
  }

  /// @dev The liar is convicted in a play without chance, so that the invariants are not about a world in which nothing happens.
  function test_theHandlerConvictsALiar() public {
    for (uint256 i = 0; i < 12; ++i) {
      try handler.accuse(i, false, 0) {} catch {}
      try handler.openOne(i) {} catch {}
      handler.commitSome(i, type(uint16).max);
    }
    for (uint256 k = 0; k < 3; ++k) handler.pass(49 minutes);
    for (uint256 i = 0; i < 12; ++i) handler.revealSome(i, type(uint16).max);
    for (uint256 k = 0; k < 6; ++k) handler.pass(49 minutes);
    for (uint256 i = 0; i < 12; ++i) handler.settle(i);
    assertEq(handler.cases(), 12, "each was tried");
    assertTrue(handler.convictions() >= 4, "liars are convicted");
    assertEq(handler.honestBond(), 100 ether, "the honest node's bond");
    assertEq(handler.falseVerdicts(), 0, "verdicts that are not true");
  }
}
