// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Guarantees } from "../../src/Guarantees.sol";
import { HashVerifier } from "../../src/HashVerifier.sol";
import { IdentityRegistry } from "../../src/IdentityRegistry.sol";
import { WOPEN } from "../../src/WOPEN.sol";
import { Guarantee, Outcome, Status } from "../../src/types/Agents.sol";
import { Assertions } from "./Assertions.sol";
import { FickleVerifier } from "./FickleVerifier.sol";
import { StatementHasher } from "./LedgerFixture.sol";

/// @dev Two agents and two clients who promise, deliver, break and withdraw in any order, with verifiers that answer anything or
/// nothing, and books of their own.
contract AgentHandler is Assertions {
  bytes private constant CONTENT = "content";
  uint256 private constant FIRST_AGENT_KEY = 0xA1;
  uint256 private constant FIRST_CLIENT_KEY = 0xC1;

  WOPEN private immutable wopen;
  Guarantees private immutable guarantees;
  HashVerifier private immutable hashVerifier;
  FickleVerifier private immutable fickle;
  StatementHasher private immutable hasher;
  uint256[2] private agentIds;

  bytes32[] public ids;
  mapping(bytes32 id => uint256) public ended;
  uint256 public coinsIn;
  uint256 public coinsOut;
  uint256 public penaltiesPaid;
  uint256 public penaltiesReturned;
  uint256 public penaltiesBound;
  uint256 public steps;

  constructor(WOPEN wopen_, Guarantees guarantees_, IdentityRegistry identity) {
    (wopen, guarantees) = (wopen_, guarantees_);
    hashVerifier = new HashVerifier();
    fickle = new FickleVerifier();
    hasher = new StatementHasher();
    for (uint256 i = 0; i < 4; ++i) {
      address account = person(i);
      vm.deal(account, 1e9 ether);
      vm.startPrank(account);
      wopen.deposit{ value: 1e8 ether }();
      wopen.approve(address(guarantees), type(uint256).max);
      if (i < 2) agentIds[i] = identity.register();
      vm.stopPrank();
    }
  }

  /// @dev 0 and 1 are agents, 2 and 3 clients.
  function person(uint256 i) public pure returns (address) {
    return vm.addr(i < 2 ? FIRST_AGENT_KEY + i : FIRST_CLIENT_KEY + i);
  }

  function count() external view returns (uint256) {
    return ids.length;
  }

  function deposit(uint256 who, uint96 amount, bool native) external {
    amount = uint96(1 + (amount % 100 ether));
    address account = person(who % 4);
    vm.prank(account);
    if (native) guarantees.depositNative{ value: amount }(account);
    else guarantees.deposit(account, amount);
    coinsIn += amount;
    ++steps;
  }

  function withdraw(uint256 who, uint96 part, bool unwrap) external {
    address account = person(who % 4);
    uint256 balance = guarantees.balanceOf(account);
    if (balance == 0) return;
    if (part % 2 == 0) {
      coinsOut += guarantees.withdraw(account);
    } else {
      uint96 amount = uint96(1 + (part % balance));
      vm.prank(account);
      guarantees.withdrawPart(amount, unwrap);
      coinsOut += amount;
    }
    ++steps;
  }

  function accept(uint256 who, uint96 reward, uint96 penalty, bool doubtful, uint32 time) external {
    uint256 i = who % 2;
    Guarantee memory g;
    (g.agentId, g.agent, g.client) = (agentIds[i], person(i), person(2 + ((who / 2) % 2)));
    g.reward = uint96(1 + (reward % 10 ether));
    g.penalty = uint96(penalty % (guarantees.balanceOf(g.agent) + 1));
    g.acceptBy = uint64(block.timestamp);
    g.deadline = uint64(block.timestamp) + 1 + (time % 3 days);
    (g.verifier, g.criterion) = (doubtful ? address(fickle) : address(hashVerifier), keccak256(CONTENT));
    g.nonce = ids.length;
    bytes32 domain = keccak256(
      abi.encode(
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
        keccak256("OpenLedger"),
        keccak256("1"),
        block.chainid,
        address(guarantees)
      )
    );
    (uint8 v, bytes32 r, bytes32 s) = vm.sign(
      FIRST_AGENT_KEY + i,
      keccak256(abi.encodePacked(hex"1901", domain, hasher.hash(g)))
    );
    vm.prank(g.client);
    ids.push(guarantees.accept(g, abi.encodePacked(r, s, v)));
    coinsIn += g.reward;
    penaltiesBound += g.penalty;
    ++steps;
  }

  function deliver(uint256 which, uint256 says, bool honest) external {
    if (ids.length == 0) return;
    bytes32 id = ids[which % ids.length];
    fickle.set(Outcome(says % 4), false);
    address agent = guarantees.getGuarantee(id).guarantee.agent;
    vm.prank(agent);
    try guarantees.deliver(id, honest ? CONTENT : bytes("garbage")) {
      note(id);
    } catch {}
    ++steps;
  }

  function settle(uint256 which, uint256 says, bool fails) external {
    if (ids.length == 0) return;
    bytes32 id = ids[which % ids.length];
    fickle.set(Outcome(says % 4), fails);
    try guarantees.settle(id) {
      note(id);
    } catch {}
    ++steps;
  }

  function breach(uint256 which) external {
    if (ids.length == 0) return;
    bytes32 id = ids[which % ids.length];
    try guarantees.breach(id) {
      note(id);
    } catch {}
    ++steps;
  }

  function pass(uint32 time) external {
    vm.warp(block.timestamp + (time % 5 days));
    ++steps;
  }

  /// @dev Books an end; a second one of the same guarantee would show.
  function note(bytes32 id) private {
    Status status = guarantees.getGuarantee(id).status;
    if (status == Status.Accepted || status == Status.Delivered) return;
    ++ended[id];
    uint256 penalty = guarantees.getGuarantee(id).guarantee.penalty;
    penaltiesBound -= penalty;
    if (status == Status.Broken) penaltiesPaid += penalty;
    else penaltiesReturned += penalty;
  }

  /// @dev Everybody goes: whatever happened before, every coin comes out.
  function drain() external {
    fickle.set(Outcome.Pending, true);
    vm.warp(block.timestamp + 400 days);
    for (uint256 i = 0; i < ids.length; ++i) {
      Status status = guarantees.getGuarantee(ids[i]).status;
      if (status == Status.Accepted) guarantees.breach(ids[i]);
      if (status == Status.Delivered) guarantees.settle(ids[i]);
      if (status == Status.Accepted || status == Status.Delivered) note(ids[i]);
    }
    for (uint256 i = 0; i < 4; ++i) {
      if (guarantees.balanceOf(person(i)) != 0) coinsOut += guarantees.withdraw(person(i));
    }
  }
}
