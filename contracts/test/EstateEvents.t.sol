// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IEpochs } from "../src/interfaces/IEpochs.sol";
import { IEstates } from "../src/interfaces/IEstates.sol";
import { EpochHeader, ReceiptOpening } from "../src/types/Ledger.sol";
import { EstateFixture } from "./support/EstateFixture.sol";

/// @dev What the estates of silent gateways announce, from the first look to the last payment.
contract EstateEventsTest is EstateFixture {
  function from(address emitter) private {
    vm.expectEmit(true, true, true, true, emitter);
  }

  function test_silence() public {
    estates.watch(gateway);
    vm.warp(block.timestamp + 15 days);
    from(address(estates));
    emit IEstates.Watched(gateway, 15 days, 0);
    estates.watch(gateway);
    silence(375 days);
    from(address(estates));
    emit IEstates.OpeningAnnounced(gateway, block.timestamp + 30 days + 1);
    estates.announce(gateway);
  }

  function test_claims() public {
    Promised memory p = promised(second, 30 ether, 1);
    bytes32 id = p.given.receiptId;
    (EpochHeader memory header, ReceiptOpening memory opening) = postWith(id);
    vm.warp(block.timestamp + 1 days);
    silence(FULL_SILENCE);
    IEstates.Claim memory claim;
    vm.expectEmit(true, true, true, false, address(estates));
    emit IEstates.ClaimFiled(gateway, id, other, 1, claim, p.shares);
    file(p);
    from(address(estates));
    emit IEstates.ClaimRefuted(gateway, id, 0, payer);
    vm.prank(payer);
    estates.refute(gateway, header, opening);
  }

  function test_claimsOfAGatewayThatCameBack() public {
    silence(FULL_SILENCE);
    bytes32 id = file(promised(first, 40 ether, 1));
    post(firstEpoch());
    vm.warp(block.timestamp + 2 days);
    from(address(estates));
    emit IEstates.ClaimWithdrawn(gateway, id, other, DEPOSIT);
    estates.withdrawClaim(gateway, 0, id);
  }

  function test_payments() public {
    silence(FULL_SILENCE);
    Promised memory p = promised(first, 40 ether, 1);
    bytes32 id = file(p);
    vm.warp(block.timestamp + 30 days + 1);
    uint256 coins = epochs.credited(gateway);
    uint256 filingEndsAt = block.timestamp + 90 days;
    vm.expectEmit(true, true, true, true, address(epochs));
    emit IEpochs.Released(gateway, coins);
    vm.expectEmit(true, true, true, true, address(estates));
    emit IEstates.EstateOpened(gateway, coins, filingEndsAt, filingEndsAt + 30 days);
    estates.open(gateway, id);
    settle();
    vm.expectEmit(true, true, true, true, address(estates));
    emit IEstates.EstateSettled(gateway, 40 ether, 40 ether, coins - 40 ether);
    vm.expectEmit(true, true, true, true, address(estates));
    emit IEstates.DepositReturned(gateway, id, other, DEPOSIT);
    vm.expectEmit(true, true, true, true, address(estates));
    emit IEstates.SharePaid(gateway, account(101), id, 10 ether);
    pay(p);
    bytes32[] memory ids = new bytes32[](1);
    ids[0] = second;
    from(address(estates));
    emit IEstates.ChannelRefunded(gateway, other, second, (coins - 40 ether) / 3);
    estates.refund(gateway, ids);
  }

  function test_attributions() public {
    silence(FULL_SILENCE);
    Promised memory p = leftOpen(first, 40 ether, 1);
    bytes32 id = file(p);
    attributed(p, account(7));
    bytes32 digest = digestFor(address(epochs), hasher.hash(p.signed.attribution));
    from(address(estates));
    emit IEstates.ClaimAttributed(gateway, id, digest, p.shares);
    estates.attribute(gateway, p.signed, p.shares);
  }
}
