// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ICommitteeVerifier } from "../src/interfaces/ICommitteeVerifier.sol";
import { IVerifier } from "../src/interfaces/IVerifier.sol";
import { CommitteeTerms, Guarantee, Outcome, Status } from "../src/types/Agents.sol";
import { Role } from "../src/types/Roles.sol";
import { AgentFixture } from "./support/AgentFixture.sol";

contract CommitteeVerifierTest is AgentFixture {
  uint256 private constant AUDITORS = 7;
  bytes32 private constant SALT = keccak256("salt");

  CommitteeTerms private terms = CommitteeTerms(3, 1 ether, 1 hours, 2 hours);
  bytes32 private id;

  function setUp() public override {
    super.setUp();
    approve(agent, address(committee), type(uint256).max);
    for (uint256 i = 0; i < AUDITORS; ++i) enrol(auditor(i));
    vm.warp(block.timestamp + 1 minutes);
    id = accept(pledge());
  }

  function auditor(uint256 i) private pure returns (address) {
    return address(uint160(0xA0D170 + i));
  }

  function enrol(address account) private {
    fund(account);
    vm.startPrank(account);
    stakes.bondNative{ value: 10 ether }(Role.Auditor);
    committee.enrol();
    vm.stopPrank();
  }

  function pledge() private view returns (Guarantee memory g) {
    g = offer();
    g.verifier = address(committee);
    g.criterion = keccak256(abi.encode(terms));
  }

  function evidence() private view returns (bytes memory) {
    return abi.encode(terms, keccak256("result"), "ipfs://result");
  }

  /// @dev Delivers, and lets the seed's block pass.
  function call() private {
    deliver(id, evidence());
    vm.roll(block.number + 2);
    vm.setBlockhash(block.number - 1, keccak256("block"));
  }

  function ballot(address account, bool approves) private view returns (bytes32) {
    return keccak256(abi.encode(id, account, approves, SALT));
  }

  function commit(address account, bool approves) private {
    bytes32 commitment = ballot(account, approves);
    vm.prank(account);
    committee.commit(id, commitment);
  }

  function reveal(address account, bool approves) private {
    vm.prank(account);
    committee.reveal(id, approves, SALT);
  }

  function refuseCommit(address account, bytes memory reason) private {
    vm.expectRevert(reason);
    vm.prank(account);
    committee.commit(id, keccak256("vote"));
  }

  /// @dev The auditors in the order of their tickets.
  function drawn() private view returns (address[] memory sorted) {
    sorted = new address[](AUDITORS);
    for (uint256 i = 0; i < AUDITORS; ++i) {
      uint256 place = i;
      for (; place > 0 && committee.ticketOf(id, sorted[place - 1]) > committee.ticketOf(id, auditor(i)); --place)
        sorted[place] = sorted[place - 1];
      sorted[place] = auditor(i);
    }
  }

  /// @dev Every auditor tries to commit to its vote; those who are drawn reveal.
  function vote(bool[AUDITORS] memory approves) private {
    call();
    for (uint256 i = 0; i < AUDITORS; ++i) {
      bytes32 commitment = ballot(auditor(i), approves[i]);
      vm.prank(auditor(i));
      try committee.commit(id, commitment) {} catch {}
    }
    vm.warp(committee.getCase(id).commitBy + 1);
    for (uint256 i = 0; i < AUDITORS; ++i) {
      vm.prank(auditor(i));
      try committee.reveal(id, approves[i], SALT) {} catch {}
    }
    vm.warp(committee.getCase(id).revealBy + 1);
  }

  function test_enrol_needsAStakedAuditor() public {
    vm.expectRevert(abi.encodeWithSelector(ICommitteeVerifier.NotStakedAuditor.selector, other));
    vm.prank(other);
    committee.enrol();
  }

  function test_verify_isForGuaranteesOnly() public {
    Guarantee memory g = pledge();
    bytes memory e = evidence();
    vm.expectRevert(abi.encodeWithSelector(ICommitteeVerifier.NotGuarantees.selector, address(this)));
    committee.verify(id, g, 0, e);
  }

  function test_verify_refusesOtherTermsAndBadCommittees() public {
    bytes memory e = abi.encode(CommitteeTerms(5, 1 ether, 1 hours, 2 hours), bytes32(0), "");
    vm.expectRevert(abi.encodeWithSelector(IVerifier.UnknownTerms.selector, pledge().criterion));
    vm.prank(agent);
    guarantees.deliver(id, e);
    refuseTerms(CommitteeTerms(4, 1 ether, 1 hours, 2 hours), 1);
    refuseTerms(CommitteeTerms(17, 1 ether, 1 hours, 2 hours), 2);
    refuseTerms(CommitteeTerms(3, 1 ether, 0, 2 hours), 3);
    refuseTerms(CommitteeTerms(3, 1 ether, 1 hours, 8 days), 4);
  }

  function test_verify_takesTheLargestAndSlowestCommittee() public {
    terms = CommitteeTerms(15, 1 ether, 7 days, 7 days);
    Guarantee memory g = pledge();
    g.nonce = 1;
    id = accept(g);
    deliver(id, evidence());
    assertEq(committee.getCase(id).size, 15, "fifteen");
  }

  function refuseTerms(CommitteeTerms memory bad, uint256 nonce) private {
    terms = bad;
    Guarantee memory g = pledge();
    (g.nonce, g.penalty) = (nonce, 1 ether);
    id = accept(g);
    bytes memory e = evidence();
    vm.expectRevert(ICommitteeVerifier.BadCommittee.selector);
    vm.prank(agent);
    guarantees.deliver(id, e);
  }

  function test_commit_refusesWhoCannotJudge() public {
    refuseCommit(auditor(0), abi.encodeWithSelector(ICommitteeVerifier.UnknownCase.selector, id));
    deliver(id, evidence());
    refuseCommit(auditor(0), abi.encodeWithSelector(ICommitteeVerifier.SeedAhead.selector, block.number + 1));
    refuseCommit(other, abi.encodeWithSelector(ICommitteeVerifier.NotEligible.selector, id, other));
    // Whoever enrols when the seed can be known is too late.
    enrol(other);
    refuseCommit(other, abi.encodeWithSelector(ICommitteeVerifier.NotEligible.selector, id, other));
    vm.prank(auditor(0));
    stakes.thaw(Role.Auditor, 10 ether);
    refuseCommit(auditor(0), abi.encodeWithSelector(ICommitteeVerifier.NotEligible.selector, id, auditor(0)));
  }

  function test_commit_refusesEnrolmentsThatRanOut() public {
    // After a thaw the same bond could stand for another account.
    vm.warp(block.timestamp + 1 days);
    vm.prank(auditor(1));
    committee.enrol();
    vm.warp(block.timestamp + 1);
    deliver(id, evidence());
    vm.roll(block.number + 2);
    refuseCommit(auditor(0), abi.encodeWithSelector(ICommitteeVerifier.NotEligible.selector, id, auditor(0)));
    commit(auditor(1), true);
  }

  function test_enrol_renewedInTimeKeepsItsBeginning() public {
    (uint64 since, uint64 until) = committee.enrolment(auditor(0));
    vm.warp(until);
    vm.prank(auditor(0));
    committee.enrol();
    (uint64 sinceNow, uint64 untilNow) = committee.enrolment(auditor(0));
    assertEq(sinceNow, since, "since");
    assertEq(untilNow, until + 1 days, "until");
    vm.warp(untilNow + 1);
    vm.prank(auditor(0));
    committee.enrol();
    (sinceNow, ) = committee.enrolment(auditor(0));
    assertEq(sinceNow, untilNow + 1, "begins again after a gap");
  }

  function test_commit_refusesAgentAndClient() public {
    enrol(agent);
    enrol(client);
    vm.warp(block.timestamp + 1);
    call();
    refuseCommit(agent, abi.encodeWithSelector(ICommitteeVerifier.NotEligible.selector, id, agent));
    refuseCommit(client, abi.encodeWithSelector(ICommitteeVerifier.NotEligible.selector, id, client));
  }

  function test_commit_keepsTheSmallestTickets() public {
    call();
    // The seed is fixed by the first commit, after which the tickets are known.
    commit(auditor(0), true);
    address[] memory sorted = drawn();
    for (uint256 i = AUDITORS; i > 0; --i) {
      if (sorted[i - 1] != auditor(0)) {
        bytes32 commitment = ballot(sorted[i - 1], true);
        vm.prank(sorted[i - 1]);
        try committee.commit(id, commitment) {} catch {}
      }
    }
    address[] memory members = committee.membersOf(id);
    assertEq(members.length, 3, "size");
    for (uint256 i = 0; i < 3; ++i) {
      bool found = false;
      for (uint256 j = 0; j < 3; ++j) found = found || members[j] == sorted[i];
      assertTrue(found, "one of the smallest three");
    }
    for (uint256 i = 3; i < AUDITORS; ++i) {
      bytes memory reason = abi.encodeWithSelector(ICommitteeVerifier.NotDrawn.selector, id, sorted[i]);
      if (i == AUDITORS - 1) refuseCommit(sorted[i], reason);
    }
    refuseCommit(sorted[0], abi.encodeWithSelector(ICommitteeVerifier.AlreadyCommitted.selector, id, sorted[0]));
    vm.warp(committee.getCase(id).commitBy + 1);
    vm.expectRevert(abi.encodeWithSelector(ICommitteeVerifier.NotAMember.selector, id, sorted[5]));
    vm.prank(sorted[5]);
    committee.reveal(id, true, SALT);
  }

  function test_commit_movesASeedThatWasMissed() public {
    deliver(id, evidence());
    uint64 first = committee.getCase(id).seedBlock;
    vm.roll(block.number + 400);
    commit(auditor(0), true);
    assertEq(committee.getCase(id).seed, 0, "no seed yet");
    assertTrue(committee.getCase(id).seedBlock > first, "another block is waited for");
    assertEq(committee.membersOf(id).length, 0, "nobody committed");
    vm.roll(block.number + 2);
    commit(auditor(0), true);
    assertEq(committee.membersOf(id).length, 1, "now");
  }

  function test_reveal_onlyOfWhatWasCommittedAndInTime() public {
    call();
    commit(auditor(0), true);
    vm.expectRevert(abi.encodeWithSelector(ICommitteeVerifier.TooEarly.selector, committee.getCase(id).commitBy));
    vm.prank(auditor(0));
    committee.reveal(id, true, SALT);
    vm.warp(committee.getCase(id).commitBy + 1);
    refuseCommit(
      auditor(1),
      abi.encodeWithSelector(ICommitteeVerifier.CommitsClosed.selector, committee.getCase(id).commitBy)
    );
    vm.expectRevert(abi.encodeWithSelector(ICommitteeVerifier.WrongReveal.selector, id, auditor(0)));
    vm.prank(auditor(0));
    committee.reveal(id, false, SALT);
    reveal(auditor(0), true);
    vm.expectRevert(abi.encodeWithSelector(ICommitteeVerifier.NotAMember.selector, id, auditor(0)));
    vm.prank(auditor(0));
    committee.reveal(id, true, SALT);
    assertEq(uint256(committee.outcomeOf(id)), uint256(Outcome.Pending), "until the reveals are closed");
    vm.expectRevert(abi.encodeWithSelector(ICommitteeVerifier.TooEarly.selector, committee.getCase(id).revealBy));
    committee.shareFees(id);
    vm.warp(committee.getCase(id).revealBy + 1);
    vm.expectRevert(abi.encodeWithSelector(ICommitteeVerifier.RevealsClosed.selector, committee.getCase(id).revealBy));
    vm.prank(auditor(0));
    committee.reveal(id, true, SALT);
    assertEq(uint256(committee.outcomeOf(id)), uint256(Outcome.Undecided), "one of three decides nothing");
  }

  function test_majorityApproves() public {
    call();
    commit(auditor(0), true);
    address[] memory sorted = drawn();
    bool[AUDITORS] memory approves;
    for (uint256 i = 0; i < AUDITORS; ++i) approves[i] = auditor(i) != sorted[0];
    approves[0] = true;
    if (sorted[0] == auditor(0)) sorted[0] = auditor(1);
    for (uint256 i = 1; i < AUDITORS; ++i) {
      bytes32 commitment = ballot(auditor(i), approves[i]);
      vm.prank(auditor(i));
      try committee.commit(id, commitment) {} catch {}
    }
    vm.warp(committee.getCase(id).commitBy + 1);
    address[] memory members = committee.membersOf(id);
    uint256 yes = 0;
    for (uint256 i = 0; i < 3; ++i) {
      bool aye = members[i] == auditor(0) || members[i] != sorted[0];
      reveal(members[i], aye);
      if (aye) ++yes;
    }
    vm.warp(committee.getCase(id).revealBy + 1);
    committee.shareFees(id);
    vm.expectRevert(abi.encodeWithSelector(ICommitteeVerifier.AlreadyShared.selector, id));
    committee.shareFees(id);
    guarantees.settle(id);
    assertStatus(id, Status.Kept, "kept");
    for (uint256 i = 0; i < 3; ++i) {
      bool aye = members[i] == auditor(0) || members[i] != sorted[0];
      assertEq(committee.owed(members[i]), aye ? 1 ether : 0, "the majority is paid");
    }
    assertEq(committee.owed(agent), (3 - yes) * 1 ether, "the rest goes back");
    drain(3 ether);
  }

  function drain(uint256 all) private {
    uint256 paid = 0;
    for (uint256 i = 0; i < AUDITORS; ++i) if (committee.owed(auditor(i)) != 0) paid += committee.withdraw(auditor(i));
    if (committee.owed(agent) != 0) paid += committee.withdraw(agent);
    assertEq(paid, all, "every fee comes out");
    assertEq(wopen.balanceOf(address(committee)), 0, "nothing is left");
    vm.expectRevert(abi.encodeWithSelector(ICommitteeVerifier.NothingOwed.selector, agent));
    committee.withdraw(agent);
  }

  function test_majorityRefuses() public {
    bool[AUDITORS] memory approves;
    vote(approves);
    guarantees.settle(id);
    assertStatus(id, Status.Broken, "broken");
    assertEq(guarantees.balanceOf(client), 25 ether, "reward and penalty");
    committee.shareFees(id);
    drain(3 ether);
  }

  function test_silenceIsUndecided() public {
    deliver(id, evidence());
    vm.warp(committee.getCase(id).revealBy + 1);
    guarantees.settle(id);
    assertStatus(id, Status.Undecided, "nobody voted");
    committee.shareFees(id);
    assertEq(committee.owed(agent), 3 ether, "no fee was earned");
    drain(3 ether);
  }

  function testFuzz_everyVoteEndsAndEveryFeeComesOut(bool[AUDITORS] memory approves, uint8 half, bytes32 seed) public {
    terms.size = uint8(1 + 2 * (uint256(half) % 4));
    Guarantee memory g = pledge();
    g.nonce = 1;
    id = accept(g);
    deliver(id, evidence());
    vm.roll(block.number + 2);
    vm.setBlockhash(block.number - 1, keccak256(abi.encode(seed)));
    for (uint256 i = 0; i < AUDITORS; ++i) {
      bytes32 commitment = ballot(auditor(i), approves[i]);
      vm.prank(auditor(i));
      try committee.commit(id, commitment) {} catch {}
    }
    vm.warp(committee.getCase(id).commitBy + 1);
    address[] memory members = committee.membersOf(id);
    assertEq(members.length, terms.size, "a full committee");
    uint256 yes = 0;
    for (uint256 i = 0; i < AUDITORS; ++i) {
      bool member = false;
      for (uint256 j = 0; j < members.length; ++j) member = member || members[j] == auditor(i);
      if (!member) continue;
      reveal(auditor(i), approves[i]);
      if (approves[i]) ++yes;
    }
    vm.warp(committee.getCase(id).revealBy + 1);
    guarantees.settle(id);
    assertStatus(id, 2 * yes > terms.size ? Status.Kept : Status.Broken, "the majority");
    committee.shareFees(id);
    for (uint256 i = 0; i < members.length; ++i) {
      bool agrees = approves[uint160(members[i]) - uint160(auditor(0))] == (2 * yes > terms.size);
      assertEq(committee.owed(members[i]), agrees ? 1 ether : 0, "who agreed is paid");
    }
    drain(uint256(terms.size) * 1 ether);
  }

  /// @dev One of three reveals: no verdict, one fee, and the rest goes back.
  function test_aVoteWithoutAVerdictIsPaid() public {
    call();
    for (uint256 i = 0; i < AUDITORS; ++i) {
      bytes32 commitment = ballot(auditor(i), true);
      vm.prank(auditor(i));
      try committee.commit(id, commitment) {} catch {}
    }
    vm.warp(committee.getCase(id).commitBy + 1);
    address[] memory members = committee.membersOf(id);
    reveal(members[1], true);
    vm.warp(committee.getCase(id).revealBy + 1);
    guarantees.settle(id);
    assertStatus(id, Status.Undecided, "one of three");
    committee.shareFees(id);
    for (uint256 i = 0; i < 3; ++i) assertEq(committee.owed(members[i]), i == 1 ? 1 ether : 0, "who revealed is paid");
    assertEq(committee.owed(agent), 2 ether, "the rest goes back");
    drain(3 ether);
  }

  /// @dev Two of three refuse: who approved earns nothing.
  function test_aVoteAgainstARefusalIsNotPaid() public {
    call();
    commit(auditor(0), false);
    address[] memory sorted = drawn();
    address alone = sorted[0] == auditor(0) ? sorted[1] : sorted[0];
    for (uint256 i = 1; i < AUDITORS; ++i) {
      bytes32 commitment = ballot(auditor(i), auditor(i) == alone);
      vm.prank(auditor(i));
      try committee.commit(id, commitment) {} catch {}
    }
    vm.warp(committee.getCase(id).commitBy + 1);
    for (uint256 i = 0; i < 3; ++i) {
      if (i == 2) vm.warp(committee.getCase(id).revealBy);
      reveal(sorted[i], sorted[i] == alone);
    }
    vm.warp(committee.getCase(id).revealBy + 1);
    guarantees.settle(id);
    assertStatus(id, Status.Broken, "the majority");
    committee.shareFees(id);
    for (uint256 i = 0; i < 3; ++i)
      assertEq(committee.owed(sorted[i]), sorted[i] == alone ? 0 : 1 ether, "who agreed is paid");
    assertEq(committee.owed(agent), 1 ether, "the rest goes back");
    drain(3 ether);
  }

  function test_nothingIsSaidOfAnUnknownGuarantee() public view {
    assertEq(uint256(committee.outcomeOf(keccak256("unknown"))), uint256(Outcome.Pending), "pending");
  }
}
