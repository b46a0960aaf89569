// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IGuarantees } from "../src/interfaces/IGuarantees.sol";
import { ClientVerifier } from "../src/ClientVerifier.sol";
import { HashVerifier } from "../src/HashVerifier.sol";
import { Guarantee, Outcome, Status } from "../src/types/Agents.sol";
import { AgentFixture } from "./support/AgentFixture.sol";
import { FickleVerifier } from "./support/FickleVerifier.sol";

contract GuaranteesTest is AgentFixture {
  /// @dev Coins of a guarantee that is open.
  uint256 private constant STAKED = 25 ether;

  function refuse(Guarantee memory g, bytes memory reason) private {
    bytes memory signature = signed(g);
    vm.expectRevert(reason);
    vm.prank(g.client);
    guarantees.accept(g, signature);
  }

  function test_accept_refusesWhatTheAgentDidNotSign() public {
    Guarantee memory g = offer();
    bytes memory signature = signed(g);
    g.penalty = 21 ether;
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.BadGuaranteeSignature.selector, agent));
    vm.prank(client);
    guarantees.accept(g, signature);
    signature = sign(CLIENT_KEY, address(guarantees), hasher.hash(offer()));
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.BadGuaranteeSignature.selector, agent));
    vm.prank(client);
    guarantees.accept(offer(), signature);
  }

  function test_accept_refusesOthersThanTheClient() public {
    Guarantee memory g = offer();
    bytes memory signature = signed(g);
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.NotTheClient.selector, client, other));
    vm.prank(other);
    guarantees.accept(g, signature);
  }

  function test_accept_refusesAnAgentThatIsNotTheWallet() public {
    Guarantee memory g = offer();
    g.agent = other;
    refuse(g, abi.encodeWithSelector(IGuarantees.NotTheWallet.selector, agentId, other));
    g = offer();
    g.agentId = 9;
    refuse(g, abi.encodeWithSelector(IGuarantees.NotTheWallet.selector, 9, agent));
    // A transfer clears the wallet, so what the old owner signed binds nobody.
    vm.prank(agent);
    identity.transferFrom(agent, other, agentId);
    refuse(offer(), abi.encodeWithSelector(IGuarantees.NotTheWallet.selector, agentId, agent));
    g = offer();
    g.agent = address(0);
    refuse(g, abi.encodeWithSelector(IGuarantees.NotTheWallet.selector, agentId, address(0)));
  }

  function test_accept_refusesPromisesToOneself() public {
    Guarantee memory g = offer();
    g.client = agent;
    refuse(g, abi.encodeWithSelector(IGuarantees.SelfPromise.selector, agentId, agent));
    vm.prank(agent);
    identity.approve(client, agentId);
    refuse(offer(), abi.encodeWithSelector(IGuarantees.SelfPromise.selector, agentId, client));
  }

  function test_accept_refusesExpiredOffersAndBadDeadlines() public {
    Guarantee memory g = offer();
    g.acceptBy = uint64(block.timestamp) - 1;
    refuse(g, abi.encodeWithSelector(IGuarantees.OfferExpired.selector, g.acceptBy));
    g = offer();
    // A client who accepts at the deadline would take the penalty for a promise that nobody can keep.
    g.deadline = g.acceptBy;
    refuse(g, abi.encodeWithSelector(IGuarantees.BadDeadline.selector, g.acceptBy, g.deadline));
    g.deadline = uint64(block.timestamp) + 366 days + 1;
    refuse(g, abi.encodeWithSelector(IGuarantees.BadDeadline.selector, g.acceptBy, g.deadline));
    g = offer();
    g.verifier = other;
    refuse(g, abi.encodeWithSelector(IGuarantees.NoVerifier.selector, other));
    g = offer();
    g.reward = 0;
    refuse(g, abi.encodeWithSelector(IGuarantees.ZeroAmount.selector));
  }

  function test_accept_refusesWhatTheBondDoesNotCover() public {
    Guarantee memory g = offer();
    g.penalty = 101 ether;
    refuse(g, abi.encodeWithSelector(IGuarantees.BondTooSmall.selector, 100 ether, 101 ether));
    g.penalty = 60 ether;
    accept(g);
    g.nonce = 1;
    refuse(g, abi.encodeWithSelector(IGuarantees.BondTooSmall.selector, 40 ether, 60 ether));
    assertEq(guarantees.balanceOf(agent), 40 ether, "the rest of the bond");
  }

  function test_accept_refusesUsedAndCancelledNonces() public {
    accept(offer());
    refuse(offer(), abi.encodeWithSelector(IGuarantees.NonceUsed.selector, agent, 0));
    vm.prank(agent);
    guarantees.cancelNonce(7);
    Guarantee memory g = offer();
    g.nonce = 7;
    refuse(g, abi.encodeWithSelector(IGuarantees.NonceUsed.selector, agent, 7));
  }

  function test_accept_takesTheRewardAndThePenalty() public {
    uint256 before = wopen.balanceOf(client);
    bytes32 id = accept(offer());
    assertEq(id, guarantees.hashGuarantee(offer()), "the id is what was signed");
    assertEq(before - wopen.balanceOf(client), 5 ether, "the reward");
    assertEq(guarantees.balanceOf(agent), 80 ether, "the penalty is bound");
    assertStatus(id, Status.Accepted, "accepted");
  }

  function test_accept_takesCoinsForTheReward() public {
    Guarantee memory g = offer();
    bytes memory signature = signed(g);
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.WrongReward.selector, 4 ether, 5 ether));
    vm.prank(client);
    guarantees.accept{ value: 4 ether }(g, signature);
    vm.prank(client);
    guarantees.accept{ value: 5 ether }(g, signature);
    assertEq(wopen.balanceOf(address(guarantees)), 105 ether, "bond and reward");
  }

  function test_deliver_refusesOthersAndWrongContent() public {
    bytes32 id = accept(offer());
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.NotTheAgent.selector, agent, client));
    vm.prank(client);
    guarantees.deliver(id, CONTENT);
    vm.expectRevert(abi.encodeWithSelector(HashVerifier.WrongContent.selector, keccak256("else"), keccak256(CONTENT)));
    vm.prank(agent);
    guarantees.deliver(id, "else");
    bytes32 unknown = keccak256("unknown");
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.UnexpectedStatus.selector, unknown, Status.Unknown));
    vm.prank(agent);
    guarantees.deliver(unknown, CONTENT);
  }

  function test_deliver_refusesWhatComesLate() public {
    bytes32 id = accept(offer());
    uint64 deadline = offer().deadline;
    vm.warp(deadline + 1);
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.DeadlinePassed.selector, deadline));
    vm.prank(agent);
    guarantees.deliver(id, CONTENT);
  }

  function test_deliver_paysTheAgentOnce() public {
    bytes32 id = accept(offer());
    vm.warp(offer().deadline);
    deliver(id, CONTENT);
    assertEq(guarantees.balanceOf(agent), 105 ether, "bond and reward");
    assertStatus(id, Status.Kept, "kept");
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.UnexpectedStatus.selector, id, Status.Kept));
    vm.prank(agent);
    guarantees.deliver(id, CONTENT);
    vm.warp(block.timestamp + 3 days);
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.UnexpectedStatus.selector, id, Status.Kept));
    guarantees.breach(id);
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.UnexpectedStatus.selector, id, Status.Kept));
    guarantees.settle(id);
    assertEq(guarantees.getRecord(agentId).kept, 1, "on record");
    assertEq(guarantees.getRecord(agentId).earned, 5 ether, "what it earned");
  }

  function test_breach_waitsForTheDeadline() public {
    bytes32 id = accept(offer());
    uint64 deadline = offer().deadline;
    vm.warp(deadline);
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.DeadlineAhead.selector, deadline));
    guarantees.breach(id);
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.UnexpectedStatus.selector, id, Status.Accepted));
    guarantees.settle(id);
  }

  function test_breach_paysTheClientByAnybodysHand() public {
    bytes32 id = accept(offer());
    vm.warp(offer().deadline + 1);
    vm.prank(other);
    guarantees.breach(id);
    assertEq(guarantees.balanceOf(client), STAKED, "reward and penalty");
    assertEq(guarantees.balanceOf(agent), 80 ether, "the agent lost the penalty, and no more");
    assertEq(guarantees.getRecord(agentId).broken, 1, "on record");
    assertEq(guarantees.getRecord(agentId).forfeited, 20 ether, "what it lost");
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.UnexpectedStatus.selector, id, Status.Broken));
    guarantees.breach(id);
    uint256 before = wopen.balanceOf(client);
    vm.prank(other);
    assertEq(guarantees.withdraw(client), STAKED, "paid to its owner by anybody's hand");
    assertEq(wopen.balanceOf(client) - before, STAKED, "arrived");
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.NothingToWithdraw.selector, client));
    guarantees.withdraw(client);
  }

  function pending(Outcome outcome) private returns (bytes32 id, FickleVerifier verifier) {
    verifier = new FickleVerifier();
    Guarantee memory g = offer();
    g.verifier = address(verifier);
    id = accept(g);
    deliver(id, "");
    assertStatus(id, Status.Delivered, "waits for the verifier");
    verifier.set(outcome, false);
  }

  function test_deliver_refusesWhatTheVerifierRefuses() public {
    FickleVerifier verifier = new FickleVerifier();
    Guarantee memory g = offer();
    g.verifier = address(verifier);
    bytes32 id = accept(g);
    verifier.set(Outcome.Broken, false);
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.DeliveryRejected.selector, id, Outcome.Broken));
    vm.prank(agent);
    guarantees.deliver(id, "");
  }

  function test_settle_followsTheVerifier() public {
    (bytes32 id, ) = pending(Outcome.Pending);
    vm.warp(block.timestamp + 3 days);
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.UnexpectedStatus.selector, id, Status.Delivered));
    guarantees.breach(id);
    uint64 settleBy = guarantees.getGuarantee(id).settleBy;
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.StillPending.selector, id, settleBy));
    guarantees.settle(id);
  }

  function test_settle_kept() public {
    (bytes32 id, ) = pending(Outcome.Kept);
    guarantees.settle(id);
    assertEq(guarantees.balanceOf(agent), 105 ether, "bond and reward");
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.UnexpectedStatus.selector, id, Status.Kept));
    guarantees.settle(id);
  }

  function test_settle_broken() public {
    (bytes32 id, ) = pending(Outcome.Broken);
    guarantees.settle(id);
    assertEq(guarantees.balanceOf(client), STAKED, "reward and penalty");
  }

  function test_settle_undecidedGivesEachItsOwn() public {
    (bytes32 id, ) = pending(Outcome.Undecided);
    guarantees.settle(id);
    assertEq(guarantees.balanceOf(agent), 100 ether, "the penalty came back");
    assertEq(guarantees.balanceOf(client), 5 ether, "the reward came back");
    assertEq(guarantees.getRecord(agentId).undecided, 1, "on record");
    assertEq(guarantees.paidWorkCount(agentId, client), 0, "no paid work");
  }

  function test_settle_needsNoVerifierThatNeverAnswers() public {
    (bytes32 id, FickleVerifier verifier) = pending(Outcome.Pending);
    verifier.set(Outcome.Kept, true);
    vm.expectRevert(FickleVerifier.Broken.selector);
    guarantees.settle(id);
    vm.warp(guarantees.getGuarantee(id).settleBy + 1);
    guarantees.settle(id);
    assertStatus(id, Status.Undecided, "the coins came out without it");
    assertEq(guarantees.balanceOf(client), 5 ether, "the reward came back");
  }

  function test_verifierCannotReenter() public {
    FickleVerifier verifier = new FickleVerifier();
    Guarantee memory g = offer();
    g.verifier = address(verifier);
    bytes32 id = accept(g);
    verifier.attack(address(guarantees), abi.encodeCall(IGuarantees.withdraw, (agent)));
    vm.expectRevert(FickleVerifier.AttackFailed.selector);
    vm.prank(agent);
    guarantees.deliver(id, "");
  }

  function test_withdraw_neverTakesWhatIsBound() public {
    accept(offer());
    vm.prank(agent);
    assertEq(guarantees.withdraw(agent), 80 ether, "what is free");
    assertEq(wopen.balanceOf(address(guarantees)), STAKED, "what is bound");
    vm.expectRevert(abi.encodeWithSelector(IGuarantees.BondTooSmall.selector, 0, 1));
    vm.prank(agent);
    guarantees.withdrawPart(1, false);
  }

  function test_withdrawPart_paysCoinsToo() public {
    uint256 before = agent.balance;
    vm.startPrank(agent);
    guarantees.withdrawPart(3 ether, true);
    guarantees.withdrawPart(4 ether, false);
    vm.expectRevert(IGuarantees.ZeroAmount.selector);
    guarantees.withdrawPart(0, true);
    vm.stopPrank();
    assertEq(agent.balance - before, 3 ether, "unwrapped");
    assertEq(guarantees.balanceOf(agent), 93 ether, "left");
  }

  function test_deposit_refusesNothing() public {
    vm.expectRevert(IGuarantees.ZeroAmount.selector);
    guarantees.deposit(agent, 0);
    vm.expectRevert(IGuarantees.ZeroAmount.selector);
    guarantees.depositNative(agent);
    vm.prank(client);
    guarantees.depositNative{ value: 1 ether }(agent);
    assertEq(guarantees.balanceOf(agent), 101 ether, "anyone can add to a bond");
  }

  function test_pause_stopsWhatComesInAndNothingElse() public {
    bytes32 first = accept(offer());
    Guarantee memory g = offer();
    g.nonce = 1;
    bytes32 second = accept(g);
    pauseLedger();
    g.nonce = 2;
    refuse(g, abi.encodeWithSelector(IGuarantees.DepositsPaused.selector));
    vm.expectRevert(IGuarantees.DepositsPaused.selector);
    vm.prank(agent);
    guarantees.deposit(agent, 1);
    deliver(first, CONTENT);
    vm.warp(block.timestamp + 3 days);
    guarantees.breach(second);
    guarantees.withdraw(agent);
    guarantees.withdraw(client);
    assertEq(wopen.balanceOf(address(guarantees)), 0, "everything is out");
  }

  function test_clientVerifier_takesTheClientsReleaseOnly() public {
    Guarantee memory g = offer();
    g.verifier = address(clientVerifier);
    bytes32 id = accept(g);
    bytes32 result = keccak256("result");
    bytes32 release = keccak256(abi.encode(keccak256("Release(bytes32 guaranteeId,bytes32 resultHash)"), id, result));
    bytes memory wrong = abi.encode(result, sign(AGENT_KEY, address(guarantees), release));
    vm.expectRevert(abi.encodeWithSelector(ClientVerifier.NotReleased.selector, id, client));
    vm.prank(agent);
    guarantees.deliver(id, wrong);
    wrong = abi.encode(keccak256("another"), sign(CLIENT_KEY, address(guarantees), release));
    vm.expectRevert(abi.encodeWithSelector(ClientVerifier.NotReleased.selector, id, client));
    vm.prank(agent);
    guarantees.deliver(id, wrong);
    deliver(id, abi.encode(result, sign(CLIENT_KEY, address(guarantees), release)));
    assertStatus(id, Status.Kept, "released");
  }

  function testFuzz_everyCoinComesOut(uint96 reward, uint96 penalty, uint8 fate, uint96 bond) public {
    vm.assume(reward > 0 && reward <= 900 ether && bond > 0 && bond <= 900 ether && penalty <= bond);
    vm.prank(agent);
    guarantees.withdraw(agent);
    vm.prank(agent);
    guarantees.deposit(agent, bond);
    FickleVerifier verifier = new FickleVerifier();
    Guarantee memory g = offer();
    (g.reward, g.penalty, g.verifier) = (reward, penalty, address(verifier));
    bytes32 id = accept(g);
    uint256 agentGets = bond;
    uint256 clientGets = reward;
    if (fate % 4 == 0) {
      vm.warp(g.deadline + 1);
      guarantees.breach(id);
      (agentGets, clientGets) = (bond - penalty, uint256(reward) + penalty);
    } else {
      deliver(id, "");
      verifier.set(Outcome(fate % 4), false);
      guarantees.settle(id);
      if (fate % 4 == 1) (agentGets, clientGets) = (uint256(bond) + reward, 0);
      if (fate % 4 == 2) (agentGets, clientGets) = (bond - penalty, uint256(reward) + penalty);
    }
    assertEq(guarantees.balanceOf(agent), agentGets, "the agent's");
    assertEq(guarantees.balanceOf(client), clientGets, "the client's");
    assertEq(wopen.balanceOf(address(guarantees)), agentGets + clientGets, "in = held");
  }
}
