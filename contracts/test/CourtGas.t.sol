// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { StatementHash } from "../src/libraries/StatementHash.sol";
import { Fault } from "../src/types/Roles.sol";
import { Attribution, Receipt } from "../src/types/Statements.sol";
import { CourtFixture } from "./support/CourtFixture.sol";

/// @dev What convictions cost, and the budgets that must hold. Each call is a transaction of its own.
/// forge-config: default.isolate = true
contract CourtGasTest is CourtFixture {
  string private json;

  function setUp() public override {
    super.setUp();
    json = vm.readFile("contracts/test/vectors/disputes.json");
    // So that a slash has a prover's part to add to funds that are there, as after any first deposit.
    fund(other);
  }

  function convict(uint256 fraud, string memory name) private returns (uint256) {
    (bool ok, bool proven) = accuse(vm.parseJsonBytes(json, read("frauds", fraud, "call")));
    assertTrue(ok && proven, name);
    return vm.snapshotGasLastCall("courts", string.concat("convict ", name));
  }

  /// @dev Whole transactions, with the slash; its reward is paid by another one.
  function test_gas_convictions() public {
    assertLe(convict(1, "a wrong dot product of 4,096"), 495_000, "dot product");
    assertLe(convict(5, "a span whose words are others"), 112_000, "words of a span");
    assertLe(convict(7, "a span of another contributor"), 112_000, "source of a span");
    assertLe(convict(11, "an index of another owner"), 112_000, "owner of a record");
    convict(0, "a wrong score");
    convict(2, "a wrong split");
    convict(3, "wrong inputs");
    convict(9, "a longer match of 40 tokens that was hidden");
    convict(14, "a suffix array out of order");
    convict(17, "tokens that are not the answer's");
  }

  function test_gas_settling() public {
    bytes memory call = vm.parseJsonBytes(json, read("frauds", 7, "call"));
    (, bool proven) = accuse(call);
    assertTrue(proven, "convicted");
    settleSlash(receiptIdOf(call, 64), Fault.WrongAttribution, 25 ether);
    vm.snapshotGasLastCall("courts", "settle a conviction of an attribution");
  }

  function test_gas_summons() public {
    uint64 deadline = uint64(block.timestamp) - 1;
    Receipt memory r;
    r.node = node;
    r.attributionRoot = StatementHash.pendingAttributionRoot(deadline);
    bytes memory signature = sign(NODE_KEY, EPOCHS_OF_VECTORS, hasher.hash(r));
    vm.prank(other);
    court.summon(r, signature, deadline);
    vm.snapshotGasLastCall("courts", "summon a node");
    Attribution memory a;
    a.receiptId = digestFor(EPOCHS_OF_VECTORS, hasher.hash(r));
    signature = sign(NODE_KEY, EPOCHS_OF_VECTORS, hasher.hash(a));
    court.answer(a, signature);
    vm.snapshotGasLastCall("courts", "answer a summons");
    r.nonce = 1;
    signature = sign(NODE_KEY, EPOCHS_OF_VECTORS, hasher.hash(r));
    vm.prank(other);
    court.summon(r, signature, deadline);
    vm.warp(block.timestamp + 2 hours);
    court.convictSilence(digestFor(EPOCHS_OF_VECTORS, hasher.hash(r)));
    vm.snapshotGasLastCall("courts", "convict silence");
  }
}
