// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AnchoredReceipt, ExecutionOpening, Verdict } from "../src/types/Execution.sol";
import { Receipt } from "../src/types/Statements.sol";
import { ExecutionFixture } from "./support/ExecutionFixture.sol";

/// @dev What each step of an execution dispute costs in all, in an epoch of 40 receipts; each call is a transaction of its own.
/// forge-config: default.isolate = true
contract ExecutionGasTest is ExecutionFixture {
  function measure(string memory name) private {
    vm.snapshotGasLastCall("executions", name);
  }

  function test_gas_draw() public {
    beacon.announce(gateway, header);
    measure("announce a draw");
    vm.roll(block.number + 2);
    beacon.fix(epochHash);
    measure("take the seed of a draw");
    AnchoredReceipt memory a = anchored(find(true));
    court.sample(a);
    measure("sample a receipt");
    vm.warp(block.timestamp + STAGE + 1);
    court.convictSilence(a.opening.leaf.receiptId);
    measure("convict a silent node");
  }

  function test_gas_verdict() public {
    AnchoredReceipt memory a = anchored(0);
    vm.prank(other);
    court.challenge(a);
    measure("challenge a receipt");
    Receipt memory r = settled[0];
    court.open(r, openingOf(r.nonce));
    measure("open a short answer");
    vm.roll(block.number + 2);
    address[] memory members = drawnAuditors(0, 3);
    for (uint256 k = 0; k < 3; ++k) {
      commit(0, members[k], k < 2 ? Verdict.Wrong : Verdict.Right);
      if (k == 1) measure("commit to a verdict");
    }
    vm.warp(uint256(court.getRound(id(0), 0).commitBy) + 1);
    for (uint256 k = 0; k < 2; ++k) {
      vm.prank(members[k]);
      court.reveal(id(0), Verdict.Wrong, salt(members[k]));
      if (k == 1) measure("reveal a verdict");
    }
    vm.warp(uint256(court.getRound(id(0), 0).revealBy) + 1);
    court.convictAuditor(id(0), 0, members[2]);
    measure("convict a silent auditor");
    vm.prank(payer);
    court.appeal(id(0));
    measure("appeal");
    vm.warp(uint256(court.getRound(id(0), 1).appealBy) + 1);
    court.settle(id(0));
    measure("settle a conviction after an appeal");
    court.withdraw(other);
    measure("withdraw what a verdict left");
  }

  /// @dev A prompt of 900 tokens and an answer of 124, ids below 65,536 as most are.
  function test_gas_longAnswer() public {
    Receipt memory r = settled[0];
    ExecutionOpening memory o = openingOf(r.nonce);
    o.promptTokens = tokens(900);
    o.answerTokens = tokens(124);
    o.sampling = bytes(
      '{"jsonSchema":null,"maxTokens":256,"minP":0,"repetitionPenalty":1,"seed":"0x9c22ff5f21f0b81b113e63f7db6da94fedef11b2119b4088b89664fb9a3cb658","stop":[],"temperature":0.7,"topK":0,"topP":0.95}'
    );
    r.requestHash = keccak256(abi.encodePacked(o.salt, o.promptTokens));
    r.outputHash = keccak256(abi.encodePacked(o.salt, o.answerTokens));
    r.samplingHash = keccak256(o.sampling);
    (r.inputTokens, r.outputTokens) = (900, 124);
    AnchoredReceipt memory a = anchored(replaceFirst(r));
    vm.prank(other);
    court.challenge(a);
    court.open(r, o);
    measure("open an answer of 1,024 tokens");
  }

  function tokens(uint256 count) private pure returns (bytes memory out) {
    for (uint256 k = 0; k < count; ++k) {
      out = abi.encodePacked(out, uint32(uint256(keccak256(abi.encode(k))) % 49_152));
    }
  }
}
