// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IAttributionCourt } from "../src/interfaces/IAttributionCourt.sol";
import { IChannels } from "../src/interfaces/IChannels.sol";
import { IPaymentClaims } from "../src/interfaces/IPaymentClaims.sol";
import { Case, Completion, SplitClaim } from "../src/types/Dispute.sol";
import { Fault } from "../src/types/Roles.sol";
import { CourtFixture } from "./support/CourtFixture.sol";

/// @dev Accusations made by packages/protocol, brought before the court. False ones first: none may succeed, and each costs its deposit.
contract AccusationsTest is CourtFixture {
  uint256 private constant HONEST = 13;
  uint256 private constant FRAUDS = 19;

  bytes[] private honest;
  bytes[] private frauds;
  string private json;

  function setUp() public override {
    super.setUp();
    json = vm.readFile("contracts/test/vectors/disputes.json");
    for (uint256 i = 0; i < HONEST; ++i) honest.push(vm.parseJsonBytes(json, read("honest", i, "call")));
    for (uint256 i = 0; i < FRAUDS; ++i) frauds.push(vm.parseJsonBytes(json, read("frauds", i, "call")));
  }

  function acquitted(bytes memory call, string memory name) private {
    uint256 funds = wopen.balanceOf(other);
    uint256 ofNode = wopen.balanceOf(node);
    (bool ok, bool proven) = accuse(call);
    assertTrue(ok, string.concat("judged: ", name));
    assertFalse(proven, string.concat("not proven: ", name));
    assertEq(bonded(), 100 ether, "not slashed");
    assertEq(wopen.balanceOf(other), funds - DEPOSIT, "the deposit is lost");
    assertEq(wopen.balanceOf(node), ofNode + DEPOSIT, "to the node");
  }

  /// @dev Where the case ends and the claim begins: a call holds the place of the case, the place of the claim, then both.
  function claimOf(bytes memory data) private pure returns (uint256 offset) {
    assembly {
      offset := add(4, mload(add(data, 68)))
    }
  }

  /// @dev Only a claim about inputs is of fixed size and stands before its case.
  function isFixed(bytes memory data) private pure returns (bool) {
    return bytes4(data) == IPaymentClaims.inputs.selector;
  }

  // ---- an honest attribution stands

  function test_honest_noClaimOfTheVectorsHolds() public {
    for (uint256 i = 0; i < HONEST; ++i) acquitted(honest[i], vm.parseJsonString(json, read("honest", i, "name")));
    acquitted(vm.parseJsonBytes(json, read("later", 0, "call")), "attributed later");
  }

  function test_honest_evidenceAgainstALiarConvictsNobodyElse() public {
    uint256 judged = 0;
    for (uint256 i = 0; i < FRAUDS; ++i) {
      for (uint256 h = 0; h < HONEST; ++h) {
        if (bytes4(honest[h]) != bytes4(frauds[i]) || isFixed(frauds[i])) continue;
        (bool ok, bool proven) = accuse(withCaseOf(honest[h], frauds[i]));
        assertFalse(proven, "the evidence of another case");
        if (ok) ++judged;
        break;
      }
    }
    assertTrue(judged > 15, "most were judged");
    assertEq(bonded(), 100 ether, "not slashed");
  }

  function withCaseOf(bytes memory a, bytes memory b) private pure returns (bytes memory call) {
    (uint256 end, uint256 start) = (claimOf(a), claimOf(b));
    call = new bytes(end + b.length - start);
    for (uint256 i = 0; i < end; ++i) call[i] = a[i];
    for (uint256 i = start; i < b.length; ++i) call[end + i - start] = b[i];
  }

  /// @dev One byte, or one word by a small number or by another word of the call, is changed anywhere in the evidence.
  function testFuzz_honest_changedEvidenceConvictsNobody(
    uint256 which,
    uint256 where,
    uint256 how,
    uint256 what
  ) public {
    bytes memory data = honest[which % HONEST];
    uint256 from = isFixed(data) ? 4 : claimOf(data);
    uint256 place = from + (where % (data.length - from));
    if (how % 3 == 0) {
      data[place] = bytes1(uint8(what));
    } else {
      uint256 words = (data.length - from) / 32;
      place = from + 32 * (where % words);
      uint256 source = from + 32 * (what % words);
      bool isSmall = how % 3 == 1;
      assembly {
        let word := mload(add(add(data, 32), source))
        if isSmall {
          word := mod(what, 300)
        }
        mstore(add(add(data, 32), place), word)
      }
    }
    (, bool proven) = accuse(data);
    assertFalse(proven, "changed evidence");
    assertEq(bonded(), 100 ether, "not slashed");
  }

  function testFuzz_honest_changedCaseConvictsNobody(uint256 which, uint256 where, uint8 what) public {
    bytes memory call = honest[which % HONEST];
    uint256 place = 68 + (where % ((isFixed(call) ? call.length : claimOf(call)) - 68));
    call[place] = bytes1(what);
    (, bool proven) = accuse(call);
    assertFalse(proven, "changed case");
    assertEq(bonded(), 100 ether, "not slashed");
  }

  function test_honest_aTreasuryThatMovedMeanwhileConvictsNobody() public {
    acquitted(honest[1], "before");
    parameters.set(defaults());
    acquitted(honest[1], "after");
  }

  function test_false_withoutDepositThereIsNoVerdict() public {
    approve(other, address(court), DEPOSIT - 1);
    vm.expectRevert(abi.encodeWithSelector(IAttributionCourt.DepositMissing.selector, DEPOSIT));
    vm.prank(other);
    (bool ok, ) = address(court).call(honest[0]);
    ok;
  }

  function test_false_theDepositAloneIsEnoughForAVerdict() public {
    approve(other, address(court), DEPOSIT);
    acquitted(honest[0], "with nothing to spare");
  }

  function test_false_aReceiptThatTheNodeDidNotSign() public {
    bytes memory call = frauds[0];
    // The fee, which stands in the receipt's thirteenth word.
    call[4 + 64 + 13 * 32 - 1] = bytes1(uint8(1));
    vm.expectRevert(abi.encodeWithSelector(IAttributionCourt.NotSigned.selector, node));
    vm.prank(other);
    (bool ok, ) = address(court).call(call);
    ok;
  }

  // ---- each planted fraud is proven once

  function test_everyPlantedFraudIsConvicted() public {
    uint256 expected = 100 ether;
    for (uint256 i = 0; i < FRAUDS; ++i) {
      string memory name = vm.parseJsonString(json, read("frauds", i, "name"));
      uint256 funds = wopen.balanceOf(other);
      (bool ok, bool proven) = accuse(frauds[i]);
      assertTrue(ok && proven, name);
      uint256 taken = expected / 4;
      expected -= taken;
      assertEq(bonded(), expected, "a quarter of the bond");
      settleSlash(receiptIdOf(frauds[i], isFixed(frauds[i]) ? 384 : 64), Fault.WrongAttribution, uint96(taken));
      assertEq(wopen.balanceOf(other), funds + taken / 5, "the prover's part; the deposit stays");
      (ok, ) = accuse(frauds[i]);
      assertFalse(ok, "only once");
    }
    assertEq(FRAUDS, 19, "all of them");
  }

  function test_anAttributionThatCameLaterIsConvicted() public {
    (bool ok, bool proven) = accuse(vm.parseJsonBytes(json, read("later", 1, "call")));
    assertTrue(ok && proven, "proven");
    assertEq(bonded(), 75 ether, "slashed");
  }

  function test_whoIsRightNeedsNoDeposit() public {
    approve(other, address(court), 0);
    (, bool proven) = accuse(frauds[0]);
    assertTrue(proven, "proven");
  }

  function test_aSellerWhoPaysForItsOwnAnswersPaysNoInfluence() public {
    IChannels.Channel memory channel;
    channel.payer = node;
    bytes memory question = abi.encodeWithSelector(IChannels.getChannel.selector, keccak256("channel"));
    vm.mockCall(address(channels), question, abi.encode(channel));
    (, bool proven) = accuse(honest[1]);
    assertTrue(proven, "influence was paid although the node paid for the answer");
  }

  function test_aPaymentToAnyAccountButATreasuryIsConvicted() public {
    bytes memory question = abi.encodeWithSignature("wasTreasury(address)", address(0xaa));
    vm.mockCall(address(parameters), question, abi.encode(false));
    (, bool proven) = accuse(honest[1]);
    assertTrue(proven, "the platform's fee went elsewhere");
  }

  // ---- what the case rests on

  /// @dev A fraud of which the attribution came later.
  function completed() private view returns (Case memory c, SplitClaim memory claim) {
    bytes memory call = vm.parseJsonBytes(json, read("later", 1, "call"));
    bytes memory arguments = new bytes(call.length - 4);
    for (uint256 i = 0; i < arguments.length; ++i) arguments[i] = call[4 + i];
    return abi.decode(arguments, (Case, SplitClaim));
  }

  function refusedCompletion(Case memory c, SplitClaim memory claim, uint256 key, bytes memory reason) private {
    c.completion[0].signature = sign(key, EPOCHS_OF_VECTORS, hasher.hash(c.completion[0].attribution));
    vm.expectRevert(reason);
    vm.prank(other);
    court.split(c, claim);
  }

  function test_false_attributionsThatCompleteNothing() public {
    (Case memory c, SplitClaim memory claim) = completed();
    bytes32 receiptId = digestFor(EPOCHS_OF_VECTORS, hasher.hash(c.receipt));
    bytes memory wrong = abi.encodeWithSelector(IAttributionCourt.WrongAttribution.selector, receiptId);
    refusedCompletion(c, claim, OTHER_KEY, abi.encodeWithSelector(IAttributionCourt.NotSigned.selector, node));
    c.completion[0].attribution.receiptId = keccak256("another receipt");
    refusedCompletion(c, claim, NODE_KEY, wrong);
    (c, claim) = completed();
    c.completion[0].attribution.time = c.completion[0].deadline + 1;
    refusedCompletion(c, claim, NODE_KEY, wrong);
    (c, claim) = completed();
    ++c.completion[0].deadline;
    refusedCompletion(c, claim, NODE_KEY, wrong);
    (c, claim) = completed();
    c.completion[0].attribution.attributionRoot = keccak256("another header");
    wrong = abi.encodeWithSelector(IAttributionCourt.WrongHeader.selector, c.completion[0].attribution.attributionRoot);
    refusedCompletion(c, claim, NODE_KEY, wrong);
    (c, claim) = completed();
    c.completion[0].attribution.time = 0;
    c.completion[0].signature = sign(NODE_KEY, EPOCHS_OF_VECTORS, hasher.hash(c.completion[0].attribution));
    vm.prank(other);
    assertTrue(court.split(c, claim), "made long before");
  }

  function test_false_anotherHeaderThanTheReceipts() public {
    (Case memory c, SplitClaim memory claim) = completed();
    c.completion = new Completion[](0);
    vm.expectRevert(abi.encodeWithSelector(IAttributionCourt.WrongHeader.selector, c.receipt.attributionRoot));
    vm.prank(other);
    court.split(c, claim);
  }

  function test_verdictsAreAnnounced() public {
    (Case memory c, SplitClaim memory claim) = completed();
    bytes32 receiptId = digestFor(EPOCHS_OF_VECTORS, hasher.hash(c.receipt));
    vm.expectEmit(true, true, true, true, address(court));
    emit IAttributionCourt.Convicted(receiptId, node, IPaymentClaims.split.selector, other);
    vm.prank(other);
    court.split(c, claim);
    ++claim.deployment.nonce;
    vm.expectEmit(true, true, true, true, address(court));
    emit IAttributionCourt.Acquitted(receiptId, node, IPaymentClaims.split.selector, other);
    vm.prank(other);
    court.split(c, claim);
  }
}
