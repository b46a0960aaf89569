// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IStakes } from "../src/interfaces/IStakes.sol";
import { Role } from "../src/types/Roles.sol";
import { DelegationHandler } from "./support/DelegationHandler.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";

/// @dev Whatever happens in whatever order, Stakes owes at most what it holds, and every delegator gets out.
/// forge-config: default.invariant.fail-on-revert = true
contract DelegationInvariantsTest is LedgerFixture {
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
}
