// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IStakes } from "../src/interfaces/IStakes.sol";
import { Role } from "../src/types/Roles.sol";
import { DelegationHandler } from "./support/DelegationHandler.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";
import { Planted } from "./support/Planted.sol";

/// @dev Whatever happens in whatever order, Stakes owes at most what it holds, and every delegator gets out.
/// forge-config: default.invariant.fail-on-revert = true
contract DelegationInvariantsTest is LedgerFixture, Planted {
  DelegationHandler private handler;

  function setUp() public override {
    super.setUp();
    handler = new DelegationHandler(wopen, stakes, parameters);
    parameters.setCourt(address(handler), true);
    parameters.setGuardian(address(handler));
    parameters.transferOwnership(address(handler));
    vm.prank(address(handler));
    parameters.acceptOwnership();
    vm.warp(block.timestamp + 1 days);
  }

  function targetContracts() public view returns (address[] memory targets) {
    targets = new address[](1);
    targets[0] = address(handler);
  }

  function invariant_coinsInAreCoinsOutAndHeld() public view {
    assertEq(wopen.balanceOf(address(stakes)), handler.coinsIn() - handler.coinsOut(), "in = out + held");
  }

  function invariant_owesAtMostWhatItHolds() public view {
    IStakes.PoolState memory pool = stakes.getPool(handler.OPERATOR(), Role.Node);
    IStakes.Position memory own = stakes.getPosition(handler.OPERATOR(), Role.Node);
    uint256 bonded = uint256(own.bonded) + pool.bonded;
    assertEq(stakes.totalBonded(), bonded, "the sum of bonds");
    uint256 owed = bonded + own.thawing + pool.thawing + stakes.pendingRewards(handler.OPERATOR(), Role.Node);
    uint256 parts = 0;
    for (uint256 i = 0; i < handler.DELEGATORS(); ++i) {
      owed += handler.state(i).rewards;
      parts += handler.state(i).bonded;
    }
    assertLe(parts, pool.bonded, "delegators' parts are in the pool");
    assertLe(owed + handler.burned(), wopen.balanceOf(address(stakes)), "owes at most what it holds");
  }

  function invariant_nobodyLosesButBySlashes_andNobodyGainsByOthers() public view {
    uint256 slack = handler.slack();
    for (uint256 i = 0; i < handler.DELEGATORS(); ++i) {
      assertLe(handler.lowest(i), handler.worth(i) + slack, "all that was put in, less slashes, is there");
      assertLe(handler.worth(i), handler.highest(i) + slack, "and no more");
    }
  }

  /// @dev At any point each delegator can take everything out.
  function invariant_everyDelegatorGetsOut() public {
    address operator = handler.OPERATOR();
    for (uint256 i = 0; i < handler.DELEGATORS(); ++i) {
      address delegator = handler.delegator(i);
      vm.warp(block.timestamp + 3 days);
      handler.withdraw(i);
      IStakes.DelegationState memory state = handler.state(i);
      if (state.bonded != 0) {
        vm.prank(delegator);
        stakes.undelegate(operator, Role.Node, state.shares);
        vm.warp(block.timestamp + 3 days);
        handler.withdraw(i);
      }
      assertEq(handler.state(i).bonded, 0, "nothing is left");
      assertEq(handler.state(i).leaving.length, 0, "nothing is on its way");
    }
    IStakes.PoolState memory pool = stakes.getPool(operator, Role.Node);
    assertEq(pool.thawing, 0, "what left has left");
    assertLe(pool.bonded, handler.DELEGATORS(), "and rests of a unit");
  }

  function afterInvariant() public view {
    assertTrue(handler.steps() > 0, "steps were taken");
  }

  // ---- planted violations

  function begin() private {
    handler.bond(50 ether);
    handler.delegate(0, 20 ether);
    handler.delegate(1, 30 ether);
  }

  function test_planted_aCoinThatIsMissing() public {
    begin();
    this.invariant_coinsInAreCoinsOutAndHeld();
    this.invariant_owesAtMostWhatItHolds();
    vm.prank(address(stakes));
    wopen.transfer(address(0xBAD), 1);
    assertCaught(this.invariant_coinsInAreCoinsOutAndHeld.selector, "in = out + held");
  }

  function test_planted_sumsThatDoNotHold() public {
    bytes4 check = this.invariant_owesAtMostWhatItHolds.selector;
    begin();
    pretend(address(handler), abi.encodeCall(handler.burned, ()), 1e30);
    assertCaught(check, "owes at most what it holds");
    IStakes.DelegationState memory state = handler.state(0);
    state.bonded += 1;
    vm.mockCall(address(handler), abi.encodeCall(handler.state, (0)), abi.encode(state));
    assertCaught(check, "delegators' parts are in the pool");
    pretend(address(stakes), abi.encodeCall(stakes.totalBonded, ()), 1);
    assertCaught(check, "the sum of bonds");
  }

  function test_planted_oneWhoLosesAndOneWhoGains() public {
    bytes4 check = this.invariant_nobodyLosesButBySlashes_andNobodyGainsByOthers.selector;
    begin();
    this.invariant_nobodyLosesButBySlashes_andNobodyGainsByOthers();
    pretend(address(handler), abi.encodeCall(handler.worth, (1)), 40 ether);
    assertCaught(check, "and no more");
    pretend(address(handler), abi.encodeCall(handler.worth, (0)), 1 ether);
    assertCaught(check, "all that was put in, less slashes, is there");
  }

  function test_planted_aDelegatorWhoCannotLeave() public {
    bytes4 check = this.invariant_everyDelegatorGetsOut.selector;
    begin();
    pretend(address(stakes), abi.encodeWithSelector(stakes.undelegate.selector), 0);
    assertCaught(check, "nothing is left");
    vm.mockCall(address(handler), abi.encodeWithSelector(handler.withdraw.selector), "");
    assertCaught(check, "nothing is left");
  }

  function test_planted_whatThawsForEver() public {
    begin();
    handler.undelegate(0, 1 ether);
    vm.mockCall(address(handler), abi.encodeWithSelector(handler.withdraw.selector), "");
    assertCaught(this.invariant_everyDelegatorGetsOut.selector, "nothing is on its way");
  }
}
