// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ICommitteeVerifier } from "../src/interfaces/ICommitteeVerifier.sol";
import { IGuarantees } from "../src/interfaces/IGuarantees.sol";
import { IIdentityRegistry } from "../src/interfaces/IIdentityRegistry.sol";
import { IReputationRegistry } from "../src/interfaces/IReputationRegistry.sol";
import { IValidationRegistry } from "../src/interfaces/IValidationRegistry.sol";
import { CommitteeTerms, Guarantee, Outcome, Status } from "../src/types/Agents.sol";
import { Role } from "../src/types/Roles.sol";
import { AgentFixture } from "./support/AgentFixture.sol";

/// @dev What agents, their guarantees and their judges announce.
contract AgentEventsTest is AgentFixture {
  bytes32 private constant SALT = keccak256("salt");

  function from(address emitter) private {
    vm.expectEmit(true, true, true, true, emitter);
  }

  function test_identity() public {
    vm.startPrank(other);
    from(address(identity));
    emit IIdentityRegistry.Registered(2, "ipfs://second", other);
    identity.register("ipfs://second");
    from(address(identity));
    emit IIdentityRegistry.URIUpdated(2, "ipfs://moved", other);
    identity.setAgentURI(2, "ipfs://moved");
    from(address(identity));
    emit IIdentityRegistry.MetadataSet(2, "speciality", "speciality", "birds");
    identity.setMetadata(2, "speciality", "birds");
    vm.stopPrank();
  }

  function test_guarantees() public {
    from(address(guarantees));
    emit IGuarantees.Deposited(agent, client, 3);
    vm.prank(client);
    guarantees.deposit(agent, 3);
    Guarantee memory g = offer();
    bytes memory signature = signed(g);
    bytes32 id = guarantees.hashGuarantee(g);
    from(address(guarantees));
    emit IGuarantees.Accepted(id, agentId, client, g, signature);
    vm.prank(client);
    guarantees.accept(g, signature);
    from(address(guarantees));
    emit IGuarantees.Delivered(id, agentId, CONTENT, Outcome.Kept);
    deliver(id, CONTENT);
    g.nonce = 1;
    id = accept(g);
    from(address(guarantees));
    emit IGuarantees.Settled(id, agentId, client, Status.Kept, 25 ether, 0);
    deliver(id, CONTENT);
    from(address(guarantees));
    emit IGuarantees.NonceCancelled(agent, 9);
    vm.prank(agent);
    guarantees.cancelNonce(9);
    from(address(guarantees));
    emit IGuarantees.Withdrawn(agent, 1 ether);
    vm.prank(agent);
    guarantees.withdrawPart(1 ether, false);
    uint256 rest = guarantees.balanceOf(agent);
    from(address(guarantees));
    emit IGuarantees.Withdrawn(agent, rest);
    guarantees.withdraw(agent);
  }

  function test_reputation() public {
    bytes32 id = keep(1 ether, 0);
    from(address(reputation));
    emit IReputationRegistry.FeedbackEarned(agentId, client, 1, id, 1 ether);
    rate();
    keep(1 ether, 1);
    from(address(reputation));
    emit IReputationRegistry.NewFeedback(agentId, client, 2, 5, 1, "a", "a", "b", "e", "u", "h");
    rate();
    from(address(reputation));
    emit IReputationRegistry.FeedbackRevoked(agentId, client, 1);
    vm.prank(client);
    reputation.revokeFeedback(agentId, 1);
    from(address(reputation));
    emit IReputationRegistry.ResponseAppended(agentId, client, 2, other, "ipfs://sorry", "h");
    vm.prank(other);
    reputation.appendResponse(agentId, client, 2, "ipfs://sorry", "h");
  }

  function rate() private {
    vm.prank(client);
    reputation.giveFeedback(agentId, 5, 1, "a", "b", "e", "u", "h");
  }

  function test_validation() public {
    from(address(validation));
    emit IValidationRegistry.ValidationRequest(other, agentId, "ipfs://work", "request");
    vm.prank(agent);
    validation.validationRequest(other, agentId, "ipfs://work", "request");
    vm.warp(block.timestamp + 12);
    from(address(validation));
    emit IValidationRegistry.ValidationResponse(other, agentId, "request", 90, "ipfs://why", "h", "hard");
    vm.prank(other);
    validation.validationResponse("request", 90, "ipfs://why", "h", "hard");
    (, , , , , uint256 lastUpdate) = validation.getValidationStatus("request");
    assertEq(lastUpdate, block.timestamp, "when it was answered");
  }

  function test_committees() public {
    approve(agent, address(committee), type(uint256).max);
    vm.prank(other);
    stakes.bondNative{ value: 10 ether }(Role.Auditor);
    from(address(committee));
    emit ICommitteeVerifier.Enrolled(other, uint64(block.timestamp), uint64(block.timestamp) + 1 days);
    vm.prank(other);
    committee.enrol();
    vm.warp(block.timestamp + 1 minutes);
    CommitteeTerms memory terms = CommitteeTerms(1, 1 ether, 1 hours, 2 hours);
    Guarantee memory g = offer();
    (g.verifier, g.criterion) = (address(committee), keccak256(abi.encode(terms)));
    bytes32 id = accept(g);
    uint64 commitBy = uint64(block.timestamp) + 1 hours;
    from(address(committee));
    emit ICommitteeVerifier.CommitteeCalled(id, "result", "ipfs://result", terms, commitBy, commitBy + 2 hours);
    deliver(id, abi.encode(terms, bytes32("result"), "ipfs://result"));
    vote(id, commitBy);
  }

  /// @dev The seed is missed once; then the one auditor approves.
  function vote(bytes32 id, uint64 commitBy) private {
    bytes32 commitment = keccak256(abi.encode(id, other, true, SALT));
    vm.roll(block.number + 400);
    from(address(committee));
    emit ICommitteeVerifier.SeedMoved(id, uint64(block.number) + 1);
    vm.prank(other);
    committee.commit(id, commitment);
    vm.roll(block.number + 2);
    bytes32 seed = keccak256(abi.encode(blockhash(block.number - 1), id));
    vm.expectEmit(true, true, true, true, address(committee));
    emit ICommitteeVerifier.SeedFixed(id, seed);
    vm.expectEmit(true, true, true, true, address(committee));
    emit ICommitteeVerifier.Committed(id, other, address(0));
    vm.prank(other);
    committee.commit(id, commitment);
    vm.warp(commitBy + 1);
    from(address(committee));
    emit ICommitteeVerifier.Revealed(id, other, true);
    vm.prank(other);
    committee.reveal(id, true, SALT);
    vm.warp(commitBy + 2 hours + 1);
    from(address(committee));
    emit ICommitteeVerifier.FeesShared(id, 1 ether, 0);
    committee.shareFees(id);
    from(address(committee));
    emit ICommitteeVerifier.FeesWithdrawn(other, 1 ether);
    committee.withdraw(other);
  }
}
