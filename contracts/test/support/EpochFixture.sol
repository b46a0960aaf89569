// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {
  Balance,
  BalanceOpening,
  EpochBrief,
  EpochHeader,
  Line,
  LineOpening,
  MerkleProof
} from "../../src/types/Ledger.sol";
import { Role } from "../../src/types/Roles.sol";
import { LedgerFixture } from "./LedgerFixture.sol";
import { OrderedTree } from "./OrderedTree.sol";

/// @dev A bonded gateway with credit, and epochs built line by line.
abstract contract EpochFixture is LedgerFixture {
  bytes32 internal constant RECEIPTS_ROOT = keccak256("receipts");
  bytes32 internal constant DATA_HASH = keccak256("file");

  /// @dev What `post` says about receipts.
  bytes32 internal receiptsRoot = RECEIPTS_ROOT;
  uint32 internal receiptCount = 3;

  struct Epoch {
    Line[] lines;
    Balance[] balances;
    uint128 total;
  }

  function setUp() public virtual override {
    super.setUp();
    approve(gateway, address(stakes), type(uint256).max);
    vm.prank(gateway);
    stakes.bond(Role.Gateway, 100 ether);
    approve(payer, address(epochs), type(uint256).max);
    approve(other, address(epochs), type(uint256).max);
    vm.prank(payer);
    epochs.credit(gateway, 1_000);
  }

  function account(uint256 n) internal pure returns (address) {
    return address(uint160(0x1000 + n));
  }

  function line(
    uint256 payee,
    uint256 receipt,
    uint256 amount,
    uint256 runningTotal
  ) internal pure returns (Line memory) {
    return Line(account(payee), bytes32(receipt), amount, runningTotal, 0);
  }

  /// @dev Gives each line the sum of all amounts up to and with it; wraps around, for amounts that are too large.
  function withTotals(Line[] memory lines) internal pure returns (Line[] memory) {
    uint256 total = 0;
    for (uint256 i = 0; i < lines.length; ++i) {
      unchecked {
        total += lines[i].amount;
      }
      lines[i].epochTotal = total;
    }
    return lines;
  }

  /// @dev Epoch 0: payees 1, 2 and 4; payee 1 has two lines. 25 in all.
  function firstEpoch() internal pure returns (Epoch memory e) {
    e.lines = new Line[](4);
    e.lines[0] = line(1, 1, 10, 10);
    e.lines[1] = line(1, 2, 5, 15);
    e.lines[2] = line(2, 1, 7, 7);
    e.lines[3] = line(4, 1, 3, 3);
    withTotals(e.lines);
    e.balances = new Balance[](3);
    e.balances[0] = Balance(account(1), 15);
    e.balances[1] = Balance(account(2), 7);
    e.balances[2] = Balance(account(4), 3);
    e.total = 25;
  }

  /// @dev Epoch 1: payee 1 earns more, payee 3 is new. 10 in all.
  function secondEpoch() internal pure returns (Epoch memory e) {
    e.lines = new Line[](2);
    e.lines[0] = line(1, 3, 4, 4);
    e.lines[1] = line(3, 3, 6, 6);
    withTotals(e.lines);
    e.balances = new Balance[](4);
    e.balances[0] = Balance(account(1), 19);
    e.balances[1] = Balance(account(2), 7);
    e.balances[2] = Balance(account(3), 6);
    e.balances[3] = Balance(account(4), 3);
    e.total = 10;
  }

  /// @dev The rule of the epoch hash, written apart from the library under test.
  function briefOf(EpochHeader memory h) internal pure returns (EpochBrief memory) {
    bytes32 rest = keccak256(abi.encode(h.receiptsRoot, h.linesRoot, h.total, h.lineCount, h.receiptCount, h.dataHash));
    return EpochBrief(h.index, h.balancesRoot, h.cumulative, h.finalAt, rest);
  }

  function linesRoot(Line[] memory lines) internal pure returns (bytes32) {
    return OrderedTree.root(lineLeaves(lines));
  }

  function balancesRoot(Balance[] memory balances) internal pure returns (bytes32) {
    return OrderedTree.root(balanceLeaves(balances));
  }

  function openLine(Line[] memory lines, uint256 i) internal pure returns (LineOpening memory) {
    return LineOpening(lines[i], OrderedTree.prove(lineLeaves(lines), i));
  }

  function openBalance(Balance[] memory balances, uint256 i) internal pure returns (BalanceOpening memory) {
    return BalanceOpening(balances[i], OrderedTree.prove(balanceLeaves(balances), i));
  }

  function balanceProof(Balance[] memory balances, uint256 i) internal pure returns (MerkleProof memory) {
    return OrderedTree.prove(balanceLeaves(balances), i);
  }

  /// @dev The openings that show a payee's balance, or that there is none.
  function lookUp(Balance[] memory balances, address payee) internal pure returns (BalanceOpening[] memory openings) {
    uint256 i = 0;
    while (i < balances.length && balances[i].payee < payee) ++i;
    bool found = i < balances.length && balances[i].payee == payee;
    bool hasLeft = !found && i > 0;
    bool hasRight = !found && i < balances.length;
    openings = new BalanceOpening[](found ? 1 : (hasLeft ? 1 : 0) + (hasRight ? 1 : 0));
    if (found) openings[0] = openBalance(balances, i);
    if (hasLeft) openings[0] = openBalance(balances, i - 1);
    if (hasRight) openings[openings.length - 1] = openBalance(balances, i);
  }

  /// @dev The openings that show a payee's last line, or that there is none.
  function lookUp(Line[] memory lines, address payee) internal pure returns (LineOpening[] memory openings) {
    uint256 i = 0;
    while (i < lines.length && lines[i].payee <= payee) ++i;
    // Here i is the first line after the payee's, and i - 1 is the payee's last line or the neighbour on the left.
    bool hasLeft = i > 0;
    bool hasRight = i < lines.length;
    openings = new LineOpening[]((hasLeft ? 1 : 0) + (hasRight ? 1 : 0));
    if (hasLeft) openings[0] = openLine(lines, i - 1);
    if (hasRight) openings[openings.length - 1] = openLine(lines, i);
  }

  function post(Epoch memory e) internal returns (EpochHeader memory header) {
    header.index = epochs.getAccount(gateway).next;
    header.receiptsRoot = receiptsRoot;
    header.linesRoot = linesRoot(e.lines);
    header.balancesRoot = balancesRoot(e.balances);
    header.total = e.total;
    header.cumulative = epochs.getAccount(gateway).committed + e.total;
    header.lineCount = uint32(e.lines.length);
    header.receiptCount = receiptCount;
    header.dataHash = DATA_HASH;
    uint64 last = epochs.getAccount(gateway).lastFinalAt;
    header.finalAt = uint64(block.timestamp) + parameters.disputeWindow();
    if (header.finalAt < last) header.finalAt = last;
    vm.prank(gateway);
    epochs.post(
      header.index,
      receiptsRoot,
      header.linesRoot,
      header.balancesRoot,
      e.total,
      header.lineCount,
      receiptCount,
      DATA_HASH
    );
  }

  /// @dev Settles the slash for the gateway's voided epoch; what is left of a bond that was halved is what was taken.
  function settleVoided(uint64 index, address accuser) internal {
    epochs.settle(gateway, index, accuser, stakes.getPosition(gateway, Role.Gateway).bonded);
  }

  function lineLeaves(Line[] memory lines) private pure returns (bytes32[] memory leaves) {
    leaves = new bytes32[](lines.length);
    for (uint256 i = 0; i < lines.length; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(lines[i]));
  }

  function balanceLeaves(Balance[] memory balances) private pure returns (bytes32[] memory leaves) {
    leaves = new bytes32[](balances.length);
    for (uint256 i = 0; i < balances.length; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(balances[i]));
  }
}
