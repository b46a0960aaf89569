// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IExecutionCourt } from "../src/interfaces/IExecutionCourt.sol";
import { AnchoredReceipt, ExecutionOpening, Verdict } from "../src/types/Execution.sol";
import { ExecutionFixture } from "./support/ExecutionFixture.sol";

/// @dev What the court of answers announces, from the summons to the last payment.
contract ExecutionEventsTest is ExecutionFixture {
  uint256 private constant I = 0;

  function fromCourt() private {
    vm.expectEmit(true, true, true, true, address(court));
  }

  function summon() private {
    AnchoredReceipt memory a = anchored(I);
    fromCourt();
    emit IExecutionCourt.ExecutionSummoned(id(I), node, other, gateway, 0, 1, false, uint64(block.timestamp + STAGE));
    vm.prank(other);
    court.challenge(a);
  }

  function test_silence() public {
    summon();
    vm.warp(block.timestamp + STAGE + 1);
    fromCourt();
    emit IExecutionCourt.ExecutionJudged(id(I), node, 1, Verdict.Wrong, true);
    court.convictSilence(id(I));
  }

  function test_openings() public {
    summon();
    ExecutionOpening memory o = openingOf(settled[I].nonce);
    uint64 commitBy = uint64(block.timestamp + STAGE);
    uint64 revealBy = commitBy + uint64(STAGE);
    fromCourt();
    emit IExecutionCourt.ExecutionOpened(id(I), 1, settled[I], o);
    fromCourt();
    emit IExecutionCourt.CommitteeAsked(id(I), 1, 0, 3, commitBy, revealBy, revealBy + uint64(STAGE));
    court.open(settled[I], o);
  }

  function test_seeds() public {
    challenge(I);
    open(I);
    bytes32 commitment = commitmentOf(I, auditor(0), Verdict.Right);
    vm.roll(block.number + 400);
    fromCourt();
    emit IExecutionCourt.SeedPostponed(id(I), 0, uint64(block.number) + 1);
    vm.prank(auditor(0));
    court.commit(id(I), commitment);
    vm.roll(block.number + 2);
    bytes32 subject = keccak256(abi.encode(id(I), uint8(0)));
    bytes32 seed = keccak256(abi.encode(blockhash(block.number - 1), subject));
    fromCourt();
    emit IExecutionCourt.SeedTaken(id(I), 0, seed);
    fromCourt();
    emit IExecutionCourt.VerdictCommitted(id(I), 0, auditor(0), address(0));
    vm.prank(auditor(0));
    court.commit(id(I), commitment);
  }

  function test_votes() public {
    challenge(I);
    open(I);
    address[] memory members = drawnAuditors(I, 3);
    for (uint256 k = 0; k < 3; ++k) commit(I, members[k], Verdict.Right);
    vm.warp(uint256(court.getRound(id(I), 0).commitBy) + 1);
    for (uint256 k = 0; k < 2; ++k) {
      fromCourt();
      emit IExecutionCourt.VerdictRevealed(id(I), 0, members[k], Verdict.Right);
      vm.prank(members[k]);
      court.reveal(id(I), Verdict.Right, salt(members[k]));
    }
    vm.warp(uint256(court.getRound(id(I), 0).revealBy) + 1);
    fromCourt();
    emit IExecutionCourt.AuditorSilent(id(I), 0, members[2], payer);
    vm.prank(payer);
    court.convictAuditor(id(I), 0, members[2]);
    uint96 bond = uint96(court.appealBond(id(I)));
    fromCourt();
    emit IExecutionCourt.Appealed(id(I), 1, payer, Verdict.Wrong, bond);
    vm.prank(payer);
    court.appeal(id(I));
    vm.warp(uint256(court.getRound(id(I), 1).appealBy) + 1);
    fromCourt();
    emit IExecutionCourt.ExecutionJudged(id(I), node, 1, Verdict.Right, false);
    court.settle(id(I));
    fromCourt();
    emit IExecutionCourt.AuditPaid(members[0], FEE);
    court.withdraw(members[0]);
  }

  function test_funds() public {
    fromCourt();
    emit IExecutionCourt.AuditsFunded(payer, 5);
    vm.prank(payer);
    court.addFunds(5);
  }
}
