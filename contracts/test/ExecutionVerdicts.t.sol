// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IExecutionCourt } from "../src/interfaces/IExecutionCourt.sol";
import { AnchoredReceipt, CaseStage, Verdict } from "../src/types/Execution.sol";
import { Role } from "../src/types/Roles.sol";
import { ExecutionFixture } from "./support/ExecutionFixture.sol";

/// @dev Committees: who sits, who votes, what a verdict moves, and appeals.
contract ExecutionVerdictsTest is ExecutionFixture {
  uint256 private constant I = 0;

  function setUp() public override {
    super.setUp();
    challenge(I);
    open(I);
  }

  function standing(uint256 bond, Verdict verdict) private view {
    assertEq(nodeBond(), bond, "the node's bond");
    assertTrue(court.getCase(id(I)).verdict == verdict, "the verdict");
    assertTrue(court.getCase(id(I)).stage == CaseStage.Closed, "closed");
  }

  function refusedCommit(address who, bytes memory reason) private {
    bytes32 commitment = commitmentOf(I, who, Verdict.Right);
    vm.expectRevert(reason);
    vm.prank(who);
    court.commit(id(I), commitment);
  }

  function notOnCommittee(address who) private view returns (bytes memory) {
    return abi.encodeWithSelector(IExecutionCourt.NotOnCommittee.selector, id(I), who);
  }

  // ---- who may vote

  function test_false_votesOfStrangersAndParties() public {
    refusedCommit(payer, notOnCommittee(payer));
    address[3] memory parties = [node, gateway, other];
    for (uint256 k = 0; k < 3; ++k) {
      vm.prank(parties[k]);
      stakes.bondNative{ value: 20 ether }(Role.Auditor);
      vm.prank(parties[k]);
      roll.enrol();
    }
    vm.warp(block.timestamp + 5);
    // Enrolled after the case began; and parties are not asked in a later one either.
    refusedCommit(payer, notOnCommittee(payer));
    challenge(1);
    for (uint256 k = 0; k < 3; ++k) assertFalse(court.isEligible(id(1), parties[k]), "before it is opened");
    open(1);
    for (uint256 k = 0; k < 3; ++k) assertFalse(court.isEligible(id(1), parties[k]), "a party");
    assertTrue(court.isEligible(id(1), auditor(0)), "an auditor");
  }

  function test_false_whoLeftItsBondOrItsEnrolment() public {
    vm.prank(auditor(0));
    stakes.thaw(Role.Auditor, 20 ether);
    refusedCommit(auditor(0), notOnCommittee(auditor(0)));
    assertTrue(court.isEligible(id(I), auditor(1)), "enrolled when the case began");
  }

  function test_theCommitteeIsWhoHasTheSmallestTickets() public {
    address[] memory drawn = drawnAuditors(I, AUDITORS);
    // The worst come first, and leave for better ones.
    for (uint256 k = AUDITORS; k > 0; --k) commit(I, drawn[k - 1], Verdict.Right);
    address[] memory members = court.getRound(id(I), 0).members;
    assertEq(members.length, 3, "three");
    for (uint256 k = 0; k < 3; ++k) {
      (bytes32 commitment, ) = court.ballotOf(id(I), 0, drawn[k]);
      assertTrue(commitment != 0, "the smallest");
    }
    refusedCommit(drawn[3], notOnCommittee(drawn[3]));
    refusedCommit(drawn[0], abi.encodeWithSelector(IExecutionCourt.AlreadyVoted.selector, id(I), drawn[0]));
    vm.warp(uint256(court.getRound(id(I), 0).commitBy) + 1);
    vm.expectRevert(notOnCommittee(drawn[3]));
    vm.prank(drawn[3]);
    court.reveal(id(I), Verdict.Right, salt(drawn[3]));
  }

  function test_false_votesBeforeTheSeedAndAfterTheTime() public {
    challenge(1);
    court.open(settled[1], openingOf(settled[1].nonce));
    uint64 seedBlock = court.getRound(id(1), 0).seedBlock;
    bytes32 commitment = commitmentOf(1, auditor(0), Verdict.Right);
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.SeedAhead.selector, seedBlock));
    vm.prank(auditor(0));
    court.commit(id(1), commitment);
    vm.roll(block.number + 300);
    vm.prank(auditor(0));
    assertFalse(court.commit(id(1), commitment), "too old: another block is waited for");
    assertEq(court.getRound(id(1), 0).seedBlock, block.number + 1, "the next one");
    vm.roll(block.number + 2);
    vm.prank(auditor(0));
    assertTrue(court.commit(id(1), commitment), "committed");
    uint64 commitBy = court.getRound(id(I), 0).commitBy;
    vm.warp(uint256(commitBy) + 1);
    refusedCommit(auditor(0), abi.encodeWithSelector(IExecutionCourt.TooLate.selector, commitBy));
  }

  function refusedReveal(address who, Verdict verdict, bytes32 salt_, bytes memory reason) private {
    vm.expectRevert(reason);
    vm.prank(who);
    court.reveal(id(I), verdict, salt_);
  }

  function test_false_revealsOfOtherVotes() public {
    address[] memory drawn = drawnAuditors(I, 3);
    for (uint256 k = 0; k < 3; ++k) commit(I, drawn[k], Verdict.Right);
    uint64 commitBy = court.getRound(id(I), 0).commitBy;
    bytes memory early = abi.encodeWithSelector(IExecutionCourt.TooEarly.selector, commitBy);
    vm.warp(commitBy);
    refusedReveal(drawn[0], Verdict.Right, salt(drawn[0]), early);
    vm.warp(uint256(commitBy) + 1);
    bytes memory wrong = abi.encodeWithSelector(IExecutionCourt.WrongVote.selector, id(I), drawn[0]);
    refusedReveal(drawn[0], Verdict.Wrong, salt(drawn[0]), wrong);
    refusedReveal(drawn[0], Verdict.Right, salt(drawn[1]), wrong);
    refusedReveal(
      drawn[1],
      Verdict.Right,
      salt(drawn[0]),
      abi.encodeWithSelector(IExecutionCourt.WrongVote.selector, id(I), drawn[1])
    );
    vm.prank(drawn[0]);
    court.reveal(id(I), Verdict.Right, salt(drawn[0]));
    refusedReveal(
      drawn[0],
      Verdict.Right,
      salt(drawn[0]),
      abi.encodeWithSelector(IExecutionCourt.AlreadyVoted.selector, id(I), drawn[0])
    );
    uint64 revealBy = court.getRound(id(I), 0).revealBy;
    vm.warp(uint256(revealBy) + 1);
    refusedReveal(
      drawn[1],
      Verdict.Right,
      salt(drawn[1]),
      abi.encodeWithSelector(IExecutionCourt.TooLate.selector, revealBy)
    );
  }

  function test_false_aVoteForNothing() public {
    address[] memory drawn = drawnAuditors(I, 1);
    commit(I, drawn[0], Verdict.Undecided);
    vm.warp(uint256(court.getRound(id(I), 0).commitBy) + 1);
    refusedReveal(
      drawn[0],
      Verdict.Undecided,
      salt(drawn[0]),
      abi.encodeWithSelector(IExecutionCourt.WrongVote.selector, id(I), drawn[0])
    );
  }

  // ---- verdicts

  function test_false_settlingBeforeAppealsAreOver() public {
    vote(I, 3, 3, 0);
    uint64 until = court.getRound(id(I), 0).appealBy;
    vm.warp(until);
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.TooEarly.selector, until));
    court.settle(id(I));
  }

  function test_aMinorityConvictsNobody() public {
    vote(I, 3, 1, 0);
    finish(I);
    standing(NODE_BOND, Verdict.Right);
  }

  function test_aMajorityConvicts() public {
    uint256 funds = wopen.balanceOf(other);
    address[] memory members = vote(I, 3, 2, 0);
    finish(I);
    standing(NODE_BOND / 2, Verdict.Wrong);
    assertEq(court.owed(members[0]), FEE, "voted as the verdict is");
    assertEq(court.owed(members[1]), FEE, "voted as the verdict is");
    assertEq(court.owed(members[2]), 0, "did not");
    // A fifth of what was taken pays the two fees; the accuser has the rest and the deposit.
    assertEq(court.withdraw(other), DEPOSIT + 3 * FEE + NODE_BOND / 10 - 2 * FEE, "the accuser");
    assertEq(wopen.balanceOf(other), funds + DEPOSIT + FEE + NODE_BOND / 10, "out");
    assertEq(wopen.balanceOf(address(court)), 2 * FEE, "what the members have not fetched");
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.WrongStage.selector, id(I), CaseStage.Closed));
    court.settle(id(I));
  }

  function test_withoutEnoughVotesNothingIsDecided() public {
    vote(I, 3, 1, 2);
    finish(I);
    standing(NODE_BOND, Verdict.Undecided);
    assertEq(court.withdraw(other), DEPOSIT + 3 * FEE, "the deposit is back");
    assertEq(wopen.balanceOf(address(court)), 0, "nothing stays");
    // It can come again, under another number.
    header = post(secondEpoch());
    AnchoredReceipt memory a = anchored(I);
    vm.prank(other);
    court.challenge(a);
    assertEq(court.getCase(id(I)).number, 2, "another case");
    assertEq(court.getRound(id(I), 0).members.length, 0, "another committee");
  }

  function test_nobodyCame() public {
    vm.warp(uint256(court.getRound(id(I), 0).appealBy) + 1);
    court.settle(id(I));
    standing(NODE_BOND, Verdict.Undecided);
    assertEq(court.owed(other), DEPOSIT + 3 * FEE, "the deposit is back");
  }

  // ---- members who hide their vote

  function test_whoHidesItsVoteLosesAPartOfItsBond() public {
    address[] memory members = vote(I, 3, 0, 1);
    uint256 funds = wopen.balanceOf(payer);
    bytes memory voted = abi.encodeWithSelector(IExecutionCourt.AlreadyVoted.selector, id(I), members[0]);
    vm.expectRevert(voted);
    court.convictAuditor(id(I), 0, members[0]);
    vm.expectRevert(notOnCommittee(payer));
    court.convictAuditor(id(I), 0, payer);
    vm.expectRevert(notOnCommittee(members[2]));
    court.convictAuditor(id(I), 1, members[2]);
    vm.prank(payer);
    court.convictAuditor(id(I), 0, members[2]);
    assertEq(stakes.getPosition(members[2], Role.Auditor).bonded, 19 ether, "a twentieth");
    assertEq(wopen.balanceOf(payer), funds + 0.2 ether, "a fifth of it is the prover's");
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.AlreadyVoted.selector, id(I), members[2]));
    court.convictAuditor(id(I), 0, members[2]);
  }

  function test_false_silenceBeforeTheEndOfTheReveals() public {
    address[] memory drawn = drawnAuditors(I, 1);
    commit(I, drawn[0], Verdict.Right);
    uint64 revealBy = court.getRound(id(I), 0).revealBy;
    vm.warp(revealBy);
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.TooEarly.selector, revealBy));
    court.convictAuditor(id(I), 0, drawn[0]);
    assertTrue(stakes.heldUntil(drawn[0], Role.Auditor) > revealBy, "its bond cannot leave before");
  }

  // ---- appeals

  function appealBy(address who) private {
    vm.prank(who);
    court.appeal(id(I));
    vm.roll(block.number + 2);
  }

  function test_false_appealsOutsideTheirTime() public {
    uint64 revealBy = court.getRound(id(I), 0).revealBy;
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.TooEarly.selector, revealBy));
    court.appeal(id(I));
    vote(I, 3, 3, 0);
    uint64 until = court.getRound(id(I), 0).appealBy;
    vm.warp(uint256(until) + 1);
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.TooLate.selector, until));
    court.appeal(id(I));
  }

  function test_anAppealInTheLastMoment() public {
    vote(I, 3, 3, 0);
    vm.warp(court.getRound(id(I), 0).appealBy);
    appealBy(node);
    assertEq(court.getCase(id(I)).round, 1, "in time");
  }

  function test_anAppealThatIsRightUndoesAVerdict() public {
    vote(I, 3, 2, 0);
    assertEq(court.appealBond(id(I)), 2 * DEPOSIT + 7 * FEE, "twice the deposit, and seven fees");
    appealBy(node);
    assertEq(court.getRound(id(I), 1).size, 7, "twice as many, and one");
    assertTrue(court.getRound(id(I), 1).side == Verdict.Right, "against what was said");
    assertFalse(court.isEligible(id(I), node), "nor may who appeals vote");
    vote(I, 7, 3, 0);
    finish(I);
    standing(NODE_BOND, Verdict.Right);
    // Five voted Right: one of three, four of seven. The accuser's deposit pays what it can of their fees.
    uint256 each = (DEPOSIT + 3 * FEE) / 5;
    assertEq(court.owed(node), 2 * DEPOSIT + 7 * FEE + DEPOSIT + 3 * FEE - 5 * each, "its bond and what is left");
    assertEq(court.owed(other), 0, "the accuser has lost");
  }

  function test_anAppealThatIsWrongCostsItsBond() public {
    vote(I, 3, 2, 0);
    appealBy(node);
    vote(I, 7, 6, 0);
    appealBy(node);
    assertEq(court.getRound(id(I), 2).size, 15, "the last instance");
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.LastInstance.selector, id(I)));
    court.appealBond(id(I));
    address[] memory last = vote(I, AUDITORS, 11, 0);
    assertEq(last.length, AUDITORS, "all that there are");
    vm.expectRevert(abi.encodeWithSelector(IExecutionCourt.TooLate.selector, block.timestamp - 1));
    court.appeal(id(I));
    court.settle(id(I));
    standing(NODE_BOND / 2, Verdict.Wrong);
    uint256 bonds = 2 * DEPOSIT + 7 * FEE + 4 * DEPOSIT + 15 * FEE;
    uint256 fees = 19 * FEE;
    assertEq(court.owed(other), DEPOSIT + 3 * FEE + NODE_BOND / 10 + bonds - fees, "the winner has the rest");
    assertEq(court.owed(node), 0, "both bonds are lost");
  }

  function test_anAppealOnWhichNobodySaysAnythingChangesNothing() public {
    vote(I, 3, 3, 0);
    appealBy(node);
    finish(I);
    standing(NODE_BOND / 2, Verdict.Wrong);
    assertEq(court.owed(node), 2 * DEPOSIT + 7 * FEE, "its bond is back: no committee said that it was wrong");
  }

  function test_anAppealAgainstSilenceIsForTheAccusation() public {
    vote(I, 3, 0, 3);
    appealBy(payer);
    assertTrue(court.getRound(id(I), 1).side == Verdict.Wrong, "for the accusation");
    vote(I, 7, 0, 0);
    finish(I);
    standing(NODE_BOND, Verdict.Right);
    assertEq(court.owed(payer), 0, "lost");
    assertEq(court.owed(other), 0, "lost");
    assertEq(court.owed(node), DEPOSIT + 3 * FEE + 2 * DEPOSIT + 7 * FEE - 7 * FEE, "the node's, after seven fees");
  }

  // ---- receipts that were drawn

  function test_theFundPaysForWhatWasDrawn() public {
    vm.prank(payer);
    court.addFunds(uint96(3 * FEE + 2));
    draw();
    uint256 i = find(true);
    if (i == I) return;
    AnchoredReceipt memory a = anchored(i);
    court.sample(a);
    assertEq(court.fund(), 2, "reserved");
    open(i);
    address[] memory members = vote(i, 3, 0, 1);
    finish(i);
    assertEq(court.owed(members[0]), FEE, "paid");
    assertEq(court.owed(members[2]), 0, "said nothing");
    assertEq(court.fund(), FEE + 2, "what nobody earned is back");
    assertEq(court.owed(node), 0, "an answer that was drawn pays its node nothing");
    assertEq(nodeBond(), NODE_BOND, "not slashed");
  }

  function test_withAnEmptyFundNeitherVerdictPays() public {
    draw();
    uint256 i = find(true);
    if (i == I) return;
    AnchoredReceipt memory a = anchored(i);
    vm.prank(payer);
    court.sample(a);
    open(i);
    address[] memory members = vote(i, 3, 3, 0);
    finish(i);
    assertEq(court.owed(members[0]), 0, "no fee for a conviction either");
    assertEq(court.owed(payer), NODE_BOND / 10, "whoever sampled has the prover's part");
  }
}
