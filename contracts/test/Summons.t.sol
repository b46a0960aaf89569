// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IAttributionCourt } from "../src/interfaces/IAttributionCourt.sol";
import { IStakes } from "../src/interfaces/IStakes.sol";
import { StatementHash } from "../src/libraries/StatementHash.sol";
import { Fault } from "../src/types/Roles.sol";
import { Attribution, Receipt } from "../src/types/Statements.sol";
import { CourtFixture } from "./support/CourtFixture.sol";

/// @dev Attributions that are late: a node that can answer loses nothing, silence is the fault.
contract SummonsTest is CourtFixture {
  uint64 private deadline;
  Receipt private open;
  Attribution private late;

  function setUp() public virtual override {
    super.setUp();
    deadline = uint64(block.timestamp) + 10 minutes;
    open.node = node;
    open.nonce = 1;
    open.attributionRoot = StatementHash.pendingAttributionRoot(deadline);
    late.receiptId = digestFor(EPOCHS_OF_VECTORS, hasher.hash(open));
    late.attributionRoot = keccak256("root");
    late.shareRoot = keccak256("shares");
    late.time = deadline;
  }

  function signed(uint256 key, Receipt memory r) private view returns (bytes memory) {
    return sign(key, EPOCHS_OF_VECTORS, hasher.hash(r));
  }

  function signed(uint256 key, Attribution memory a) private view returns (bytes memory) {
    return sign(key, EPOCHS_OF_VECTORS, hasher.hash(a));
  }

  function summon() private {
    bytes memory signature = signed(NODE_KEY, open);
    vm.prank(other);
    court.summon(open, signature, deadline);
  }

  function refusesToSummon(Receipt memory r, uint256 key, uint64 until, bytes memory reason) private {
    bytes memory signature = signed(key, r);
    vm.expectRevert(reason);
    vm.prank(other);
    court.summon(r, signature, until);
  }

  function refusesAnswer(Attribution memory a, uint256 key, bytes memory reason) private {
    bytes memory signature = signed(key, a);
    vm.expectRevert(reason);
    court.answer(a, signature);
  }

  function test_false_beforeTheDeadline() public {
    refusesToSummon(open, NODE_KEY, deadline, abi.encodeWithSelector(IAttributionCourt.TooEarly.selector, deadline));
    vm.warp(deadline);
    refusesToSummon(open, NODE_KEY, deadline, abi.encodeWithSelector(IAttributionCourt.TooEarly.selector, deadline));
  }

  function test_false_receiptsThatLeftNothingOpen() public {
    vm.warp(deadline + 1);
    bytes memory reason = abi.encodeWithSelector(IAttributionCourt.NotOpen.selector, late.receiptId);
    refusesToSummon(open, NODE_KEY, deadline - 1, reason);
    Receipt memory settled = open;
    settled.attributionRoot = keccak256("root");
    bytes32 id = digestFor(EPOCHS_OF_VECTORS, hasher.hash(settled));
    refusesToSummon(settled, NODE_KEY, deadline, abi.encodeWithSelector(IAttributionCourt.NotOpen.selector, id));
    settled.attributionRoot = 0;
    id = digestFor(EPOCHS_OF_VECTORS, hasher.hash(settled));
    refusesToSummon(settled, NODE_KEY, deadline, abi.encodeWithSelector(IAttributionCourt.NotOpen.selector, id));
  }

  function test_false_receiptsOfOthers() public {
    vm.warp(deadline + 1);
    refusesToSummon(open, OTHER_KEY, deadline, abi.encodeWithSelector(IAttributionCourt.NotSigned.selector, node));
  }

  function test_false_silenceBeforeTheWindowEnds() public {
    vm.expectRevert(abi.encodeWithSelector(IAttributionCourt.NotSummoned.selector, late.receiptId));
    court.convictSilence(late.receiptId);
    vm.warp(deadline + 1);
    summon();
    uint256 answerBy = block.timestamp + 1 hours;
    vm.warp(answerBy);
    vm.expectRevert(abi.encodeWithSelector(IAttributionCourt.TooEarly.selector, answerBy));
    court.convictSilence(late.receiptId);
    assertEq(bonded(), 100 ether, "not slashed");
  }

  function test_anAnswerTakesTheDepositAndEndsIt() public {
    vm.warp(deadline + 1);
    summon();
    uint256 funds = wopen.balanceOf(node);
    bytes memory signature = signed(NODE_KEY, late);
    vm.warp(block.timestamp + 1 hours);
    court.answer(late, signature);
    assertEq(wopen.balanceOf(node), funds + DEPOSIT, "the deposit");
    assertEq(wopen.balanceOf(address(court)), 0, "nothing stays");
    assertTrue(court.isShown(late.receiptId), "shown");
    vm.warp(block.timestamp + 1);
    vm.expectRevert(abi.encodeWithSelector(IAttributionCourt.NotSummoned.selector, late.receiptId));
    court.convictSilence(late.receiptId);
    refusesToSummon(
      open,
      NODE_KEY,
      deadline,
      abi.encodeWithSelector(IAttributionCourt.AlreadySummoned.selector, late.receiptId)
    );
    assertEq(bonded(), 100 ether, "not slashed");
  }

  function test_onlyTheNodesOwnAttributionInTimeIsAnAnswer() public {
    refusesAnswer(late, NODE_KEY, abi.encodeWithSelector(IAttributionCourt.NotSummoned.selector, late.receiptId));
    vm.warp(deadline + 1);
    summon();
    refusesAnswer(late, OTHER_KEY, abi.encodeWithSelector(IAttributionCourt.NotSigned.selector, node));
    Attribution memory a = late;
    a.time = deadline + 1;
    refusesAnswer(a, NODE_KEY, abi.encodeWithSelector(IAttributionCourt.WrongAttribution.selector, late.receiptId));
    a.receiptId = keccak256("another");
    refusesAnswer(a, NODE_KEY, abi.encodeWithSelector(IAttributionCourt.NotSummoned.selector, a.receiptId));
    vm.warp(block.timestamp + 1 hours + 1);
    uint256 answerBy = block.timestamp - 1;
    refusesAnswer(late, NODE_KEY, abi.encodeWithSelector(IAttributionCourt.TooLate.selector, answerBy));
  }

  function test_silenceIsSlashedOnce() public {
    vm.warp(deadline + 1);
    uint256 funds = wopen.balanceOf(other);
    summon();
    assertEq(court.getSummons(late.receiptId).node, node, "summoned");
    assertEq(wopen.balanceOf(other), funds - DEPOSIT, "put down");
    refusesToSummon(
      open,
      NODE_KEY,
      deadline,
      abi.encodeWithSelector(IAttributionCourt.AlreadySummoned.selector, late.receiptId)
    );
    vm.warp(block.timestamp + 1 hours + 1);
    court.convictSilence(late.receiptId);
    assertEq(bonded(), 95 ether, "a twentieth of the bond");
    settleSlash(late.receiptId, Fault.MissingAttribution, 5 ether);
    assertEq(wopen.balanceOf(other), funds + 1 ether, "the prover's part, and the deposit back");
    assertTrue(court.isConvicted(late.receiptId), "kept");
    refusesToSummon(
      open,
      NODE_KEY,
      deadline,
      abi.encodeWithSelector(IAttributionCourt.AlreadyConvicted.selector, late.receiptId)
    );
  }

  function test_convictedMeanwhileSilenceCostsNothingMore() public {
    vm.warp(deadline + 1);
    uint256 funds = wopen.balanceOf(other);
    summon();
    Attribution memory a = late;
    a.shareRoot = keccak256("others");
    proveTwo(late, a);
    uint256 left = bonded();
    vm.warp(block.timestamp + 1 hours + 1);
    court.convictSilence(late.receiptId);
    assertEq(bonded(), left, "once");
    settleSlash(late.receiptId, Fault.Equivocation, 25 ether);
    assertEq(wopen.balanceOf(other), funds + 5 ether, "the deposit comes back all the same");
  }

  function proveTwo(Attribution memory a, Attribution memory b) private {
    (bytes memory first, bytes memory second) = (signed(NODE_KEY, a), signed(NODE_KEY, b));
    vm.prank(other);
    court.proveTwoAttributions(open, a, first, b, second);
  }

  function refusesTwo(Attribution memory a, Attribution memory b, uint256 key, bytes memory reason) private {
    (bytes memory first, bytes memory second) = (signed(NODE_KEY, a), signed(key, b));
    vm.expectRevert(reason);
    court.proveTwoAttributions(open, a, first, b, second);
    assertEq(bonded(), 100 ether, "not slashed");
  }

  function test_false_twoAttributions() public {
    bytes memory one = abi.encodeWithSelector(IAttributionCourt.OneAttribution.selector, late.receiptId);
    refusesTwo(late, late, NODE_KEY, one);
    Attribution memory a = late;
    a.time = 1;
    refusesTwo(late, a, NODE_KEY, one);
    a.shareRoot = 0;
    refusesTwo(late, a, OTHER_KEY, abi.encodeWithSelector(IAttributionCourt.NotSigned.selector, node));
    a.receiptId = keccak256("another");
    refusesTwo(late, a, NODE_KEY, one);
    refusesTwo(a, late, NODE_KEY, one);
  }

  function test_twoAttributionsAreSlashedOnce() public {
    Attribution memory a = late;
    a.queryHash = keccak256("another query");
    proveTwo(late, a);
    assertEq(bonded(), 75 ether, "a quarter of the bond");
    (bytes memory first, bytes memory second) = (signed(NODE_KEY, late), signed(NODE_KEY, a));
    vm.expectRevert(abi.encodeWithSelector(IStakes.AlreadyDecided.selector, address(court), late.receiptId));
    court.proveTwoAttributions(open, a, second, late, first);
  }

  /// @dev Another root, other shares or another query: each of them alone makes two of one.
  function test_twoAttributionsThatDifferInOneThing() public {
    for (uint64 k = 0; k < 3; ++k) {
      open.nonce = 10 + k;
      late.receiptId = digestFor(EPOCHS_OF_VECTORS, hasher.hash(open));
      Attribution memory a = late;
      if (k == 0) a.attributionRoot = 0;
      else if (k == 1) a.shareRoot = 0;
      else a.queryHash = keccak256("another query");
      proveTwo(late, a);
      assertTrue(court.isConvicted(late.receiptId), "two attributions");
    }
  }

  function test_stepsAreAnnounced() public {
    vm.warp(deadline + 1);
    uint48 answerBy = uint48(block.timestamp) + 1 hours;
    bytes memory signature = signed(NODE_KEY, open);
    vm.expectEmit(true, true, true, true, address(court));
    emit IAttributionCourt.Summoned(late.receiptId, node, answerBy, other);
    vm.prank(other);
    court.summon(open, signature, deadline);
    signature = signed(NODE_KEY, late);
    vm.expectEmit(true, true, true, true, address(court));
    emit IAttributionCourt.AttributionShown(late.receiptId, node, late, signature);
    court.answer(late, signature);
    open.nonce = 2;
    bytes32 id = digestFor(EPOCHS_OF_VECTORS, hasher.hash(open));
    summon();
    vm.warp(block.timestamp + 1 hours + 1);
    vm.expectEmit(true, true, true, true, address(court));
    emit IAttributionCourt.Convicted(id, node, IAttributionCourt.convictSilence.selector, other);
    court.convictSilence(id);
  }
}
