// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IEstates } from "../src/interfaces/IEstates.sol";
import { EstateFixture } from "./support/EstateFixture.sol";

/// @dev Shares of nothing, channels that paid nothing, claims that still stand.
contract EstateRestsTest is EstateFixture {
  function test_pay_aShareOfNothingAfterAllOthers() public {
    silence(FULL_SILENCE);
    Promised memory p = promised(first, 40 ether, 1);
    (p.shares[0].amount, p.shares[1].amount) = (40 ether, 0);
    p.signed.receipt.shareRoot = shareRoot(p.shares);
    resign(p, GATEWAY_KEY, NODE_KEY);
    openWith(file(p));
    settle();
    pay(p);
    assertEq(wopen.balanceOf(account(101)), 40 ether, "all of it");
    assertEq(wopen.balanceOf(account(500)), 0, "nothing of nothing");
  }

  function test_refund_notOfOtherChannels() public {
    vm.prank(payer);
    bytes32 others = channels.open(other, 0, 10 ether);
    vm.prank(payer);
    bytes32 unused = channels.open(gateway, "unused", 10 ether);
    silence(FULL_SILENCE);
    openWith(file(promised(first, 40 ether, 1)));
    settle();
    bytes memory voucher = sign(PAYER_KEY, address(channels), hasher.hashVoucher(others, 5 ether));
    vm.prank(other);
    channels.collect(others, 5 ether, voucher);
    uint256 before = wopen.balanceOf(payer);
    bytes32[] memory ids = new bytes32[](3);
    (ids[0], ids[1], ids[2]) = (others, unused, "unknown");
    estates.refund(gateway, ids);
    assertEq(wopen.balanceOf(payer), before, "no channel of this gateway's paid it");
    for (uint256 i = 0; i < 3; ++i) assertFalse(estates.isRefunded(ids[i]), "not refunded");
    refundAll();
    assertTrue(wopen.balanceOf(payer) > before, "one that paid");
  }

  function test_withdrawClaim_notFromAnOpenEstate() public {
    silence(FULL_SILENCE);
    bytes32 id = file(promised(first, 40 ether, 1));
    openWith(id);
    vm.expectRevert(abi.encodeWithSelector(IEstates.ClaimStillStands.selector, gateway, id));
    estates.withdrawClaim(gateway, 0, id);
  }
}
