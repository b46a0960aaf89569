// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Parameters } from "../../src/Parameters.sol";
import { Stakes } from "../../src/Stakes.sol";
import { WOPEN } from "../../src/WOPEN.sol";
import { IStakes } from "../../src/interfaces/IStakes.sol";
import { ParameterValues } from "../../src/types/ParameterValues.sol";
import { Fault, Role } from "../../src/types/Roles.sol";
import { Assertions } from "./Assertions.sol";

/// @dev Delegates, leaves, rewards and slashes at random, and keeps its own books of what went in and out. It is a court.
contract DelegationHandler is Assertions {
  uint256 public constant DELEGATORS = 4;
  address public constant OPERATOR = address(0x0AE);
  address public constant PROVER = address(0x9999);

  WOPEN private immutable wopen;
  Stakes private immutable stakes;
  Parameters private immutable parameters;

  uint256 public coinsIn;
  uint256 public coinsOut;
  uint256 public burned;
  uint256 public steps;
  /// @dev What each delegator put in, less what was paid out and what slashes took: a lower and an upper bound of what the delegation is worth.
  uint256[DELEGATORS] private atLeast;
  uint256[DELEGATORS] private atMost;

  constructor(WOPEN wopen_, Stakes stakes_, Parameters parameters_) {
    (wopen, stakes, parameters) = (wopen_, stakes_, parameters_);
    supply(OPERATOR);
    supply(address(this));
    for (uint256 i = 0; i < DELEGATORS; ++i) supply(delegator(i));
    vm.startPrank(OPERATOR);
    stakes.setPool(Role.Node, 100_000, true);
    stakes.bond(Role.Node, 100 ether);
    vm.stopPrank();
    coinsIn = 100 ether;
  }

  function supply(address account) private {
    vm.deal(account, 1e9 ether);
    vm.startPrank(account);
    wopen.deposit{ value: 1e9 ether }();
    wopen.approve(address(stakes), type(uint256).max);
    vm.stopPrank();
  }

  function delegator(uint256 i) public pure returns (address) {
    return address(uint160(0xDE1E00 + (i % DELEGATORS)));
  }

  function state(uint256 i) public view returns (IStakes.DelegationState memory) {
    return stakes.getDelegation(delegator(i), OPERATOR, Role.Node);
  }

  /// @notice What a delegation is worth, with what leaves.
  function worth(uint256 who) public view returns (uint256 sum) {
    IStakes.DelegationState memory found = state(who);
    sum = found.bonded;
    for (uint256 i = 0; i < found.leaving.length; ++i) sum += found.leaving[i].amount;
  }

  /// @notice Each step of anybody may move a unit from one delegation to another by rounding, and each of the thaws of one another.
  function slack() public view returns (uint256) {
    return steps * (1 + stakes.MAX_THAWS());
  }

  function lowest(uint256 who) external view returns (uint256) {
    return atLeast[who];
  }

  function highest(uint256 who) external view returns (uint256) {
    return atMost[who];
  }

  function delegate(uint256 who, uint96 amount) external {
    who %= DELEGATORS;
    if (parameters.paused() || !stakes.getPool(OPERATOR, Role.Node).open) return;
    amount = uint96(1 + (amount % 1_000 ether));
    uint256 before = state(who).bonded;
    atLeast[who] += amount;
    atMost[who] += amount;
    vm.prank(delegator(who));
    stakes.delegate(OPERATOR, Role.Node, amount, 500_000);
    assertLe(state(who).bonded, before + amount + 1, "worth what was given, and a rest at most");
    coinsIn += amount;
    ++steps;
  }

  function undelegate(uint256 who, uint256 part) external {
    uint256 shares = state(who).shares;
    if (shares == 0 || state(who).bonded == 0) return;
    if (state(who).leaving.length == stakes.MAX_THAWS()) {
      withdraw(who);
      return;
    }
    shares = part % 3 == 0 ? shares : 1 + (part % shares);
    if ((shares * stakes.getPool(OPERATOR, Role.Node).bonded) / stakes.getPool(OPERATOR, Role.Node).shares == 0) return;
    vm.prank(delegator(who));
    stakes.undelegate(OPERATOR, Role.Node, shares);
    ++steps;
  }

  /// @dev Whatever is over can be withdrawn, at its worth.
  function withdraw(uint256 who) public {
    IStakes.LeavingState[] memory leaving = state(who).leaving;
    uint256 due = 0;
    bool any = false;
    for (uint256 i = 0; i < leaving.length; ++i) {
      if (leaving[i].releaseAt > block.timestamp) continue;
      any = true;
      due += leaving[i].amount;
    }
    if (!any) return;
    vm.prank(delegator(who));
    uint256 paid = stakes.withdrawDelegation(OPERATOR, Role.Node);
    assertLe(due, paid, "at least what was shown");
    assertLe(paid, due + leaving.length, "and its rests at most");
    coinsOut += paid;
    who %= DELEGATORS;
    atLeast[who] -= atLeast[who] < paid ? atLeast[who] : paid;
    atMost[who] -= atMost[who] < paid ? atMost[who] : paid;
    ++steps;
  }

  function reward(uint96 amount) external {
    amount = amount % 10 ether;
    wopen.transfer(address(stakes), amount);
    coinsIn += amount;
    ++steps;
  }

  function takeRewards(uint256 who) external {
    uint256 due = state(who).rewards;
    if (due == 0) return;
    uint256 paid = stakes.claimDelegationRewards(delegator(who), OPERATOR, Role.Node);
    assertEq(paid, due, "what was shown");
    coinsOut += paid;
    ++steps;
  }

  function takeOwnRewards() external {
    uint256 due = stakes.pendingRewards(OPERATOR, Role.Node);
    if (due == 0) return;
    coinsOut += stakes.claimRewards(OPERATOR, Role.Node);
    ++steps;
  }

  function slash(uint8 which) external {
    Fault fault = Fault(which % 5);
    uint256[5] memory ppm = [uint256(500_000), 250_000, 250_000, 50_000, 50_000];
    IStakes.PoolState memory pool = stakes.getPool(OPERATOR, Role.Node);
    IStakes.Position memory own = stakes.getPosition(OPERATOR, Role.Node);
    uint256 all = uint256(pool.bonded) + pool.thawing + own.bonded + own.thawing;
    uint256 before = wopen.balanceOf(PROVER);
    uint256[DELEGATORS] memory worths;
    for (uint256 i = 0; i < DELEGATORS; ++i) worths[i] = worth(i);
    uint256 taken = stakes.slash(OPERATOR, Role.Node, fault, PROVER);
    uint256 proverPart = wopen.balanceOf(PROVER) - before;
    assertLe(taken, (all * ppm[uint256(fault)]) / 1_000_000, "never more than the schedule");
    assertLe(proverPart, (uint256(own.bonded) + own.thawing) / 10, "the prover gets nothing of delegations");
    for (uint256 i = 0; i < DELEGATORS; ++i) {
      uint256 kept = 1_000_000 - ppm[uint256(fault)];
      assertLe(
        worth(i),
        (worths[i] * kept) / 1_000_000 + 2 + stakes.MAX_THAWS(),
        "whoever leaves is slashed like who stays"
      );
      assertLe((worths[i] * kept) / 1_000_000, worth(i) + 2 + stakes.MAX_THAWS(), "and nobody loses more");
      atLeast[i] = (atLeast[i] * kept) / 1_000_000;
      atMost[i] = (atMost[i] * kept) / 1_000_000 + 1;
    }
    burned += taken - proverPart;
    coinsOut += proverPart;
    ++steps;
  }

  function bond(uint96 amount) external {
    if (parameters.paused()) return;
    amount = uint96(1 + (amount % 100 ether));
    vm.prank(OPERATOR);
    stakes.bond(Role.Node, amount);
    coinsIn += amount;
    ++steps;
  }

  function thaw(uint96 amount) external {
    uint96 bonded = stakes.getPosition(OPERATOR, Role.Node).bonded;
    if (bonded == 0) return;
    vm.prank(OPERATOR);
    stakes.thaw(Role.Node, uint96(1 + (amount % bonded)));
    ++steps;
  }

  function withdrawOwn() external {
    IStakes.Position memory own = stakes.getPosition(OPERATOR, Role.Node);
    if (own.thawing == 0 || block.timestamp < own.releaseAt) return;
    vm.prank(OPERATOR);
    coinsOut += stakes.withdraw(Role.Node);
    ++steps;
  }

  /// @dev What the operator may do to delegators: keep less, or keep more once nobody is delegated, and let nobody in.
  function changePool(uint32 commission, bool open) external {
    IStakes.PoolState memory pool = stakes.getPool(OPERATOR, Role.Node);
    uint256 limit = pool.shares == 0 ? 500_000 : pool.commissionPpm;
    vm.prank(OPERATOR);
    stakes.setPool(Role.Node, uint32(commission % (limit + 1)), open || commission % 4 != 0);
    ++steps;
  }

  /// @dev What governance and the guardian may do to delegators; this handler is both.
  function decide(uint32 stakeThaw) external {
    ParameterValues memory values = parameters.values();
    values.stakeThaw = 2 * values.disputeWindow + (stakeThaw % 1 days);
    parameters.set(values);
    ++steps;
  }

  function pause(uint32 duration) external {
    if (block.timestamp < parameters.pausableAt()) return;
    parameters.pause(1 + (duration % 7 days));
    ++steps;
  }

  function wait_(uint32 time) external {
    vm.warp(block.timestamp + (time % 12 hours));
    ++steps;
  }
}
