// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IStakes } from "../src/interfaces/IStakes.sol";
import { PositionSlot } from "../src/libraries/PositionSlot.sol";
import { Fault, Role } from "../src/types/Roles.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";

/// @dev Slashes for the cases of a court, here of this test: once for each case, by the bond at once, in the books by a second call.
contract CaseSlashesTest is LedgerFixture {
  bytes32 private constant CASE = keccak256("a case");
  bytes32 private constant NEXT = keccak256("the next case");
  uint96 private constant TAKEN = 25 ether;

  address private node = vm.addr(uint256(keccak256("node")));

  function setUp() public override {
    super.setUp();
    parameters.setCourt(address(this), true);
    vm.warp(block.timestamp + 1 days);
    fund(node);
    vm.prank(node);
    stakes.bondNative{ value: 100 ether }(Role.Node);
  }

  function slash(bytes32 caseId) private {
    stakes.slashForCase(caseId, node, Role.Node, Fault.WrongAttribution, other);
  }

  function settle(bytes32 caseId, uint96 taken) private {
    stakes.settleCase(address(this), caseId, node, Role.Node, Fault.WrongAttribution, other, taken);
  }

  function nothingToSettle(address account) private {
    vm.expectRevert(abi.encodeWithSelector(IStakes.NothingToSettle.selector, account));
  }

  function position() private view returns (IStakes.Position memory) {
    return stakes.getPosition(node, Role.Node);
  }

  // ---- what is refused

  function test_refused_byWhoIsNoCourtInForce() public {
    vm.expectRevert(abi.encodeWithSelector(IStakes.NotCourt.selector, other));
    vm.prank(other);
    stakes.slashForCase(CASE, node, Role.Node, Fault.WrongAttribution, other);
    parameters.setCourt(other, true);
    vm.expectRevert(abi.encodeWithSelector(IStakes.NotCourt.selector, other));
    vm.prank(other);
    stakes.slashForCase(CASE, node, Role.Node, Fault.WrongAttribution, other);
    assertTrue(position().bonded == 100 ether && !stakes.isDecided(other, CASE), "nothing has changed");
  }

  function test_refused_twiceForOneCase() public {
    slash(CASE);
    vm.expectRevert(abi.encodeWithSelector(IStakes.AlreadyDecided.selector, address(this), CASE));
    slash(CASE);
    settle(CASE, TAKEN);
    vm.expectRevert(abi.encodeWithSelector(IStakes.AlreadyDecided.selector, address(this), CASE));
    slash(CASE);
    assertEq(position().bonded, 75 ether, "once");
  }

  function test_refused_twiceForOneCaseThatTookNothing() public {
    stakes.slashForCase(CASE, payer, Role.Node, Fault.WrongAttribution, other);
    assertEq(stakes.getPosition(payer, Role.Node).unsettled, 0, "nothing to settle");
    vm.expectRevert(abi.encodeWithSelector(IStakes.AlreadyDecided.selector, address(this), CASE));
    slash(CASE);
    assertEq(position().bonded, 100 ether, "untouched");
  }

  function test_refused_toSettleWhatWasNotSlashed() public {
    nothingToSettle(node);
    settle(CASE, TAKEN);
    nothingToSettle(node);
    settle(CASE, 0);
    slash(CASE);
    nothingToSettle(node);
    settle(NEXT, TAKEN);
    settle(CASE, TAKEN);
    nothingToSettle(node);
    settle(CASE, TAKEN);
  }

  /// @dev Court, account, role, fault, prover and sum are all bound.
  function test_refused_toSettleAnythingElse() public {
    slash(CASE);
    nothingToSettle(node);
    settle(CASE, TAKEN + 1);
    nothingToSettle(node);
    stakes.settleCase(other, CASE, node, Role.Node, Fault.WrongAttribution, other, TAKEN);
    nothingToSettle(payer);
    stakes.settleCase(address(this), CASE, payer, Role.Node, Fault.WrongAttribution, other, TAKEN);
    nothingToSettle(node);
    stakes.settleCase(address(this), CASE, node, Role.Gateway, Fault.WrongAttribution, other, TAKEN);
    nothingToSettle(node);
    stakes.settleCase(address(this), CASE, node, Role.Node, Fault.Equivocation, other, TAKEN);
    nothingToSettle(node);
    stakes.settleCase(address(this), CASE, node, Role.Node, Fault.WrongAttribution, payer, TAKEN);
    assertEq(position().unsettled, 1, "it is still there");
  }

  /// @dev As many unsettled slashes as the position can count are written into its slot: 16 bits above bond, thaw and time.
  function test_refused_moreThanCanBeCounted() public {
    bytes32 ofAccount = keccak256(abi.encode(node, 3));
    bytes32 slot = keccak256(abi.encode(Role.Node, ofAccount));
    vm.store(address(stakes), slot, bytes32((uint256(type(uint16).max - 1) << 232) | 100 ether));
    assertTrue(position().unsettled == type(uint16).max - 1 && position().bonded == 100 ether, "its slot");
    slash(CASE);
    vm.expectRevert(PositionSlot.TooManyUnsettled.selector);
    slash(NEXT);
    settle(CASE, TAKEN);
    slash(NEXT);
    assertEq(position().unsettled, type(uint16).max, "room for one");
  }

  // ---- what it does

  function test_theBondIsSmallerAtOnce_theProverIsPaidOnce() public {
    (uint256 funds, uint256 held, uint256 all) = (wopen.balanceOf(other), stakes.held(), stakes.totalBonded());
    vm.expectEmit(true, true, true, true, address(stakes));
    emit IStakes.Slashed(node, Role.Node, Fault.WrongAttribution, TAKEN, other);
    slash(CASE);
    assertTrue(stakes.isDecided(address(this), CASE) && !stakes.isDecided(other, CASE), "decided by this court");
    assertTrue(position().bonded == 75 ether && position().unsettled == 1, "taken at once");
    assertTrue(stakes.totalBonded() == all && stakes.held() == held, "not booked yet");
    assertEq(stakes.coverOf(node, Role.Node), 0, "covers nothing");
    vm.expectEmit(true, true, true, true, address(stakes));
    emit IStakes.ProverPaid(node, Role.Node, other, 5 ether);
    vm.prank(payer);
    settle(CASE, TAKEN);
    assertTrue(position().unsettled == 0 && stakes.isDecided(address(this), CASE), "settled, and decided");
    assertEq(stakes.totalBonded(), all - TAKEN, "booked");
    assertEq(wopen.balanceOf(other), funds + 5 ether, "paid, whoever settles");
    assertEq(stakes.held(), held - 5 ether, "the rest is burned");
    vm.prank(node);
    stakes.thaw(Role.Node, 75 ether);
  }

  function test_casesAreSettledInAnyOrder() public {
    uint256 funds = wopen.balanceOf(other);
    slash(CASE);
    slash(NEXT);
    assertTrue(position().bonded == 56.25 ether && position().unsettled == 2, "a quarter of what is left");
    settle(NEXT, 18.75 ether);
    vm.expectRevert(abi.encodeWithSelector(IStakes.SlashUnsettled.selector, node, Role.Node));
    vm.prank(node);
    stakes.thaw(Role.Node, 1 ether);
    settle(CASE, TAKEN);
    assertEq(wopen.balanceOf(other), funds + 8.75 ether, "a fifth of both");
    assertEq(stakes.totalBonded(), 56.25 ether, "both are booked");
  }

  /// @dev Who was paid by a court's slash is paid also when the court is out of force.
  function test_aCourtThatWasRemovedSlashesNobody_butItsSlashesAreSettled() public {
    slash(CASE);
    parameters.setCourt(address(this), false);
    vm.expectRevert(abi.encodeWithSelector(IStakes.NotCourt.selector, address(this)));
    slash(NEXT);
    settle(CASE, TAKEN);
    assertEq(position().unsettled, 0, "settled");
  }

  function test_delegationsAreSlashedAtOnce() public {
    vm.prank(node);
    stakes.setPool(Role.Node, 0, true);
    approve(payer, address(stakes), 10 ether);
    vm.prank(payer);
    stakes.delegate(node, Role.Node, 10 ether, 0);
    uint256 funds = wopen.balanceOf(other);
    slash(CASE);
    assertEq(stakes.getPool(node, Role.Node).bonded, 7.5 ether, "a quarter of delegations too");
    assertEq(position().unsettled, 0, "nothing is left to settle");
    assertEq(wopen.balanceOf(other), funds + 5 ether, "paid");
    nothingToSettle(node);
    settle(CASE, TAKEN);
  }

  function test_whatThawsIsSlashedAtOnce() public {
    vm.prank(node);
    stakes.thaw(Role.Node, 80 ether);
    uint256 funds = wopen.balanceOf(other);
    slash(CASE);
    assertTrue(position().bonded == 0 && position().thawing == 75 ether, "first what is bonded, then what thaws");
    assertEq(wopen.balanceOf(other), funds + 5 ether, "paid");
    assertEq(position().unsettled, 0, "nothing is left to settle");
  }
}
