// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ClientVerifier } from "../../src/ClientVerifier.sol";
import { CommitteeVerifier } from "../../src/CommitteeVerifier.sol";
import { GuaranteeValidator } from "../../src/GuaranteeValidator.sol";
import { Guarantees } from "../../src/Guarantees.sol";
import { HashVerifier } from "../../src/HashVerifier.sol";
import { IdentityRegistry } from "../../src/IdentityRegistry.sol";
import { ReceiptVerifier } from "../../src/ReceiptVerifier.sol";
import { ReputationRegistry } from "../../src/ReputationRegistry.sol";
import { ValidationRegistry } from "../../src/ValidationRegistry.sol";
import { Guarantee, Status } from "../../src/types/Agents.sol";
import { LedgerFixture } from "./LedgerFixture.sol";

/// @dev A registered agent with a bond of 100, a client, and every verifier.
abstract contract AgentFixture is LedgerFixture {
  uint256 internal constant AGENT_KEY = 0xA9E;
  uint256 internal constant CLIENT_KEY = 0xC11E;
  bytes internal constant CONTENT = "what was promised";

  address internal agent = vm.addr(AGENT_KEY);
  address internal client = vm.addr(CLIENT_KEY);
  uint256 internal agentId;

  IdentityRegistry internal identity;
  Guarantees internal guarantees;
  ReputationRegistry internal reputation;
  ValidationRegistry internal validation;
  GuaranteeValidator internal validator;
  HashVerifier internal hashVerifier;
  ClientVerifier internal clientVerifier;
  ReceiptVerifier internal receiptVerifier;
  CommitteeVerifier internal committee;

  function setUp() public virtual override {
    super.setUp();
    identity = new IdentityRegistry();
    guarantees = new Guarantees(wopen, parameters, identity);
    reputation = new ReputationRegistry(identity, guarantees);
    validation = new ValidationRegistry(identity);
    validator = new GuaranteeValidator(guarantees, validation);
    hashVerifier = new HashVerifier();
    clientVerifier = new ClientVerifier();
    receiptVerifier = new ReceiptVerifier(epochs, channels);
    committee = new CommitteeVerifier(wopen, parameters, stakes, address(guarantees));
    fund(agent);
    fund(client);
    vm.prank(agent);
    agentId = identity.register("ipfs://agent");
    approve(agent, address(guarantees), type(uint256).max);
    approve(client, address(guarantees), type(uint256).max);
    vm.prank(agent);
    guarantees.deposit(agent, 100 ether);
  }

  /// @dev A promise of CONTENT: reward 5, penalty 20, to be accepted within an hour, due in two days.
  function offer() internal view returns (Guarantee memory g) {
    g.agentId = agentId;
    g.agent = agent;
    g.client = client;
    g.taskHash = keccak256("task");
    g.reward = 5 ether;
    g.penalty = 20 ether;
    g.acceptBy = uint64(block.timestamp) + 1 hours;
    g.deadline = uint64(block.timestamp) + 2 days;
    g.verifier = address(hashVerifier);
    g.criterion = keccak256(CONTENT);
  }

  function signed(Guarantee memory g) internal view returns (bytes memory) {
    return sign(AGENT_KEY, address(guarantees), hasher.hash(g));
  }

  function accept(Guarantee memory g) internal returns (bytes32 id) {
    bytes memory signature = signed(g);
    vm.prank(g.client);
    return guarantees.accept(g, signature);
  }

  function deliver(bytes32 id, bytes memory evidence) internal {
    vm.prank(agent);
    guarantees.deliver(id, evidence);
  }

  /// @dev Accepts, delivers and is paid.
  function keep(uint96 reward, uint256 nonce) internal returns (bytes32 id) {
    Guarantee memory g = offer();
    (g.reward, g.nonce) = (reward, nonce);
    id = accept(g);
    deliver(id, CONTENT);
  }

  function assertStatus(bytes32 id, Status expected, string memory what) internal view {
    assertEq(uint256(guarantees.getGuarantee(id).status), uint256(expected), what);
  }
}
