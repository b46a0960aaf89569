// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Stakes } from "../../src/Stakes.sol";
import { WOPEN } from "../../src/WOPEN.sol";
import { IStakes } from "../../src/interfaces/IStakes.sol";
import { Fault, Role } from "../../src/types/Roles.sol";
import { Assertions } from "./Assertions.sol";

/// @dev Delegates, leaves, rewards and slashes at random, and keeps its own books of what went in and out. It is a court.
contract DelegationHandler is Assertions {
  uint256 public constant DELEGATORS = 4;
  address public constant OPERATOR = address(0x0AE);
  address public constant PROVER = address(0x9999);

  WOPEN private immutable wopen;
  Stakes private immutable stakes;

  uint256 public coinsIn;
  uint256 public coinsOut;
  uint256 public burned;
  uint256 public steps;

  constructor(WOPEN wopen_, Stakes stakes_) {
    (wopen, stakes) = (wopen_, stakes_);
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

  function delegate(uint256 who, uint96 amount) external {
    amount = uint96(1 + (amount % 1_000 ether));
    uint256 before = state(who).bonded;
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
    uint256 taken = stakes.slash(OPERATOR, Role.Node, fault, PROVER);
    uint256 proverPart = wopen.balanceOf(PROVER) - before;
    assertLe(taken, (all * ppm[uint256(fault)]) / 1_000_000, "never more than the schedule");
    assertLe(proverPart, (uint256(own.bonded) + own.thawing) / 10, "the prover gets nothing of delegations");
    burned += taken - proverPart;
    coinsOut += proverPart;
    ++steps;
  }

  function bond(uint96 amount) external {
    amount = uint96(1 + (amount % 100 ether));
    vm.prank(OPERATOR);
    stakes.bond(Role.Node, amount);
    coinsIn += amount;
    ++steps;
  }

  function wait_(uint32 time) external {
    vm.warp(block.timestamp + (time % 12 hours));
    ++steps;
  }
}
