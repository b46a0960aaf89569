// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IExecutionCourt } from "../src/interfaces/IExecutionCourt.sol";
import { ISamplingBeacon } from "../src/interfaces/ISamplingBeacon.sol";
import { IStakes } from "../src/interfaces/IStakes.sol";
import { AnchoredReceipt, CaseStage, ExecutionOpening, Verdict } from "../src/types/Execution.sol";
import { Role } from "../src/types/Roles.sol";
import { Receipt } from "../src/types/Statements.sol";
import { ExecutionFixture } from "./support/ExecutionFixture.sol";

/// @dev Openings and silence: an honest node answers every summons and loses nothing, whoever accuses it.
contract ExecutionCourtTest is ExecutionFixture {
  function untouched(uint256 i) private view {
    assertEq(nodeBond(), NODE_BOND, "not slashed");
    assertTrue(court.getCase(id(i)).verdict != Verdict.Wrong, "not convicted");
  }

  // ---- false accusations

  function test_false_accusationsCostTheAccuserAndNotTheNode() public {
    uint256 funds = wopen.balanceOf(other);
    challenge(0);
    assertEq(wopen.balanceOf(other), funds - DEPOSIT - 3 * FEE, "put down");
    open(0);
    address[] memory members = vote(0, 3, 0, 0);
    finish(0);
    untouched(0);
    assertTrue(court.getCase(id(0)).verdict == Verdict.Right, "acquitted");
    assertEq(court.owed(node), DEPOSIT, "the node has the deposit");
    for (uint256 k = 0; k < 3; ++k) assertEq(court.owed(members[k]), FEE, "each member has its fee");
    assertEq(court.owed(other), 0, "the accuser has nothing back");
    // Nobody tries it again, though an epoch whose window is open should hold it once more.
    header = post(secondEpoch());
    AnchoredReceipt memory a = anchored(0);
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.AlreadyTried.selector, id(0)));
    vm.prank(other);
    court.challenge(a);
  }

  function test_false_samplesThatWereNotDrawn() public {
    AnchoredReceipt memory a = anchored(0);
    bytes memory reason = abi.encodeWithSelector(IExecutionCourt.NotSampled.selector, id(0));
    vm.expectRevert(reason);
    court.sample(a);
    draw();
    uint256 i = find(false);
    a = anchored(i);
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.NotSampled.selector, id(i)));
    court.sample(a);
    i = find(true);
    a = anchored(i);
    a.signature = sign(OTHER_KEY, address(epochs), hasher.hash(a.receipt));
    vm.expectRevert(abi.encodeWithSelector(ISamplingBeacon.NotSigned.selector, node));
    court.sample(a);
    vm.warp(header.finalAt);
    a = anchored(i);
    vm.expectRevert(abi.encodeWithSelector(ISamplingBeacon.WindowClosed.selector, header.finalAt));
    court.sample(a);
    untouched(i);
  }

  function test_false_aChallengeWithoutItsDeposit() public {
    AnchoredReceipt memory a = anchored(0);
    approve(other, address(court), DEPOSIT + 3 * FEE - 1);
    vm.expectRevert();
    vm.prank(other);
    court.challenge(a);
    assertTrue(court.getCase(id(0)).stage == CaseStage.None, "no case");
  }

  function test_false_aReceiptIsTriedOnceAtATime() public {
    draw();
    uint256 i = find(true);
    challenge(i);
    AnchoredReceipt memory a = anchored(i);
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.AlreadyTried.selector, id(i)));
    court.sample(a);
  }

  // ---- openings

  function wrongOpening(uint256 i, ExecutionOpening memory o) private {
    Receipt memory r = settled[i];
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.WrongOpening.selector, id(i)));
    court.open(r, o);
  }

  function test_false_openingsOfOtherContent() public {
    challenge(0);
    uint256 nonce = settled[0].nonce;
    ExecutionOpening memory o = openingOf(nonce);
    o.salt = bytes32(uint256(1));
    wrongOpening(0, o);
    o = openingOf(nonce);
    o.promptTokens = abi.encodePacked(uint32(1), uint32(nonce), uint32(70_001));
    wrongOpening(0, o);
    o = openingOf(nonce);
    o.promptTokens = abi.encodePacked(o.promptTokens, uint32(2));
    wrongOpening(0, o);
    o = openingOf(nonce);
    o.answerTokens = abi.encodePacked(uint32(8), uint32(nonce));
    wrongOpening(0, o);
    o = openingOf(nonce);
    o.sampling = bytes('{"seed":"0x02","temperature":0}');
    wrongOpening(0, o);
    o = openingOf(nonce);
    o.profile = "{}";
    wrongOpening(0, o);
    Receipt memory r = settled[0];
    r.outputTokens += 1;
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.WrongStage.selector, idOf(r), CaseStage.None));
    court.open(r, openingOf(nonce));
    open(0);
    r = settled[0];
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.WrongStage.selector, id(0), CaseStage.Judged));
    court.open(r, openingOf(nonce));
  }

  /// @dev A count that its tokens do not have was signed by the node: it cannot open it, whatever it shows.
  function testFuzz_false_openings(ExecutionOpening memory o) public {
    challenge(0);
    wrongOpening(0, o);
  }

  function test_silenceGivesBackWhatTheFundLent() public {
    vm.prank(payer);
    court.addFunds(uint96(3 * FEE + 2));
    draw();
    uint256 i = find(true);
    AnchoredReceipt memory a = anchored(i);
    court.sample(a);
    assertEq(court.fund(), 2, "reserved");
    assertTrue(court.getCase(id(i)).drawn, "drawn");
    vm.warp(uint256(court.getCase(id(i)).until) + 1);
    court.convictSilence(id(i));
    assertEq(court.fund(), 3 * FEE + 2, "nobody earned it");
  }

  function test_silenceCostsAsMuchAsAWrongAnswer() public {
    draw();
    uint256 i = find(true);
    uint256 funds = wopen.balanceOf(other);
    AnchoredReceipt memory a = anchored(i);
    vm.prank(other);
    court.sample(a);
    uint256 until = court.getCase(id(i)).until;
    assertEq(until, block.timestamp + STAGE, "a third of the window");
    vm.warp(until);
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.TooEarly.selector, until));
    court.convictSilence(id(i));
    vm.warp(until + 1);
    Receipt memory r = settled[i];
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.TooLate.selector, until));
    court.open(r, openingOf(r.nonce));
    vm.prank(payer);
    court.convictSilence(id(i));
    assertEq(nodeBond(), NODE_BOND / 2, "half the bond");
    assertEq(wopen.balanceOf(other), funds + NODE_BOND / 10, "whoever sampled has the prover's part");
    assertTrue(court.getCase(id(i)).verdict == Verdict.Wrong, "convicted");
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.WrongStage.selector, id(i), CaseStage.Closed));
    court.convictSilence(id(i));
  }

  function test_silenceGivesTheDepositBack() public {
    challenge(2);
    vm.warp(block.timestamp + STAGE + 1);
    court.convictSilence(id(2));
    assertEq(court.owed(other), DEPOSIT + 3 * FEE, "the deposit");
    uint256 funds = wopen.balanceOf(other);
    assertEq(court.withdraw(other), DEPOSIT + 3 * FEE, "paid");
    assertEq(wopen.balanceOf(other), funds + DEPOSIT + 3 * FEE, "out");
    assertEq(wopen.balanceOf(address(court)), 0, "nothing stays");
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.NothingOwed.selector, other));
    court.withdraw(other);
  }

  function test_anOpeningInTimeEndsTheSummons() public {
    challenge(0);
    vm.warp(court.getCase(id(0)).until);
    open(0);
    vm.warp(block.timestamp + STAGE + 1);
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.WrongStage.selector, id(0), CaseStage.Judged));
    court.convictSilence(id(0));
    untouched(0);
  }

  // ---- bonds stay

  function test_aThawedBondStaysUntilTheCaseIsOver() public {
    vm.prank(node);
    stakes.thaw(Role.Node, uint96(NODE_BOND));
    vm.warp(header.finalAt - 1);
    challenge(0);
    uint64 until = stakes.heldUntil(node, Role.Node);
    assertEq(until, court.getCase(id(0)).until + 1 hours, "a window longer than the stage");
    vm.warp(until - 1);
    court.convictSilence(id(0));
    assertEq(stakes.getPosition(node, Role.Node).thawing, NODE_BOND / 2, "taken from what thaws");
    vm.warp(block.timestamp + 1 days);
    vm.prank(node);
    assertEq(stakes.withdraw(Role.Node), NODE_BOND / 2, "the rest leaves");
  }

  function test_aHeldBondCannotLeaveAfterItsThaw() public {
    vm.prank(node);
    stakes.thaw(Role.Node, uint96(NODE_BOND));
    uint256 releaseAt = stakes.getPosition(node, Role.Node).releaseAt;
    // The court holds it as often as it is asked to; at most one thaw ahead.
    vm.warp(releaseAt - 1);
    vm.prank(address(court));
    stakes.hold(node, Role.Node, type(uint64).max);
    uint64 until = stakes.heldUntil(node, Role.Node);
    assertEq(until, releaseAt - 1 + 1 days, "cut to one thaw");
    vm.prank(address(court));
    stakes.hold(node, Role.Node, until - 5);
    assertEq(stakes.heldUntil(node, Role.Node), until, "never shortened");
    vm.warp(until - 1);
    vm.expectRevert(abi.encodeWithSelector(IStakes.StillHeld.selector, until));
    vm.prank(node);
    stakes.withdraw(Role.Node);
    vm.warp(until);
    vm.prank(node);
    assertEq(stakes.withdraw(Role.Node), NODE_BOND, "free");
  }

  function test_delegationsToAHeldBondStayToo() public {
    vm.prank(node);
    stakes.setPool(Role.Node, 0, true);
    vm.prank(payer);
    uint256 shares = stakes.delegateNative{ value: 10 ether }(node, Role.Node, 0);
    vm.prank(payer);
    stakes.undelegate(node, Role.Node, shares);
    vm.warp(block.timestamp + 1 days);
    vm.prank(address(court));
    stakes.hold(node, Role.Node, uint64(block.timestamp + 100));
    vm.expectRevert(abi.encodeWithSelector(IStakes.StillHeld.selector, block.timestamp + 100));
    vm.prank(payer);
    stakes.withdrawDelegation(node, Role.Node);
    vm.warp(block.timestamp + 100);
    vm.prank(payer);
    assertEq(stakes.withdrawDelegation(node, Role.Node), 10 ether, "free");
  }

  function test_false_onlyACourtHolds() public {
    vm.expectRevert(abi.encodeWithSelector(IStakes.NotCourt.selector, other));
    vm.prank(other);
    stakes.hold(node, Role.Node, uint64(block.timestamp + 1));
  }

  // ---- a court that is removed

  function test_aRemovedCourtSlashesNobodyAndKeepsNothing() public {
    challenge(0);
    challenge(1);
    open(1);
    parameters.setCourt(address(court), false);
    vote(1, 3, 3, 0);
    finish(1);
    court.convictSilence(id(0));
    assertEq(nodeBond(), NODE_BOND, "not slashed");
    uint256 paid = court.withdraw(other);
    assertEq(paid, 2 * (DEPOSIT + 3 * FEE), "both deposits are back");
    assertEq(wopen.balanceOf(address(court)), 0, "nothing stays");
  }
}
