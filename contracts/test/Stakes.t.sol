// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IStakes } from "../src/interfaces/IStakes.sol";
import { Fault, Role } from "../src/types/Roles.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";

contract StakesTest is LedgerFixture {
  function bond(address account, Role role, uint96 amount) private {
    approve(account, address(stakes), amount);
    vm.prank(account);
    stakes.bond(role, amount);
  }

  function arrive(uint256 amount) private {
    vm.prank(other);
    wopen.transfer(address(stakes), amount);
  }

  function test_bond_reachesTheMinimum() public {
    bond(gateway, Role.Gateway, 9 ether);
    assertFalse(stakes.isStaked(gateway, Role.Gateway), "below");
    vm.prank(gateway);
    stakes.bondNative{ value: 1 ether }(Role.Gateway);
    assertTrue(stakes.isStaked(gateway, Role.Gateway), "reached");
    assertFalse(stakes.isStaked(gateway, Role.Node), "for this role only");
    assertEq(stakes.totalBonded(), 10 ether, "total");
    vm.expectRevert(IStakes.ZeroAmount.selector);
    stakes.bondNative(Role.Node);
  }

  function test_thaw_thenWithdraw() public {
    bond(gateway, Role.Gateway, 20 ether);
    vm.startPrank(gateway);
    vm.expectRevert(abi.encodeWithSelector(IStakes.BondTooSmall.selector, 20 ether, 21 ether));
    stakes.thaw(Role.Gateway, 21 ether);
    vm.expectRevert(abi.encodeWithSelector(IStakes.NothingThawing.selector, gateway, Role.Gateway));
    stakes.withdraw(Role.Gateway);
    stakes.thaw(Role.Gateway, 15 ether);
    assertFalse(stakes.isStaked(gateway, Role.Gateway), "thawing does not count");
    assertEq(stakes.totalBonded(), 5 ether, "total");
    vm.expectRevert(abi.encodeWithSelector(IStakes.StillThawing.selector, block.timestamp + 1 days));
    stakes.withdraw(Role.Gateway);
    vm.warp(block.timestamp + 1 days);
    assertEq(stakes.withdraw(Role.Gateway), 15 ether, "paid");
    vm.stopPrank();
    assertEq(wopen.balanceOf(address(stakes)), 5 ether, "left");
  }

  function test_slash_onlyByACourtInForce() public {
    bond(gateway, Role.Gateway, 20 ether);
    vm.expectRevert(abi.encodeWithSelector(IStakes.NotCourt.selector, other));
    vm.prank(other);
    stakes.slash(gateway, Role.Gateway, Fault.WrongEpoch, other);
    parameters.setCourt(other, true);
    vm.expectRevert(abi.encodeWithSelector(IStakes.NotCourt.selector, other));
    vm.prank(other);
    stakes.slash(gateway, Role.Gateway, Fault.WrongEpoch, other);
    vm.warp(block.timestamp + 1 days);
    vm.prank(other);
    stakes.slash(gateway, Role.Gateway, Fault.WrongEpoch, other);
  }

  function test_slash_followsTheSchedule() public {
    bond(gateway, Role.Gateway, 20 ether);
    uint256 before = wopen.balanceOf(other);
    vm.prank(address(epochs));
    assertEq(stakes.slash(gateway, Role.Gateway, Fault.WrongEpoch, other), 10 ether, "half");
    assertEq(wopen.balanceOf(other) - before, 2 ether, "the prover's part");
    assertEq(stakes.held(), 18 ether, "the bond that is left, and what was burned");
    assertEq(stakes.totalBonded(), 10 ether, "total");
    vm.prank(address(epochs));
    assertEq(stakes.slash(gateway, Role.Gateway, Fault.Equivocation, other), 2.5 ether, "a quarter");
    vm.prank(address(epochs));
    assertEq(stakes.slash(payer, Role.Gateway, Fault.WrongEpoch, other), 0, "nothing bonded");
  }

  function test_slash_reachesWhatThaws() public {
    bond(gateway, Role.Gateway, 20 ether);
    vm.prank(gateway);
    stakes.thaw(Role.Gateway, 20 ether);
    vm.prank(address(epochs));
    assertEq(stakes.slash(gateway, Role.Gateway, Fault.WrongEpoch, other), 10 ether, "half of what thaws");
    vm.warp(block.timestamp + 1 days);
    vm.prank(gateway);
    assertEq(stakes.withdraw(Role.Gateway), 10 ether, "the rest");
  }

  function test_rewards_areSharedByBond() public {
    vm.expectRevert(IStakes.NothingBonded.selector);
    stakes.distribute();
    bond(gateway, Role.Gateway, 30 ether);
    bond(payer, Role.Node, 10 ether);
    arrive(4 ether);
    assertEq(stakes.pendingRewards(gateway, Role.Gateway), 3 ether, "pending before the distribution");
    assertEq(stakes.distribute(), 4 ether, "distributed");
    assertEq(stakes.distribute(), 0, "only once");
    assertEq(stakes.claimRewards(gateway, Role.Gateway), 3 ether, "three quarters");
    assertEq(stakes.claimRewards(payer, Role.Node), 1 ether, "a quarter");
    vm.expectRevert(IStakes.ZeroAmount.selector);
    stakes.claimRewards(payer, Role.Node);
  }

  function test_rewards_doNotGoToALateBond() public {
    bond(gateway, Role.Gateway, 10 ether);
    arrive(4 ether);
    bond(payer, Role.Node, 1_000 ether);
    assertEq(stakes.pendingRewards(payer, Role.Node), 0, "nothing for the late one");
    assertEq(stakes.claimRewards(gateway, Role.Gateway), 4 ether, "all for the early one");
  }

  function test_rewards_waitUntilSomebodyIsBonded() public {
    arrive(4 ether);
    bond(gateway, Role.Gateway, 10 ether);
    assertEq(stakes.distribute(), 4 ether, "kept");
    assertEq(stakes.claimRewards(gateway, Role.Gateway), 4 ether, "paid");
  }

  function test_rewards_surviveASlash() public {
    bond(gateway, Role.Gateway, 10 ether);
    arrive(4 ether);
    vm.prank(address(epochs));
    stakes.slash(gateway, Role.Gateway, Fault.WrongEpoch, other);
    assertEq(stakes.claimRewards(gateway, Role.Gateway), 4 ether, "earned before");
    assertEq(wopen.balanceOf(address(stakes)), 9 ether, "the bond, and what was burned");
    vm.expectRevert(IStakes.ZeroAmount.selector);
    stakes.claimRewards(gateway, Role.Gateway);
    assertEq(stakes.distribute(), 0, "what was burned is not shared");
  }

  function testFuzz_rewardsNeverExceedWhatArrived(uint96 a, uint96 b, uint96 c, uint96 reward) public {
    vm.assume(a > 0 && a < 900 ether && b > 0 && b < 900 ether && c > 0 && c < 900 ether && reward < 90 ether);
    bond(gateway, Role.Gateway, a);
    bond(payer, Role.Node, b);
    bond(owner, Role.Auditor, c);
    arrive(reward);
    stakes.distribute();
    uint256 owed =
      stakes.pendingRewards(gateway, Role.Gateway) +
        stakes.pendingRewards(payer, Role.Node) +
        stakes.pendingRewards(owner, Role.Auditor);
    assertLe(owed, reward, "owed");
    assertLe(reward - owed, 3, "dust");
  }

  function test_pause_stopsBondsOnly() public {
    bond(gateway, Role.Gateway, 20 ether);
    pauseLedger();
    vm.startPrank(gateway);
    vm.expectRevert(IStakes.BondsPaused.selector);
    stakes.bondNative{ value: 1 }(Role.Gateway);
    stakes.thaw(Role.Gateway, 20 ether);
    vm.warp(block.timestamp + 1 days);
    assertEq(stakes.withdraw(Role.Gateway), 20 ether, "withdrawn while paused");
    vm.stopPrank();
  }
}
