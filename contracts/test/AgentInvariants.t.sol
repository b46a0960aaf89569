// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Guarantees } from "../src/Guarantees.sol";
import { IdentityRegistry } from "../src/IdentityRegistry.sol";
import { IGuarantees } from "../src/interfaces/IGuarantees.sol";
import { AgentRecord, Status } from "../src/types/Agents.sol";
import { AgentHandler } from "./support/AgentHandler.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";
import { Planted } from "./support/Planted.sol";

/// @dev Whatever agents, clients and verifiers do, coins in = coins out + held, and a penalty is paid once or comes back once.
/// forge-config: default.invariant.fail-on-revert = true
contract AgentInvariantsTest is LedgerFixture, Planted {
  Guarantees private guarantees;
  AgentHandler private handler;

  function setUp() public override {
    super.setUp();
    IdentityRegistry identity = new IdentityRegistry();
    guarantees = new Guarantees(wopen, parameters, identity);
    handler = new AgentHandler(wopen, guarantees, identity);
  }

  function targetContracts() public view returns (address[] memory targets) {
    targets = new address[](1);
    targets[0] = address(handler);
  }

  struct FuzzSelector {
    address addr;
    bytes4[] selectors;
  }

  /// @dev All but `drain`, which ends a run.
  function targetSelectors() public view returns (FuzzSelector[] memory targets) {
    bytes4[] memory selectors = new bytes4[](7);
    selectors[0] = handler.deposit.selector;
    selectors[1] = handler.withdraw.selector;
    selectors[2] = handler.accept.selector;
    selectors[3] = handler.deliver.selector;
    selectors[4] = handler.settle.selector;
    selectors[5] = handler.breach.selector;
    selectors[6] = handler.pass.selector;
    targets = new FuzzSelector[](1);
    targets[0] = FuzzSelector(address(handler), selectors);
  }

  function invariant_everyCoinHasAnOwner() public view {
    uint256 owned = 0;
    for (uint256 i = 0; i < 4; ++i) owned += guarantees.balanceOf(handler.person(i));
    uint256 bound = 0;
    for (uint256 i = 0; i < handler.count(); ++i) {
      IGuarantees.State memory state = guarantees.getGuarantee(handler.ids(i));
      if (state.status != Status.Accepted && state.status != Status.Delivered) continue;
      bound += uint256(state.guarantee.reward) + state.guarantee.penalty;
    }
    assertEq(wopen.balanceOf(address(guarantees)), owned + bound, "balances and open guarantees");
    assertEq(handler.coinsIn(), handler.coinsOut() + owned + bound, "in = out + held");
  }

  function invariant_aGuaranteeEndsOnce() public view {
    uint256 bound = 0;
    for (uint256 i = 0; i < handler.count(); ++i) {
      bytes32 id = handler.ids(i);
      IGuarantees.State memory state = guarantees.getGuarantee(id);
      bool open = state.status == Status.Accepted || state.status == Status.Delivered;
      assertEq(handler.ended(id), open ? 0 : 1, "ended once or not at all");
      if (open) bound += state.guarantee.penalty;
    }
    assertEq(handler.penaltiesBound(), bound, "no penalty is lost");
    uint256 forfeited = 0;
    for (uint256 agentId = 1; agentId < 3; ++agentId) {
      AgentRecord memory record = guarantees.getRecord(agentId);
      forfeited += record.forfeited;
    }
    assertEq(handler.penaltiesPaid(), forfeited, "paid once");
  }

  function afterInvariant() public {
    assertTrue(handler.steps() > 0, "steps were taken");
    handler.drain();
    assertEq(wopen.balanceOf(address(guarantees)), 0, "nothing is ever stuck");
    assertEq(handler.coinsIn(), handler.coinsOut(), "in = out");
  }

  // ---- planted violations

  function begin() private {
    for (uint256 i = 0; i < 4; ++i) handler.deposit(i, 10 ether, false);
    handler.accept(0, 1 ether, 1 ether, false, 1 hours);
    assertTrue(handler.count() == 1, "one guarantee");
  }

  function test_planted_aCoinThatIsMissing() public {
    begin();
    vm.prank(address(guarantees));
    wopen.transfer(address(0xBAD), 1);
    assertCaught(this.invariant_everyCoinHasAnOwner.selector, "balances and open guarantees");
    vm.prank(payer);
    wopen.transfer(address(guarantees), 1);
    this.invariant_everyCoinHasAnOwner();
    pretend(address(handler), abi.encodeCall(handler.coinsOut, ()), 1);
    assertCaught(this.invariant_everyCoinHasAnOwner.selector, "in = out + held");
  }

  function test_planted_aGuaranteeThatEndsTwice() public {
    bytes4 check = this.invariant_aGuaranteeEndsOnce.selector;
    begin();
    this.invariant_aGuaranteeEndsOnce();
    pretend(address(handler), abi.encodeCall(handler.penaltiesPaid, ()), 1);
    assertCaught(check, "paid once");
    pretend(address(handler), abi.encodeCall(handler.penaltiesBound, ()), 0);
    assertCaught(check, "no penalty is lost");
    pretend(address(handler), abi.encodeCall(handler.ended, (handler.ids(0))), 1);
    assertCaught(check, "ended once or not at all");
  }

  function test_planted_aCoinWithoutAWayOut() public {
    begin();
    pretend(address(handler), abi.encodeCall(handler.coinsIn, ()), 1);
    assertCaught(this.afterInvariant.selector, "in = out");
    vm.prank(payer);
    wopen.transfer(address(guarantees), 1);
    assertCaught(this.afterInvariant.selector, "nothing is ever stuck");
  }
}
