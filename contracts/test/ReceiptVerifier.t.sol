// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IReceiptVerifier } from "../src/interfaces/IReceiptVerifier.sol";
import { IVerifier } from "../src/interfaces/IVerifier.sol";
import { Guarantee, Outcome, ReceiptTerms, Status } from "../src/types/Agents.sol";
import { EpochHeader, SettledReceipt } from "../src/types/Ledger.sol";
import { Role } from "../src/types/Roles.sol";
import { Receipt } from "../src/types/Statements.sol";
import { AgentFixture } from "./support/AgentFixture.sol";
import { OrderedTree } from "./support/OrderedTree.sol";

contract ReceiptVerifierTest is AgentFixture {
  bytes32 private constant SALT = keccak256("salt");
  bytes private constant TOKENS = hex"00000007000000090000000b";

  bytes32 private channelId;
  IReceiptVerifier.ReceiptEvidence private good;
  bytes32 private id;

  function setUp() public override {
    super.setUp();
    vm.prank(gateway);
    stakes.bondNative{ value: 100 ether }(Role.Gateway);
    approve(agent, address(channels), type(uint256).max);
    vm.prank(agent);
    channelId = channels.open(gateway, 0, 10 ether);
    good.terms = ReceiptTerms(keccak256("adapter"), keccak256("request"), gateway, true);
    id = accept(pledge());
    good.receipt = answer();
    anchor(good.receipt);
  }

  function pledge() private view returns (Guarantee memory g) {
    g = offer();
    g.verifier = address(receiptVerifier);
    g.criterion = keccak256(abi.encode(good.terms));
  }

  function answer() private view returns (Receipt memory r) {
    r.baseId = keccak256("base");
    r.adapterId = keccak256("adapter");
    r.node = other;
    r.gateway = gateway;
    r.channelId = channelId;
    r.requestHash = keccak256("request");
    r.outputHash = keccak256(bytes.concat(SALT, TOKENS));
    r.outputTokens = 3;
    r.time = uint64(block.timestamp);
    r.nonce = 1;
  }

  function idOf(Receipt memory r) private view returns (bytes32) {
    return digestFor(address(epochs), hasher.hash(r));
  }

  /// @dev Signs a receipt as its node and posts it as the second of three of an epoch.
  function anchor(Receipt memory r) private {
    bytes32[] memory leaves = new bytes32[](3);
    for (uint256 i = 0; i < 3; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(i, keccak256("shares")));
    good.receipt = r;
    good.opening.leaf = SettledReceipt(idOf(r), keccak256("shares"));
    leaves[1] = OrderedTree.leafHash(abi.encode(idOf(r), keccak256("shares")));
    good.signature = sign(OTHER_KEY, address(epochs), hasher.hash(r));
    good.opening.proof = OrderedTree.prove(leaves, 1);
    (good.salt, good.tokens) = (SALT, TOKENS);
    EpochHeader memory epoch;
    epoch.index = epochs.getAccount(gateway).next;
    epoch.receiptsRoot = OrderedTree.root(leaves);
    epoch.receiptCount = 3;
    epoch.finalAt = uint64(block.timestamp) + 1 hours;
    if (epochs.getAccount(gateway).lastFinalAt > epoch.finalAt) epoch.finalAt = epochs.getAccount(gateway).lastFinalAt;
    good.epoch = epoch;
    vm.prank(gateway);
    epochs.post(epoch.index, epoch.receiptsRoot, 0, 0, 0, 0, 3, 0);
  }

  function refuse(IReceiptVerifier.ReceiptEvidence memory e, bytes memory reason) private {
    bytes memory evidence = abi.encode(e);
    vm.expectRevert(reason);
    vm.prank(agent);
    guarantees.deliver(id, evidence);
  }

  function test_refusesAnEpochThatIsNotFinal() public {
    refuse(good, abi.encodeWithSelector(IReceiptVerifier.EpochNotFinal.selector, good.epoch.finalAt));
    vm.warp(good.epoch.finalAt - 1);
    refuse(good, abi.encodeWithSelector(IReceiptVerifier.EpochNotFinal.selector, good.epoch.finalAt));
  }

  function test_refusesAnEpochThatDoesNotStand() public {
    vm.warp(good.epoch.finalAt);
    IReceiptVerifier.ReceiptEvidence memory e = good;
    e.epoch.finalAt -= 1;
    refuse(e, abi.encodeWithSelector(IReceiptVerifier.EpochNotStanding.selector, gateway, 0));
    e.epoch.index = 1;
    refuse(e, abi.encodeWithSelector(IReceiptVerifier.EpochNotStanding.selector, gateway, 1));
  }

  function test_refusesOtherTerms() public {
    vm.warp(good.epoch.finalAt);
    IReceiptVerifier.ReceiptEvidence memory e = good;
    e.terms.opened = false;
    refuse(e, abi.encodeWithSelector(IVerifier.UnknownTerms.selector, keccak256(abi.encode(good.terms))));
  }

  function refuseReceipt(Receipt memory r, bytes memory reason) private {
    anchor(r);
    vm.warp(good.epoch.finalAt);
    refuse(good, reason);
  }

  function test_refusesReceiptsOfOtherWork() public {
    Receipt memory r = answer();
    r.adapterId = keccak256("another");
    refuseReceipt(
      r,
      abi.encodeWithSelector(IReceiptVerifier.WrongModel.selector, keccak256("another"), keccak256("adapter"))
    );
    r = answer();
    r.adapterId = 0;
    refuseReceipt(
      r,
      abi.encodeWithSelector(IReceiptVerifier.WrongModel.selector, keccak256("base"), keccak256("adapter"))
    );
    r = answer();
    r.requestHash = 0;
    refuseReceipt(r, abi.encodeWithSelector(IReceiptVerifier.WrongRequest.selector, 0, keccak256("request")));
    r = answer();
    r.gateway = other;
    refuseReceipt(r, abi.encodeWithSelector(IReceiptVerifier.WrongGateway.selector, other, gateway));
    r = answer();
    r.time = uint64(block.timestamp) - 3 days;
    refuseReceipt(
      r,
      abi.encodeWithSelector(IReceiptVerifier.ReceiptTooOld.selector, r.time, guarantees.getGuarantee(id).acceptedAt)
    );
  }

  function test_refusesWhatAnotherPaidFor() public {
    approve(payer, address(channels), type(uint256).max);
    vm.prank(payer);
    bytes32 foreign = channels.open(gateway, 0, 10 ether);
    Receipt memory r = answer();
    r.channelId = foreign;
    refuseReceipt(r, abi.encodeWithSelector(IReceiptVerifier.NotThePayer.selector, payer, agent));
  }

  function test_refusesWhatTheNodeDidNotSign() public {
    vm.warp(good.epoch.finalAt);
    IReceiptVerifier.ReceiptEvidence memory e = good;
    e.signature = sign(AGENT_KEY, address(epochs), hasher.hash(e.receipt));
    refuse(e, abi.encodeWithSelector(IReceiptVerifier.NotSigned.selector, other));
    e = good;
    e.receipt.fee += 1;
    refuse(e, abi.encodeWithSelector(IReceiptVerifier.NotSigned.selector, other));
  }

  function test_refusesWhatIsNotInTheEpoch() public {
    vm.warp(good.epoch.finalAt);
    bytes memory reason = abi.encodeWithSelector(IReceiptVerifier.NotAnchored.selector, idOf(good.receipt));
    IReceiptVerifier.ReceiptEvidence memory e = good;
    e.opening.proof.index = 0;
    refuse(e, reason);
    e = good;
    e.opening.leaf.shareRoot = keccak256("others");
    refuse(e, reason);
    e = good;
    e.opening.leaf.receiptId = 0;
    refuse(e, reason);
    e = good;
    e.opening.proof.count = 4;
    refuse(e, reason);
  }

  function test_refusesAnAnswerThatStaysClosed() public {
    vm.warp(good.epoch.finalAt);
    bytes memory reason = abi.encodeWithSelector(IReceiptVerifier.AnswerNotOpened.selector, good.receipt.outputHash);
    IReceiptVerifier.ReceiptEvidence memory e = good;
    e.tokens = "";
    refuse(e, reason);
    e = good;
    e.salt = 0;
    refuse(e, reason);
  }

  function test_refusesGarbage() public {
    vm.expectPartialRevert(IVerifier.UnknownTerms.selector);
    vm.prank(agent);
    guarantees.deliver(id, "");
    vm.expectPartialRevert(IVerifier.UnknownTerms.selector);
    vm.prank(agent);
    guarantees.deliver(id, abi.encode(type(uint256).max));
  }

  function test_takesAReceiptOnce() public {
    Guarantee memory g = pledge();
    g.nonce = 1;
    bytes32 second = accept(g);
    vm.warp(good.epoch.finalAt);
    deliver(id, abi.encode(good));
    assertStatus(id, Status.Kept, "kept");
    assertEq(guarantees.balanceOf(agent), 85 ether, "bond and reward, but what the second binds");
    id = second;
    refuse(good, abi.encodeWithSelector(IReceiptVerifier.ReceiptUsed.selector, idOf(good.receipt)));
    assertTrue(receiptVerifier.isUsed(address(guarantees), idOf(good.receipt)), "used");
    assertFalse(receiptVerifier.isUsed(address(this), idOf(good.receipt)), "for these guarantees only");
  }

  function test_takesTheBareBaseOfAnyRequest() public {
    good.terms = ReceiptTerms(keccak256("base"), 0, address(0), false);
    Guarantee memory g = pledge();
    g.nonce = 1;
    id = accept(g);
    Receipt memory r = answer();
    (r.adapterId, r.requestHash, r.nonce) = (0, keccak256("whatever"), 2);
    anchor(r);
    (good.salt, good.tokens) = (0, "");
    vm.warp(good.epoch.finalAt);
    deliver(id, abi.encode(good));
    assertStatus(id, Status.Kept, "kept");
  }

  function test_outcomeOf_isPendingWhateverWasDelivered() public view {
    assertEq(uint256(receiptVerifier.outcomeOf(id)), uint256(Outcome.Pending), "its answer comes with the delivery");
  }
}
