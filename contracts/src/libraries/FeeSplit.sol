// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ContributorShare } from "../types/Dispute.sol";
import { Share } from "../types/Ledger.sol";
import { Deployment } from "../types/Statements.sol";

/// @title How one answer's fee is divided
/// @notice The rules of packages/protocol/src/money/splitFee, largest remainder and ties included.
library FeeSplit {
  uint256 internal constant WHOLE_PPM = 1_000_000;
  uint256 private constant TOKENS_PER_PRICE = 1_000;
  uint256 private constant ADDRESS_BITS = 160;

  /// @notice What prices and tokens give, rounded up once: the fee without the platform's.
  function metered(Deployment calldata d, uint256 inputTokens, uint256 outputTokens) internal pure returns (uint256) {
    uint256 exact = inputTokens * d.inputPrice + outputTokens * d.outputPrice;
    return (exact + TOKENS_PER_PRICE - 1) / TOKENS_PER_PRICE;
  }

  /// @notice Whether contributors stand in strictly rising order, counts fit 32 bits, and shares sum to at most the whole.
  function areSharesPayable(ContributorShare[] calldata shares) internal pure returns (bool) {
    uint256 claimed = 0;
    address last = address(0);
    for (uint256 i = 0; i < shares.length; ++i) {
      ContributorShare calldata share = shares[i];
      if (share.sharePpm > WHOLE_PPM || share.trainingWeight > type(uint32).max) return false;
      if (i != 0 && share.contributor <= last) return false;
      last = share.contributor;
      claimed += share.sharePpm;
    }
    return claimed <= WHOLE_PPM;
  }

  /// @notice Divides `amount`, the fee without the platform's, among all payees but the treasury.
  /// @param shares payable ones
  /// @param subsidised whether influence is not paid, so that training weight divides all of the contributors' part
  /// @return payments in rising order of payees, amounts of 0 among them
  function divide(
    uint256 amount,
    Deployment calldata d,
    address node,
    address stakers,
    ContributorShare[] calldata shares,
    bool subsidised
  ) internal pure returns (Share[] memory payments) {
    uint256[] memory parts = new uint256[](4);
    (parts[0], parts[1], parts[2], parts[3]) = (d.nodePpm, d.ownerPpm, d.stakersPpm, d.contributorsPpm);
    parts = largestRemainder(amount, parts, _places(4));
    uint256 spare;
    (payments, spare) = _contributors(parts[3], shares, subsidised);
    payments = _withRole(payments, node, parts[0]);
    payments = _withRole(payments, d.owner, parts[1] + spare);
    payments = _withRole(payments, stakers, parts[2]);
  }

  /// @notice Divides a whole number by weights: floors, then one unit each to the largest remainders, equal ones by the smaller tie.
  /// @param ties distinct, below 2¹⁶⁰
  /// @return parts all 0 when the weights are
  function largestRemainder(
    uint256 total,
    uint256[] memory weights,
    uint256[] memory ties
  ) internal pure returns (uint256[] memory parts) {
    uint256 count = weights.length;
    parts = new uint256[](count);
    uint256 sum = 0;
    for (uint256 i = 0; i < count; ++i) sum += weights[i];
    if (sum == 0) return parts;
    uint256 left = total;
    // Small keys go first: the largest remainder, then the smaller tie. Sums of weights stay below 2⁹⁵.
    uint256[] memory keys = new uint256[](count);
    for (uint256 i = 0; i < count; ++i) {
      uint256 exact = total * weights[i];
      parts[i] = exact / sum;
      left -= parts[i];
      keys[i] = ((sum - (exact % sum)) << ADDRESS_BITS) | ties[i];
    }
    if (left == 0) return parts;
    uint256 last = _smallest(keys, left);
    for (uint256 i = 0; i < count; ++i) {
      if ((((sum - ((total * weights[i]) % sum)) << ADDRESS_BITS) | ties[i]) <= last) ++parts[i];
    }
  }

  /// @dev The contributors' part; what nobody has a weight for is spare.
  function _contributors(
    uint256 pool,
    ContributorShare[] calldata shares,
    bool subsidised
  ) private pure returns (Share[] memory payments, uint256 spare) {
    uint256 count = shares.length;
    uint256[] memory claimed = new uint256[](count);
    uint256[] memory weights = new uint256[](count);
    uint256[] memory ties = new uint256[](count);
    uint256[] memory two = new uint256[](2);
    uint256 weighed = 0;
    for (uint256 i = 0; i < count; ++i) {
      if (!subsidised) claimed[i] = shares[i].sharePpm;
      two[0] += claimed[i];
      weights[i] = shares[i].trainingWeight;
      weighed += weights[i];
      ties[i] = uint160(shares[i].contributor);
    }
    two[1] = WHOLE_PPM - two[0];
    two = largestRemainder(pool, two, _places(2));
    claimed = largestRemainder(two[0], claimed, ties);
    weights = largestRemainder(two[1], weights, ties);
    payments = new Share[](count);
    for (uint256 i = 0; i < count; ++i) payments[i] = Share(shares[i].contributor, claimed[i] + weights[i]);
    if (weighed == 0) spare = two[1];
  }

  /// @dev Adds what a role earns, in order.
  function _withRole(
    Share[] memory payments,
    address payee,
    uint256 amount
  ) private pure returns (Share[] memory more) {
    uint256 place = 0;
    while (place < payments.length && payments[place].payee < payee) ++place;
    if (place < payments.length && payments[place].payee == payee) {
      payments[place].amount += amount;
      return payments;
    }
    more = new Share[](payments.length + 1);
    for (uint256 i = 0; i < place; ++i) more[i] = payments[i];
    more[place] = Share(payee, amount);
    for (uint256 i = place; i < payments.length; ++i) more[i + 1] = payments[i];
  }

  function _places(uint256 count) private pure returns (uint256[] memory places) {
    places = new uint256[](count);
    for (uint256 i = 0; i < count; ++i) places[i] = i;
  }

  /// @dev The `rank`-th smallest of distinct keys, counted from 1; orders them on the way (quickselect by the middle one).
  function _smallest(uint256[] memory keys, uint256 rank) private pure returns (uint256) {
    uint256 low = 0;
    uint256 high = keys.length - 1;
    uint256 wanted = rank - 1;
    while (low < high) {
      uint256 pivot = keys[(low + high) / 2];
      (uint256 i, uint256 j) = (low, high);
      while (true) {
        while (keys[i] < pivot) ++i;
        while (keys[j] > pivot) --j;
        if (i >= j) break;
        (keys[i], keys[j]) = (keys[j], keys[i]);
        ++i;
        --j;
      }
      // Keys up to j are at most the pivot, keys from j + 1 on at least.
      if (wanted <= j) high = j;
      else low = j + 1;
    }
    return keys[wanted];
  }
}
