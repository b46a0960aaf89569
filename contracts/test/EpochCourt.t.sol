// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IEpochCourt } from "../src/interfaces/IEpochCourt.sol";
import { IEpochs } from "../src/interfaces/IEpochs.sol";
import { EpochHeader, Line, LineOpening, ReceiptOpening, Share, ShareOpening } from "../src/types/Ledger.sol";
import { Receipt } from "../src/types/Statements.sol";
import { EpochCourtFixture } from "./support/EpochCourtFixture.sol";

/// @dev Faults that need receipts or shares. False accusations first: each fails and costs its deposit; then one test per fault.
contract EpochCourtTest is EpochCourtFixture {
  // ---- accusations

  function accuseTotal(EpochHeader memory header, LineOpening[] memory last) private returns (bool) {
    vm.prank(other);
    return court.challengeTotal(gateway, header, last);
  }

  function accuseReceipts(EpochHeader memory header, uint256 i, uint256 j) private returns (bool) {
    (ReceiptOpening memory first, ReceiptOpening memory second) = (openReceipt(i), openReceipt(j));
    vm.prank(other);
    return court.challengeReceipts(gateway, header, first, second);
  }

  function accuseRepeated(
    EpochHeader memory header,
    ReceiptOpening memory here,
    EpochHeader memory earlier,
    ReceiptOpening memory there
  ) private returns (bool) {
    vm.prank(other);
    return court.challengeRepeatedReceipt(gateway, header, here, earlier, there);
  }

  function accuseMisplaced(
    EpochHeader memory header,
    ReceiptOpening memory o,
    Receipt memory r
  ) private returns (bool) {
    vm.prank(other);
    return court.challengeMisplacedReceipt(gateway, header, o, r);
  }

  function accuseForeign(
    EpochHeader memory header,
    LineOpening memory opening,
    ReceiptOpening[] memory receipt,
    ShareOpening[] memory share
  ) private returns (bool) {
    vm.prank(other);
    return court.challengeForeignLine(gateway, header, opening, receipt, share);
  }

  /// @dev Accuses line i with the openings that an honest accuser would take.
  function accuseForeign(EpochHeader memory header, Line[] memory lines, uint256 i) private returns (bool) {
    Line memory l = lines[i];
    return
      accuseForeign(header, openLine(lines, i), lookUpReceipt(l.receiptId), lookUpShare(uint256(l.receiptId), l.payee));
  }

  function accuseMissing(
    EpochHeader memory header,
    uint256 receipt,
    uint256 share,
    LineOpening[] memory lines
  ) private returns (bool) {
    (ReceiptOpening memory r, ShareOpening memory s) = (openReceipt(receipt - 1), openShare(receipt, share));
    vm.prank(other);
    return court.challengeMissingLine(gateway, header, r, s, lines);
  }

  function oneLine(Line[] memory lines, uint256 i) private pure returns (LineOpening[] memory openings) {
    openings = new LineOpening[](1);
    openings[0] = openLine(lines, i);
  }

  // ---- false accusations

  function test_false_total() public {
    Line[] memory lines = firstEpoch().lines;
    EpochHeader memory header = post(firstEpoch());
    uint256 funds = wopen.balanceOf(other);
    acquitted(header, accuseTotal(header, oneLine(lines, 3)), funds);
    acquitted(header, accuseTotal(header, oneLine(lines, 2)), funds);
    acquitted(header, accuseTotal(header, new LineOpening[](0)), funds);
    LineOpening[] memory two = new LineOpening[](2);
    (two[0], two[1]) = (openLine(lines, 2), openLine(lines, 3));
    acquitted(header, accuseTotal(header, two), funds);
    Line[] memory forged = firstEpoch().lines;
    forged[3].epochTotal = 26;
    acquitted(header, accuseTotal(header, oneLine(forged, 3)), funds);
  }

  function test_false_totalOfAnEpochWithoutLines() public {
    Epoch memory e;
    EpochHeader memory header = post(e);
    uint256 funds = wopen.balanceOf(other);
    acquitted(header, accuseTotal(header, new LineOpening[](0)), funds);
  }

  function test_false_receipts() public {
    EpochHeader memory header = post(firstEpoch());
    uint256 funds = wopen.balanceOf(other);
    for (uint256 i = 0; i < 3; ++i) {
      for (uint256 j = 0; j < 3; ++j) acquitted(header, accuseReceipts(header, i, j), funds);
    }
    (receipts[0], receipts[1]) = (receipts[1], receipts[0]);
    acquitted(header, accuseReceipts(header, 0, 1), funds);
  }

  function test_false_repeatedReceipt() public {
    EpochHeader memory first = post(firstEpoch());
    ReceiptOpening memory there = openReceipt(0);
    for (uint256 i = 0; i < 3; ++i) receipts[i].receiptId = bytes32(i + 4);
    settleReceipts();
    EpochHeader memory second = post(secondEpoch());
    ReceiptOpening memory here = openReceipt(0);
    uint256 funds = wopen.balanceOf(other);
    acquitted(second, accuseRepeated(second, here, first, there), funds);
    acquitted(second, accuseRepeated(second, there, first, there), funds);
    acquitted(second, accuseRepeated(second, here, first, here), funds);
    acquitted(second, accuseRepeated(second, here, second, here), funds);
    acquitted(first, accuseRepeated(first, there, second, here), funds);
    EpochHeader memory forged = first;
    forged.receiptsRoot = second.receiptsRoot;
    acquitted(second, accuseRepeated(second, here, forged, here), funds);
  }

  function test_false_misplacedReceipt() public {
    Receipt memory r = settled();
    EpochHeader memory header = post(firstEpoch());
    uint256 funds = wopen.balanceOf(other);
    acquitted(header, accuseMisplaced(header, openReceipt(0), r), funds);
    Receipt memory forged = settled();
    forged.gateway = other;
    acquitted(header, accuseMisplaced(header, openReceipt(0), forged), funds);
    forged = settled();
    forged.shareRoot = 0;
    acquitted(header, accuseMisplaced(header, openReceipt(0), forged), funds);
    ReceiptOpening memory o = openReceipt(0);
    o.leaf.shareRoot = 0;
    acquitted(header, accuseMisplaced(header, o, r), funds);
  }

  function test_false_otherSharesByAnAttribution() public {
    Receipt memory r = settled();
    r.attributionRoot = keccak256("open");
    r.shareRoot = keccak256("shares without an attribution");
    place(r, receipts[0].shareRoot);
    EpochHeader memory header = post(firstEpoch());
    uint256 funds = wopen.balanceOf(other);
    acquitted(header, accuseMisplaced(header, openReceipt(0), r), funds);
  }

  function test_false_foreignLine() public {
    Line[] memory lines = firstEpoch().lines;
    EpochHeader memory header = post(firstEpoch());
    uint256 funds = wopen.balanceOf(other);
    for (uint256 i = 0; i < 4; ++i) acquitted(header, accuseForeign(header, lines, i), funds);
    LineOpening memory first = openLine(lines, 0);
    ReceiptOpening[] memory its = lookUpReceipt(bytes32(uint256(1)));
    ShareOpening[] memory none;
    acquitted(header, accuseForeign(header, first, new ReceiptOpening[](0), none), funds);
    acquitted(header, accuseForeign(header, first, its, none), funds);
    acquitted(
      header,
      accuseForeign(header, first, lookUpReceipt(bytes32(uint256(2))), lookUpShare(2, account(4))),
      funds
    );
    acquitted(header, accuseForeign(header, first, its, lookUpShare(1, account(3))), funds);
    acquitted(header, accuseForeign(header, first, its, lookUpShare(1, account(9))), funds);
    ShareOpening[] memory share = lookUpShare(1, account(1));
    share[0].share.amount = 9;
    acquitted(header, accuseForeign(header, first, its, share), funds);
    its[0].leaf.shareRoot = receipts[1].shareRoot;
    acquitted(header, accuseForeign(header, first, its, lookUpShare(2, account(1))), funds);
    first.line.amount = 11;
    acquitted(
      header,
      accuseForeign(header, first, lookUpReceipt(bytes32(uint256(1))), lookUpShare(1, account(1))),
      funds
    );
  }

  function test_false_gapsThatAreNone() public {
    EpochHeader memory header = post(firstEpoch());
    LineOpening memory opening = openLine(firstEpoch().lines, 1);
    uint256 funds = wopen.balanceOf(other);
    ShareOpening[] memory noShare;
    ReceiptOpening[] memory around = new ReceiptOpening[](2);
    (around[0], around[1]) = (openReceipt(0), openReceipt(2));
    acquitted(header, accuseForeign(header, opening, around, noShare), funds);
    (around[0], around[1]) = (openReceipt(1), openReceipt(2));
    acquitted(header, accuseForeign(header, opening, around, noShare), funds);
    around = new ReceiptOpening[](3);
    for (uint256 i = 0; i < 3; ++i) around[i] = openReceipt(i);
    acquitted(header, accuseForeign(header, opening, around, noShare), funds);
    around = new ReceiptOpening[](1);
    around[0] = openReceipt(0);
    acquitted(header, accuseForeign(header, opening, around, noShare), funds);
    around[0] = openReceipt(2);
    acquitted(header, accuseForeign(header, opening, around, noShare), funds);
    ShareOpening[] memory shares = new ShareOpening[](2);
    (shares[0], shares[1]) = (openShare(1, 0), openShare(1, 2));
    LineOpening memory ofSecond = openLine(firstEpoch().lines, 2);
    acquitted(header, accuseForeign(header, ofSecond, lookUpReceipt(bytes32(uint256(1))), shares), funds);
  }

  function test_false_missingLine() public {
    Line[] memory lines = firstEpoch().lines;
    EpochHeader memory header = post(firstEpoch());
    uint256 funds = wopen.balanceOf(other);
    for (uint256 i = 0; i < 3; ++i) {
      address payee = sharesOf[bytes32(uint256(1))][i].payee;
      acquitted(header, accuseMissing(header, 1, i, lookUpLine(lines, payee, 1)), funds);
    }
    acquitted(header, accuseMissing(header, 2, 0, lookUpLine(lines, account(1), 2)), funds);
    acquitted(header, accuseMissing(header, 2, 0, new LineOpening[](0)), funds);
    for (uint256 i = 0; i < 4; ++i) {
      if (i != 1) acquitted(header, accuseMissing(header, 2, 0, oneLine(lines, i)), funds);
    }
    LineOpening[] memory around = new LineOpening[](2);
    (around[0], around[1]) = (openLine(lines, 0), openLine(lines, 2));
    acquitted(header, accuseMissing(header, 2, 0, around), funds);
    (around[0], around[1]) = (openLine(lines, 2), openLine(lines, 3));
    acquitted(header, accuseMissing(header, 2, 0, around), funds);
    Share[] storage invented = sharesOf[bytes32(uint256(2))];
    invented[0].amount = 6;
    acquitted(header, accuseMissing(header, 2, 0, lookUpLine(lines, account(1), 2)), funds);
    receipts[1].shareRoot = shareRoot(invented);
    acquitted(header, accuseMissing(header, 2, 0, lookUpLine(lines, account(1), 2)), funds);
  }

  function test_false_withoutTheDepositNothingIsHeard() public {
    EpochHeader memory header = post(firstEpoch());
    approve(other, address(court), DEPOSIT - 1);
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.DepositMissing.selector, DEPOSIT));
    accuseTotal(header, new LineOpening[](0));
    approve(other, address(court), DEPOSIT);
    uint256 funds = wopen.balanceOf(other);
    vm.prank(other);
    wopen.transfer(payer, funds - DEPOSIT + 1);
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.DepositMissing.selector, DEPOSIT));
    accuseTotal(header, new LineOpening[](0));
  }

  function test_false_onlyCourtsConvict() public {
    EpochHeader memory header = post(firstEpoch());
    vm.expectRevert(abi.encodeWithSelector(IEpochs.NotCourt.selector, other));
    vm.prank(other);
    epochs.convict(gateway, header, other);
    parameters.setCourt(address(court), false);
    parameters.setCourt(address(court), true);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.NotCourt.selector, address(court)));
    vm.prank(address(court));
    epochs.convict(gateway, header, other);
  }

  function test_noAccusationOfWhatIsFinalOrUnknown() public {
    EpochHeader memory header = post(firstEpoch());
    EpochHeader memory unknown = header;
    LineOpening[] memory last = oneLine(firstEpoch().lines, 3);
    vm.warp(header.finalAt);
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.WindowClosed.selector, header.finalAt));
    accuseTotal(header, last);
    unknown.total = 26;
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.UnknownEpoch.selector, gateway, 0));
    accuseTotal(unknown, last);
  }

  /// @dev Whatever line, receipt and share are put together, an honest epoch stands.
  function testFuzz_honestEpochsStand(uint256 seed) public {
    Line[] memory lines = firstEpoch().lines;
    EpochHeader memory header = post(firstEpoch());
    uint256 funds = wopen.balanceOf(other);
    ReceiptOpening[] memory some = new ReceiptOpening[](seed % 3);
    for (uint256 i = 0; i < some.length; ++i) some[i] = openReceipt((seed >> (8 + 8 * i)) % 3);
    ShareOpening[] memory shares = new ShareOpening[]((seed >> 32) % 3);
    for (uint256 i = 0; i < shares.length; ++i) shares[i] = openShare(1, (seed >> (40 + 8 * i)) % 3);
    acquitted(header, accuseForeign(header, openLine(lines, (seed >> 64) % 4), some, shares), funds);
    LineOpening[] memory few = new LineOpening[]((seed >> 72) % 3);
    for (uint256 i = 0; i < few.length; ++i) few[i] = openLine(lines, (seed >> (80 + 8 * i)) % 4);
    acquitted(header, accuseMissing(header, 1, (seed >> 96) % 3, few), funds);
    acquitted(header, accuseTotal(header, few), funds);
  }

  // ---- each fault is convicted

  function test_fault_totalAboveTheLines() public {
    Epoch memory e = firstEpoch();
    e.total = 26;
    EpochHeader memory header = post(e);
    uint256 funds = wopen.balanceOf(other);
    convicted(header, accuseTotal(header, oneLine(e.lines, 3)), funds);
  }

  function test_fault_totalBelowTheLines() public {
    Epoch memory e = firstEpoch();
    e.total = 24;
    EpochHeader memory header = post(e);
    uint256 funds = wopen.balanceOf(other);
    convicted(header, accuseTotal(header, oneLine(e.lines, 3)), funds);
  }

  function test_fault_totalWithoutLines() public {
    Epoch memory e;
    e.total = 1;
    EpochHeader memory header = post(e);
    uint256 funds = wopen.balanceOf(other);
    convicted(header, accuseTotal(header, new LineOpening[](0)), funds);
  }

  /// @dev The accuser of a true fault need not hold the deposit.
  function test_fault_isHeardWithoutTheDeposit() public {
    Epoch memory e = firstEpoch();
    e.total = 26;
    EpochHeader memory header = post(e);
    approve(other, address(court), 0);
    uint256 funds = wopen.balanceOf(other);
    convicted(header, accuseTotal(header, oneLine(e.lines, 3)), funds);
  }

  function test_fault_orderOfReceipts() public {
    (receipts[0], receipts[1]) = (receipts[1], receipts[0]);
    settleReceipts();
    EpochHeader memory header = post(firstEpoch());
    uint256 funds = wopen.balanceOf(other);
    convicted(header, accuseReceipts(header, 0, 1), funds);
  }

  function test_fault_oneReceiptTwice() public {
    receipts[1].receiptId = receipts[0].receiptId;
    settleReceipts();
    EpochHeader memory header = post(firstEpoch());
    uint256 funds = wopen.balanceOf(other);
    convicted(header, accuseReceipts(header, 0, 1), funds);
  }

  function test_fault_numberOfReceipts() public {
    receiptCount = 4;
    EpochHeader memory header = post(firstEpoch());
    uint256 funds = wopen.balanceOf(other);
    convicted(header, accuseReceipts(header, 0, 0), funds);
  }

  function test_fault_repeatedReceipt() public {
    EpochHeader memory first = post(firstEpoch());
    ReceiptOpening memory there = openReceipt(1);
    receipts.pop();
    settleReceipts();
    EpochHeader memory second = post(secondEpoch());
    uint256 funds = wopen.balanceOf(other);
    convicted(second, accuseRepeated(second, openReceipt(1), first, there), funds);
    assertEq(epochs.epochHash(gateway, 0), epochs.hashEpoch(gateway, first), "the first one stands");
  }

  function test_fault_receiptOfAnotherGateway() public {
    Receipt memory r = settled();
    r.gateway = other;
    place(r, r.shareRoot);
    EpochHeader memory header = post(firstEpoch());
    uint256 funds = wopen.balanceOf(other);
    convicted(header, accuseMisplaced(header, openReceipt(0), r), funds);
  }

  function test_fault_receiptWithOtherShares() public {
    Receipt memory r = settled();
    place(r, keccak256("other shares"));
    EpochHeader memory header = post(firstEpoch());
    uint256 funds = wopen.balanceOf(other);
    convicted(header, accuseMisplaced(header, openReceipt(0), r), funds);
  }

  function convictsForeign(Epoch memory e, uint256 i) private {
    withTotals(e.lines);
    EpochHeader memory header = post(e);
    uint256 funds = wopen.balanceOf(other);
    convicted(header, accuseForeign(header, e.lines, i), funds);
  }

  function testFuzz_fault_lineWithAnotherAmount(uint256 amount) public {
    vm.assume(amount != 7);
    Epoch memory e = firstEpoch();
    e.lines[2] = line(2, 1, amount, amount);
    convictsForeign(e, 2);
  }

  function test_fault_lineOfOneWhoHasNoShare() public {
    Epoch memory e = firstEpoch();
    e.lines[2] = line(3, 1, 7, 7);
    convictsForeign(e, 2);
  }

  function test_fault_lineOfOneBeforeAllShares() public {
    Epoch memory e = firstEpoch();
    e.lines[0] = line(0, 1, 10, 10);
    convictsForeign(e, 0);
  }

  function test_fault_lineOfOneBehindAllShares() public {
    Epoch memory e = firstEpoch();
    e.lines[3] = line(9, 1, 3, 3);
    convictsForeign(e, 3);
  }

  function test_fault_lineOfAReceiptWithoutShares() public {
    Epoch memory e = firstEpoch();
    e.lines[3] = line(4, 3, 3, 3);
    convictsForeign(e, 3);
  }

  function test_fault_lineOfAnUnknownReceipt() public {
    Epoch memory e = firstEpoch();
    e.lines[3] = line(4, 4, 3, 3);
    convictsForeign(e, 3);
  }

  function test_fault_lineOfAReceiptInAGap() public {
    receipts[1].receiptId = receipts[2].receiptId;
    receipts.pop();
    settleReceipts();
    convictsForeign(firstEpoch(), 1);
  }

  function test_fault_lineWithoutAnyReceipts() public {
    delete receipts;
    settleReceipts();
    receiptCount = 1;
    convictsForeign(firstEpoch(), 0);
  }

  function without(uint256 left) private pure returns (Epoch memory e) {
    Line[] memory all = firstEpoch().lines;
    e = firstEpoch();
    e.lines = new Line[](3);
    for (uint256 i = 0; i < 3; ++i) e.lines[i] = all[i < left ? i : i + 1];
    withTotals(e.lines);
  }

  function convictsMissing(Epoch memory e, uint256 payee, uint256 receipt, uint256 share) private {
    EpochHeader memory header = post(e);
    uint256 funds = wopen.balanceOf(other);
    convicted(header, accuseMissing(header, receipt, share, lookUpLine(e.lines, account(payee), receipt)), funds);
  }

  function test_fault_firstLineMissing() public {
    convictsMissing(without(0), 1, 1, 0);
  }

  function test_fault_lineMissingInAGap() public {
    convictsMissing(without(1), 1, 2, 0);
  }

  function test_fault_lastLineMissing() public {
    convictsMissing(without(3), 4, 1, 2);
  }

  function test_fault_allLinesMissing() public {
    Epoch memory e;
    convictsMissing(e, 1, 2, 0);
  }

  function test_fault_lineThatPaysLess() public {
    Epoch memory e = firstEpoch();
    e.lines[1] = line(1, 2, 4, 14);
    convictsMissing(e, 1, 2, 0);
  }

  // ---- receipts with content

  /// @dev A receipt with nothing left open, whose shares are those of receipt 1, settled in its place.
  function settled() private returns (Receipt memory r) {
    r.node = owner;
    r.gateway = gateway;
    r.shareRoot = receipts[0].shareRoot;
    place(r, r.shareRoot);
  }

  function place(Receipt memory r, bytes32 shares) private {
    receipts[0].receiptId = digestFor(address(epochs), hasher.hash(r));
    receipts[0].shareRoot = shares;
    settleReceipts();
  }
}
