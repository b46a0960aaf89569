// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { ERC3009 } from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import { IChannels } from "../src/interfaces/IChannels.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";

/// @dev Channels that a stranger pays for ahead, by ERC-3009.
contract PrepaidTest is LedgerFixture {
  bytes32 private constant NONCE = keccak256("nonce");
  bytes32 private constant TRANSFER_TYPEHASH = keccak256(
    "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
  );
  bytes32 private constant CANCEL_TYPEHASH = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");

  function payment(
    uint96 value,
    bytes32 nonce,
    uint256 key,
    address to
  ) private view returns (IChannels.Payment memory p) {
    p.from = payer;
    p.value = value;
    p.validBefore = block.timestamp + 60;
    p.nonce = nonce;
    bytes32 hash = keccak256(abi.encode(TRANSFER_TYPEHASH, payer, to, value, p.validAfter, p.validBefore, nonce));
    (p.v, p.r, p.s) = vm.sign(key, tokenDigest(hash));
  }

  function good(uint96 value, bytes32 nonce) private view returns (IChannels.Payment memory) {
    return payment(value, nonce, PAYER_KEY, channels.tillOf(gateway, true));
  }

  function tokenDigest(bytes32 structHash) private view returns (bytes32) {
    return keccak256(abi.encodePacked(hex"1901", wopen.DOMAIN_SEPARATOR(), structHash));
  }

  function open(IChannels.Payment memory p) private returns (bytes32) {
    vm.prank(gateway);
    return channels.openAuthorised(p, true);
  }

  function carryOut(IChannels.Payment memory p) private {
    address till = channels.tillOf(gateway, true);
    vm.prank(other);
    wopen.transferWithAuthorization(p.from, till, p.value, p.validAfter, p.validBefore, p.nonce, p.v, p.r, p.s);
  }

  function test_prepaid_feeToTheEpoch_restToThePayer() public {
    uint256 before = wopen.balanceOf(payer);
    bytes32 id = open(good(100, NONCE));
    assertEq(id, channels.channelIdOf(payer, gateway, NONCE), "id");
    assertEq(wopen.balanceOf(payer), before - 100, "paid ahead");
    assertEq(wopen.balanceOf(channels.tillOf(gateway, true)), 0, "the till holds nothing");
    assertTrue(channels.getChannel(id).prepaid, "prepaid");
    vm.prank(gateway);
    channels.collect(id, 30, "");
    assertEq(epochs.credited(gateway), 30, "credited");
    assertEq(wopen.balanceOf(payer), before - 30, "the rest is back");
    assertEq(wopen.balanceOf(address(channels)), 0, "nothing held");
    assertTrue(channels.getChannel(id).closed, "closed");
    vm.expectRevert(abi.encodeWithSelector(IChannels.VoucherAboveDeposit.selector, 40, 30));
    vm.prank(gateway);
    channels.collect(id, 40, "");
  }

  function test_prepaid_neverAboveWhatWasAuthorised_norByOthers() public {
    bytes32 id = open(good(100, NONCE));
    vm.expectRevert(abi.encodeWithSelector(IChannels.VoucherAboveDeposit.selector, 101, 100));
    vm.prank(gateway);
    channels.collect(id, 101, "");
    vm.expectRevert(abi.encodeWithSelector(IChannels.NotGateway.selector, id, other));
    vm.prank(other);
    channels.collect(id, 10, "");
    vm.prank(gateway);
    channels.collect(id, 100, "");
    assertEq(epochs.credited(gateway), 100, "all of it may be spent");
  }

  function test_prepaid_refusesWhatThePayerDidNotSign() public {
    address till = channels.tillOf(gateway, true);
    IChannels.Payment[4] memory bad = [
      payment(100, NONCE, OTHER_KEY, till),
      payment(100, NONCE, PAYER_KEY, channels.tillOf(other, true)),
      payment(100, NONCE, PAYER_KEY, channels.tillOf(gateway, false)),
      good(100, NONCE)
    ];
    bad[3].value = 99;
    for (uint256 i = 0; i < 4; ++i) {
      vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
      open(bad[i]);
    }
    IChannels.Payment memory late = good(100, NONCE);
    vm.warp(block.timestamp + 60);
    vm.expectPartialRevert(ERC3009.ERC3009InvalidAuthorizationTime.selector);
    open(late);
  }

  function test_authorisedDeposit_isAChannelLikeAnyOther() public {
    IChannels.Payment memory p = payment(100, NONCE, PAYER_KEY, channels.tillOf(gateway, false));
    vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
    open(p);
    vm.prank(gateway);
    bytes32 id = channels.openAuthorised(p, false);
    assertEq(channels.getChannel(id).thawEndsAt, 0, "not thawing");
    vm.expectRevert(abi.encodeWithSelector(IChannels.BadVoucherSignature.selector, id));
    vm.prank(gateway);
    channels.collect(id, 10, "");
    bytes memory voucher = sign(PAYER_KEY, address(channels), hasher.hashVoucher(id, 10));
    vm.prank(gateway);
    channels.collect(id, 10, voucher);
    vm.startPrank(payer);
    channels.startThaw(id);
    vm.warp(block.timestamp + 2 hours);
    assertEq(channels.withdraw(id, true), 90, "the rest as coin");
    vm.stopPrank();
  }

  function test_prepaid_isTakenOnce() public {
    IChannels.Payment memory p = good(100, NONCE);
    bytes32 id = open(p);
    vm.expectRevert(abi.encodeWithSelector(IChannels.ChannelExists.selector, id));
    open(p);
    vm.prank(gateway);
    channels.collect(id, 1, "");
    vm.expectRevert(abi.encodeWithSelector(IChannels.ChannelExists.selector, id));
    open(p);
  }

  function test_prepaid_carriedOutBySomebodyElse_isNotLost() public {
    IChannels.Payment memory p = good(100, NONCE);
    carryOut(p);
    assertEq(wopen.balanceOf(channels.tillOf(gateway, true)), 100, "in the till");
    bytes32 id = open(p);
    assertEq(channels.getChannel(id).deposited, 100, "became a channel");
    assertEq(wopen.balanceOf(channels.tillOf(gateway, true)), 0, "moved");
  }

  function test_prepaid_cancelled_takesNothing() public {
    IChannels.Payment memory p = good(100, NONCE);
    (uint8 v, bytes32 r, bytes32 s) = vm.sign(
      PAYER_KEY,
      tokenDigest(keccak256(abi.encode(CANCEL_TYPEHASH, payer, NONCE)))
    );
    wopen.cancelAuthorization(payer, NONCE, v, r, s);
    vm.expectPartialRevert(IERC20Errors.ERC20InsufficientBalance.selector);
    open(p);
  }

  function test_prepaid_theGatewayGivesUp_orVanishes() public {
    uint256 before = wopen.balanceOf(payer);
    bytes32 failed = open(good(100, NONCE));
    vm.expectPartialRevert(IChannels.ThawNotOver.selector);
    vm.prank(other);
    channels.close(failed);
    vm.prank(gateway);
    assertEq(channels.close(failed), 100, "given back");
    bytes32 silent = open(good(50, "second"));
    vm.startPrank(payer);
    vm.expectRevert(abi.encodeWithSelector(IChannels.ChannelIsPrepaid.selector, silent));
    channels.cancelThaw(silent);
    vm.expectRevert(abi.encodeWithSelector(IChannels.ChannelIsThawing.selector, silent));
    channels.deposit(silent, 1);
    vm.stopPrank();
    vm.warp(block.timestamp + 2 hours);
    vm.prank(other);
    assertEq(channels.close(silent), 50, "anyone can send it back");
    assertEq(wopen.balanceOf(payer), before, "nothing lost");
    vm.expectRevert(abi.encodeWithSelector(IChannels.ChannelIsClosed.selector, silent));
    vm.prank(gateway);
    channels.close(silent);
  }

  function test_prepaid_manyInOneTransaction_withVouchers() public {
    approve(payer, address(channels), 100);
    vm.prank(payer);
    bytes32 voucherChannel = channels.open(gateway, "voucher", 100);
    bytes32 first = open(good(100, "first"));
    bytes32 second = open(good(100, "second"));
    IChannels.SignedVoucher[] memory vouchers = new IChannels.SignedVoucher[](5);
    vouchers[0] = IChannels.SignedVoucher(first, 10, "");
    vouchers[1] = IChannels.SignedVoucher(voucherChannel, 10, "");
    vouchers[2] = IChannels.SignedVoucher(second, 101, "");
    vouchers[3] = IChannels.SignedVoucher(second, 20, "");
    vouchers[4] = IChannels.SignedVoucher(first, 30, "");
    vm.prank(gateway);
    assertEq(channels.collectMany(vouchers), 30, "the good ones, once");
    assertEq(wopen.balanceOf(address(channels)), 100, "what the voucher channel holds");
  }

  function test_close_byTheGateway_ofAnyChannel() public {
    approve(payer, address(channels), 100);
    uint256 before = wopen.balanceOf(payer);
    vm.prank(payer);
    bytes32 id = channels.open(gateway, "idle", 100);
    vm.expectRevert(abi.encodeWithSelector(IChannels.NotGateway.selector, id, other));
    vm.prank(other);
    channels.close(id);
    vm.expectRevert(abi.encodeWithSelector(IChannels.UnknownChannel.selector, bytes32("none")));
    channels.close("none");
    bytes memory voucher = sign(PAYER_KEY, address(channels), hasher.hashVoucher(id, 40));
    vm.startPrank(gateway);
    channels.collect(id, 40, voucher);
    assertEq(channels.close(id), 60, "the rest");
    vm.stopPrank();
    assertEq(wopen.balanceOf(payer), before - 40, "paid back");
  }

  function test_aVoucherIsNoPayment_andAPaymentNoVoucher() public {
    approve(payer, address(channels), 100);
    vm.prank(payer);
    bytes32 id = channels.open(gateway, NONCE, 100);
    IChannels.Payment memory p = good(50, "other nonce");
    bytes32 reason = id;
    vm.expectRevert(abi.encodeWithSelector(IChannels.BadVoucherSignature.selector, reason));
    vm.prank(gateway);
    channels.collect(id, 50, abi.encodePacked(p.r, p.s, p.v));
    (p.v, p.r, p.s) = vm.sign(PAYER_KEY, digestFor(address(channels), hasher.hashVoucher(id, 50)));
    vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
    open(p);
  }

  function testFuzz_prepaid_inEqualsOutPlusHeld(uint96 value, uint128 fee) public {
    vm.assume(value > 0 && value <= 1_000 ether);
    uint256 before = wopen.balanceOf(payer);
    bytes32 id = open(good(value, NONCE));
    vm.prank(gateway);
    try channels.collect(id, fee, "") {
      assertTrue(fee > 0 && fee <= value, "taken though bad");
      assertEq(before - wopen.balanceOf(payer), fee, "the payer pays the fee");
      assertEq(epochs.credited(gateway), fee, "the epoch gets it");
    } catch {
      assertFalse(fee > 0 && fee <= value, "refused though good");
      assertEq(wopen.balanceOf(address(channels)), value, "held");
    }
  }

  function test_prepaid_isAnnounced() public {
    IChannels.Payment memory p = good(100, NONCE);
    bytes32 id = channels.channelIdOf(payer, gateway, NONCE);
    vm.expectEmit(true, true, true, true, address(channels));
    emit IChannels.Prepaid(id, payer, NONCE, 100);
    vm.expectEmit(true, true, true, true, address(channels));
    emit IChannels.ThawStarted(id, uint64(block.timestamp) + 2 hours);
    open(p);
  }
}
