// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";

/// @dev What others put behind one account's bond for one role. All of a delegation is counted in shares, so that a slash and the leaving of any
/// number of delegators cost the same. No share is ever worth more than a unit, so that a part of something is never 0 shares. Amounts are rounded so that the pool never owes more than it holds; rests of a unit stay in it.
struct Pool {
  uint96 bonded;
  uint96 thawing;
  uint32 commissionPpm;
  bool open;
  uint256 shares;
  uint256 thawShares;
  /// `rewardPerUnit` up to which rewards were taken over.
  uint256 rewardMark;
  /// Rewards per share since the beginning, scaled.
  uint256 rewardPerShare;
}

/// @dev One delegator's part of a pool.
struct Part {
  uint256 shares;
  uint256 rewardMark;
  uint256 owed;
  Leaving[] leaving;
}

/// @dev A part on its way out.
struct Leaving {
  uint256 shares;
  uint64 releaseAt;
}

/// @title DelegationPool
/// @notice The arithmetic of delegation.
library DelegationPool {
  uint256 private constant WHOLE_PPM = 1_000_000;
  uint256 private constant REWARD_SCALE = 1e27;
  /// @dev Beyond this many shares for a unit, slashes have left nearly nothing of a pool: it takes no more, so that no later product overflows.
  uint256 private constant MAX_SHARES_PER_UNIT = 2 ** 64;

  error PoolWornOut();

  /// @notice Adds the rewards since the last time; the pool's account gets its commission.
  /// @return commission the account's part
  function settle(Pool storage pool, uint256 perUnit) internal returns (uint256 commission) {
    uint256 earned = Math.mulDiv(pool.bonded, perUnit - pool.rewardMark, REWARD_SCALE);
    pool.rewardMark = perUnit;
    uint256 shares = pool.shares;
    if (earned == 0 || shares == 0) return 0;
    commission = (earned * pool.commissionPpm) / WHOLE_PPM;
    pool.rewardPerShare += Math.mulDiv(earned - commission, REWARD_SCALE, shares);
  }

  /// @notice What shares are worth now.
  function worth(Pool storage pool, uint256 shares) internal view returns (uint256) {
    return pool.shares == 0 ? 0 : Math.mulDiv(shares, pool.bonded, pool.shares);
  }

  /// @notice What shares that leave are worth now.
  function worthLeaving(Pool storage pool, uint256 thawShares) internal view returns (uint256) {
    return pool.thawShares == 0 ? 0 : Math.mulDiv(thawShares, pool.thawing, pool.thawShares);
  }

  /// @notice What the pool's account would get of rewards up to `perUnit`.
  function pendingCommission(Pool storage pool, uint256 perUnit) internal view returns (uint256) {
    if (pool.shares == 0) return 0;
    return (Math.mulDiv(pool.bonded, perUnit - pool.rewardMark, REWARD_SCALE) * pool.commissionPpm) / WHOLE_PPM;
  }

  /// @notice What a part would be paid of rewards up to `perUnit`.
  function pendingRewards(Pool storage pool, Part storage part, uint256 perUnit) internal view returns (uint256) {
    uint256 perShare = pool.rewardPerShare;
    uint256 shares = pool.shares;
    if (shares != 0) {
      uint256 earned = Math.mulDiv(pool.bonded, perUnit - pool.rewardMark, REWARD_SCALE);
      perShare += Math.mulDiv(earned - (earned * pool.commissionPpm) / WHOLE_PPM, REWARD_SCALE, shares);
    }
    return part.owed + Math.mulDiv(part.shares, perShare - part.rewardMark, REWARD_SCALE);
  }

  /// @notice Credits a part with what its shares have earned; the pool is settled.
  function settlePart(Pool storage pool, Part storage part) internal {
    uint256 perShare = pool.rewardPerShare;
    part.owed += Math.mulDiv(part.shares, perShare - part.rewardMark, REWARD_SCALE);
    part.rewardMark = perShare;
  }

  /// @notice Adds an amount to a part; both are settled.
  function add(Pool storage pool, Part storage part, uint96 amount) internal returns (uint256 shares) {
    uint256 bonded = pool.bonded;
    uint256 all = pool.shares;
    if (all > bonded * MAX_SHARES_PER_UNIT || pool.thawShares > pool.thawing * MAX_SHARES_PER_UNIT)
      revert PoolWornOut();
    shares = all == 0 ? amount : Math.mulDiv(amount, all, bonded);
    pool.bonded += amount;
    pool.shares = all + shares;
    part.shares += shares;
  }

  /// @notice Moves shares of a part among those that leave; both are settled.
  /// @return amount what they are worth now
  /// @return thawShares their number among those that leave
  function release(
    Pool storage pool,
    Part storage part,
    uint256 shares
  ) internal returns (uint96 amount, uint256 thawShares) {
    // At most `bonded`, which fits 96 bits.
    amount = uint96(Math.mulDiv(shares, pool.bonded, pool.shares));
    uint256 all = pool.thawShares;
    // Never 0: no share of what leaves is ever worth more than one unit.
    thawShares = all == 0 ? amount : Math.mulDiv(amount, all, pool.thawing);
    part.shares -= shares;
    pool.shares -= shares;
    pool.bonded -= amount;
    pool.thawing += amount;
    pool.thawShares = all + thawShares;
  }

  /// @notice Takes thawed shares out.
  /// @return amount what they are worth now
  function take(Pool storage pool, uint256 thawShares) internal returns (uint96 amount) {
    if (thawShares == 0) return 0;
    // At most `thawing`, which fits 96 bits.
    amount = uint96(Math.mulDiv(thawShares, pool.thawing, pool.thawShares));
    pool.thawing -= amount;
    pool.thawShares -= thawShares;
  }

  /// @notice Takes a part of everything, of what leaves too; the pool is settled.
  /// @return fromBonded what was taken of what is bonded
  /// @return taken what was taken in all
  function slash(Pool storage pool, uint256 ppm) internal returns (uint96 fromBonded, uint256 taken) {
    // Each is at most what the pool holds, which fits 96 bits.
    fromBonded = uint96((pool.bonded * ppm) / WHOLE_PPM);
    uint96 fromThawing = uint96((pool.thawing * ppm) / WHOLE_PPM);
    pool.bonded -= fromBonded;
    pool.thawing -= fromThawing;
    taken = uint256(fromBonded) + fromThawing;
  }
}
