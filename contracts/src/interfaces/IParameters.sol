// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ParameterValues } from "../types/ParameterValues.sol";

/// @title The values that the owner may tune, and the courts that may slash
interface IParameters {
  event ParametersChanged(ParameterValues values);
  event CourtChanged(address indexed court, uint64 since);

  /// @notice A value lies outside its bounds.
  error ParameterOutOfBounds(bytes32 name, uint256 value, uint256 minimum, uint256 maximum);
  error ZeroTreasury();
  error CourtAlreadyRegistered(address court);
  error UnknownCourt(address court);

  /// @notice All values.
  function values() external view returns (ParameterValues memory);

  /// @notice Sets all values; by the owner, inside the bounds.
  function set(ParameterValues calldata next) external;

  /// @notice Registers or removes a court. The first is in force at once, later ones after the stake thaw, so that whoever
  /// does not trust the court can leave first.
  function setCourt(address court, bool allowed) external;

  /// @notice From when on a court may slash, unix seconds; 0 when it is none.
  function courtSince(address court) external view returns (uint64);

  /// @notice How long an epoch can be disproved, seconds.
  function disputeWindow() external view returns (uint32);

  /// @notice How long a new channel's payer waits for the rest, seconds.
  function channelThaw() external view returns (uint32);

  /// @notice How long a bond stays slashable after its owner asked for it, seconds.
  function stakeThaw() external view returns (uint32);

  /// @notice Whether deposits and bonds are stopped.
  function paused() external view returns (bool);

  /// @notice The bond below which an account does not count as staked.
  function minimumStake() external view returns (uint96);

  /// @notice What a deployment costs.
  function deploymentFee() external view returns (uint96);

  /// @notice What the treasury gets of each answer.
  function platformFee() external view returns (uint96);

  /// @notice What an accuser puts down.
  function challengeDeposit() external view returns (uint96);

  /// @notice Where fees go.
  function treasury() external view returns (address);

  /// @notice Whether fees have ever gone to an account.
  function wasTreasury(address account) external view returns (bool);
}
