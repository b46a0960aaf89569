// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { EpochFaults } from "../src/libraries/EpochFaults.sol";
import { OrderedMerkle } from "../src/libraries/OrderedMerkle.sol";
import {
  BalanceOpening,
  LineOpening,
  ReceiptOpening,
  SettledReceipt,
  Share,
  ShareOpening
} from "../src/types/Ledger.sol";
import { EpochFixture } from "./support/EpochFixture.sol";
import { OrderedTree } from "./support/OrderedTree.sol";

/// @dev Gives the library, which takes calldata, a place to be called from.
contract FaultFinder {
  function receipt(bytes32 root, bytes32 id, ReceiptOpening[] calldata o) external pure returns (bool, bool, bytes32) {
    return EpochFaults.findReceipt(root, id, o);
  }

  function share(bytes32 root, address payee, ShareOpening[] calldata o) external pure returns (bool, uint256) {
    return EpochFaults.findShare(root, payee, o);
  }

  function line(
    bytes32 root,
    address payee,
    bytes32 id,
    LineOpening[] calldata o
  ) external pure returns (bool, uint256) {
    return EpochFaults.findLine(root, payee, id, o);
  }

  function balance(
    bytes32 root,
    address payee,
    BalanceOpening[] calldata o
  ) external pure returns (bool, bool, uint256) {
    return EpochFaults.findBalance(root, payee, o);
  }

  function earned(bytes32 root, address payee, LineOpening[] calldata o) external pure returns (bool, uint256) {
    return EpochFaults.findEarned(root, payee, o);
  }
}

/// @dev What each search answers, in all its parts: two leaves, of 2 and of 4, and searches for 1 to 5.
contract EpochFaultsTest is EpochFixture {
  FaultFinder private finder = new FaultFinder();
  bytes32 private constant NO_ROOT = keccak256("no root");
  uint256[2] private places = [uint256(2), 4];

  /// @dev Which openings show what is searched, or the gap where it is not.
  function shown(uint256 searched) private pure returns (uint256[] memory which) {
    which = new uint256[](searched == 3 ? 2 : 1);
    if (searched == 3) which[1] = 1;
    else which[0] = searched < 3 ? 0 : 1;
  }

  function check(bool opened, bool present, uint256 value, bool[2] memory expected, uint256 amount) private pure {
    assertTrue(opened == expected[0], "opened");
    assertTrue(present == expected[1], "present");
    assertEq(value, amount, "value");
  }

  function receipts() private view returns (ReceiptOpening[2] memory all, bytes32 root) {
    bytes32[] memory leaves = new bytes32[](2);
    for (uint256 i = 0; i < 2; ++i) {
      all[i].leaf = SettledReceipt(bytes32(places[i]), bytes32(places[i] * 10));
      leaves[i] = OrderedTree.leafHash(abi.encode(all[i].leaf));
    }
    for (uint256 i = 0; i < 2; ++i) all[i].proof = OrderedTree.prove(leaves, i);
    root = OrderedTree.root(leaves);
  }

  function seekReceipt(
    bytes32 root,
    uint256 id,
    uint256[] memory which,
    bool[2] memory expected,
    uint256 value
  ) private view {
    (ReceiptOpening[2] memory all, ) = receipts();
    ReceiptOpening[] memory o = new ReceiptOpening[](which.length);
    for (uint256 i = 0; i < o.length; ++i) o[i] = all[which[i] % 2];
    (bool opened, bool present, bytes32 found) = finder.receipt(root, bytes32(id), o);
    check(opened, present, uint256(found), expected, value);
  }

  function test_receipts() public view {
    (, bytes32 root) = receipts();
    for (uint256 id = 1; id < 6; ++id) {
      bool here = id % 2 == 0;
      seekReceipt(root, id, shown(id), [true, here], here ? id * 10 : 0);
      seekReceipt(NO_ROOT, id, shown(id), [false, false], 0);
      seekReceipt(root, id, new uint256[](3), [false, false], 0);
    }
    seekReceipt(OrderedMerkle.EMPTY_ROOT, 2, new uint256[](0), [true, false], 0);
    seekReceipt(root, 2, new uint256[](0), [false, false], 0);
    seekReceipt(root, 2, shown(3), [false, true], 20);
    seekReceipt(root, 4, shown(3), [false, false], 0);
    seekReceipt(root, 3, shown(1), [false, false], 0);
    seekReceipt(root, 3, shown(5), [false, false], 0);
    seekReceipt(root, 1, shown(3), [false, false], 0);
  }

  function shares() private view returns (ShareOpening[2] memory all, bytes32 root) {
    bytes32[] memory leaves = new bytes32[](2);
    for (uint256 i = 0; i < 2; ++i) {
      all[i].share = Share(account(places[i]), places[i] * 10);
      leaves[i] = OrderedTree.leafHash(abi.encode(all[i].share));
    }
    for (uint256 i = 0; i < 2; ++i) all[i].proof = OrderedTree.prove(leaves, i);
    root = OrderedTree.root(leaves);
  }

  function seekShare(bytes32 root, uint256 payee, uint256[] memory which, bool expected, uint256 value) private view {
    (ShareOpening[2] memory all, ) = shares();
    ShareOpening[] memory o = new ShareOpening[](which.length);
    for (uint256 i = 0; i < o.length; ++i) o[i] = all[which[i] % 2];
    (bool opened, uint256 found) = finder.share(root, account(payee), o);
    check(opened, false, found, [expected, false], value);
  }

  function test_shares() public view {
    (, bytes32 root) = shares();
    for (uint256 payee = 1; payee < 6; ++payee) {
      seekShare(root, payee, shown(payee), true, payee % 2 == 0 ? payee * 10 : 0);
      seekShare(NO_ROOT, payee, shown(payee), false, 0);
      seekShare(root, payee, new uint256[](3), false, 0);
    }
    seekShare(OrderedMerkle.EMPTY_ROOT, 2, new uint256[](0), true, 0);
    seekShare(root, 2, new uint256[](0), false, 0);
    seekShare(root, 2, shown(3), false, 20);
    seekShare(root, 4, shown(3), false, 0);
    seekShare(root, 3, shown(1), false, 0);
    seekShare(root, 1, shown(3), false, 0);
  }

  function balances() private view returns (BalanceOpening[2] memory all, bytes32 root) {
    Epoch memory e = firstEpoch();
    assembly ("memory-safe") {
      // The first two balances, of 1 and 2, become all.
      mstore(mload(add(e, 32)), 2)
    }
    for (uint256 i = 0; i < 2; ++i) {
      e.balances[i].payee = account(places[i]);
      e.balances[i].cumulative = places[i] * 10;
    }
    for (uint256 i = 0; i < 2; ++i) all[i] = openBalance(e.balances, i);
    root = balancesRoot(e.balances);
  }

  function seekBalance(
    bytes32 root,
    uint256 payee,
    uint256[] memory which,
    bool[2] memory expected,
    uint256 value
  ) private view {
    (BalanceOpening[2] memory all, ) = balances();
    BalanceOpening[] memory o = new BalanceOpening[](which.length);
    for (uint256 i = 0; i < o.length; ++i) o[i] = all[which[i] % 2];
    (bool opened, bool present, uint256 found) = finder.balance(root, account(payee), o);
    check(opened, present, found, expected, value);
  }

  function test_balances() public view {
    (, bytes32 root) = balances();
    for (uint256 payee = 1; payee < 6; ++payee) {
      bool here = payee % 2 == 0;
      seekBalance(root, payee, shown(payee), [true, here], here ? payee * 10 : 0);
      seekBalance(NO_ROOT, payee, shown(payee), [false, false], 0);
      seekBalance(root, payee, new uint256[](3), [false, false], 0);
    }
    seekBalance(OrderedMerkle.EMPTY_ROOT, 2, new uint256[](0), [true, false], 0);
    seekBalance(root, 2, new uint256[](0), [false, false], 0);
    seekBalance(root, 2, shown(3), [false, true], 20);
    seekBalance(root, 4, shown(3), [false, false], 0);
    seekBalance(root, 3, shown(1), [false, false], 0);
    seekBalance(root, 1, shown(3), [false, false], 0);
  }

  /// @dev The lines of the first epoch: payee 1 has receipts 1 and 2, payees 2 and 4 receipt 1.
  function seekLine(
    bytes32 root,
    uint256[2] memory key,
    uint256[] memory which,
    bool expected,
    uint256 value
  ) private view {
    LineOpening[] memory o = new LineOpening[](which.length);
    for (uint256 i = 0; i < o.length; ++i) o[i] = openLine(firstEpoch().lines, which[i]);
    (bool opened, uint256 found) = finder.line(root, account(key[0]), bytes32(key[1]), o);
    check(opened, false, found, [expected, false], value);
  }

  function seekEarned(bytes32 root, uint256 payee, uint256[] memory which, bool expected, uint256 value) private view {
    LineOpening[] memory o = new LineOpening[](which.length);
    for (uint256 i = 0; i < o.length; ++i) o[i] = openLine(firstEpoch().lines, which[i]);
    (bool opened, uint256 found) = finder.earned(root, account(payee), o);
    check(opened, false, found, [expected, false], value);
  }

  function pick(uint256 one) private pure returns (uint256[] memory which) {
    which = new uint256[](1);
    which[0] = one;
  }

  function pick(uint256 one, uint256 two) private pure returns (uint256[] memory which) {
    which = new uint256[](2);
    (which[0], which[1]) = (one, two);
  }

  function test_lines() public view {
    bytes32 root = linesRoot(firstEpoch().lines);
    seekLine(root, [uint256(1), 1], pick(0), true, 10);
    seekLine(root, [uint256(1), 2], pick(1), true, 5);
    seekLine(root, [uint256(1), 2], pick(1, 2), false, 5);
    seekLine(root, [uint256(1), 3], pick(1, 2), true, 0);
    seekLine(root, [uint256(3), 1], pick(2, 3), true, 0);
    seekLine(root, [uint256(3), 1], pick(1, 3), false, 0);
    seekLine(root, [uint256(3), 1], pick(1, 2), false, 0);
    seekLine(root, [uint256(1), 2], pick(0, 1), false, 0);
    seekLine(root, [uint256(1), 0], pick(0), true, 0);
    seekLine(root, [uint256(0), 9], pick(0), true, 0);
    seekLine(root, [uint256(0), 9], pick(0, 1), false, 0);
    seekLine(root, [uint256(4), 2], pick(3), true, 0);
    seekLine(root, [uint256(4), 2], pick(2), false, 0);
    seekLine(root, [uint256(1), 0], pick(1), false, 0);
    seekLine(NO_ROOT, [uint256(1), 1], pick(0), false, 0);
    seekLine(root, [uint256(1), 1], new uint256[](3), false, 0);
    seekLine(root, [uint256(1), 1], new uint256[](0), false, 0);
    seekLine(OrderedMerkle.EMPTY_ROOT, [uint256(1), 1], new uint256[](0), true, 0);
  }

  function test_earned() public view {
    bytes32 root = linesRoot(firstEpoch().lines);
    seekEarned(root, 1, pick(1, 2), true, 15);
    seekEarned(root, 1, pick(0, 1), false, 0);
    seekEarned(root, 1, pick(1), false, 0);
    seekEarned(root, 2, pick(2, 3), true, 7);
    seekEarned(root, 2, pick(2), false, 0);
    seekEarned(root, 4, pick(3), true, 3);
    seekEarned(root, 3, pick(2, 3), true, 0);
    seekEarned(root, 3, pick(2), false, 0);
    seekEarned(root, 0, pick(0), true, 0);
    seekEarned(root, 0, pick(1), false, 0);
    seekEarned(root, 5, pick(3), true, 0);
    seekEarned(root, 5, pick(2), false, 0);
    seekEarned(root, 4, pick(2, 3), false, 0);
    seekEarned(root, 1, pick(1, 3), false, 0);
    seekEarned(root, 0, pick(0, 1), false, 0);
    seekEarned(root, 5, pick(2, 3), false, 0);
    seekEarned(NO_ROOT, 1, pick(1, 2), false, 0);
    seekEarned(NO_ROOT, 4, pick(3), false, 0);
    uint256[] memory three = new uint256[](3);
    (three[0], three[1]) = (1, 2);
    seekEarned(root, 1, three, false, 0);
    seekEarned(root, 1, new uint256[](3), false, 0);
    seekEarned(root, 1, new uint256[](0), false, 0);
    seekEarned(OrderedMerkle.EMPTY_ROOT, 1, new uint256[](0), true, 0);
  }
}
