// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IChannels } from "../src/interfaces/IChannels.sol";
import { IParameters } from "../src/interfaces/IParameters.sol";
import { IStakes } from "../src/interfaces/IStakes.sol";
import { IWOPEN } from "../src/interfaces/IWOPEN.sol";
import { ParameterValues } from "../src/types/ParameterValues.sol";
import { Fault, Role } from "../src/types/Roles.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";

/// @dev What bonds, channels and parameters announce: whoever follows the ledger reads nothing else.
contract LedgerEventsTest is LedgerFixture {
  function setUp() public override {
    super.setUp();
    approve(payer, address(channels), type(uint256).max);
    approve(payer, address(stakes), type(uint256).max);
    approve(gateway, address(stakes), type(uint256).max);
  }

  function from(address emitter) private {
    vm.expectEmit(true, true, true, true, emitter);
  }

  function test_wopen() public {
    from(address(wopen));
    emit IWOPEN.Deposit(payer, 5);
    vm.prank(payer);
    wopen.deposit{ value: 5 }();
    from(address(wopen));
    emit IWOPEN.Withdrawal(payer, 3);
    vm.prank(payer);
    wopen.withdrawTo(other, 3);
  }

  function test_bonds() public {
    from(address(stakes));
    emit IStakes.Bonded(gateway, Role.Node, 20 ether);
    vm.prank(gateway);
    stakes.bond(Role.Node, 20 ether);
    vm.prank(other);
    wopen.transfer(address(stakes), 4 ether);
    from(address(stakes));
    emit IStakes.Distributed(4 ether, 20 ether);
    stakes.distribute();
    from(address(stakes));
    emit IStakes.RewardsClaimed(gateway, Role.Node, 4 ether);
    stakes.claimRewards(gateway, Role.Node);
    from(address(stakes));
    emit IStakes.Thawing(gateway, Role.Node, 5 ether, uint64(block.timestamp) + 1 days);
    vm.prank(gateway);
    stakes.thaw(Role.Node, 5 ether);
    vm.warp(block.timestamp + 1 days);
    from(address(stakes));
    emit IStakes.Withdrawn(gateway, Role.Node, 5 ether);
    vm.prank(gateway);
    stakes.withdraw(Role.Node);
  }

  function test_courts() public {
    vm.prank(gateway);
    stakes.bond(Role.Node, 20 ether);
    from(address(stakes));
    emit IStakes.Held(gateway, Role.Node, uint64(block.timestamp) + 1 hours);
    vm.prank(address(epochs));
    stakes.hold(gateway, Role.Node, uint64(block.timestamp) + 1 hours);
    from(address(stakes));
    emit IStakes.Slashed(gateway, Role.Node, Fault.Equivocation, 5 ether, other);
    vm.prank(address(epochs));
    stakes.slash(gateway, Role.Node, Fault.Equivocation, other);
  }

  function test_pools() public {
    vm.startPrank(gateway);
    stakes.bond(Role.Node, 20 ether);
    from(address(stakes));
    emit IStakes.PoolChanged(gateway, Role.Node, 100_000, true);
    stakes.setPool(Role.Node, 100_000, true);
    vm.stopPrank();
    from(address(stakes));
    emit IStakes.Delegated(payer, gateway, Role.Node, 20 ether, 20 ether);
    vm.prank(payer);
    stakes.delegate(gateway, Role.Node, 20 ether, 100_000);
    vm.prank(other);
    wopen.transfer(address(stakes), 4 ether);
    stakes.distribute();
    from(address(stakes));
    emit IStakes.DelegationRewardsClaimed(payer, gateway, Role.Node, 1.8 ether);
    stakes.claimDelegationRewards(payer, gateway, Role.Node);
    from(address(stakes));
    emit IStakes.DelegationsSlashed(gateway, Role.Node, Fault.WrongEpoch, 10 ether);
    vm.prank(address(epochs));
    stakes.slash(gateway, Role.Node, Fault.WrongEpoch, other);
    from(address(stakes));
    emit IStakes.Undelegated(payer, gateway, Role.Node, 20 ether, 10 ether, uint64(block.timestamp) + 1 days);
    vm.prank(payer);
    stakes.undelegate(gateway, Role.Node, 20 ether);
    vm.warp(block.timestamp + 1 days);
    from(address(stakes));
    emit IStakes.DelegationWithdrawn(payer, gateway, Role.Node, 10 ether);
    vm.prank(payer);
    stakes.withdrawDelegation(gateway, Role.Node);
  }

  /// @dev What thaws earns nothing any more.
  function test_rewardsAfterAThaw() public {
    vm.startPrank(gateway);
    stakes.bond(Role.Node, 20 ether);
    stakes.thaw(Role.Node, 15 ether);
    vm.stopPrank();
    vm.prank(payer);
    stakes.bond(Role.Gateway, 5 ether);
    vm.prank(other);
    wopen.transfer(address(stakes), 4 ether);
    assertEq(stakes.distribute(), 4 ether, "to ten that are bonded");
    assertEq(stakes.pendingRewards(gateway, Role.Node), 2 ether, "half");
    assertEq(stakes.claimRewards(payer, Role.Gateway), 2 ether, "half");
  }

  function test_channels() public {
    bytes32 id = channels.channelIdOf(payer, gateway, "salt");
    from(address(channels));
    emit IChannels.ChannelOpened(id, payer, gateway, "salt", 2 hours);
    vm.prank(payer);
    channels.open(gateway, "salt", 100);
    from(address(channels));
    emit IChannels.Deposited(id, payer, 50, 150);
    vm.prank(payer);
    channels.deposit(id, 50);
    bytes memory voucher = sign(PAYER_KEY, address(channels), hasher.hashVoucher(id, 40));
    from(address(channels));
    emit IChannels.Collected(id, gateway, 40, 40);
    vm.prank(gateway);
    channels.collect(id, 40, voucher);
    from(address(channels));
    emit IChannels.ThawStarted(id, uint64(block.timestamp) + 2 hours);
    vm.prank(payer);
    channels.startThaw(id);
    from(address(channels));
    emit IChannels.ThawCancelled(id);
    vm.prank(payer);
    channels.cancelThaw(id);
    from(address(channels));
    emit IChannels.ChannelClosed(id, 110);
    vm.prank(gateway);
    channels.close(id);
  }

  function test_rejectedVouchers() public {
    vm.prank(payer);
    bytes32 id = channels.open(gateway, "salt", 100);
    IChannels.SignedVoucher[] memory vouchers = new IChannels.SignedVoucher[](2);
    vouchers[0] = IChannels.SignedVoucher(id, 50, "");
    vouchers[1] = IChannels.SignedVoucher(id, 40, sign(PAYER_KEY, address(channels), hasher.hashVoucher(id, 40)));
    from(address(channels));
    emit IChannels.VoucherRejected(id, 50, IChannels.BadVoucherSignature.selector);
    vm.prank(gateway);
    channels.collectMany(vouchers);
  }

  function test_parameters() public {
    ParameterValues memory v = defaults();
    v.platformFee = 7;
    from(address(parameters));
    emit IParameters.ParametersChanged(v);
    parameters.set(v);
    from(address(parameters));
    emit IParameters.CourtChanged(other, uint64(block.timestamp) + 1 days);
    parameters.setCourt(other, true);
    from(address(parameters));
    emit IParameters.GuardianChanged(other);
    parameters.setGuardian(other);
    uint64 until = uint64(block.timestamp) + 1 days;
    from(address(parameters));
    emit IParameters.Paused(other, until, until + 14 days);
    vm.prank(other);
    parameters.pause(1 days);
    from(address(parameters));
    emit IParameters.Unpaused(other);
    vm.prank(other);
    parameters.unpause();
  }
}
