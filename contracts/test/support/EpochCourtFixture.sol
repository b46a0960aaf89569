// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { EpochCourt } from "../../src/EpochCourt.sol";
import {
  EpochHeader,
  Line,
  LineOpening,
  ReceiptOpening,
  SettledReceipt,
  Share,
  ShareOpening
} from "../../src/types/Ledger.sol";
import { Role } from "../../src/types/Roles.sol";
import { EpochFixture } from "./EpochFixture.sol";
import { OrderedTree } from "./OrderedTree.sol";

/// @dev The court of epochs, and the receipts and shares of the first sample epoch.
abstract contract EpochCourtFixture is EpochFixture {
  uint256 internal constant DEPOSIT = 0.5 ether;

  EpochCourt internal court;
  SettledReceipt[] internal receipts;
  mapping(bytes32 receiptId => Share[]) internal sharesOf;

  function setUp() public virtual override {
    super.setUp();
    court = new EpochCourt(wopen, parameters, epochs);
    parameters.setCourt(address(court), true);
    vm.warp(block.timestamp + 1 days);
    approve(other, address(court), type(uint256).max);
    Share[] storage first = sharesOf[bytes32(uint256(1))];
    first.push(Share(account(1), 10));
    first.push(Share(account(2), 7));
    first.push(Share(account(4), 3));
    sharesOf[bytes32(uint256(2))].push(Share(account(1), 5));
    for (uint256 i = 1; i <= 3; ++i) receipts.push(SettledReceipt(bytes32(i), shareRoot(sharesOf[bytes32(i)])));
    settleReceipts();
  }

  /// @dev Makes the receipts, as they are now, those that `post` speaks of.
  function settleReceipts() internal {
    receiptsRoot = OrderedTree.root(receiptLeaves(receipts));
    receiptCount = uint32(receipts.length);
  }

  function shareRoot(Share[] memory shares) internal pure returns (bytes32) {
    return OrderedTree.root(shareLeaves(shares));
  }

  function shareLeaves(Share[] memory shares) internal pure returns (bytes32[] memory leaves) {
    leaves = new bytes32[](shares.length);
    for (uint256 i = 0; i < shares.length; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(shares[i]));
  }

  function receiptLeaves(SettledReceipt[] memory list) internal pure returns (bytes32[] memory leaves) {
    leaves = new bytes32[](list.length);
    for (uint256 i = 0; i < list.length; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(list[i]));
  }

  function openReceipt(uint256 i) internal view returns (ReceiptOpening memory) {
    return ReceiptOpening(receipts[i], OrderedTree.prove(receiptLeaves(receipts), i));
  }

  function openShare(uint256 receipt, uint256 i) internal view returns (ShareOpening memory) {
    Share[] memory shares = sharesOf[bytes32(receipt)];
    return ShareOpening(shares[i], OrderedTree.prove(shareLeaves(shares), i));
  }

  /// @dev The openings that show a receipt, or that there is none.
  function lookUpReceipt(bytes32 id) internal view returns (ReceiptOpening[] memory openings) {
    uint256 count = receipts.length;
    uint256 i = 0;
    while (i < count && receipts[i].receiptId < id) ++i;
    (uint256 first, uint256 length) = window(i, count, i < count && receipts[i].receiptId == id);
    openings = new ReceiptOpening[](length);
    for (uint256 k = 0; k < length; ++k) openings[k] = openReceipt(first + k);
  }

  /// @dev The openings that show a payee's share, or that there is none.
  function lookUpShare(uint256 receipt, address payee) internal view returns (ShareOpening[] memory openings) {
    Share[] memory shares = sharesOf[bytes32(receipt)];
    uint256 i = 0;
    while (i < shares.length && shares[i].payee < payee) ++i;
    (uint256 first, uint256 length) = window(i, shares.length, i < shares.length && shares[i].payee == payee);
    openings = new ShareOpening[](length);
    for (uint256 k = 0; k < length; ++k) openings[k] = openShare(receipt, first + k);
  }

  /// @dev The openings that show a line, or that there is none.
  function lookUpLine(
    Line[] memory lines,
    address payee,
    uint256 receipt
  ) internal pure returns (LineOpening[] memory openings) {
    bytes32 id = bytes32(receipt);
    uint256 i = 0;
    while (i < lines.length && (lines[i].payee < payee || (lines[i].payee == payee && lines[i].receiptId < id))) ++i;
    bool found = i < lines.length && lines[i].payee == payee && lines[i].receiptId == id;
    (uint256 first, uint256 length) = window(i, lines.length, found);
    openings = new LineOpening[](length);
    for (uint256 k = 0; k < length; ++k) openings[k] = openLine(lines, first + k);
  }

  /// @dev Which entries show the one at `place`, or that nothing stands there.
  function window(uint256 place, uint256 count, bool found) private pure returns (uint256 first, uint256 length) {
    if (found) return (place, 1);
    first = place == 0 ? 0 : place - 1;
    length = (place == 0 ? 0 : 1) + (place == count ? 0 : 1);
  }

  function bonded() internal view returns (uint256) {
    return stakes.getPosition(gateway, Role.Gateway).bonded;
  }

  /// @dev Conviction: the epoch is void, half the bond is gone, the accuser has a part of it.
  function convicted(EpochHeader memory header, bool proven, uint256 accuserBefore) internal {
    assertTrue(proven, "proven");
    assertEq(epochs.epochHash(gateway, header.index), bytes32(0), "void");
    assertEq(epochs.getAccount(gateway).next, header.index, "goes on from the last good one");
    assertEq(epochs.getAccount(gateway).committed, header.cumulative - header.total, "committed falls back");
    assertEq(bonded(), 50 ether, "slashed");
    settleVoided(header.index, other);
    assertEq(wopen.balanceOf(other), accuserBefore + 10 ether, "the prover's part");
  }

  /// @dev Acquittal: the epoch stands, nothing is slashed, the gateway has the accuser's deposit.
  function acquitted(EpochHeader memory header, bool proven, uint256 accuserBefore) internal {
    assertFalse(proven, "not proven");
    assertEq(epochs.epochHash(gateway, header.index), epochs.hashEpoch(gateway, header), "stands");
    assertEq(bonded(), 100 ether, "not slashed");
    assertEq(wopen.balanceOf(other), accuserBefore - DEPOSIT, "the deposit is lost");
    vm.prank(gateway);
    wopen.transfer(other, DEPOSIT);
  }
}
