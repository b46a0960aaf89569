// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { OrderedMerkle } from "./OrderedMerkle.sol";
import {
  Balance,
  BalanceOpening,
  Line,
  LineOpening,
  MerkleProof,
  ReceiptOpening,
  Share,
  ShareOpening
} from "../types/Ledger.sol";

/// @title What makes an epoch wrong
/// @notice Each function answers whether the openings show the fault. Sums that overflow count as wrong: a gateway must not be able
/// to escape by making the arithmetic revert.
library EpochFaults {
  /// @notice Whether the first line is wrong.
  function isFirstLineWrong(bytes32 root, uint256 count, LineOpening calldata opening) internal pure returns (bool) {
    if (!opens(root, opening) || opening.proof.index != 0) return false;
    uint256 amount = opening.line.amount;
    return opening.proof.count != count || opening.line.runningTotal != amount || opening.line.epochTotal != amount;
  }

  /// @notice Whether two neighbouring lines are out of order or their running totals do not add up.
  function areLinesWrong(
    bytes32 root,
    LineOpening calldata first,
    LineOpening calldata second
  ) internal pure returns (bool) {
    if (!opens(root, first) || !opens(root, second) || !_areNeighbours(first.proof, second.proof)) return false;
    Line calldata a = first.line;
    Line calldata b = second.line;
    if (!_isSum(a.epochTotal, b.amount, b.epochTotal)) return true;
    if (a.payee != b.payee) return a.payee > b.payee || b.runningTotal != b.amount;
    return a.receiptId >= b.receiptId || !_isSum(a.runningTotal, b.amount, b.runningTotal);
  }

  /// @notice Whether the last line, or none in a tree without lines, shows another total than the epoch's.
  function isTotalWrong(bytes32 root, uint256 total, LineOpening[] calldata last) internal pure returns (bool) {
    if (last.length == 0) return root == OrderedMerkle.EMPTY_ROOT && total != 0;
    if (last.length != 1 || !opens(root, last[0])) return false;
    return last[0].proof.index == last[0].proof.count - 1 && last[0].line.epochTotal != total;
  }

  /// @notice Whether two neighbouring receipts are out of order, or another number of them stands there than the epoch says.
  function areReceiptsWrong(
    bytes32 root,
    uint256 count,
    ReceiptOpening calldata first,
    ReceiptOpening calldata second
  ) internal pure returns (bool) {
    if (!opens(root, first)) return false;
    if (first.proof.count != count) return true;
    return
      opens(root, second) && _areNeighbours(first.proof, second.proof) && first.leaf.receiptId >= second.leaf.receiptId;
  }

  /// @notice A receipt's shares under a root of receipts.
  /// @return opened whether the openings show the receipt or that there is none
  /// @return present whether there is one
  /// @return shareRoot the root of its shares
  function findReceipt(
    bytes32 root,
    bytes32 receiptId,
    ReceiptOpening[] calldata openings
  ) internal pure returns (bool opened, bool present, bytes32 shareRoot) {
    uint256 length = openings.length;
    if (length == 0) return (root == OrderedMerkle.EMPTY_ROOT, false, 0);
    if (length > 2 || !opens(root, openings[0])) return (false, false, 0);
    bytes32 first = openings[0].leaf.receiptId;
    if (first == receiptId) return (length == 1, true, openings[0].leaf.shareRoot);
    if (length == 1) return (_isBeyond(first > receiptId, openings[0].proof), false, 0);
    opened =
      opens(root, openings[1]) &&
      _areNeighbours(openings[0].proof, openings[1].proof) &&
      first < receiptId &&
      receiptId < openings[1].leaf.receiptId;
  }

  /// @notice What a receipt pays a payee under a root of shares.
  /// @return opened whether the openings show the share or that there is none
  /// @return amount the share; 0 without one
  function findShare(
    bytes32 root,
    address payee,
    ShareOpening[] calldata openings
  ) internal pure returns (bool opened, uint256 amount) {
    uint256 length = openings.length;
    if (length == 0) return (root == OrderedMerkle.EMPTY_ROOT, 0);
    if (length > 2 || !opens(root, openings[0])) return (false, 0);
    address first = openings[0].share.payee;
    if (first == payee) return (length == 1, openings[0].share.amount);
    if (length == 1) return (_isBeyond(first > payee, openings[0].proof), 0);
    opened =
      opens(root, openings[1]) &&
      _areNeighbours(openings[0].proof, openings[1].proof) &&
      first < payee &&
      payee < openings[1].share.payee;
  }

  /// @notice What a payee gets for a receipt under a root of lines.
  /// @return opened whether the openings show the line or that there is none
  /// @return amount the line's amount; 0 without one
  function findLine(
    bytes32 root,
    address payee,
    bytes32 receiptId,
    LineOpening[] calldata openings
  ) internal pure returns (bool opened, uint256 amount) {
    uint256 length = openings.length;
    if (length == 0) return (root == OrderedMerkle.EMPTY_ROOT, 0);
    if (length > 2 || !opens(root, openings[0])) return (false, 0);
    Line calldata first = openings[0].line;
    if (first.payee == payee && first.receiptId == receiptId) return (length == 1, first.amount);
    bool isAfter = _isBefore(payee, receiptId, first.payee, first.receiptId);
    if (length == 1) return (_isBeyond(isAfter, openings[0].proof), 0);
    opened =
      opens(root, openings[1]) &&
      _areNeighbours(openings[0].proof, openings[1].proof) &&
      !isAfter &&
      _isBefore(payee, receiptId, openings[1].line.payee, openings[1].line.receiptId);
  }

  /// @notice Whether two neighbouring balances are out of order.
  function areBalancesDisordered(
    bytes32 root,
    BalanceOpening calldata first,
    BalanceOpening calldata second
  ) internal pure returns (bool) {
    return
      opens(root, first) &&
      opens(root, second) &&
      _areNeighbours(first.proof, second.proof) &&
      first.balance.payee >= second.balance.payee;
  }

  /// @notice A payee's balance under a root.
  /// @return opened whether the openings show the payee's leaf or that there is none
  /// @return present whether there is a leaf
  /// @return cumulative the balance; 0 without a leaf
  function findBalance(
    bytes32 root,
    address payee,
    BalanceOpening[] calldata openings
  ) internal pure returns (bool opened, bool present, uint256 cumulative) {
    uint256 length = openings.length;
    if (length == 0) return (root == OrderedMerkle.EMPTY_ROOT, false, 0);
    if (length > 2 || !opens(root, openings[0])) return (false, false, 0);
    Balance calldata first = openings[0].balance;
    if (first.payee == payee) return (length == 1, true, first.cumulative);
    if (length == 1) return (_isBeyondEnd(first.payee, payee, openings[0].proof), false, 0);
    opened =
      opens(root, openings[1]) &&
      _areNeighbours(openings[0].proof, openings[1].proof) &&
      first.payee < payee &&
      payee < openings[1].balance.payee;
  }

  /// @notice A payee's last running total under a root of lines.
  /// @return opened whether the openings show the payee's last line or that there is none
  /// @return earned the running total; 0 without a line
  function findEarned(
    bytes32 root,
    address payee,
    LineOpening[] calldata openings
  ) internal pure returns (bool opened, uint256 earned) {
    uint256 length = openings.length;
    if (length == 0) return (root == OrderedMerkle.EMPTY_ROOT, 0);
    if (length > 2 || !opens(root, openings[0])) return (false, 0);
    Line calldata first = openings[0].line;
    MerkleProof calldata proof = openings[0].proof;
    bool isPayee = first.payee == payee;
    if (length == 1) {
      opened = isPayee ? proof.index == proof.count - 1 : _isBeyondEnd(first.payee, payee, proof);
    } else {
      opened = opens(root, openings[1]) && _areNeighbours(proof, openings[1].proof);
      address next = openings[1].line.payee;
      opened = opened && (isPayee ? next != payee : first.payee < payee && payee < next);
    }
    if (opened && isPayee) earned = first.runningTotal;
  }

  /// @notice Whether a payee's balance is not the previous one plus what the payee earned.
  function isBalanceWrong(uint256 before, uint256 earned, uint256 afterwards) internal pure returns (bool) {
    return !_isSum(before, earned, afterwards);
  }

  function _isSum(uint256 a, uint256 b, uint256 sum) private pure returns (bool) {
    unchecked {
      return a + b == sum && sum >= a;
    }
  }

  function _areNeighbours(MerkleProof calldata first, MerkleProof calldata second) private pure returns (bool) {
    unchecked {
      return first.index + 1 == second.index && first.count == second.count;
    }
  }

  /// @dev A single neighbour shows a gap only before the first leaf or after the last.
  function _isBeyondEnd(address neighbour, address payee, MerkleProof calldata proof) private pure returns (bool) {
    return _isBeyond(neighbour > payee, proof);
  }

  function _isBeyond(bool isAfter, MerkleProof calldata proof) private pure returns (bool) {
    return isAfter ? proof.index == 0 : proof.index == proof.count - 1;
  }

  function _isBefore(address payee, bytes32 id, address other, bytes32 otherId) private pure returns (bool) {
    return payee != other ? payee < other : id < otherId;
  }

  /// @notice The root of a receipt's shares.
  function rootOf(Share[] calldata shares) internal pure returns (bytes32) {
    bytes32[] memory leaves = new bytes32[](shares.length);
    for (uint256 i = 0; i < shares.length; ++i) leaves[i] = OrderedMerkle.leafHash(abi.encode(shares[i]));
    return OrderedMerkle.rootOf(leaves);
  }

  /// @notice Whether a leaf stands where its proof says under a root.
  function opens(bytes32 root, ReceiptOpening calldata opening) internal pure returns (bool) {
    return OrderedMerkle.verify(root, OrderedMerkle.leafHash(abi.encode(opening.leaf)), opening.proof);
  }

  /// @notice Whether a leaf stands where its proof says under a root.
  function opens(bytes32 root, ShareOpening calldata opening) internal pure returns (bool) {
    return OrderedMerkle.verify(root, OrderedMerkle.leafHash(abi.encode(opening.share)), opening.proof);
  }

  /// @notice Whether a leaf stands where its proof says under a root.
  function opens(bytes32 root, LineOpening calldata opening) internal pure returns (bool) {
    return OrderedMerkle.verify(root, OrderedMerkle.leafHash(abi.encode(opening.line)), opening.proof);
  }

  /// @notice Whether a leaf stands where its proof says under a root.
  function opens(bytes32 root, BalanceOpening calldata opening) internal pure returns (bool) {
    return OrderedMerkle.verify(root, OrderedMerkle.leafHash(abi.encode(opening.balance)), opening.proof);
  }
}
