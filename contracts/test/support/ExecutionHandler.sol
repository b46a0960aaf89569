// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AnchoredReceipt, CaseStage, Verdict } from "../../src/types/Execution.sol";
import { ParameterValues } from "../../src/types/ParameterValues.sol";
import { Role } from "../../src/types/Roles.sol";
import { ExecutionFixture } from "./ExecutionFixture.sol";

/// @dev A node that is honest and one that lies or stays silent, honest auditors and one who always says the opposite, accusers and appellants with any reason or none, in any order.
/// Odd receipts are the liar's, and wrong.
contract ExecutionHandler is ExecutionFixture {
  uint256 private constant LIAR_KEY = 0x11A2;
  uint256 private constant USED = 12;

  address public liar = vm.addr(LIAR_KEY);
  uint256 public steps;
  uint256 public cases;
  uint256 public convictions;
  uint256 public coinsIn;
  uint256 public coinsOut;
  mapping(bytes32 vote => Verdict) private _said;

  constructor() {
    setUp();
    ParameterValues memory values = defaults();
    (values.disputeWindow, values.stakeThaw) = (6 hours, 1 days);
    parameters.set(values);
    header = post(secondEpoch());
    epochHash = epochs.epochHash(gateway, 1);
    fund(liar);
    vm.prank(liar);
    stakes.bondNative{ value: NODE_BOND }(Role.Node);
    approve(liar, address(court), type(uint256).max);
    draw();
  }

  function keyOf(uint256 nonce) internal pure override returns (uint256) {
    return nonce % 2 == 1 ? LIAR_KEY : NODE_KEY;
  }

  function accuse(uint256 which, bool drawn, uint256 who) external {
    uint256 i = which % USED;
    AnchoredReceipt memory a = anchored(i);
    uint256 before = held();
    vm.prank(who % 2 == 0 ? other : payer);
    if (drawn) court.sample(a);
    else court.challenge(a);
    coinsIn += held() - before;
    ++cases;
    ++steps;
    // An honest node answers at once.
    if (a.receipt.node == node) openOne(which);
  }

  function openOne(uint256 which) public {
    uint256 i = which % USED;
    court.open(settled[i], openingOf(settled[i].nonce));
    vm.roll(block.number + 2);
    ++steps;
  }

  /// @dev The auditor who lies is number 0; `mask` says who comes at all.
  function commitSome(uint256 which, uint16 mask) external {
    uint256 i = which % USED;
    bool isWrong = settled[i].nonce % 2 == 1;
    for (uint256 k = 0; k < AUDITORS; ++k) {
      if (mask & (1 << k) == 0) continue;
      Verdict verdict = (k == 0) == isWrong ? Verdict.Right : Verdict.Wrong;
      bytes32 commitment = commitmentOf(i, auditor(k), verdict);
      vm.prank(auditor(k));
      try court.commit(id(i), commitment) {
        _said[keccak256(abi.encode(id(i), auditor(k)))] = verdict;
      } catch {}
    }
    ++steps;
  }

  function revealSome(uint256 which, uint16 mask) external {
    uint256 i = which % USED;
    for (uint256 k = 0; k < AUDITORS; ++k) {
      if (mask & (1 << k) == 0) continue;
      vm.prank(auditor(k));
      try court.reveal(id(i), _said[keccak256(abi.encode(id(i), auditor(k)))], salt(auditor(k))) {} catch {}
    }
    ++steps;
  }

  function appeal(uint256 which, uint256 who) external {
    address[4] memory appellants = [node, liar, other, payer];
    uint256 before = held();
    vm.prank(appellants[who % 4]);
    court.appeal(id(which % USED));
    coinsIn += held() - before;
    vm.roll(block.number + 2);
    ++steps;
  }

  function settle(uint256 which) public {
    uint256 i = which % USED;
    uint256 before = held();
    court.settle(id(i));
    // What came meanwhile is the prover's part.
    coinsIn += held() - before;
    if (court.getCase(id(i)).verdict == Verdict.Wrong) ++convictions;
    ++steps;
  }

  function convictSilence(uint256 which) public {
    court.convictSilence(id(which % USED));
    ++convictions;
    ++steps;
  }

  function convictAuditor(uint256 which, uint8 round, uint256 who) external {
    court.convictAuditor(id(which % USED), round % 3, auditor(who % AUDITORS));
    ++steps;
  }

  function addFunds(uint96 amount) external {
    amount = amount % 5 ether;
    vm.prank(payer);
    court.addFunds(amount);
    coinsIn += amount;
    ++steps;
  }

  function withdraw(uint256 who) external {
    coinsOut += court.withdraw(person(who % people()));
    ++steps;
  }

  function pass(uint16 time) external {
    vm.warp(block.timestamp + (time % 50 minutes));
    vm.roll(block.number + 1 + (time % 3));
    ++steps;
  }

  function people() public pure returns (uint256) {
    return AUDITORS + 4;
  }

  function person(uint256 i) public view returns (address) {
    address[4] memory others = [node, liar, other, payer];
    return i < AUDITORS ? auditor(i) : others[i - AUDITORS];
  }

  function held() public view returns (uint256) {
    return wopen.balanceOf(address(court));
  }

  function funds() external view returns (uint256) {
    return court.fund();
  }

  function owedToAll() public view returns (uint256 sum) {
    for (uint256 i = 0; i < people(); ++i) sum += court.owed(person(i));
  }

  /// @dev What open cases hold: deposits, bonds of appeals, and what the fund has put aside.
  function bound() external view returns (uint256 sum) {
    for (uint256 i = 0; i < USED; ++i) {
      CaseStage stage = court.getCase(id(i)).stage;
      if (stage != CaseStage.Summoned && stage != CaseStage.Judged) continue;
      sum += uint256(court.getCase(id(i)).deposit) + court.getCase(id(i)).reserve;
      for (uint8 r = 1; r <= court.getCase(id(i)).round; ++r) sum += court.getRound(id(i), r).bond;
    }
  }

  function honestBond() external view returns (uint256) {
    return nodeBond();
  }

  /// @dev Whether a right answer was ever called wrong, or a wrong one right.
  function falseVerdicts() external view returns (uint256 count) {
    for (uint256 i = 0; i < USED; ++i) {
      bool isWrong = settled[i].nonce % 2 == 1;
      Verdict verdict = court.getCase(id(i)).verdict;
      if (verdict == (isWrong ? Verdict.Right : Verdict.Wrong)) ++count;
    }
  }

  /// @dev Everybody goes: whatever happened before, every case ends and every coin has a way out.
  function drain() external {
    for (uint256 round = 0; round < 2; ++round) {
      vm.warp(block.timestamp + 40 days);
      for (uint256 i = 0; i < USED; ++i) {
        CaseStage stage = court.getCase(id(i)).stage;
        if (stage == CaseStage.Summoned) court.convictSilence(id(i));
        if (stage == CaseStage.Judged) settle(i);
      }
    }
    for (uint256 i = 0; i < people(); ++i) {
      if (court.owed(person(i)) != 0) coinsOut += court.withdraw(person(i));
    }
  }
}
