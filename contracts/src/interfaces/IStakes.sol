// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Fault, Role } from "../types/Roles.sol";

/// @title Stakes: bonds that courts can slash by proof, and what they earn
interface IStakes {
  struct Position {
    uint96 bonded;
    uint96 thawing;
    uint64 releaseAt;
    uint256 rewardMark;
    uint256 owed;
  }

  event Bonded(address indexed account, Role indexed role, uint256 amount);
  event Thawing(address indexed account, Role indexed role, uint256 amount, uint64 releaseAt);
  event Withdrawn(address indexed account, Role indexed role, uint256 amount);
  event Slashed(
    address indexed account,
    Role indexed role,
    Fault fault,
    uint256 taken,
    address indexed prover,
    uint256 proverPart
  );
  event Distributed(uint256 amount, uint256 totalBonded);
  event RewardsClaimed(address indexed account, Role indexed role, uint256 amount);

  error BondsPaused();
  error ZeroAmount();
  error BondTooSmall(uint256 bonded, uint256 amount);
  error StillThawing(uint256 releaseAt);
  error NothingThawing(address account, Role role);
  error NothingBonded();
  error NotCourt(address caller);

  /// @notice Bonds WOPEN of the caller, who has approved it, for a role.
  function bond(Role role, uint96 amount) external;

  /// @notice Bonds the coin that was sent for a role.
  function bondNative(Role role) external payable;

  /// @notice Starts taking a part of the bond back. It stays slashable until the thaw ends; asking again restarts the clock.
  function thaw(Role role, uint96 amount) external;

  /// @notice Pays out what has thawed, in WOPEN.
  /// @return amount what was paid
  function withdraw(Role role) external returns (uint256 amount);

  /// @notice Takes the fault's part of a bond; by a court. The prover gets a part of it, the rest is burned: it stays
  /// here, and nobody can take it out.
  /// @return taken what was taken; 0 when nothing is bonded
  function slash(address account, Role role, Fault fault, address prover) external returns (uint256 taken);

  /// @notice Shares the WOPEN that has arrived here among all bonds, pro rata.
  /// @return amount what was shared
  function distribute() external returns (uint256 amount);

  /// @notice Pays an account what its bond has earned; anyone may call it for the account.
  /// @return amount what was paid
  function claimRewards(address account, Role role) external returns (uint256 amount);

  /// @notice Whether an account's bond reaches the minimum.
  function isStaked(address account, Role role) external view returns (bool);

  /// @notice What is bonded and not thawing; 0 below the minimum.
  function coverOf(address account, Role role) external view returns (uint256);

  /// @notice An account's bond for a role.
  function getPosition(address account, Role role) external view returns (Position memory);

  /// @notice What `claimRewards` would pay now.
  function pendingRewards(address account, Role role) external view returns (uint256);

  /// @notice The sum of all bonds that are not thawing.
  function totalBonded() external view returns (uint256);

  /// @notice All WOPEN here that is not to be shared: bonds, thawing bonds, rewards already shared, and what was burned.
  function held() external view returns (uint256);
}
