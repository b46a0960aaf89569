// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { GuaranteeValidator } from "../src/GuaranteeValidator.sol";
import { IIdentityRegistry } from "../src/interfaces/IIdentityRegistry.sol";
import { IReputationRegistry } from "../src/interfaces/IReputationRegistry.sol";
import { IValidationRegistry } from "../src/interfaces/IValidationRegistry.sol";
import { Guarantee, Status } from "../src/types/Agents.sol";
import { AgentFixture } from "./support/AgentFixture.sol";

contract RegistriesTest is AgentFixture {
  function clients(address one) private pure returns (address[] memory list) {
    list = new address[](1);
    list[0] = one;
  }

  function rate(int128 value, uint8 decimals) private {
    vm.prank(client);
    reputation.giveFeedback(agentId, value, decimals, "starred", "", "", "", 0);
  }

  function test_register_countsFromOne() public {
    assertEq(agentId, 1, "the first");
    assertEq(identity.ownerOf(1), agent, "owner");
    assertEq(identity.getAgentWallet(1), agent, "wallet");
    vm.prank(other);
    assertEq(identity.register(), 2, "the second");
    assertTrue(identity.supportsInterface(0x80ac58cd), "ERC-721");
  }

  function test_register_refusesTheReservedKey() public {
    IIdentityRegistry.MetadataEntry[] memory entries = new IIdentityRegistry.MetadataEntry[](1);
    entries[0] = IIdentityRegistry.MetadataEntry("agentWallet", abi.encodePacked(other));
    vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.ReservedKey.selector, "agentWallet"));
    identity.register("", entries);
    vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.ReservedKey.selector, "agentWallet"));
    vm.prank(agent);
    identity.setMetadata(agentId, "agentWallet", "");
    entries[0].metadataKey = "speciality";
    vm.prank(other);
    uint256 second = identity.register("ipfs://second", entries);
    assertEq(keccak256(bytes(identity.tokenURI(second))), keccak256("ipfs://second"), "its description");
    assertEq(keccak256(identity.getMetadata(second, "speciality")), keccak256(abi.encodePacked(other)), "metadata");
  }

  function test_identity_isForOwnerAndOperators() public {
    bytes memory reason = abi.encodeWithSelector(IIdentityRegistry.NotAgentOwner.selector, agentId, other);
    vm.startPrank(other);
    vm.expectRevert(reason);
    identity.setAgentURI(agentId, "x");
    vm.expectRevert(reason);
    identity.setMetadata(agentId, "x", "");
    vm.expectRevert(reason);
    identity.unsetAgentWallet(agentId);
    vm.expectRevert(reason);
    identity.setAgentWallet(agentId, other, block.timestamp, "");
    vm.stopPrank();
    vm.prank(agent);
    identity.setApprovalForAll(other, true);
    vm.prank(other);
    identity.setAgentURI(agentId, "ipfs://moved");
    assertEq(keccak256(bytes(identity.tokenURI(agentId))), keccak256("ipfs://moved"), "moved");
    vm.prank(other);
    identity.setMetadata(agentId, "x", "y");
    assertEq(keccak256(identity.getMetadata(agentId, "x")), keccak256("y"), "set");
  }

  function walletProof(uint256 key, address wallet, uint256 deadline) private view returns (bytes memory) {
    bytes32 domain = keccak256(
      abi.encode(
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
        keccak256("ERC8004IdentityRegistry"),
        keccak256("1"),
        block.chainid,
        address(identity)
      )
    );
    bytes32 proof = keccak256(
      abi.encode(
        keccak256("AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)"),
        agentId,
        wallet,
        agent,
        deadline
      )
    );
    (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, keccak256(abi.encodePacked(hex"1901", domain, proof)));
    return abi.encodePacked(r, s, v);
  }

  function test_setAgentWallet_needsTheWalletsSignature() public {
    uint256 deadline = block.timestamp + 5 minutes;
    bytes memory wrong = walletProof(CLIENT_KEY, other, deadline);
    bytes memory right = walletProof(OTHER_KEY, other, deadline);
    vm.startPrank(agent);
    vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.BadWalletSignature.selector, other));
    identity.setAgentWallet(agentId, other, deadline, wrong);
    vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.WalletProofTooLate.selector, deadline + 1));
    identity.setAgentWallet(agentId, other, deadline + 1, right);
    vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.WalletProofExpired.selector, block.timestamp - 1));
    identity.setAgentWallet(agentId, other, block.timestamp - 1, right);
    vm.expectRevert(IIdentityRegistry.ZeroWallet.selector);
    identity.setAgentWallet(agentId, address(0), deadline, right);
    identity.setAgentWallet(agentId, other, deadline, right);
    assertEq(identity.getAgentWallet(agentId), other, "proven");
    identity.unsetAgentWallet(agentId);
    assertEq(identity.getAgentWallet(agentId), address(0), "cleared");
    identity.transferFrom(agent, client, agentId);
    vm.stopPrank();
    assertEq(identity.getAgentWallet(agentId), address(0), "a transfer clears it");
  }

  function test_feedback_needsPaidFinishedWork() public {
    bytes memory nothing = abi.encodeWithSelector(IReputationRegistry.NothingToRate.selector, agentId, client);
    vm.expectRevert(nothing);
    rate(100, 0);
    Guarantee memory g = offer();
    bytes32 id = accept(g);
    vm.expectRevert(nothing);
    rate(100, 0);
    vm.expectRevert(abi.encodeWithSelector(IReputationRegistry.NotYourGuarantee.selector, id, client));
    vm.prank(client);
    reputation.giveFeedbackOn(id, 100, 0, "", "", "", "", 0);
    vm.warp(g.deadline + 1);
    guarantees.breach(id);
    vm.expectRevert(nothing);
    rate(0, 0);
    vm.expectRevert(abi.encodeWithSelector(IReputationRegistry.NotYourGuarantee.selector, id, client));
    vm.prank(client);
    reputation.giveFeedbackOn(id, 0, 0, "", "", "", "", 0);
  }

  function test_feedback_onceForEachGuarantee() public {
    bytes32 first = keep(1 ether, 0);
    bytes32 second = keep(2 ether, 1);
    vm.expectRevert(abi.encodeWithSelector(IReputationRegistry.NotYourGuarantee.selector, first, other));
    vm.prank(other);
    reputation.giveFeedbackOn(first, 1, 0, "", "", "", "", 0);
    vm.prank(client);
    reputation.giveFeedbackOn(second, 50, 0, "", "", "", "", 0);
    vm.expectRevert(abi.encodeWithSelector(IReputationRegistry.AlreadyRated.selector, second));
    vm.prank(client);
    reputation.giveFeedbackOn(second, 50, 0, "", "", "", "", 0);
    rate(80, 0);
    assertTrue(reputation.isRated(first), "the oldest that was not rated");
    vm.expectRevert(abi.encodeWithSelector(IReputationRegistry.NothingToRate.selector, agentId, client));
    rate(80, 0);
    (bytes32 id, uint256 paid) = reputation.getPaidWork(agentId, client, 1);
    assertEq(id, second, "which work");
    assertEq(paid, 2 ether, "what it cost");
    // Taking feedback back gives no second vote.
    vm.prank(client);
    reputation.revokeFeedback(agentId, 1);
    vm.expectRevert(abi.encodeWithSelector(IReputationRegistry.NothingToRate.selector, agentId, client));
    rate(80, 0);
    vm.expectRevert(abi.encodeWithSelector(IReputationRegistry.AlreadyRevoked.selector, agentId, 1));
    vm.prank(client);
    reputation.revokeFeedback(agentId, 1);
  }

  function test_feedback_refusesBadValuesAndOwners() public {
    keep(1 ether, 0);
    vm.expectRevert(abi.encodeWithSelector(IReputationRegistry.TooManyDecimals.selector, 19));
    rate(1, 19);
    vm.expectRevert(abi.encodeWithSelector(IReputationRegistry.ValueTooLarge.selector, int128(1e38 + 1)));
    rate(1e38 + 1, 0);
    vm.expectRevert(abi.encodeWithSelector(IReputationRegistry.ValueTooLarge.selector, -int128(1e38 + 1)));
    rate(-1e38 - 1, 0);
    vm.prank(agent);
    identity.transferFrom(agent, client, agentId);
    vm.expectRevert(abi.encodeWithSelector(IReputationRegistry.SelfFeedback.selector, agentId, client));
    rate(100, 0);
  }

  function test_summary_isWeightedByWhatWasPaid() public {
    (uint64 count, int128 value, uint8 decimals) = reputation.getSummary(agentId, clients(client), "", "");
    assertEq(count, 0, "nothing yet");
    keep(1 ether, 0);
    keep(3 ether, 1);
    rate(100, 0);
    rate(200, 1);
    (count, value, decimals) = reputation.getSummary(agentId, clients(client), "", "");
    assertEq(count, 2, "count");
    assertEq(uint128(value), 400, "(100 + 3 x 20) / 4");
    assertEq(decimals, 1, "as fine as the finest");
    (count, , ) = reputation.getSummary(agentId, clients(client), "starred", "");
    assertEq(count, 2, "by tag");
    (count, , ) = reputation.getSummary(agentId, clients(client), "other", "");
    assertEq(count, 0, "by another tag");
    (count, , ) = reputation.getSummary(agentId, clients(client), "", "other");
    assertEq(count, 0, "by the second tag");
    vm.expectRevert(IReputationRegistry.NoClients.selector);
    reputation.getSummary(agentId, new address[](0), "", "");
    vm.prank(client);
    reputation.revokeFeedback(agentId, 1);
    (count, value, decimals) = reputation.getSummary(agentId, clients(client), "", "");
    assertEq(uint128(value), 200, "what is left");
  }

  function testFuzz_summaryLiesBetweenItsFeedback(int128 a, int128 b, uint8 da, uint8 db, uint96 pa, uint96 pb) public {
    vm.assume(pa > 0 && pb > 0 && pa < 400 ether && pb < 400 ether && a > -1e38 && a < 1e38 && b > -1e38 && b < 1e38);
    (da, db) = (da % 19, db % 19);
    keep(pa, 0);
    keep(pb, 1);
    rate(a, da);
    rate(b, db);
    (uint64 count, int128 mean, uint8 decimals) = reputation.getSummary(agentId, clients(client), "", "");
    assertEq(count, 2, "count");
    int256 x = int256(a) * int256(10 ** uint256(18 - da));
    int256 y = int256(b) * int256(10 ** uint256(18 - db));
    int256 m = int256(mean) * int256(10 ** uint256(18 - decimals));
    int256 step = int256(10 ** uint256(18 - decimals)) + 2;
    assertTrue(m >= (x < y ? x : y) - step && m <= (x < y ? y : x) + step, "between");
  }

  function test_responsesAreCountedForTheirFeedback() public {
    keep(1 ether, 0);
    rate(-5, 1);
    keep(1 ether, 1);
    rate(4, 0);
    reputation.appendResponse(agentId, client, 2, "ipfs://thanks", 0);
    assertEq(reputation.getResponseCount(agentId, client, 1, new address[](0)), 0, "none to the first");
    assertEq(reputation.getResponseCount(agentId, client, 2, new address[](0)), 1, "one to the second");
  }

  function test_readFeedback_andResponses() public {
    keep(1 ether, 0);
    rate(-5, 1);
    (int128 value, uint8 decimals, string memory tag1, , bool revoked) = reputation.readFeedback(agentId, client, 1);
    assertTrue(value == -5 && decimals == 1 && !revoked, "as given");
    assertEq(keccak256(bytes(tag1)), keccak256("starred"), "tag");
    vm.expectRevert(abi.encodeWithSelector(IReputationRegistry.UnknownFeedback.selector, agentId, client, 2));
    reputation.readFeedback(agentId, client, 2);
    vm.expectRevert(abi.encodeWithSelector(IReputationRegistry.UnknownFeedback.selector, agentId, client, 0));
    reputation.readFeedback(agentId, client, 0);
    vm.expectRevert(IReputationRegistry.EmptyResponse.selector);
    reputation.appendResponse(agentId, client, 1, "", 0);
    reputation.appendResponse(agentId, client, 1, "ipfs://sorry", 0);
    reputation.appendResponse(agentId, client, 1, "ipfs://again", 0);
    vm.prank(other);
    reputation.appendResponse(agentId, client, 1, "ipfs://spam", 0);
    assertEq(reputation.getResponseCount(agentId, client, 1, new address[](0)), 3, "all");
    assertEq(reputation.getResponseCount(agentId, client, 0, clients(other)), 1, "of one responder");
    assertEq(reputation.getResponseCount(agentId, address(0), 0, new address[](0)), 3, "of the agent");
    (address[] memory from, uint64[] memory indexes, int128[] memory values, , , , ) = reputation.readAllFeedback(
      agentId,
      new address[](0),
      "",
      "",
      false
    );
    assertTrue(from.length == 1 && from[0] == client && indexes[0] == 1 && values[0] == -5, "all feedback");
    assertEq(reputation.getClients(agentId).length, 1, "clients");
    assertEq(reputation.getLastIndex(agentId, client), 1, "last");
    assertEq(reputation.getIdentityRegistry(), address(identity), "identity");
  }

  function test_validation_followsTheStandard() public {
    bytes32 request = keccak256("request");
    vm.expectRevert(abi.encodeWithSelector(IValidationRegistry.NotAgentOwner.selector, agentId, other));
    vm.prank(other);
    validation.validationRequest(other, agentId, "", request);
    vm.startPrank(agent);
    vm.expectRevert(IValidationRegistry.ZeroValidator.selector);
    validation.validationRequest(address(0), agentId, "", request);
    validation.validationRequest(other, agentId, "ipfs://work", request);
    vm.expectRevert(abi.encodeWithSelector(IValidationRegistry.AlreadyRequested.selector, request));
    validation.validationRequest(other, agentId, "", request);
    vm.expectRevert(abi.encodeWithSelector(IValidationRegistry.NotTheValidator.selector, other, agent));
    validation.validationResponse(request, 100, "", 0, "");
    vm.stopPrank();
    vm.startPrank(other);
    vm.expectRevert(abi.encodeWithSelector(IValidationRegistry.UnknownRequest.selector, bytes32(0)));
    validation.validationResponse(0, 100, "", 0, "");
    vm.expectRevert(abi.encodeWithSelector(IValidationRegistry.ResponseTooLarge.selector, 101));
    validation.validationResponse(request, 101, "", 0, "");
    (uint64 count, uint8 mean) = validation.getSummary(agentId, new address[](0), "");
    assertEq(count, 0, "not answered");
    validation.validationResponse(request, 40, "", 0, "soft");
    validation.validationResponse(request, 90, "ipfs://why", keccak256("why"), "hard");
    vm.stopPrank();
    (, , , , , uint256 lastUpdate) = validation.getValidationStatus(request);
    assertEq(lastUpdate, block.timestamp, "when it was answered");
    (count, mean) = validation.getSummary(agentId, clients(other), "hard");
    assertTrue(count == 1 && mean == 90, "the last answer");
    (count, ) = validation.getSummary(agentId, clients(client), "");
    assertEq(count, 0, "of another validator");
    (count, ) = validation.getSummary(agentId, new address[](0), "soft");
    assertEq(count, 0, "of another tag");
    assertEq(validation.getAgentValidations(agentId)[0], request, "by agent");
    assertEq(validation.getValidatorRequests(other)[0], request, "by validator");
    assertEq(validation.getIdentityRegistry(), address(identity), "identity");
  }

  function test_guaranteeValidator_saysHowItEnded() public {
    bytes32 kept = keep(1 ether, 0);
    Guarantee memory g = offer();
    g.nonce = 1;
    bytes32 broken = accept(g);
    vm.expectRevert(abi.encodeWithSelector(IValidationRegistry.UnknownRequest.selector, kept));
    validator.respond(kept);
    vm.startPrank(agent);
    validation.validationRequest(address(validator), agentId, "", kept);
    validation.validationRequest(address(validator), agentId, "", broken);
    vm.stopPrank();
    vm.expectRevert(abi.encodeWithSelector(GuaranteeValidator.NotDecided.selector, broken, Status.Accepted));
    validator.respond(broken);
    vm.warp(g.deadline + 1);
    guarantees.breach(broken);
    validator.respond(kept);
    validator.respond(broken);
    (uint64 count, uint8 mean) = validation.getSummary(agentId, clients(address(validator)), "guarantee");
    assertTrue(count == 2 && mean == 50, "one kept, one broken");
  }

  function test_guaranteeValidator_refusesAnotherAgentsGuarantee() public {
    bytes32 kept = keep(1 ether, 0);
    vm.startPrank(other);
    uint256 second = identity.register();
    validation.validationRequest(address(validator), second, "", kept);
    vm.stopPrank();
    vm.expectRevert(abi.encodeWithSelector(GuaranteeValidator.WrongAgent.selector, kept, second));
    validator.respond(kept);
  }

  function test_setAgentWallet_refusesWhatIsNoSignature() public {
    vm.expectRevert(abi.encodeWithSelector(IIdentityRegistry.BadWalletSignature.selector, other));
    vm.prank(agent);
    identity.setAgentWallet(agentId, other, block.timestamp, hex"0102");
  }

  /// @dev Where the finest number would not fit, the mean is as fine as it can be.
  function test_summary_ofLargeValues() public {
    keep(1 ether, 0);
    rate(1e38, 0);
    (, int128 value, uint8 decimals) = reputation.getSummary(agentId, clients(client), "", "");
    assertTrue(value == 1e38 && decimals == 0, "the largest");
    keep(1 ether, 1);
    rate(1, 18);
    (, value, decimals) = reputation.getSummary(agentId, clients(client), "", "");
    assertTrue(value == 5e37 && decimals == 0, "half of it");
    vm.prank(client);
    reputation.revokeFeedback(agentId, 1);
    keep(1 ether, 2);
    rate(-4e35, 0);
    (, value, decimals) = reputation.getSummary(agentId, clients(client), "", "");
    assertTrue(value == -2e37 && decimals == 2, "two decimals, below zero");
  }

  function test_summary_ofTheLargestNumberThereIs() public {
    keep(1 ether, 0);
    rate(34028236692093846346337460743176821145, 0);
    keep(1 ether, 1);
    rate(4, 1);
    (, int128 value, uint8 decimals) = reputation.getSummary(agentId, clients(client), "", "");
    assertTrue(value == type(int128).max && decimals == 1, "it fits");
  }

  function test_readAllFeedback_ofSomeClients() public {
    keep(1 ether, 0);
    rate(-5, 1);
    (address[] memory from, , , , , , ) = reputation.readAllFeedback(agentId, clients(client), "", "", false);
    assertEq(from.length, 1, "its own");
    (from, , , , , , ) = reputation.readAllFeedback(agentId, clients(other), "", "", false);
    assertEq(from.length, 0, "another's");
  }

  function test_validation_ofEveryTag() public {
    vm.prank(agent);
    validation.validationRequest(other, agentId, "", "request");
    vm.prank(other);
    validation.validationResponse("request", 40, "", 0, "soft");
    (uint64 count, uint8 mean) = validation.getSummary(agentId, new address[](0), "");
    assertTrue(count == 1 && mean == 40, "whatever its tag");
  }
}
