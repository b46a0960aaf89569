// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IEpochCourt } from "../../src/interfaces/IEpochCourt.sol";
import { StatementHash } from "../../src/libraries/StatementHash.sol";
import { EpochHeader, ReceiptOpening, Share } from "../../src/types/Ledger.sol";
import { Attribution, InclusionPromise } from "../../src/types/Statements.sol";
import { EpochCourtFixture } from "./EpochCourtFixture.sol";
import { OrderedTree } from "./OrderedTree.sol";

/// @dev A gateway that has collected 60 and 30 from two channels, has posted nothing, and promised receipts of both; and somebody gave it 1,000
/// of the smallest unit, which no channel paid.
abstract contract EstateFixture is EpochCourtFixture {
  uint256 internal constant NODE_KEY = 0x40DE;
  uint256 internal constant FULL_SILENCE = 90 days;
  uint256 internal constant GIVEN = 1_000;

  struct Promised {
    InclusionPromise given;
    bytes signature;
    IEpochCourt.SignedReceipt signed;
    Share[] shares;
  }

  address internal node = vm.addr(NODE_KEY);
  bytes32 internal first;
  bytes32 internal second;

  function setUp() public virtual override {
    super.setUp();
    approve(payer, address(channels), type(uint256).max);
    approve(other, address(channels), type(uint256).max);
    approve(other, address(estates), type(uint256).max);
    vm.prank(payer);
    first = channels.open(gateway, 0, 100 ether);
    vm.prank(other);
    second = channels.open(gateway, 0, 50 ether);
    collect(first, PAYER_KEY, 60 ether);
    collect(second, OTHER_KEY, 30 ether);
  }

  function collect(bytes32 channelId, uint256 key, uint128 cumulative) internal {
    bytes memory voucher = sign(key, address(channels), hasher.hashVoucher(channelId, cumulative));
    vm.prank(gateway);
    channels.collect(channelId, cumulative, voucher);
  }

  /// @dev Two payees: the first gets a quarter.
  function halves(uint128 fee, uint256 salt) internal pure returns (Share[] memory shares) {
    shares = new Share[](2);
    shares[0] = Share(account(100 + salt), fee / 4);
    shares[1] = Share(account(500), fee - fee / 4);
  }

  function promised(bytes32 channelId, uint128 fee, uint64 nonce) internal view returns (Promised memory p) {
    p.shares = halves(fee, nonce);
    p.signed.receipt.node = node;
    p.signed.receipt.gateway = gateway;
    p.signed.receipt.channelId = channelId;
    p.signed.receipt.fee = fee;
    p.signed.receipt.nonce = nonce;
    p.signed.receipt.shareRoot = shareRoot(p.shares);
    p.given = InclusionPromise(gateway, 0, fee, 1_700_000_000);
    resign(p, GATEWAY_KEY, NODE_KEY);
  }

  /// @dev Signs the receipt and the promise as they are now.
  function resign(Promised memory p, uint256 gatewayKey, uint256 nodeKey) internal view {
    bytes32 hash = hasher.hash(p.signed.receipt);
    p.given.receiptId = digestFor(address(epochs), hash);
    p.signed.signature = sign(nodeKey, address(epochs), hash);
    p.signature = sign(gatewayKey, address(epochs), hasher.hash(p.given));
  }

  /// @dev The same receipt, left open, with the Attribution that gives all to one account.
  function attributed(Promised memory p, address to) internal view {
    p.shares = new Share[](1);
    p.shares[0] = Share(to, p.given.fee);
    p.signed.attribution = Attribution(p.given.receiptId, "root", "query", shareRoot(p.shares), 500);
    p.signed.attributionSignature = sign(NODE_KEY, address(epochs), hasher.hash(p.signed.attribution));
  }

  function leftOpen(bytes32 channelId, uint128 fee, uint64 nonce) internal view returns (Promised memory p) {
    p = promised(channelId, fee, nonce);
    p.signed.deadline = 1_000;
    p.signed.receipt.attributionRoot = StatementHash.pendingAttributionRoot(1_000);
    resign(p, GATEWAY_KEY, NODE_KEY);
  }

  function file(Promised memory p) internal returns (bytes32) {
    vm.prank(other);
    estates.file(p.given, p.signature, p.signed, p.shares);
    return p.given.receiptId;
  }

  function refused(Promised memory p, bytes memory reason) internal {
    vm.prank(other);
    vm.expectRevert(reason);
    estates.file(p.given, p.signature, p.signed, p.shares);
  }

  /// @dev Somebody looks at the gateway every 15 days.
  function silence(uint256 time) internal {
    estates.watch(gateway);
    for (uint256 i = 0; i < time; i += 15 days) {
      vm.warp(block.timestamp + 15 days);
      estates.watch(gateway);
    }
  }

  function openWith(bytes32 receiptId) internal {
    vm.warp(block.timestamp + 30 days + 1);
    estates.open(gateway, receiptId);
  }

  function settle() internal {
    vm.warp(block.timestamp + 120 days + 1);
  }

  function pay(Promised memory p) internal {
    estates.pay(gateway, p.given.receiptId, p.shares, p.shares.length);
  }

  function refundAll() internal {
    bytes32[] memory ids = new bytes32[](2);
    (ids[0], ids[1]) = (first, second);
    estates.refund(gateway, ids);
  }

  /// @dev An epoch of the gateway that settles this receipt, whatever it divides.
  function postWith(bytes32 receiptId) internal returns (EpochHeader memory header, ReceiptOpening memory opening) {
    receipts[2].receiptId = receiptId;
    settleReceipts();
    header = post(firstEpoch());
    opening = ReceiptOpening(receipts[2], OrderedTree.prove(receiptLeaves(receipts), 2));
  }

  function nothingStays() internal view {
    assertEq(wopen.balanceOf(address(estates)), 0, "nothing stays");
  }
}
