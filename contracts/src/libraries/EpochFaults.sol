// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { OrderedMerkle } from "./OrderedMerkle.sol";
import { Balance, BalanceOpening, Line, LineOpening, MerkleProof } from "../types/Ledger.sol";

/// @title What makes an epoch wrong
/// @notice Each function answers whether the openings show the fault. Sums that overflow count as wrong: a gateway must not be able
/// to escape by making the arithmetic revert.
library EpochFaults {
  /// @notice Whether the first line is wrong.
  function isFirstLineWrong(bytes32 root, uint256 count, LineOpening calldata opening) internal pure returns (bool) {
    if (!_opensLine(root, opening) || opening.proof.index != 0) return false;
    return opening.proof.count != count || opening.line.runningTotal != opening.line.amount;
  }

  /// @notice Whether two neighbouring lines are out of order or their running totals do not add up.
  function areLinesWrong(
    bytes32 root,
    LineOpening calldata first,
    LineOpening calldata second
  ) internal pure returns (bool) {
    if (!_opensLine(root, first) || !_opensLine(root, second) || !_areNeighbours(first.proof, second.proof))
      return false;
    Line calldata a = first.line;
    Line calldata b = second.line;
    if (a.payee != b.payee) return a.payee > b.payee || b.runningTotal != b.amount;
    return a.receiptId >= b.receiptId || !_isSum(a.runningTotal, b.amount, b.runningTotal);
  }

  /// @notice Whether two neighbouring balances are out of order.
  function areBalancesDisordered(
    bytes32 root,
    BalanceOpening calldata first,
    BalanceOpening calldata second
  ) internal pure returns (bool) {
    return
      _opensBalance(root, first) &&
      _opensBalance(root, second) &&
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
    if (length > 2 || !_opensBalance(root, openings[0])) return (false, false, 0);
    Balance calldata first = openings[0].balance;
    if (first.payee == payee) return (length == 1, true, first.cumulative);
    if (length == 1) return (_isBeyondEnd(first.payee, payee, openings[0].proof), false, 0);
    opened =
      _opensBalance(root, openings[1]) &&
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
    if (length > 2 || !_opensLine(root, openings[0])) return (false, 0);
    Line calldata first = openings[0].line;
    MerkleProof calldata proof = openings[0].proof;
    bool isPayee = first.payee == payee;
    if (length == 1) {
      opened = isPayee ? proof.index == proof.count - 1 : _isBeyondEnd(first.payee, payee, proof);
    } else {
      opened = _opensLine(root, openings[1]) && _areNeighbours(proof, openings[1].proof);
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
    return neighbour > payee ? proof.index == 0 : proof.index == proof.count - 1;
  }

  function _opensLine(bytes32 root, LineOpening calldata opening) private pure returns (bool) {
    return OrderedMerkle.verify(root, OrderedMerkle.leafHash(abi.encode(opening.line)), opening.proof);
  }

  function _opensBalance(bytes32 root, BalanceOpening calldata opening) private pure returns (bool) {
    return OrderedMerkle.verify(root, OrderedMerkle.leafHash(abi.encode(opening.balance)), opening.proof);
  }
}
