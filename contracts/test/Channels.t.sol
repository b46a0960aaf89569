// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IChannels } from "../src/interfaces/IChannels.sol";
import { ParameterValues } from "../src/types/ParameterValues.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";

contract ChannelsTest is LedgerFixture {
  bytes32 private constant SALT = keccak256("salt");
  bytes32 private id;

  function setUp() public override {
    super.setUp();
    approve(payer, address(channels), type(uint256).max);
    vm.prank(payer);
    id = channels.open(gateway, SALT, 100);
  }

  function voucher(bytes32 channelId, uint128 cumulative, uint256 key) private view returns (bytes memory) {
    return sign(key, address(channels), hasher.hashVoucher(channelId, cumulative));
  }

  function collect(uint128 cumulative, bytes memory signature) private {
    vm.prank(gateway);
    channels.collect(id, cumulative, signature);
  }

  function refuses(uint128 cumulative, bytes memory signature, bytes memory reason) private {
    vm.expectRevert(reason);
    collect(cumulative, signature);
  }

  function test_open_idAndDeposit() public {
    assertEq(id, keccak256(abi.encode(address(channels), payer, gateway, SALT)), "id");
    assertEq(channels.getChannel(id).deposited, 100, "deposited");
    assertEq(wopen.balanceOf(address(channels)), 100, "held");
    vm.startPrank(payer);
    vm.expectRevert(abi.encodeWithSelector(IChannels.ChannelExists.selector, id));
    channels.open(gateway, SALT, 1);
    vm.expectRevert(IChannels.ZeroGateway.selector);
    channels.open(address(0), SALT, 1);
    vm.expectRevert(IChannels.ZeroAmount.selector);
    channels.open(gateway, "other", 0);
    vm.stopPrank();
  }

  function test_nativeDeposits() public {
    vm.prank(payer);
    bytes32 native = channels.openNative{ value: 5 }(gateway, "native");
    vm.prank(other);
    channels.depositNative{ value: 6 }(native);
    approve(other, address(channels), 7);
    vm.prank(other);
    channels.deposit(native, 7);
    assertEq(channels.getChannel(native).deposited, 18, "deposited");
    assertEq(wopen.balanceOf(address(channels)), 118, "held");
    vm.expectRevert(abi.encodeWithSelector(IChannels.UnknownChannel.selector, bytes32("none")));
    channels.depositNative{ value: 1 }("none");
  }

  function test_collect_goesToTheEpochAccountOnly() public {
    uint256 before = wopen.balanceOf(gateway);
    collect(40, voucher(id, 40, PAYER_KEY));
    collect(100, voucher(id, 100, PAYER_KEY));
    assertEq(epochs.credited(gateway), 100, "credited");
    assertEq(wopen.balanceOf(address(epochs)), 100, "held by epochs");
    assertEq(wopen.balanceOf(gateway), before, "nothing to the gateway");
  }

  function test_collect_refusals() public {
    bytes memory above = voucher(id, 101, PAYER_KEY);
    refuses(101, above, abi.encodeWithSelector(IChannels.VoucherAboveDeposit.selector, 101, 100));
    collect(40, voucher(id, 40, PAYER_KEY));
    bytes memory same = voucher(id, 40, PAYER_KEY);
    refuses(40, same, abi.encodeWithSelector(IChannels.VoucherNotAboveCollected.selector, 40, 40));
    bytes memory below = voucher(id, 39, PAYER_KEY);
    refuses(39, below, abi.encodeWithSelector(IChannels.VoucherNotAboveCollected.selector, 39, 40));
    bytes memory reason = abi.encodeWithSelector(IChannels.BadVoucherSignature.selector, id);
    refuses(50, voucher(id, 50, OTHER_KEY), reason);
    refuses(51, voucher(id, 50, PAYER_KEY), reason);
    refuses(50, voucher("another channel", 50, PAYER_KEY), reason);
    refuses(50, "", reason);
    refuses(50, new bytes(65), reason);
    bytes memory good = voucher(id, 50, PAYER_KEY);
    vm.expectRevert(abi.encodeWithSelector(IChannels.NotGateway.selector, id, other));
    vm.prank(other);
    channels.collect(id, 50, good);
    vm.expectRevert(abi.encodeWithSelector(IChannels.UnknownChannel.selector, bytes32("none")));
    vm.prank(gateway);
    channels.collect("none", 50, good);
    vm.chainId(999);
    bytes memory elsewhere = voucher(id, 50, PAYER_KEY);
    vm.chainId(31337);
    refuses(50, elsewhere, reason);
    collect(50, good);
  }

  function test_collectMany_aBadOneDoesNotBlockTheRest() public {
    vm.prank(payer);
    bytes32 second = channels.open(gateway, "second", 30);
    IChannels.SignedVoucher[] memory vouchers = new IChannels.SignedVoucher[](6);
    vouchers[0] = IChannels.SignedVoucher(id, 200, voucher(id, 200, PAYER_KEY));
    vouchers[1] = IChannels.SignedVoucher(id, 10, voucher(id, 10, PAYER_KEY));
    vouchers[2] = IChannels.SignedVoucher("none", 10, "");
    vouchers[3] = IChannels.SignedVoucher(second, 20, voucher(second, 20, OTHER_KEY));
    vouchers[4] = IChannels.SignedVoucher(second, 30, voucher(second, 30, PAYER_KEY));
    vouchers[5] = IChannels.SignedVoucher(id, 10, voucher(id, 10, PAYER_KEY));
    vm.prank(gateway);
    assertEq(channels.collectMany(vouchers), 40, "the good ones");
    assertEq(epochs.credited(gateway), 40, "credited");
    vm.expectRevert(IChannels.NothingCollected.selector);
    vm.prank(gateway);
    channels.collectMany(vouchers);
  }

  function test_thaw_thenWithdraw() public {
    collect(40, voucher(id, 40, PAYER_KEY));
    vm.startPrank(payer);
    vm.expectRevert(abi.encodeWithSelector(IChannels.NotThawing.selector, id));
    channels.withdraw(id, false);
    channels.startThaw(id);
    vm.expectRevert(abi.encodeWithSelector(IChannels.ThawNotOver.selector, block.timestamp + 2 hours));
    channels.withdraw(id, false);
    vm.expectRevert(abi.encodeWithSelector(IChannels.ChannelIsThawing.selector, id));
    channels.startThaw(id);
    vm.expectRevert(abi.encodeWithSelector(IChannels.ChannelIsThawing.selector, id));
    channels.deposit(id, 1);
    vm.stopPrank();
    collect(60, voucher(id, 60, PAYER_KEY));
    vm.warp(block.timestamp + 2 hours);
    collect(70, voucher(id, 70, PAYER_KEY));
    uint256 before = wopen.balanceOf(payer);
    vm.prank(payer);
    assertEq(channels.withdraw(id, false), 30, "the rest");
    assertEq(wopen.balanceOf(payer) - before, 30, "paid");
    assertEq(wopen.balanceOf(address(channels)), 0, "nothing left");
    bytes memory late = voucher(id, 80, PAYER_KEY);
    refuses(80, late, abi.encodeWithSelector(IChannels.VoucherAboveDeposit.selector, 80, 70));
    vm.startPrank(payer);
    vm.expectRevert(abi.encodeWithSelector(IChannels.ChannelIsClosed.selector, id));
    channels.deposit(id, 1);
    vm.expectRevert(abi.encodeWithSelector(IChannels.ChannelIsClosed.selector, id));
    channels.startThaw(id);
    vm.expectRevert(abi.encodeWithSelector(IChannels.NotThawing.selector, id));
    channels.withdraw(id, false);
    vm.stopPrank();
  }

  function test_withdraw_asCoin() public {
    vm.startPrank(payer);
    channels.startThaw(id);
    vm.warp(block.timestamp + 2 hours);
    uint256 before = payer.balance;
    channels.withdraw(id, true);
    assertEq(payer.balance - before, 100, "paid in coin");
    vm.stopPrank();
  }

  function test_thaw_onlyByThePayer_andCancelled() public {
    vm.expectRevert(abi.encodeWithSelector(IChannels.NotPayer.selector, id, gateway));
    vm.prank(gateway);
    channels.startThaw(id);
    vm.expectRevert(abi.encodeWithSelector(IChannels.UnknownChannel.selector, bytes32("none")));
    channels.startThaw("none");
    vm.startPrank(payer);
    vm.expectRevert(abi.encodeWithSelector(IChannels.NotThawing.selector, id));
    channels.cancelThaw(id);
    channels.startThaw(id);
    channels.cancelThaw(id);
    vm.warp(block.timestamp + 3 hours);
    vm.expectRevert(abi.encodeWithSelector(IChannels.NotThawing.selector, id));
    channels.withdraw(id, false);
    channels.deposit(id, 1);
    vm.stopPrank();
  }

  function test_thawPeriodIsFixedAtOpening() public {
    ParameterValues memory values = defaults();
    values.channelThaw = 1;
    parameters.set(values);
    vm.startPrank(payer);
    channels.startThaw(id);
    vm.warp(block.timestamp + 1 hours);
    vm.expectPartialRevert(IChannels.ThawNotOver.selector);
    channels.withdraw(id, false);
    vm.stopPrank();
  }

  function test_pause_stopsDepositsOnly() public {
    pauseLedger();
    vm.startPrank(payer);
    vm.expectRevert(IChannels.DepositsPaused.selector);
    channels.deposit(id, 1);
    vm.expectRevert(IChannels.DepositsPaused.selector);
    channels.openNative{ value: 1 }(gateway, "x");
    vm.stopPrank();
    collect(40, voucher(id, 40, PAYER_KEY));
    vm.startPrank(payer);
    channels.startThaw(id);
    vm.warp(block.timestamp + 2 hours);
    assertEq(channels.withdraw(id, false), 60, "withdrawn while paused");
    vm.stopPrank();
  }

  function testFuzz_collectNeverTakesMoreThanSigned(uint96 deposit, uint128 a, uint128 b) public {
    vm.assume(deposit > 0 && deposit < 500 ether);
    vm.prank(payer);
    bytes32 channelId = channels.open(gateway, "fuzz", deposit);
    uint256 credited = epochs.credited(gateway);
    uint256 expected = 0;
    uint128[2] memory amounts = [a, b];
    for (uint256 i = 0; i < 2; ++i) {
      bool good = amounts[i] > expected && amounts[i] <= deposit;
      bytes memory signature = voucher(channelId, amounts[i], PAYER_KEY);
      vm.prank(gateway);
      try channels.collect(channelId, amounts[i], signature) {
        assertTrue(good, "taken though bad");
        expected = amounts[i];
      } catch {
        assertFalse(good, "refused though good");
      }
    }
    assertEq(epochs.credited(gateway) - credited, expected, "credited");
  }
}
