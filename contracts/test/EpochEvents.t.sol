// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { InclusionCourt } from "../src/InclusionCourt.sol";
import { IEpochCourt } from "../src/interfaces/IEpochCourt.sol";
import { IEpochs } from "../src/interfaces/IEpochs.sol";
import { IInclusionCourt } from "../src/interfaces/IInclusionCourt.sol";
import { IStakes } from "../src/interfaces/IStakes.sol";
import { EpochHeader, LineOpening, MerkleProof, ReceiptOpening } from "../src/types/Ledger.sol";
import { Role } from "../src/types/Roles.sol";
import { InclusionPromise, Receipt } from "../src/types/Statements.sol";
import { EpochCourtFixture } from "./support/EpochCourtFixture.sol";

/// @dev What epochs and their courts announce.
contract EpochEventsTest is EpochCourtFixture {
  function from(address emitter) private {
    vm.expectEmit(true, true, true, true, emitter);
  }

  function test_epochs() public {
    EpochHeader memory next = post(firstEpoch());
    vm.warp(next.finalAt);
    MerkleProof memory proof = balanceProof(firstEpoch().balances, 1);
    from(address(epochs));
    emit IEpochs.Finalised(gateway, 25);
    epochs.finalise(gateway, briefOf(next));
    from(address(epochs));
    emit IEpochs.Claimed(gateway, account(2), 0, 7, 7);
    epochs.claim(gateway, briefOf(next), account(2), 7, proof);
    next.index = 1;
    (next.linesRoot, next.balancesRoot) = (linesRoot(secondEpoch().lines), balancesRoot(secondEpoch().balances));
    (next.total, next.cumulative, next.lineCount) = (10, 35, 2);
    next.finalAt = uint64(block.timestamp) + 1 hours;
    bytes32 hash = epochs.hashEpoch(gateway, next);
    from(address(epochs));
    emit IEpochs.EpochPosted(gateway, 1, hash, next);
    vm.prank(gateway);
    epochs.post(1, receiptsRoot, next.linesRoot, next.balancesRoot, 10, 2, receiptCount, DATA_HASH);
  }

  function test_challenges() public {
    EpochHeader memory header = post(firstEpoch());
    LineOpening memory first = openLine(firstEpoch().lines, 0);
    from(address(epochs));
    emit IEpochs.ChallengeFailed(gateway, 0, IEpochs.Reason.Lines, other);
    vm.prank(other);
    epochs.challengeFirstLine(gateway, header, first);
    Epoch memory wrong = secondEpoch();
    wrong.lines[0].runningTotal = 5;
    header = post(wrong);
    first = openLine(wrong.lines, 0);
    from(address(epochs));
    emit IEpochs.EpochVoided(gateway, 1, IEpochs.Reason.Lines, other);
    vm.prank(other);
    epochs.challengeFirstLine(gateway, header, first);
  }

  function test_theCourt() public {
    EpochHeader memory header = post(firstEpoch());
    ReceiptOpening[2] memory neighbours = [openReceipt(0), openReceipt(1)];
    from(address(court));
    emit IEpochCourt.ChallengeFailed(gateway, 0, IEpochCourt.challengeReceipts.selector, other);
    vm.prank(other);
    court.challengeReceipts(gateway, header, neighbours[0], neighbours[1]);
    from(address(court));
    emit IEpochCourt.Demanded(gateway, 0, IEpochCourt.List.Lines, 2, block.timestamp + 20 minutes, other);
    vm.prank(other);
    court.demand(gateway, header, IEpochCourt.List.Lines, 2);
    LineOpening memory third = openLine(firstEpoch().lines, 2);
    from(address(court));
    emit IEpochCourt.Revealed(gateway, 0, IEpochCourt.List.Lines, 2);
    court.revealLine(gateway, header, third);
  }

  function test_promises() public {
    InclusionCourt inclusion = new InclusionCourt(wopen, parameters, stakes, epochs);
    parameters.setCourt(address(inclusion), true);
    approve(other, address(inclusion), type(uint256).max);
    vm.warp(block.timestamp + 1 days);
    EpochHeader memory header = post(firstEpoch());
    InclusionPromise memory given = InclusionPromise(gateway, bytes32(uint256(2)), 5, uint64(block.timestamp));
    vm.warp(block.timestamp + 1);
    bytes memory signature = sign(GATEWAY_KEY, address(epochs), hasher.hash(given));
    uint256 answerBy = block.timestamp + 1 hours;
    from(address(inclusion));
    emit IInclusionCourt.InclusionSummoned(gateway, given.receiptId, given.includeBy, answerBy, other);
    vm.prank(other);
    inclusion.summon(given, signature);
    ReceiptOpening memory opening = openReceipt(1);
    from(address(inclusion));
    emit IInclusionCourt.InclusionShown(gateway, given.receiptId, 0);
    inclusion.show(gateway, header, opening);
    given.receiptId = "left out";
    signature = sign(GATEWAY_KEY, address(epochs), hasher.hash(given));
    vm.prank(other);
    inclusion.summon(given, signature);
    vm.warp(answerBy + 1);
    from(address(inclusion));
    emit IInclusionCourt.PromiseBroken(gateway, "left out", other);
    inclusion.convict(gateway, "left out");
  }

  function test_equivocations() public {
    Receipt memory a;
    (a.node, a.nonce) = (owner, 7);
    bytes memory signature = sign(OWNER_KEY, address(epochs), hasher.hash(a));
    Receipt memory again;
    (again.node, again.nonce, again.fee) = (owner, 7, 1);
    bytes memory another = sign(OWNER_KEY, address(epochs), hasher.hash(again));
    vm.prank(owner);
    stakes.bondNative{ value: 20 ether }(Role.Node);
    from(address(stakes));
    emit IStakes.EquivocationProven(owner, other, 7, 5 ether);
    vm.prank(other);
    equivocate(a, signature, again, another);
    from(address(stakes));
    emit IStakes.ProverPaid(owner, Role.Node, other, 1 ether);
    settleEquivocation(owner, 7, other, 5 ether);
  }
}
