// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ISamplingBeacon } from "../src/interfaces/ISamplingBeacon.sol";
import { AnchoredReceipt, AuditTerms } from "../src/types/Execution.sol";
import { EpochHeader, MerkleProof, ReceiptOpening, SettledReceipt } from "../src/types/Ledger.sol";
import { Receipt } from "../src/types/Statements.sol";
import { ExecutionFixture } from "./support/ExecutionFixture.sol";
import { OrderedTree } from "./support/OrderedTree.sol";

/// @dev Which receipts are drawn is known to nobody before they stand, and to everybody after.
contract SamplingBeaconTest is ExecutionFixture {
  function refusedAnnouncement(EpochHeader memory epoch, bytes memory reason) private {
    vm.expectRevert(reason);
    beacon.announce(gateway, epoch);
  }

  function test_false_epochsThatDoNotStandOrAreFinal() public {
    EpochHeader memory changed = header;
    changed.receiptCount += 1;
    bytes memory reason = abi.encodeWithSelector(ISamplingBeacon.EpochNotOpen.selector, gateway, 0);
    refusedAnnouncement(changed, reason);
    vm.expectRevert(abi.encodeWithSelector(ISamplingBeacon.EpochNotOpen.selector, other, 0));
    beacon.announce(other, header);
    vm.warp(header.finalAt);
    refusedAnnouncement(header, abi.encodeWithSelector(ISamplingBeacon.WindowClosed.selector, header.finalAt));
    vm.warp(header.finalAt - 1);
    beacon.announce(gateway, header);
    refusedAnnouncement(header, abi.encodeWithSelector(ISamplingBeacon.AlreadyAnnounced.selector, epochHash));
  }

  function test_false_theSeedBeforeItsBlock() public {
    vm.expectRevert(abi.encodeWithSelector(ISamplingBeacon.NotAnnounced.selector, epochHash));
    beacon.fix(epochHash);
    beacon.announce(gateway, header);
    uint64 seedBlock = beacon.drawOf(epochHash).seedBlock;
    assertEq(seedBlock, block.number + 1, "the block after the announcement");
    for (uint256 i = 0; i < 2; ++i) {
      vm.expectRevert(abi.encodeWithSelector(ISamplingBeacon.SeedAhead.selector, seedBlock));
      beacon.fix(epochHash);
      vm.roll(block.number + 1);
    }
    for (uint256 i = 0; i < RECEIPTS; ++i) assertFalse(beacon.isDrawn(epochHash, id(i)), "nothing is drawn yet");
    assertTrue(beacon.fix(epochHash), "taken");
  }

  function test_theSeedIsThatBlocksHashAndStays() public {
    draw();
    bytes32 seed = beacon.drawOf(epochHash).seed;
    bytes32 blockHash = blockhash(beacon.drawOf(epochHash).seedBlock);
    assertEq(seed, keccak256(abi.encode(blockHash, epochHash)), "from the block and the epoch");
    vm.roll(block.number + 1_000);
    assertTrue(beacon.fix(epochHash), "known");
    assertEq(beacon.drawOf(epochHash).seed, seed, "nothing moves it");
  }

  function test_aSeedThatNobodyTookComesFromAnotherBlock() public {
    beacon.announce(gateway, header);
    uint64 first = beacon.drawOf(epochHash).seedBlock;
    vm.roll(block.number + 258);
    assertFalse(beacon.fix(epochHash), "too old to be read");
    assertEq(beacon.drawOf(epochHash).seed, bytes32(0), "no seed");
    assertEq(beacon.drawOf(epochHash).seedBlock, block.number + 1, "the next block");
    assertTrue(first < block.number, "another one");
    vm.roll(block.number + 2);
    assertTrue(beacon.fix(epochHash), "taken");
  }

  /// @dev The part that is drawn is the rate: four standard deviations around it, over many receipts of many seeds.
  function testFuzz_theRateIsWhatItSays(bytes32 salt_) public {
    beacon.announce(gateway, header);
    vm.roll(block.number + 2);
    vm.setBlockhash(block.number - 1, keccak256(abi.encode(salt_)));
    beacon.fix(epochHash);
    uint256 drawn = 0;
    for (uint256 i = 0; i < 2_000; ++i) {
      if (beacon.isDrawn(epochHash, keccak256(abi.encode(salt_, i)))) ++drawn;
    }
    assertTrue(drawn > 130 && drawn < 270, "a tenth of them");
  }

  function test_termsChangeOnlyInsideBoundsAndOnlyByTheOwner() public {
    vm.expectRevert(abi.encodeWithSelector(ISamplingBeacon.NotOwner.selector, other));
    vm.prank(other);
    beacon.setTerms(AuditTerms(10_000, 5, 1));
    AuditTerms[6] memory bad = [
      AuditTerms(99, 3, 1),
      AuditTerms(100_001, 3, 1),
      AuditTerms(10_000, 1, 1),
      AuditTerms(10_000, 4, 1),
      AuditTerms(10_000, 9, 1),
      AuditTerms(10_000, 3, 100 ether + 1)
    ];
    for (uint256 i = 0; i < bad.length; ++i) {
      vm.expectRevert(ISamplingBeacon.TermsOutOfBounds.selector);
      beacon.setTerms(bad[i]);
    }
    beacon.announce(gateway, header);
    beacon.setTerms(AuditTerms(100, 7, 100 ether));
    assertEq(beacon.terms().ratePpm, 100, "changed");
    assertEq(beacon.drawOf(epochHash).ratePpm, 100_000, "a draw keeps the rate of its announcement");
  }

  function refusedReceipt(AnchoredReceipt memory a, bytes memory reason) private {
    vm.expectRevert(reason);
    beacon.requireAnchored(a);
  }

  function test_false_receiptsThatAreNotAnchored() public {
    AnchoredReceipt memory a = anchored(3);
    assertEq(beacon.requireAnchored(a), epochHash, "the good one");
    bytes memory missing = abi.encodeWithSelector(ISamplingBeacon.NotIncluded.selector, gateway, id(3));
    a.opening = anchored(4).opening;
    refusedReceipt(a, missing);
    a = anchored(3);
    a.opening.proof.index = 4;
    refusedReceipt(a, missing);
    a = anchored(3);
    a.receipt.outputTokens += 1;
    refusedReceipt(a, abi.encodeWithSelector(ISamplingBeacon.NotIncluded.selector, gateway, idOf(a.receipt)));
    a = anchored(3);
    a.signature = sign(OTHER_KEY, address(epochs), hasher.hash(a.receipt));
    refusedReceipt(a, abi.encodeWithSelector(ISamplingBeacon.NotSigned.selector, node));
    a = anchored(3);
    a.epoch.total += 1;
    refusedReceipt(a, abi.encodeWithSelector(ISamplingBeacon.EpochNotOpen.selector, gateway, 0));
    a = anchored(3);
    vm.warp(header.finalAt);
    refusedReceipt(a, abi.encodeWithSelector(ISamplingBeacon.WindowClosed.selector, header.finalAt));
  }

  function test_false_answersTooLongToExecuteAgain() public {
    Receipt memory r = settled[0];
    (r.inputTokens, r.outputTokens) = (15_000, 5_000);
    AnchoredReceipt memory a = anchored(replaceFirst(r));
    assertEq(beacon.requireAnchored(a), epochHash, "the longest");
    r.outputTokens = 5_001;
    (settled[0], receiptCount) = (r, 0);
    a.receipt = r;
    a.opening = ReceiptOpening(SettledReceipt(idOf(r), bytes32(0)), MerkleProof(0, 1, new bytes32[](0)));
    bytes32[] memory alone = new bytes32[](1);
    alone[0] = OrderedTree.leafHash(abi.encode(a.opening.leaf));
    (receiptsRoot, receiptCount) = (OrderedTree.root(alone), 1);
    a.epoch = post(secondEpoch());
    refusedReceipt(a, abi.encodeWithSelector(ISamplingBeacon.AnswerTooLong.selector, idOf(r)));
  }

  function test_drawsAreAnnounced() public {
    vm.expectEmit(true, true, true, true, address(beacon));
    emit ISamplingBeacon.DrawAnnounced(gateway, 0, epochHash, uint64(block.number) + 1, 100_000);
    beacon.announce(gateway, header);
    vm.roll(block.number + 258);
    vm.expectEmit(true, true, true, true, address(beacon));
    emit ISamplingBeacon.DrawMoved(epochHash, uint64(block.number) + 1);
    beacon.fix(epochHash);
    vm.roll(block.number + 2);
    bytes32 seed = keccak256(abi.encode(blockhash(block.number - 1), epochHash));
    vm.expectEmit(true, true, true, true, address(beacon));
    emit ISamplingBeacon.DrawFixed(epochHash, seed);
    beacon.fix(epochHash);
    vm.expectEmit(true, true, true, true, address(beacon));
    emit ISamplingBeacon.TermsChanged(AuditTerms(100, 7, 100 ether));
    beacon.setTerms(AuditTerms(100, 7, 100 ether));
  }
}
