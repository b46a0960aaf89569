// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Guarantee } from "../src/types/Agents.sol";
import { AgentFixture } from "./support/AgentFixture.sol";

/// @dev What an agent and a client pay for a guarantee. Each call is a transaction of its own.
/// forge-config: default.isolate = true
contract AgentGasTest is AgentFixture {
  function test_gas_guarantees() public {
    vm.prank(other);
    identity.register("ipfs://bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am");
    vm.snapshotGasLastCall("agents", "register an agent");
    Guarantee memory g = offer();
    bytes32 kept = accept(g);
    vm.snapshotGasLastCall("agents", "accept a promise");
    deliver(kept, CONTENT);
    vm.snapshotGasLastCall("agents", "deliver content");
    vm.prank(client);
    reputation.giveFeedback(agentId, 100, 0, "starred", "", "", "", 0);
    vm.snapshotGasLastCall("agents", "give feedback");
    g.nonce = 1;
    bytes32 broken = accept(g);
    vm.warp(g.deadline + 1);
    guarantees.breach(broken);
    vm.snapshotGasLastCall("agents", "breach");
    guarantees.withdraw(client);
    vm.snapshotGasLastCall("agents", "withdraw");
  }
}
