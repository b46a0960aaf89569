// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ParameterValues } from "../types/ParameterValues.sol";

/// @title The values that the owner may tune, and the courts that may slash
interface IParameters {
  event ParametersChanged(ParameterValues values);
  event CourtChanged(address indexed court, uint64 since);
  event GuardianChanged(address indexed guardian);
  event Paused(address indexed guardian, uint64 until, uint64 pausableAt);
  event Unpaused(address indexed account);

  /// @notice A value lies outside its bounds.
  error ParameterOutOfBounds(bytes32 name, uint256 value, uint256 minimum, uint256 maximum);
  error ZeroTreasury();
  error CourtAlreadyRegistered(address court);
  error UnknownCourt(address court);
  error NotGuardian(address caller);
  error PauseTooSoon(uint64 pausableAt);
  error PauseNotRunning();

  /// @notice All values, as they were set: for a while after the thaw of stakes was made shorter, `stakeThaw` is longer.
  function values() external view returns (ParameterValues memory);

  /// @notice Sets all values; by the owner, inside the bounds.
  function set(ParameterValues calldata next) external;

  /// @notice Registers or removes a court. The first is in force at once, later ones after the stake thaw, so that whoever
  /// does not trust the court can leave first.
  function setCourt(address court, bool allowed) external;

  /// @notice Names who may pause; the zero address for nobody. By the owner.
  function setGuardian(address guardian) external;

  /// @notice Stops new deposits, bonds and registrations for a while; by the guardian. Nothing else is stopped: withdrawals, claims and
  /// disputes go on. When its time is over, `MIN_UNPAUSED` must pass before the next one, whoever is guardian then.
  /// @param duration seconds, at most `MAX_PAUSE`
  function pause(uint32 duration) external;

  /// @notice Ends a pause early; by the guardian or the owner. The next one is no sooner for it.
  function unpause() external;

  /// @notice Who may pause.
  function guardian() external view returns (address);

  /// @notice When the latest pause ends or ended, unix seconds; 0 before the first.
  function pausedUntil() external view returns (uint64);

  /// @notice When the guardian may pause again, unix seconds.
  function pausableAt() external view returns (uint64);

  /// @notice From when on a court may slash, unix seconds; 0 when it is none.
  function courtSince(address court) external view returns (uint64);

  /// @notice How long an epoch can be disproved, seconds.
  function disputeWindow() external view returns (uint32);

  /// @notice How long a new channel's payer waits for the rest, seconds.
  function channelThaw() external view returns (uint32);

  /// @notice How long a bond stays slashable after its owner asked for it now, seconds. When a decision has made the thaw shorter, nobody is
  /// free sooner than who asked just before it: epochs posted till then stay covered, and no court begins before those who thaw are out.
  function stakeThaw() external view returns (uint32);

  /// @notice Whether new deposits, bonds and registrations are stopped now.
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
