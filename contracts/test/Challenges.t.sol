// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IEpochs } from "../src/interfaces/IEpochs.sol";
import { Balance, BalanceOpening, EpochHeader, Line, LineOpening, MerkleProof } from "../src/types/Ledger.sol";
import { Role } from "../src/types/Roles.sol";
import { EpochFixture } from "./support/EpochFixture.sol";

/// @dev False accusations first: none may succeed, and each costs its deposit. Then one test per fault.
contract ChallengesTest is EpochFixture {
  EpochHeader private none;
  uint256 private constant DEPOSIT = 0.5 ether;

  // ---- accusations

  function accuseFirst(EpochHeader memory header, LineOpening memory opening) private returns (bool) {
    vm.prank(other);
    return epochs.challengeFirstLine(gateway, header, opening);
  }

  function accuse(EpochHeader memory header, Line[] memory lines, uint256 i, uint256 j) private returns (bool) {
    (LineOpening memory first, LineOpening memory second) = (openLine(lines, i), openLine(lines, j));
    vm.prank(other);
    return epochs.challengeLines(gateway, header, first, second);
  }

  function accuseOrder(EpochHeader memory header, Balance[] memory b, uint256 i, uint256 j) private returns (bool) {
    (BalanceOpening memory first, BalanceOpening memory second) = (openBalance(b, i), openBalance(b, j));
    vm.prank(other);
    return epochs.challengeBalanceOrder(gateway, header, first, second);
  }

  function accuseBalance(
    EpochHeader memory header,
    EpochHeader memory previous,
    address payee,
    Epoch memory before,
    Epoch memory e
  ) private returns (bool) {
    BalanceOpening[] memory old = lookUp(before.balances, payee);
    LineOpening[] memory earned = lookUp(e.lines, payee);
    BalanceOpening[] memory afterwards = lookUp(e.balances, payee);
    vm.prank(other);
    return epochs.challengeBalance(gateway, header, previous, payee, old, earned, afterwards);
  }

  /// @dev Conviction: the epoch is void, half the bond is gone, the accuser has the deposit and a part of the bond.
  function convicted(EpochHeader memory header, bool proven, uint256 accuserBefore) private {
    assertTrue(proven, "proven");
    assertEq(epochs.epochHash(gateway, header.index), bytes32(0), "void");
    assertEq(epochs.getAccount(gateway).next, header.index, "goes on from the last good one");
    assertEq(epochs.getAccount(gateway).committed, header.cumulative - header.total, "committed falls back");
    assertEq(stakes.getPosition(gateway, Role.Gateway).bonded, 50 ether, "slashed");
    settleVoided(header.index, other);
    assertEq(wopen.balanceOf(other), accuserBefore + 10 ether, "the prover's part, and the deposit back");
  }

  function acquitted(EpochHeader memory header, bool proven, uint256 accuserBefore) private {
    assertFalse(proven, "not proven");
    assertEq(epochs.epochHash(gateway, header.index), epochs.hashEpoch(gateway, header), "stands");
    assertEq(stakes.getPosition(gateway, Role.Gateway).bonded, 100 ether, "not slashed");
    assertEq(wopen.balanceOf(other), accuserBefore - DEPOSIT, "the deposit is lost");
    vm.prank(gateway);
    wopen.transfer(other, DEPOSIT);
  }

  // ---- honest epochs stand

  function test_honest_linesStand() public {
    Epoch memory e = firstEpoch();
    EpochHeader memory header = post(e);
    uint256 funds = wopen.balanceOf(other);
    for (uint256 i = 0; i < 4; ++i) {
      acquitted(header, accuseFirst(header, openLine(e.lines, i)), funds);
      for (uint256 j = 0; j < 4; ++j) acquitted(header, accuse(header, e.lines, i, j), funds);
    }
  }

  function test_honest_balancesStand() public {
    (Epoch memory one, Epoch memory two) = (firstEpoch(), secondEpoch());
    Epoch memory empty;
    EpochHeader memory first = post(one);
    EpochHeader memory second = post(two);
    uint256 funds = wopen.balanceOf(other);
    for (uint256 payee = 0; payee < 6; ++payee) {
      acquitted(first, accuseBalance(first, none, account(payee), empty, one), funds);
      acquitted(second, accuseBalance(second, first, account(payee), one, two), funds);
    }
    for (uint256 i = 0; i < 4; ++i) {
      for (uint256 j = 0; j < 4; ++j) acquitted(second, accuseOrder(second, two.balances, i, j), funds);
    }
  }

  function test_honest_epochWithoutLinesStands() public {
    Epoch memory e;
    EpochHeader memory header = post(e);
    Epoch memory empty;
    uint256 funds = wopen.balanceOf(other);
    acquitted(header, accuseBalance(header, none, account(1), empty, e), funds);
  }

  function test_false_openingsOfAnotherEpoch() public {
    (Epoch memory one, Epoch memory two) = (firstEpoch(), secondEpoch());
    EpochHeader memory first = post(one);
    EpochHeader memory second = post(two);
    uint256 funds = wopen.balanceOf(other);
    Line[] memory forged = firstEpoch().lines;
    forged[1].runningTotal = 16;
    acquitted(first, accuse(first, forged, 0, 1), funds);
    acquitted(second, accuse(second, one.lines, 0, 1), funds);
    acquitted(second, accuseBalance(second, second, account(1), one, two), funds);
    acquitted(second, accuseBalance(second, none, account(1), one, two), funds);
  }

  function test_false_hidingALaterLine() public {
    Epoch memory e = firstEpoch();
    EpochHeader memory header = post(e);
    Epoch memory empty;
    uint256 funds = wopen.balanceOf(other);
    LineOpening[] memory earned = new LineOpening[](2);
    (earned[0], earned[1]) = (openLine(e.lines, 0), openLine(e.lines, 1));
    acquitted(header, accuseWith(header, account(1), empty.balances, earned, lookUp(e.balances, account(1))), funds);
    earned[1] = openLine(e.lines, 2);
    acquitted(header, accuseWith(header, account(1), empty.balances, earned, lookUp(e.balances, account(1))), funds);
    earned = new LineOpening[](1);
    earned[0] = openLine(e.lines, 0);
    acquitted(header, accuseWith(header, account(1), empty.balances, earned, lookUp(e.balances, account(1))), funds);
    earned = new LineOpening[](0);
    acquitted(header, accuseWith(header, account(1), empty.balances, earned, lookUp(e.balances, account(1))), funds);
  }

  function test_false_hidingABalance() public {
    Epoch memory e = firstEpoch();
    EpochHeader memory header = post(e);
    Epoch memory empty;
    uint256 funds = wopen.balanceOf(other);
    LineOpening[] memory earned = lookUp(e.lines, account(2));
    BalanceOpening[] memory around = new BalanceOpening[](2);
    (around[0], around[1]) = (openBalance(e.balances, 0), openBalance(e.balances, 2));
    acquitted(header, accuseWith(header, account(2), empty.balances, earned, around), funds);
    around = new BalanceOpening[](1);
    around[0] = openBalance(e.balances, 0);
    acquitted(header, accuseWith(header, account(2), empty.balances, earned, around), funds);
    around[0] = openBalance(e.balances, 2);
    acquitted(header, accuseWith(header, account(2), empty.balances, earned, around), funds);
    acquitted(header, accuseWith(header, account(2), empty.balances, earned, new BalanceOpening[](0)), funds);
    around = new BalanceOpening[](3);
    for (uint256 i = 0; i < 3; ++i) around[i] = openBalance(e.balances, i);
    acquitted(header, accuseWith(header, account(2), empty.balances, earned, around), funds);
  }

  function accuseWith(
    EpochHeader memory header,
    address payee,
    Balance[] memory before,
    LineOpening[] memory earned,
    BalanceOpening[] memory afterwards
  ) private returns (bool) {
    BalanceOpening[] memory old = lookUp(before, payee);
    vm.prank(other);
    return epochs.challengeBalance(gateway, header, none, payee, old, earned, afterwards);
  }

  /// @dev Random honest epochs against random accusations.
  function testFuzz_honestEpochsStand(uint256 seed, uint256 pick) public {
    Epoch memory e = honest(seed);
    EpochHeader memory header = post(e);
    uint256 funds = wopen.balanceOf(other);
    uint256 count = e.lines.length;
    acquitted(header, accuse(header, e.lines, pick % count, (pick >> 16) % count), funds);
    uint256 neighbour = pick % count;
    if (neighbour + 1 < count) acquitted(header, accuse(header, e.lines, neighbour, neighbour + 1), funds);
    acquitted(header, accuseFirst(header, openLine(e.lines, 0)), funds);
    Epoch memory empty;
    acquitted(header, accuseBalance(header, none, account((pick >> 32) % 12), empty, e), funds);
  }

  function honest(uint256 seed) private pure returns (Epoch memory e) {
    uint256 payees = 1 + (seed % 5);
    uint256 lineCount = 0;
    for (uint256 p = 0; p < payees; ++p) lineCount += 1 + ((seed >> (8 + p)) % 3);
    e.lines = new Line[](lineCount);
    e.balances = new Balance[](payees);
    uint256 next = 0;
    for (uint256 p = 0; p < payees; ++p) {
      uint256 running = 0;
      for (uint256 r = 0; r < 1 + ((seed >> (8 + p)) % 3); ++r) {
        uint256 amount = 1 + ((seed >> (32 + p)) % 10);
        running += amount;
        e.lines[next++] = line(2 * p + 1, r, amount, running);
      }
      e.balances[p] = Balance(account(2 * p + 1), running);
      e.total += uint128(running);
    }
    withTotals(e.lines);
  }

  // ---- each fault is convicted

  function convictsLines(Epoch memory e, uint256 i) private {
    withTotals(e.lines);
    EpochHeader memory header = post(e);
    uint256 funds = wopen.balanceOf(other);
    convicted(header, accuse(header, e.lines, i, i + 1), funds);
  }

  function test_fault_runningTotal() public {
    Epoch memory e = firstEpoch();
    e.lines[1].runningTotal = 16;
    convictsLines(e, 0);
  }

  function testFuzz_fault_runningTotal(uint256 wrong) public {
    vm.assume(wrong != 15);
    Epoch memory e = firstEpoch();
    e.lines[1].runningTotal = wrong;
    convictsLines(e, 0);
  }

  function test_fault_runningTotalOfANewPayee() public {
    Epoch memory e = firstEpoch();
    e.lines[2].runningTotal = 22;
    convictsLines(e, 1);
  }

  function test_fault_runningTotalThatOverflows() public {
    Epoch memory e = firstEpoch();
    e.lines[0] = line(1, 1, type(uint256).max, type(uint256).max);
    e.lines[1] = line(1, 2, 5, 4);
    convictsLines(e, 0);
  }

  function test_fault_orderOfPayees() public {
    Epoch memory e = firstEpoch();
    (e.lines[2], e.lines[3]) = (e.lines[3], e.lines[2]);
    convictsLines(e, 2);
  }

  function test_fault_orderOfReceipts() public {
    Epoch memory e = firstEpoch();
    (e.lines[0].receiptId, e.lines[1].receiptId) = (e.lines[1].receiptId, e.lines[0].receiptId);
    convictsLines(e, 0);
  }

  function test_fault_oneLineTwice() public {
    Epoch memory e = firstEpoch();
    e.lines[1] = line(1, 1, 10, 20);
    convictsLines(e, 0);
  }

  function test_fault_firstLine() public {
    Epoch memory e = firstEpoch();
    e.lines[0].runningTotal = 11;
    e.lines[1].runningTotal = 16;
    EpochHeader memory header = post(e);
    LineOpening memory opening = openLine(e.lines, 0);
    uint256 funds = wopen.balanceOf(other);
    convicted(header, accuseFirst(header, opening), funds);
  }

  function test_fault_lineCount() public {
    Epoch memory e = firstEpoch();
    EpochHeader memory header = post(e);
    Line[] memory three = new Line[](3);
    for (uint256 i = 0; i < 3; ++i) three[i] = e.lines[i];
    EpochHeader memory lying = header;
    lying.index = 1;
    lying.linesRoot = linesRoot(three);
    lying.lineCount = 4;
    lying.cumulative = 50;
    vm.prank(gateway);
    epochs.post(1, RECEIPTS_ROOT, lying.linesRoot, lying.balancesRoot, 25, 4, 3, DATA_HASH);
    LineOpening memory opening = openLine(three, 0);
    uint256 funds = wopen.balanceOf(other);
    convicted(lying, accuseFirst(lying, opening), funds);
  }

  function test_fault_orderOfBalances() public {
    Epoch memory e = firstEpoch();
    (e.balances[1], e.balances[2]) = (e.balances[2], e.balances[1]);
    EpochHeader memory header = post(e);
    uint256 funds = wopen.balanceOf(other);
    convicted(header, accuseOrder(header, e.balances, 1, 2), funds);
  }

  function test_fault_onePayeeTwice() public {
    Epoch memory e = firstEpoch();
    e.balances[1] = e.balances[0];
    EpochHeader memory header = post(e);
    uint256 funds = wopen.balanceOf(other);
    convicted(header, accuseOrder(header, e.balances, 0, 1), funds);
  }

  function convictsBalance(Epoch memory two, uint256 payee) private {
    Epoch memory one = firstEpoch();
    EpochHeader memory first = post(one);
    EpochHeader memory second = post(two);
    uint256 funds = wopen.balanceOf(other);
    convicted(second, accuseBalance(second, first, account(payee), one, two), funds);
    assertEq(epochs.epochHash(gateway, 0), epochs.hashEpoch(gateway, first), "the first one stands");
  }

  function test_fault_balanceInTheFirstEpoch() public {
    Epoch memory e = firstEpoch();
    e.balances[0].cumulative = 16;
    EpochHeader memory header = post(e);
    Epoch memory empty;
    uint256 funds = wopen.balanceOf(other);
    convicted(header, accuseBalance(header, none, account(1), empty, e), funds);
  }

  function testFuzz_fault_balance(uint256 wrong) public {
    vm.assume(wrong != 19);
    Epoch memory two = secondEpoch();
    two.balances[0].cumulative = wrong;
    convictsBalance(two, 1);
  }

  function test_fault_balanceOfOneWhoEarnedNothing() public {
    Epoch memory two = secondEpoch();
    two.balances[1].cumulative = 8;
    convictsBalance(two, 2);
  }

  function test_fault_balanceOfANewPayee() public {
    Epoch memory two = secondEpoch();
    two.balances[2].cumulative = 5;
    convictsBalance(two, 3);
  }

  function test_fault_droppedPayee() public {
    Epoch memory two = secondEpoch();
    Balance[] memory fewer = new Balance[](3);
    (fewer[0], fewer[1], fewer[2]) = (two.balances[0], two.balances[1], two.balances[2]);
    two.balances = fewer;
    convictsBalance(two, 4);
  }

  function test_fault_forgottenEarner() public {
    Epoch memory two = secondEpoch();
    Balance[] memory fewer = new Balance[](3);
    (fewer[0], fewer[1], fewer[2]) = (two.balances[0], two.balances[1], two.balances[3]);
    two.balances = fewer;
    convictsBalance(two, 3);
  }

  function test_fault_inventedPayee() public {
    Epoch memory two = secondEpoch();
    two.balances = new Balance[](5);
    Balance[] memory right = secondEpoch().balances;
    for (uint256 i = 0; i < 4; ++i) two.balances[i] = right[i];
    two.balances[4] = Balance(account(5), 100);
    convictsBalance(two, 5);
  }

  function test_fault_allBalancesForgotten() public {
    Epoch memory two = secondEpoch();
    two.balances = new Balance[](0);
    convictsBalance(two, 2);
  }

  function test_fault_balanceThatOverflows() public {
    Epoch memory two = secondEpoch();
    two.lines[0] = line(1, 3, type(uint256).max, type(uint256).max);
    two.balances[0].cumulative = 14;
    convictsBalance(two, 1);
  }

  // ---- around it

  function test_voidingTakesLaterEpochsToo_andTheGatewayGoesOn() public {
    Epoch memory bad = firstEpoch();
    bad.lines[1].runningTotal = 16;
    EpochHeader memory first = post(bad);
    EpochHeader memory second = post(secondEpoch());
    accuse(first, bad.lines, 0, 1);
    assertEq(epochs.epochHash(gateway, 1), bytes32(0), "the later one is void");
    LineOpening memory opening = openLine(secondEpoch().lines, 0);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.UnknownEpoch.selector, gateway, 1));
    vm.prank(other);
    epochs.challengeFirstLine(gateway, second, opening);

    settleVoided(first.index, other);
    Epoch memory good = firstEpoch();
    EpochHeader memory again = post(good);
    assertEq(again.cumulative, 25, "from the last good one");
    vm.warp(second.finalAt + 1 days);
    MerkleProof memory proof = balanceProof(secondEpoch().balances, 0);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.UnknownEpoch.selector, gateway, 1));
    epochs.claim(gateway, briefOf(second), account(1), 19, proof);
    assertEq(epochs.claim(gateway, briefOf(again), account(1), 15, balanceProof(good.balances, 0)), 15, "claims go on");
  }

  function test_noChallengeAfterTheWindow() public {
    Epoch memory bad = firstEpoch();
    bad.lines[1].runningTotal = 16;
    EpochHeader memory header = post(bad);
    vm.warp(header.finalAt);
    (LineOpening memory first, LineOpening memory second) = (openLine(bad.lines, 0), openLine(bad.lines, 1));
    vm.expectRevert(abi.encodeWithSelector(IEpochs.WindowClosed.selector, header.finalAt));
    vm.prank(other);
    epochs.challengeLines(gateway, header, first, second);
  }

  function test_false_withoutTheDepositNothingIsHeard() public {
    Epoch memory e = firstEpoch();
    EpochHeader memory header = post(e);
    (LineOpening memory first, LineOpening memory second) = (openLine(e.lines, 0), openLine(e.lines, 1));
    approve(other, address(epochs), DEPOSIT - 1);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.DepositMissing.selector, DEPOSIT));
    vm.prank(other);
    epochs.challengeLines(gateway, header, first, second);
    approve(other, address(epochs), type(uint256).max);
    uint256 funds = wopen.balanceOf(other);
    vm.prank(other);
    wopen.transfer(payer, funds - DEPOSIT + 1);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.DepositMissing.selector, DEPOSIT));
    vm.prank(other);
    epochs.challengeLines(gateway, header, first, second);
  }

  function test_fault_isHeardWithoutTheDeposit() public {
    Epoch memory bad = firstEpoch();
    bad.lines[1].runningTotal = 16;
    EpochHeader memory header = post(bad);
    approve(other, address(epochs), 0);
    uint256 funds = wopen.balanceOf(other);
    convicted(header, accuse(header, bad.lines, 0, 1), funds);
  }
}
