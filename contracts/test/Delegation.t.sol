// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IStakes } from "../src/interfaces/IStakes.sol";
import { DelegationPool } from "../src/libraries/DelegationPool.sol";
import { Fault, Role } from "../src/types/Roles.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";

/// @dev `gateway` runs a node with a bond of 100; `payer` and `other` delegate to it.
contract DelegationTest is LedgerFixture {
  function setUp() public override {
    super.setUp();
    approve(payer, address(stakes), type(uint256).max);
    approve(other, address(stakes), type(uint256).max);
    vm.startPrank(gateway);
    stakes.bondNative{ value: 100 ether }(Role.Node);
    stakes.setPool(Role.Node, 100_000, true);
    vm.stopPrank();
  }

  function delegate(address delegator, uint96 amount) private returns (uint256) {
    vm.prank(delegator);
    return stakes.delegate(gateway, Role.Node, amount, 500_000);
  }

  function undelegate(address delegator, uint256 shares) private returns (uint256) {
    vm.prank(delegator);
    return stakes.undelegate(gateway, Role.Node, shares);
  }

  function withdraw(address delegator) private returns (uint256) {
    vm.prank(delegator);
    return stakes.withdrawDelegation(gateway, Role.Node);
  }

  function slash(Fault fault) private returns (uint256) {
    vm.prank(address(epochs));
    return stakes.slash(gateway, Role.Node, fault, owner);
  }

  function arrive(uint256 amount) private {
    vm.prank(owner);
    wopen.transfer(address(stakes), amount);
  }

  function state(address delegator) private view returns (IStakes.DelegationState memory) {
    return stakes.getDelegation(delegator, gateway, Role.Node);
  }

  function test_setPool_commissionOnlyFallsWhileAnybodyIsDelegated() public {
    vm.startPrank(gateway);
    vm.expectRevert(abi.encodeWithSelector(IStakes.CommissionTooHigh.selector, 500_001, 500_000));
    stakes.setPool(Role.Node, 500_001, true);
    stakes.setPool(Role.Node, 500_000, true);
    vm.stopPrank();
    delegate(payer, 1 ether);
    vm.startPrank(gateway);
    stakes.setPool(Role.Node, 1_000, true);
    vm.expectRevert(abi.encodeWithSelector(IStakes.CommissionTooHigh.selector, 1_001, 1_000));
    stakes.setPool(Role.Node, 1_001, true);
    vm.stopPrank();
    undelegate(payer, 1 ether);
    vm.prank(gateway);
    stakes.setPool(Role.Node, 1_001, true);
  }

  function test_delegate_refusesACommissionThatRoseBefore() public {
    vm.prank(gateway);
    stakes.setPool(Role.Node, 100_001, true);
    vm.expectRevert(abi.encodeWithSelector(IStakes.CommissionTooHigh.selector, 100_001, 100_000));
    vm.prank(payer);
    stakes.delegate(gateway, Role.Node, 1 ether, 100_000);
    vm.expectRevert(abi.encodeWithSelector(IStakes.CommissionTooHigh.selector, 100_001, 100_000));
    vm.prank(payer);
    stakes.delegateNative{ value: 1 ether }(gateway, Role.Node, 100_000);
    vm.prank(payer);
    stakes.delegate(gateway, Role.Node, 1 ether, 100_001);
  }

  function test_delegate_onlyWhereAPoolIsOpen() public {
    vm.expectRevert(abi.encodeWithSelector(IStakes.PoolClosed.selector, owner, Role.Node));
    vm.prank(payer);
    stakes.delegate(owner, Role.Node, 1, 500_000);
    vm.expectRevert(IStakes.ZeroAmount.selector);
    delegate(payer, 0);
    delegate(payer, 10 ether);
    vm.prank(gateway);
    stakes.setPool(Role.Node, 100_000, false);
    vm.expectRevert(abi.encodeWithSelector(IStakes.PoolClosed.selector, gateway, Role.Node));
    delegate(payer, 1);
    undelegate(payer, 10 ether);
    vm.warp(block.timestamp + 1 days);
    assertEq(withdraw(payer), 10 ether, "a closed pool lets everybody out");
  }

  function test_delegation_thawsAndComesBack() public {
    assertEq(delegate(payer, 30 ether), 30 ether, "shares");
    vm.prank(other);
    stakes.delegateNative{ value: 10 ether }(gateway, Role.Node, 500_000);
    assertEq(stakes.totalBonded(), 140 ether, "bonded");
    vm.expectRevert(abi.encodeWithSelector(IStakes.SharesTooFew.selector, 30 ether, 31 ether));
    undelegate(payer, 31 ether);
    vm.expectRevert(IStakes.ZeroAmount.selector);
    undelegate(payer, 0);
    vm.expectRevert(abi.encodeWithSelector(IStakes.NothingThawing.selector, gateway, Role.Node));
    withdraw(payer);
    assertEq(undelegate(payer, 20 ether), 20 ether, "worth");
    vm.expectRevert(abi.encodeWithSelector(IStakes.StillThawing.selector, block.timestamp + 1 days));
    withdraw(payer);
    vm.warp(block.timestamp + 12 hours);
    undelegate(payer, 5 ether);
    vm.warp(block.timestamp + 12 hours);
    assertEq(withdraw(payer), 20 ether, "what is over");
    vm.warp(block.timestamp + 12 hours);
    assertEq(withdraw(payer), 5 ether, "then the rest");
    assertEq(state(payer).bonded, 5 ether, "left");
    assertEq(state(other).bonded, 10 ether, "the other's");
  }

  function test_undelegate_aBoundedNumberOfTimes() public {
    delegate(payer, 30 ether);
    for (uint256 i = 0; i < 8; ++i) undelegate(payer, 1 ether);
    vm.expectRevert(abi.encodeWithSelector(IStakes.TooManyThaws.selector, 8));
    undelegate(payer, 1 ether);
    vm.warp(block.timestamp + 1 days);
    assertEq(withdraw(payer), 8 ether, "all at once");
    undelegate(payer, 1 ether);
  }

  function test_rewards_areSharedAfterTheCommission() public {
    delegate(payer, 60 ether);
    delegate(other, 40 ether);
    arrive(20 ether);
    assertEq(state(payer).rewards, 5.4 ether, "pending: six tenths of what the commission leaves");
    assertEq(stakes.pendingRewards(gateway, Role.Node), 11 ether, "its own bond's, and the commission");
    assertEq(stakes.claimDelegationRewards(payer, gateway, Role.Node), 5.4 ether, "paid, whoever asks");
    assertEq(stakes.claimDelegationRewards(other, gateway, Role.Node), 3.6 ether, "four tenths");
    assertEq(stakes.claimRewards(gateway, Role.Node), 11 ether, "the node's");
    vm.expectRevert(IStakes.ZeroAmount.selector);
    stakes.claimDelegationRewards(payer, gateway, Role.Node);
  }

  function test_rewards_doNotGoToALateDelegation_norToWhatThaws() public {
    delegate(payer, 100 ether);
    arrive(20 ether);
    delegate(other, 100 ether);
    assertEq(state(other).rewards, 0, "late");
    undelegate(payer, 100 ether);
    arrive(20 ether);
    assertEq(state(payer).rewards, 9 ether, "only from before");
    assertEq(state(other).rewards, 9 ether, "from afterwards");
  }

  function test_slash_takesItsPartOfEverything_theProverOnlyOfTheOwnBond() public {
    delegate(payer, 40 ether);
    delegate(other, 40 ether);
    undelegate(other, 20 ether);
    uint256 before = wopen.balanceOf(owner);
    assertEq(slash(Fault.WrongEpoch), 90 ether, "half of all");
    assertEq(wopen.balanceOf(owner) - before, 10 ether, "a fifth of the own bond's part");
    assertEq(state(payer).bonded, 20 ether, "half");
    assertEq(state(other).bonded, 10 ether, "half of what stayed");
    assertEq(state(other).leaving[0].amount, 10 ether, "half of what leaves");
    assertEq(stakes.totalBonded(), 80 ether, "bonded");
    // Whoever comes now has a part of what is there now.
    assertEq(delegate(payer, 10 ether), 20 ether, "shares are cheaper");
    assertEq(state(payer).bonded, 30 ether, "and worth what was given");
    undelegate(other, state(other).shares);
    vm.warp(block.timestamp + 1 days);
    assertEq(withdraw(other), 20 ether, "both thaws");
    assertEq(slash(Fault.MissingAttribution), 4 ether, "a twentieth of the 80 that are left");
  }

  function test_noNodeEarnsByItsOwnFault() public {
    delegate(payer, 900 ether);
    uint256 before = wopen.balanceOf(owner);
    slash(Fault.WrongEpoch);
    assertEq(wopen.balanceOf(owner) - before, 10 ether, "less than the 50 that the fault costs the node itself");
  }

  function test_cover_countsDelegationsUpToTheOwnBond() public {
    assertEq(stakes.coverOf(gateway, Role.Node), 100 ether, "own");
    delegate(payer, 60 ether);
    assertEq(stakes.coverOf(gateway, Role.Node), 160 ether, "with delegations");
    delegate(other, 900 ether);
    assertEq(stakes.coverOf(gateway, Role.Node), 200 ether, "as much again at most");
    vm.prank(gateway);
    stakes.thaw(Role.Node, 91 ether);
    assertEq(stakes.coverOf(gateway, Role.Node), 0, "not without the least own bond");
    assertFalse(stakes.isStaked(gateway, Role.Node), "nor staked");
  }

  function test_pause_stopsDelegationsOnly() public {
    delegate(payer, 40 ether);
    arrive(14 ether);
    pauseLedger();
    vm.expectRevert(IStakes.BondsPaused.selector);
    delegate(payer, 1);
    vm.expectRevert(IStakes.BondsPaused.selector);
    vm.prank(payer);
    stakes.delegateNative{ value: 1 }(gateway, Role.Node, 500_000);
    assertEq(stakes.claimDelegationRewards(payer, gateway, Role.Node), 3.6 ether, "rewards");
    undelegate(payer, 40 ether);
    vm.warp(block.timestamp + 1 days);
    assertEq(withdraw(payer), 40 ether, "all of it");
  }

  function test_aPoolThatSlashesWoreOutTakesNoMore_butLetsOut() public {
    delegate(payer, 1 ether);
    for (uint256 i = 0; i < 70; ++i) slash(Fault.WrongEpoch);
    assertEq(state(payer).bonded, 1, "one unit is left");
    delegate(other, 100);
    for (uint256 i = 0; i < 5; ++i) slash(Fault.WrongEpoch);
    vm.expectRevert(DelegationPool.PoolWornOut.selector);
    delegate(other, 1 ether);
    undelegate(other, state(other).shares);
    vm.warp(block.timestamp + 1 days);
    assertEq(withdraw(other), 3, "what is left");
  }

  function testFuzz_nobodyGetsMoreThanWasGiven(uint96 a, uint96 b, uint8 faults, uint96 leaves) public {
    a = uint96(1 + (a % 900 ether));
    b = uint96(1 + (b % 900 ether));
    uint256 mine = delegate(payer, a);
    for (uint256 i = 0; i < faults % 6; ++i) slash(Fault(i % 4));
    delegate(other, b);
    uint256 total = state(payer).bonded + state(other).bonded;
    assertLe(state(other).bonded, b, "the later one");
    assertLe(b - state(other).bonded, 1 + b / 1e15, "loses a rest at most");
    assertLe(total, stakes.getPool(gateway, Role.Node).bonded, "the pool has all of it");
    uint256 some = 1 + (leaves % mine);
    if ((some * stakes.getPool(gateway, Role.Node).bonded) / stakes.getPool(gateway, Role.Node).shares == 0) return;
    uint256 worth = undelegate(payer, some);
    vm.warp(block.timestamp + 1 days);
    assertEq(withdraw(payer), worth, "what leaves comes back");
  }

  /// @dev A pool of one share has a commission like any other.
  function test_aPoolOfOneShareHasACommission() public {
    vm.prank(gateway);
    stakes.setPool(Role.Node, 500_000, true);
    vm.prank(payer);
    stakes.delegateNative{ value: 1 }(gateway, Role.Node, 500_000);
    vm.prank(gateway);
    stakes.thaw(Role.Node, 100 ether);
    arrive(10);
    assertEq(stakes.pendingRewards(gateway, Role.Node), 5, "half of ten");
    assertEq(stakes.claimRewards(gateway, Role.Node), 5, "as it said");
  }
}
