// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { InclusionCourt } from "../src/InclusionCourt.sol";
import { IEpochCourt } from "../src/interfaces/IEpochCourt.sol";
import { IInclusionCourt } from "../src/interfaces/IInclusionCourt.sol";
import { EpochHeader, ReceiptOpening } from "../src/types/Ledger.sol";
import { Role } from "../src/types/Roles.sol";
import { InclusionPromise } from "../src/types/Statements.sol";
import { EpochCourtFixture } from "./support/EpochCourtFixture.sol";

/// @dev Receipts that were paid for: a gateway that settles them cannot be slashed, one that leaves them out is.
contract InclusionCourtTest is EpochCourtFixture {
  bytes32 private constant RECEIPT = bytes32(uint256(2));
  bytes32 private constant LEFT_OUT = bytes32(uint256(9));

  InclusionCourt private inclusion;
  InclusionPromise private given;
  EpochHeader private header;
  uint256 private answerWindow;

  function setUp() public virtual override {
    super.setUp();
    inclusion = new InclusionCourt(wopen, parameters, stakes, epochs);
    parameters.setCourt(address(inclusion), true);
    vm.warp(block.timestamp + 2 days);
    approve(other, address(inclusion), type(uint256).max);
    answerWindow = parameters.disputeWindow();
    header = post(firstEpoch());
    given = InclusionPromise(gateway, RECEIPT, 5, uint64(block.timestamp + 1 hours));
  }

  function signature(uint256 key) private view returns (bytes memory) {
    return sign(key, address(epochs), hasher.hash(given));
  }

  function summon() private {
    bytes memory signed = signature(GATEWAY_KEY);
    InclusionPromise memory p = given;
    vm.prank(other);
    inclusion.summon(p, signed);
  }

  function refusedSummons(bytes memory signed, bytes memory reason) private {
    InclusionPromise memory p = given;
    vm.prank(other);
    vm.expectRevert(reason);
    inclusion.summon(p, signed);
  }

  function pastDue() private {
    vm.warp(uint256(given.includeBy) + 1);
  }

  function refused(bytes4 selector) private view returns (bytes memory) {
    return abi.encodeWithSelector(selector, given.gateway, given.receiptId);
  }

  function untouched() private view {
    assertEq(bonded(), 100 ether, "not slashed");
    assertFalse(inclusion.isBroken(gateway, given.receiptId), "not broken");
  }

  // ---- summonses that are refused

  function test_false_beforeTheDate() public {
    bytes memory signed = signature(GATEWAY_KEY);
    refusedSummons(signed, abi.encodeWithSelector(IInclusionCourt.PromiseNotDue.selector, given.includeBy));
    vm.warp(given.includeBy);
    refusedSummons(signed, abi.encodeWithSelector(IInclusionCourt.PromiseNotDue.selector, given.includeBy));
    pastDue();
    summon();
    untouched();
  }

  function test_false_whatTheGatewayDidNotSign() public {
    pastDue();
    bytes memory reason = abi.encodeWithSelector(IInclusionCourt.PromiseNotSigned.selector, gateway);
    bytes memory good = signature(GATEWAY_KEY);
    refusedSummons(signature(OTHER_KEY), reason);
    refusedSummons("", reason);
    refusedSummons(sign(GATEWAY_KEY, address(inclusion), hasher.hash(given)), reason);
    given.receiptId = LEFT_OUT;
    refusedSummons(good, reason);
    given.receiptId = RECEIPT;
    given.fee += 1;
    refusedSummons(good, reason);
    given.fee -= 1;
    given.includeBy -= 1;
    refusedSummons(good, reason);
    untouched();
  }

  /// @dev Whoever else the promise is put in the mouth of, and whatever is changed in it, no honest gateway is summoned.
  function testFuzz_false_changedPromises(address who, bytes32 receiptId, uint128 fee, uint64 includeBy) public {
    bytes memory good = signature(GATEWAY_KEY);
    vm.warp(uint256(type(uint64).max) + 1);
    bool isSame =
      who == given.gateway && receiptId == given.receiptId && fee == given.fee && includeBy == given.includeBy;
    if (isSame || who == address(vm) || who.code.length != 0) return;
    given = InclusionPromise(who, receiptId, fee, includeBy);
    refusedSummons(good, abi.encodeWithSelector(IInclusionCourt.PromiseNotSigned.selector, who));
  }

  function test_false_twiceAtOnce() public {
    pastDue();
    summon();
    refusedSummons(signature(GATEWAY_KEY), refused(IInclusionCourt.AlreadySummoned.selector));
    untouched();
  }

  function test_false_withoutTheDeposit() public {
    pastDue();
    approve(other, address(inclusion), DEPOSIT - 1);
    bytes memory signed = signature(GATEWAY_KEY);
    InclusionPromise memory p = given;
    vm.prank(other);
    vm.expectPartialRevert(IERC20Errors.ERC20InsufficientAllowance.selector);
    inclusion.summon(p, signed);
    untouched();
  }

  // ---- silence that is none

  function test_false_convictionsBeforeTheirTime() public {
    vm.expectRevert(refused(IInclusionCourt.NotSummoned.selector));
    inclusion.convict(gateway, RECEIPT);
    pastDue();
    summon();
    uint256 answerBy = block.timestamp + answerWindow;
    assertEq(inclusion.getSummons(gateway, RECEIPT).answerBy, answerBy, "a whole window to answer");
    vm.warp(answerBy);
    vm.expectRevert(abi.encodeWithSelector(IInclusionCourt.TooEarly.selector, answerBy));
    inclusion.convict(gateway, RECEIPT);
    untouched();
  }

  // ---- answers

  function show(EpochHeader memory epoch, uint256 place) private {
    ReceiptOpening memory opening = openReceipt(place);
    vm.prank(payer);
    inclusion.show(gateway, epoch, opening);
  }

  /// @dev After an answer: the gateway has the deposit, nothing stays in the court, nothing can be claimed.
  function acquittedWith(uint256 gatewayBefore) private {
    assertEq(wopen.balanceOf(gateway), gatewayBefore + DEPOSIT, "the deposit pays for the answer");
    assertEq(wopen.balanceOf(address(inclusion)), 0, "nothing stays");
    vm.warp(block.timestamp + answerWindow + 1);
    vm.expectRevert(refused(IInclusionCourt.NotSummoned.selector));
    inclusion.convict(gateway, given.receiptId);
    untouched();
  }

  function test_aReceiptOfAFinalEpochIsShown() public {
    pastDue();
    vm.warp(block.timestamp + 30 days);
    summon();
    uint256 funds = wopen.balanceOf(gateway);
    vm.warp(block.timestamp + answerWindow);
    show(header, 1);
    acquittedWith(funds);
  }

  function test_aReceiptThatIsSettledAfterTheSummonsIsShown() public {
    given.receiptId = LEFT_OUT;
    pastDue();
    summon();
    uint256 funds = wopen.balanceOf(gateway);
    receipts[2].receiptId = LEFT_OUT;
    settleReceipts();
    EpochHeader memory second = post(secondEpoch());
    show(second, 2);
    acquittedWith(funds);
  }

  function test_aReceiptThatWasShownCanBeSummonedAgain() public {
    pastDue();
    summon();
    show(header, 1);
    summon();
    uint256 funds = wopen.balanceOf(gateway);
    show(header, 1);
    acquittedWith(funds);
  }

  function test_onlyTheReceiptInAnEpochThatStandsIsAnAnswer() public {
    pastDue();
    summon();
    vm.expectRevert(abi.encodeWithSelector(IInclusionCourt.NotSummoned.selector, gateway, receipts[0].receiptId));
    show(header, 0);
    EpochHeader memory forged = header;
    forged.total += 1;
    vm.expectRevert(abi.encodeWithSelector(IInclusionCourt.UnknownEpoch.selector, gateway, 0));
    show(forged, 1);
    ReceiptOpening memory opening = openReceipt(1);
    opening.leaf.shareRoot = keccak256("other shares");
    vm.expectRevert(refused(IInclusionCourt.NotIncluded.selector));
    inclusion.show(gateway, header, opening);
    opening = openReceipt(0);
    opening.leaf.receiptId = RECEIPT;
    vm.expectRevert(refused(IInclusionCourt.NotIncluded.selector));
    inclusion.show(gateway, header, opening);
  }

  function test_anEpochThatFellIsNoAnswer() public {
    given.includeBy = uint64(block.timestamp);
    pastDue();
    summon();
    vm.prank(other);
    court.demand(gateway, header, IEpochCourt.List.Lines, 0);
    vm.warp(block.timestamp + answerWindow / 3 + 1);
    court.convictSilence(gateway, header, IEpochCourt.List.Lines, 0);
    vm.expectRevert(abi.encodeWithSelector(IInclusionCourt.UnknownEpoch.selector, gateway, 0));
    show(header, 1);
  }

  function test_anAnswerComesInTimeOrNotAtAll() public {
    pastDue();
    summon();
    uint256 answerBy = block.timestamp + answerWindow;
    vm.warp(answerBy + 1);
    vm.expectRevert(abi.encodeWithSelector(IInclusionCourt.TooLate.selector, answerBy));
    show(header, 1);
  }

  // ---- silence

  function test_aReceiptThatIsLeftOutCostsTheGatewayOnce() public {
    given.receiptId = LEFT_OUT;
    uint256 funds = wopen.balanceOf(other);
    pastDue();
    summon();
    assertEq(wopen.balanceOf(other), funds - DEPOSIT, "put down");
    vm.warp(block.timestamp + answerWindow + 1);
    vm.prank(payer);
    inclusion.convict(gateway, LEFT_OUT);
    assertEq(bonded(), 95 ether, "a twentieth of the bond");
    assertEq(wopen.balanceOf(other), funds + 1 ether, "the deposit is back, and a fifth of what was taken");
    assertEq(wopen.balanceOf(address(inclusion)), 0, "nothing stays");
    assertTrue(inclusion.isBroken(gateway, LEFT_OUT), "broken");
    assertEq(epochs.epochHash(gateway, 0), epochs.hashEpoch(gateway, header), "no epoch falls");
    refusedSummons(signature(GATEWAY_KEY), refused(IInclusionCourt.PromiseAlreadyBroken.selector));
    given.includeBy -= 1;
    refusedSummons(signature(GATEWAY_KEY), refused(IInclusionCourt.PromiseAlreadyBroken.selector));
    vm.expectRevert(refused(IInclusionCourt.NotSummoned.selector));
    inclusion.convict(gateway, LEFT_OUT);
    assertEq(bonded(), 95 ether, "once");
  }

  function test_silenceAboutASettledReceiptCostsTheSame() public {
    pastDue();
    summon();
    vm.warp(block.timestamp + answerWindow + 1);
    inclusion.convict(gateway, RECEIPT);
    assertEq(bonded(), 95 ether, "who is called upon must answer");
  }

  function test_aThawingBondAnswersToo() public {
    given.receiptId = LEFT_OUT;
    vm.prank(gateway);
    stakes.thaw(Role.Gateway, 100 ether);
    pastDue();
    summon();
    vm.warp(block.timestamp + answerWindow + 1);
    inclusion.convict(gateway, LEFT_OUT);
    assertEq(stakes.getPosition(gateway, Role.Gateway).thawing, 95 ether, "taken from what thaws");
  }
}
