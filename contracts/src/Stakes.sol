// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IParameters } from "./interfaces/IParameters.sol";
import { IStakes } from "./interfaces/IStakes.sol";
import { IWOPEN } from "./interfaces/IWOPEN.sol";
import { Fault, Role } from "./types/Roles.sol";

/// @title Stakes
/// @notice Bonds by role. A court takes a fixed part for a proven fault; WOPEN that arrives here by a claim is shared among the bonds.
contract Stakes is IStakes, ReentrancyGuardTransient {
  using SafeERC20 for IWOPEN;

  /// @notice What a wrong epoch costs the gateway, ppm of its bond.
  uint256 public constant WRONG_EPOCH_PPM = 500_000;
  /// @notice What two receipts with one nonce cost the node, ppm of its bond.
  uint256 public constant EQUIVOCATION_PPM = 250_000;
  /// @notice What a wrong attribution costs the node, ppm of its bond.
  uint256 public constant WRONG_ATTRIBUTION_PPM = 250_000;
  /// @notice What an attribution that was never made costs the node, ppm of its bond.
  uint256 public constant MISSING_ATTRIBUTION_PPM = 50_000;
  /// @notice What a receipt that was promised and left out costs the gateway, ppm of its bond.
  uint256 public constant BROKEN_PROMISE_PPM = 50_000;
  /// @notice The prover's part of what is taken, ppm.
  uint256 public constant PROVER_PPM = 200_000;

  uint256 private constant WHOLE_PPM = 1_000_000;
  uint256 private constant REWARD_SCALE = 1e27;

  IWOPEN public immutable wopen;
  IParameters public immutable parameters;

  uint128 private _totalBonded;
  uint128 private _held;
  /// @notice Rewards per bonded unit since the beginning, scaled by 10²⁷.
  uint256 public rewardPerUnit;

  mapping(address account => mapping(Role role => Position)) private _positions;

  constructor(IWOPEN wopen_, IParameters parameters_) {
    wopen = wopen_;
    parameters = parameters_;
  }

  /// @inheritdoc IStakes
  function bond(Role role, uint96 amount) external override nonReentrant {
    _bond(role, amount);
    wopen.safeTransferFrom(msg.sender, address(this), amount);
  }

  /// @inheritdoc IStakes
  function bondNative(Role role) external payable override nonReentrant {
    _bond(role, SafeCast.toUint96(msg.value));
    wopen.deposit{ value: msg.value }();
  }

  /// @inheritdoc IStakes
  function thaw(Role role, uint96 amount) external override nonReentrant {
    if (amount == 0) revert ZeroAmount();
    Position storage position = _settled(msg.sender, role);
    if (amount > position.bonded) revert BondTooSmall(position.bonded, amount);
    uint64 releaseAt = uint64(block.timestamp) + parameters.stakeThaw();
    position.bonded -= amount;
    position.thawing += amount;
    position.releaseAt = releaseAt;
    _totalBonded -= amount;
    emit Thawing(msg.sender, role, amount, releaseAt);
  }

  /// @inheritdoc IStakes
  function withdraw(Role role) external override nonReentrant returns (uint256 amount) {
    Position storage position = _positions[msg.sender][role];
    amount = position.thawing;
    if (amount == 0) revert NothingThawing(msg.sender, role);
    if (block.timestamp < position.releaseAt) revert StillThawing(position.releaseAt);
    position.thawing = 0;
    _held -= uint128(amount);
    emit Withdrawn(msg.sender, role, amount);
    wopen.safeTransfer(msg.sender, amount);
  }

  /// @inheritdoc IStakes
  function slash(
    address account,
    Role role,
    Fault fault,
    address prover
  ) external override nonReentrant returns (uint256 taken) {
    uint64 since = parameters.courtSince(msg.sender);
    if (since == 0 || block.timestamp < since) revert NotCourt(msg.sender);
    Position storage position = _settled(account, role);
    uint96 bonded = position.bonded;
    taken = ((bonded + position.thawing) * _ppmOf(fault)) / WHOLE_PPM;
    // Each part is at most what the position holds, which fits 96 bits.
    uint96 fromBonded = uint96(Math.min(taken, bonded));
    position.bonded = bonded - fromBonded;
    position.thawing -= uint96(taken - fromBonded);
    _totalBonded -= fromBonded;
    uint256 proverPart = (taken * PROVER_PPM) / WHOLE_PPM;
    // The rest stays in `held`: nobody can ever take it out, so it is burned.
    _held -= uint128(proverPart);
    emit Slashed(account, role, fault, taken, prover, proverPart);
    if (proverPart != 0) wopen.safeTransfer(prover, proverPart);
  }

  /// @inheritdoc IStakes
  function distribute() external override nonReentrant returns (uint256 amount) {
    if (_totalBonded == 0) revert NothingBonded();
    return _distribute();
  }

  /// @inheritdoc IStakes
  function claimRewards(address account, Role role) external override nonReentrant returns (uint256 amount) {
    Position storage position = _settled(account, role);
    amount = position.owed;
    if (amount == 0) revert ZeroAmount();
    position.owed = 0;
    _held -= SafeCast.toUint128(amount);
    emit RewardsClaimed(account, role, amount);
    wopen.safeTransfer(account, amount);
  }

  /// @inheritdoc IStakes
  function isStaked(address account, Role role) external view override returns (bool) {
    return _positions[account][role].bonded >= parameters.minimumStake();
  }

  /// @inheritdoc IStakes
  function coverOf(address account, Role role) external view override returns (uint256) {
    uint256 bonded = _positions[account][role].bonded;
    return bonded >= parameters.minimumStake() ? bonded : 0;
  }

  /// @inheritdoc IStakes
  function getPosition(address account, Role role) external view override returns (Position memory) {
    return _positions[account][role];
  }

  /// @inheritdoc IStakes
  function pendingRewards(address account, Role role) external view override returns (uint256) {
    Position storage position = _positions[account][role];
    uint256 perUnit = rewardPerUnit;
    uint256 total = _totalBonded;
    if (total != 0) perUnit += Math.mulDiv(wopen.balanceOf(address(this)) - _held, REWARD_SCALE, total);
    return position.owed + Math.mulDiv(position.bonded, perUnit - position.rewardMark, REWARD_SCALE);
  }

  /// @inheritdoc IStakes
  function totalBonded() external view override returns (uint256) {
    return _totalBonded;
  }

  /// @inheritdoc IStakes
  function held() external view override returns (uint256) {
    return _held;
  }

  function _bond(Role role, uint96 amount) private {
    if (parameters.paused()) revert BondsPaused();
    if (amount == 0) revert ZeroAmount();
    Position storage position = _settled(msg.sender, role);
    position.bonded += amount;
    _totalBonded += amount;
    _held += amount;
    emit Bonded(msg.sender, role, amount);
  }

  /// @dev Shares what has arrived first, so that a bond earns only from what arrives while it stands.
  function _settled(address account, Role role) private returns (Position storage position) {
    if (_totalBonded != 0) _distribute();
    position = _positions[account][role];
    uint256 perUnit = rewardPerUnit;
    uint256 mark = position.rewardMark;
    if (perUnit == mark) return position;
    position.owed += Math.mulDiv(position.bonded, perUnit - mark, REWARD_SCALE);
    position.rewardMark = perUnit;
  }

  function _ppmOf(Fault fault) private pure returns (uint256) {
    if (fault == Fault.WrongEpoch) return WRONG_EPOCH_PPM;
    if (fault == Fault.Equivocation) return EQUIVOCATION_PPM;
    if (fault == Fault.WrongAttribution) return WRONG_ATTRIBUTION_PPM;
    return fault == Fault.MissingAttribution ? MISSING_ATTRIBUTION_PPM : BROKEN_PROMISE_PPM;
  }

  function _distribute() private returns (uint256 amount) {
    uint256 total = _totalBonded;
    uint256 before = _held;
    uint256 balance = wopen.balanceOf(address(this));
    amount = balance - before;
    if (amount == 0) return 0;
    _held = SafeCast.toUint128(balance);
    rewardPerUnit += Math.mulDiv(amount, REWARD_SCALE, total);
    emit Distributed(amount, total);
  }
}
