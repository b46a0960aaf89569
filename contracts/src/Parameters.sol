// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { IParameters } from "./interfaces/IParameters.sol";
import { ParameterValues } from "./types/ParameterValues.sol";

/// @title Parameters
/// @notice The tunable values of the ledger. The bounds are constants: no owner can leave them.
contract Parameters is IParameters, Ownable2Step {
  uint256 public constant MAX_DISPUTE_WINDOW = 30 days;
  uint256 public constant MAX_CHANNEL_THAW = 30 days;
  uint256 public constant MAX_STAKE_THAW = 60 days;
  uint256 public constant MIN_MINIMUM_STAKE = 1e15;
  uint256 public constant MAX_MINIMUM_STAKE = 1_000_000e18;
  uint256 public constant MAX_DEPLOYMENT_FEE = 1_000e18;
  uint256 public constant MAX_PLATFORM_FEE = 1e17;
  uint256 public constant MIN_CHALLENGE_DEPOSIT = 1e12;
  uint256 public constant MAX_CHALLENGE_DEPOSIT = 1_000e18;
  /// @notice How long one pause may last.
  uint256 public constant MAX_PAUSE = 7 days;
  /// @notice How long nobody can pause after the time of a pause.
  uint256 public constant MIN_UNPAUSED = 14 days;

  /// @notice No decision can make the dispute window shorter: a quarter of its first value.
  uint256 public immutable minimumDisputeWindow;

  ParameterValues private _values;
  bool private _hasHadCourt;
  /// @dev When every thaw that was asked for under a longer thaw of stakes is over.
  uint64 private _longerThawsEnd;

  /// @inheritdoc IParameters
  address public override guardian;
  /// @inheritdoc IParameters
  uint64 public override pausedUntil;
  /// @inheritdoc IParameters
  uint64 public override pausableAt;

  /// @inheritdoc IParameters
  mapping(address court => uint64 since) public override courtSince;
  /// @inheritdoc IParameters
  mapping(address account => bool) public override wasTreasury;

  constructor(address owner_, ParameterValues memory initial) Ownable(owner_) {
    minimumDisputeWindow = Math.ceilDiv(initial.disputeWindow, 4);
    _bound("disputeWindow", initial.disputeWindow, 1, MAX_DISPUTE_WINDOW);
    _store(initial);
  }

  /// @inheritdoc IParameters
  function set(ParameterValues calldata next) external override onlyOwner {
    _bound("disputeWindow", next.disputeWindow, minimumDisputeWindow, MAX_DISPUTE_WINDOW);
    uint32 before = _values.stakeThaw;
    if (next.stakeThaw < before) {
      uint64 end = uint64(block.timestamp) + before;
      if (end > _longerThawsEnd) _longerThawsEnd = end;
    }
    _store(next);
  }

  /// @inheritdoc IParameters
  function setCourt(address court, bool allowed) external override onlyOwner {
    uint64 since = 0;
    if (allowed) {
      if (courtSince[court] != 0) revert CourtAlreadyRegistered(court);
      since = uint64(block.timestamp) + (_hasHadCourt ? stakeThaw() : 0);
      _hasHadCourt = true;
    } else if (courtSince[court] == 0) {
      revert UnknownCourt(court);
    }
    courtSince[court] = since;
    emit CourtChanged(court, since);
  }

  /// @inheritdoc IParameters
  function setGuardian(address guardian_) external override onlyOwner {
    guardian = guardian_;
    emit GuardianChanged(guardian_);
  }

  /// @inheritdoc IParameters
  function pause(uint32 duration) external override {
    if (msg.sender != guardian) revert NotGuardian(msg.sender);
    _bound("pause", duration, 1, MAX_PAUSE);
    if (block.timestamp < pausableAt) revert PauseTooSoon(pausableAt);
    pausedUntil = uint64(block.timestamp) + duration;
    pausableAt = pausedUntil + uint64(MIN_UNPAUSED);
    emit Paused(msg.sender, pausedUntil, pausableAt);
  }

  /// @inheritdoc IParameters
  function unpause() external override {
    if (msg.sender != guardian && msg.sender != owner()) revert NotGuardian(msg.sender);
    if (!paused()) revert PauseNotRunning();
    pausedUntil = uint64(block.timestamp);
    emit Unpaused(msg.sender);
  }

  /// @inheritdoc IParameters
  function values() external view override returns (ParameterValues memory) {
    return _values;
  }

  /// @inheritdoc IParameters
  function disputeWindow() external view override returns (uint32) {
    return _values.disputeWindow;
  }

  /// @inheritdoc IParameters
  function channelThaw() external view override returns (uint32) {
    return _values.channelThaw;
  }

  /// @inheritdoc IParameters
  function minimumStake() external view override returns (uint96) {
    return _values.minimumStake;
  }

  /// @inheritdoc IParameters
  function deploymentFee() external view override returns (uint96) {
    return _values.deploymentFee;
  }

  /// @inheritdoc IParameters
  function platformFee() external view override returns (uint96) {
    return _values.platformFee;
  }

  /// @inheritdoc IParameters
  function challengeDeposit() external view override returns (uint96) {
    return _values.challengeDeposit;
  }

  /// @inheritdoc IParameters
  function treasury() external view override returns (address) {
    return _values.treasury;
  }

  /// @inheritdoc IParameters
  function stakeThaw() public view override returns (uint32) {
    // At most the longer thaw, which fits 32 bits.
    uint32 rest = block.timestamp < _longerThawsEnd ? uint32(_longerThawsEnd - block.timestamp) : 0;
    return rest > _values.stakeThaw ? rest : _values.stakeThaw;
  }

  /// @inheritdoc IParameters
  function paused() public view override returns (bool) {
    return block.timestamp < pausedUntil;
  }

  /// @dev The dispute window is bounded by the caller.
  function _store(ParameterValues memory next) private {
    _bound("channelThaw", next.channelThaw, 1, MAX_CHANNEL_THAW);
    // A summons on the last day of a window is judged a window later: till then nobody may be out.
    _bound("stakeThaw", next.stakeThaw, 2 * uint256(next.disputeWindow), MAX_STAKE_THAW);
    _bound("minimumStake", next.minimumStake, MIN_MINIMUM_STAKE, MAX_MINIMUM_STAKE);
    _bound("deploymentFee", next.deploymentFee, 0, MAX_DEPLOYMENT_FEE);
    _bound("platformFee", next.platformFee, 0, MAX_PLATFORM_FEE);
    _bound("challengeDeposit", next.challengeDeposit, MIN_CHALLENGE_DEPOSIT, MAX_CHALLENGE_DEPOSIT);
    if (next.treasury == address(0)) revert ZeroTreasury();
    _values = next;
    wasTreasury[next.treasury] = true;
    emit ParametersChanged(next);
  }

  function _bound(bytes32 name, uint256 value, uint256 minimum, uint256 maximum) private pure {
    if (value < minimum || value > maximum) revert ParameterOutOfBounds(name, value, minimum, maximum);
  }
}
