// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IParameters } from "./interfaces/IParameters.sol";
import { IStakes } from "./interfaces/IStakes.sol";
import { IWOPEN } from "./interfaces/IWOPEN.sol";
import { DelegationPool, Leaving, Part, Pool } from "./libraries/DelegationPool.sol";
import { Equivocation } from "./libraries/Equivocation.sol";
import { LedgerDomain } from "./libraries/LedgerDomain.sol";
import { PositionSlot } from "./libraries/PositionSlot.sol";
import { SignedBy } from "./libraries/SignedBy.sol";
import { Fault, Role } from "./types/Roles.sol";
import { Receipt } from "./types/Statements.sol";

/// @title Stakes
/// @notice Bonds by role, and what others delegate to them. A court takes a fixed part for a proven fault; WOPEN that arrives here by a claim is shared among the bonds.
contract Stakes is IStakes, ReentrancyGuardTransient {
  using SafeERC20 for IWOPEN;
  using DelegationPool for Pool;

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
  /// @notice What an answer that was not computed as its receipt says costs the node, ppm of its bond.
  uint256 public constant WRONG_EXECUTION_PPM = 500_000;
  /// @notice What it costs the node not to open an answer that it must open, ppm of its bond: as much as a wrong one, or liars would stay silent.
  uint256 public constant WITHHELD_EXECUTION_PPM = WRONG_EXECUTION_PPM;
  /// @notice What it costs an auditor to commit to a verdict and not to reveal it, ppm of its bond.
  uint256 public constant SILENT_AUDITOR_PPM = 50_000;
  /// @notice The prover's part of what is taken, ppm.
  uint256 public constant PROVER_PPM = 200_000;

  /// @notice The greatest part of delegators' rewards that an account can keep, ppm.
  uint256 public constant MAX_COMMISSION_PPM = 500_000;
  /// @notice How many thaws of one delegation can stand at a time.
  uint256 public constant MAX_THAWS = 8;

  uint256 private constant WHOLE_PPM = 1_000_000;
  uint256 private constant REWARD_SCALE = 1e27;
  /// @dev What stands for a case of which nothing is to be settled: no hash.
  bytes32 private constant SETTLED = bytes32(uint256(1));

  IWOPEN public immutable wopen;
  IParameters public immutable parameters;
  /// @notice The contract that judges epochs. Receipts are addressed to it.
  address public immutable epochs;
  /// @notice The EIP-712 domain of receipts.
  bytes32 public immutable domainSeparator;

  uint128 private _totalBonded;
  uint128 private _held;
  /// @notice Rewards per bonded unit since the beginning, scaled by 10²⁷.
  uint256 public rewardPerUnit;

  /// @inheritdoc IStakes
  mapping(address account => mapping(Role role => uint64)) public override heldUntil;
  mapping(address account => mapping(Role role => Position)) private _positions;
  mapping(address account => mapping(Role role => Pool)) private _pools;
  mapping(address delegator => mapping(address account => mapping(Role role => Part))) private _parts;

  /// @dev Of each case that has slashed: what is to be settled, hashed, or SETTLED. Equivocations are cases of this contract.
  mapping(bytes32 courtAndCase => bytes32) private _cases;

  constructor(IWOPEN wopen_, IParameters parameters_, address epochs_) {
    wopen = wopen_;
    parameters = parameters_;
    epochs = epochs_;
    domainSeparator = LedgerDomain.separator(epochs_);
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
    position.releaseAt = uint40(releaseAt);
    _totalBonded -= amount;
    emit Thawing(msg.sender, role, amount, releaseAt);
  }

  /// @inheritdoc IStakes
  function withdraw(Role role) external override nonReentrant returns (uint256 amount) {
    Position storage position = _positions[msg.sender][role];
    amount = position.thawing;
    if (amount == 0) revert NothingThawing(msg.sender, role);
    if (block.timestamp < position.releaseAt) revert StillThawing(position.releaseAt);
    _requireFree(msg.sender, role);
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
    _requireCourt();
    uint256 word = PositionSlot.load(_positions[account][role]);
    uint256 fromBonded;
    (taken, fromBonded, word) = PositionSlot.cut(word, _ppmOf(fault));
    PositionSlot.store(_positions[account][role], word);
    emit Slashed(account, role, fault, taken, prover);
    taken += _settle(account, role, fault, prover, taken, fromBonded);
  }

  /// @inheritdoc IStakes
  /// @dev Without the guard, as what follows: WOPEN calls nobody, and Epochs has its own.
  function slashGateway(address gateway, address prover) external override returns (uint256 unsettled) {
    if (msg.sender != epochs) revert NotEpochs(msg.sender);
    _requireCourt();
    (uint256 taken, uint256 fromBonded, bool later) = _cut(gateway, Role.Gateway, WRONG_EPOCH_PPM);
    emit Slashed(gateway, Role.Gateway, Fault.WrongEpoch, taken, prover);
    if (later) return taken;
    _settle(gateway, Role.Gateway, Fault.WrongEpoch, prover, taken, fromBonded);
  }

  /// @inheritdoc IStakes
  function settleGateway(address gateway, address prover, uint96 taken) external override nonReentrant {
    if (msg.sender != epochs) revert NotEpochs(msg.sender);
    _positions[gateway][Role.Gateway].unsettled -= 1;
    _settle(gateway, Role.Gateway, Fault.WrongEpoch, prover, taken, taken);
  }

  /// @inheritdoc IStakes
  function slashForCase(bytes32 caseId, address account, Role role, Fault fault, address prover) external override {
    _requireCourt();
    bytes32 key = _keyOf(msg.sender, caseId);
    if (_cases[key] != 0) revert AlreadyDecided(msg.sender, caseId);
    (uint256 taken, uint256 fromBonded, bool later) = _cut(account, role, _ppmOf(fault));
    _cases[key] = later ? _slashHash(account, role, fault, prover, taken) : SETTLED;
    emit Slashed(account, role, fault, taken, prover);
    if (!later) _settle(account, role, fault, prover, taken, fromBonded);
  }

  /// @inheritdoc IStakes
  function settleCase(
    address court,
    bytes32 caseId,
    address account,
    Role role,
    Fault fault,
    address prover,
    uint96 taken
  ) external override nonReentrant {
    bytes32 key = _keyOf(court, caseId);
    if (_cases[key] != _slashHash(account, role, fault, prover, taken)) revert NothingToSettle(account);
    _cases[key] = SETTLED;
    _positions[account][role].unsettled -= 1;
    _settle(account, role, fault, prover, taken, taken);
  }

  /// @inheritdoc IStakes
  function isDecided(address court, bytes32 caseId) public view override returns (bool) {
    return _cases[_keyOf(court, caseId)] != 0;
  }

  /// @inheritdoc IStakes
  function proveEquivocation(Receipt calldata first, uint256 runs, bytes calldata evidence) external override {
    address node = first.node;
    uint64 nonce = first.nonce;
    _requireEquivocation(node, first, runs, evidence);
    bytes32 caseId = _caseOf(node, nonce);
    if (_cases[caseId] != 0) revert AlreadyDecided(address(this), caseId);
    (uint256 taken, uint256 fromBonded, bool later) = _cut(node, Role.Node, EQUIVOCATION_PPM);
    _cases[caseId] = later ? _slashHash(node, Role.Node, Fault.Equivocation, msg.sender, taken) : SETTLED;
    emit EquivocationProven(node, msg.sender, nonce, taken);
    if (!later) _settle(node, Role.Node, Fault.Equivocation, msg.sender, taken, fromBonded);
  }

  /// @inheritdoc IStakes
  function hold(address account, Role role, uint64 until) external override {
    _requireCourt();
    uint64 limit = uint64(block.timestamp) + parameters.stakeThaw();
    if (until > limit) until = limit;
    if (until <= heldUntil[account][role]) return;
    heldUntil[account][role] = until;
    emit Held(account, role, until);
  }

  /// @inheritdoc IStakes
  function setPool(Role role, uint32 commissionPpm, bool open) external override nonReentrant {
    Position storage position = _settled(msg.sender, role);
    Pool storage pool = _settledPool(msg.sender, role, position);
    uint256 limit = pool.shares == 0 ? MAX_COMMISSION_PPM : pool.commissionPpm;
    if (commissionPpm > limit) revert CommissionTooHigh(commissionPpm, limit);
    position.hasPool = true;
    pool.commissionPpm = commissionPpm;
    pool.open = open;
    emit PoolChanged(msg.sender, role, commissionPpm, open);
  }

  /// @inheritdoc IStakes
  function delegate(
    address account,
    Role role,
    uint96 amount,
    uint32 maxCommissionPpm
  ) external override nonReentrant returns (uint256 shares) {
    shares = _delegate(account, role, amount, maxCommissionPpm);
    wopen.safeTransferFrom(msg.sender, address(this), amount);
  }

  /// @inheritdoc IStakes
  function delegateNative(
    address account,
    Role role,
    uint32 maxCommissionPpm
  ) external payable override nonReentrant returns (uint256 shares) {
    shares = _delegate(account, role, SafeCast.toUint96(msg.value), maxCommissionPpm);
    wopen.deposit{ value: msg.value }();
  }

  /// @inheritdoc IStakes
  function undelegate(
    address account,
    Role role,
    uint256 shares
  ) external override nonReentrant returns (uint256 amount) {
    uint64 releaseAt;
    (amount, releaseAt) = _leave(account, role, shares);
    _totalBonded -= uint128(amount);
    emit Undelegated(msg.sender, account, role, shares, amount, releaseAt);
  }

  /// @inheritdoc IStakes
  function withdrawDelegation(address account, Role role) external override nonReentrant returns (uint256 amount) {
    _requireFree(account, role);
    Part storage part = _parts[msg.sender][account][role];
    Pool storage pool = _pools[account][role];
    Leaving[] storage leaving = part.leaving;
    // At most MAX_THAWS; the thaw may have been changed between them, so that any of them may be over first.
    uint256 i = leaving.length;
    uint64 earliest = type(uint64).max;
    bool any = false;
    while (i != 0) {
      Leaving memory one = leaving[--i];
      if (one.releaseAt < earliest) earliest = one.releaseAt;
      if (block.timestamp < one.releaseAt) continue;
      any = true;
      amount += pool.take(one.shares);
      leaving[i] = leaving[leaving.length - 1];
      leaving.pop();
    }
    if (!any && earliest == type(uint64).max) revert NothingThawing(account, role);
    if (!any) revert StillThawing(earliest);
    _held -= uint128(amount);
    emit DelegationWithdrawn(msg.sender, account, role, amount);
    wopen.safeTransfer(msg.sender, amount);
  }

  /// @inheritdoc IStakes
  function claimDelegationRewards(
    address delegator,
    address account,
    Role role
  ) external override nonReentrant returns (uint256 amount) {
    (, Part storage part) = _settledPart(delegator, account, role);
    amount = part.owed;
    if (amount == 0) revert ZeroAmount();
    part.owed = 0;
    _held -= SafeCast.toUint128(amount);
    emit DelegationRewardsClaimed(delegator, account, role, amount);
    wopen.safeTransfer(delegator, amount);
  }

  /// @inheritdoc IStakes
  function distribute() external override nonReentrant returns (uint256 amount) {
    if (_totalBonded == 0) revert NothingBonded();
    return _distribute();
  }

  /// @inheritdoc IStakes
  function claimRewards(address account, Role role) external override nonReentrant returns (uint256 amount) {
    Position storage position = _settled(account, role);
    if (position.hasPool) _settledPool(account, role, position);
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
  function isEquivocationProven(address node, uint64 nonce) external view override returns (bool) {
    return isDecided(address(this), _caseOf(node, nonce));
  }

  /// @inheritdoc IStakes
  function coverOf(address account, Role role) external view override returns (uint256) {
    Position storage position = _positions[account][role];
    uint256 bonded = position.bonded;
    if (position.unsettled != 0 || bonded < parameters.minimumStake()) return 0;
    // Who answers for others' coins only would risk little of their own.
    return position.hasPool ? bonded + Math.min(bonded, _pools[account][role].bonded) : bonded;
  }

  /// @inheritdoc IStakes
  function getPosition(address account, Role role) external view override returns (Position memory) {
    return _positions[account][role];
  }

  /// @inheritdoc IStakes
  function pendingRewards(address account, Role role) external view override returns (uint256) {
    Position storage position = _positions[account][role];
    uint256 perUnit = _pendingPerUnit();
    uint256 own = position.owed + Math.mulDiv(position.bonded, perUnit - position.rewardMark, REWARD_SCALE);
    return position.hasPool ? own + _pools[account][role].pendingCommission(perUnit) : own;
  }

  /// @inheritdoc IStakes
  function getPool(address account, Role role) external view override returns (PoolState memory) {
    Pool storage pool = _pools[account][role];
    return PoolState(pool.bonded, pool.thawing, pool.commissionPpm, pool.open, pool.shares);
  }

  /// @inheritdoc IStakes
  function getDelegation(
    address delegator,
    address account,
    Role role
  ) external view override returns (DelegationState memory state) {
    Pool storage pool = _pools[account][role];
    Part storage part = _parts[delegator][account][role];
    state.shares = part.shares;
    state.bonded = pool.worth(part.shares);
    state.rewards = pool.pendingRewards(part, _pendingPerUnit());
    uint256 count = part.leaving.length;
    state.leaving = new LeavingState[](count);
    for (uint256 i = 0; i < count; ++i) {
      Leaving memory one = part.leaving[i];
      state.leaving[i] = LeavingState(pool.worthLeaving(one.shares), one.releaseAt);
    }
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

  function _delegate(
    address account,
    Role role,
    uint96 amount,
    uint32 maxCommissionPpm
  ) private returns (uint256 shares) {
    if (parameters.paused()) revert BondsPaused();
    if (amount == 0) revert ZeroAmount();
    (Pool storage pool, Part storage part) = _settledPart(msg.sender, account, role);
    if (!pool.open) revert PoolClosed(account, role);
    if (pool.commissionPpm > maxCommissionPpm) revert CommissionTooHigh(pool.commissionPpm, maxCommissionPpm);
    shares = pool.add(part, amount);
    if (shares == 0) revert ZeroAmount();
    _totalBonded += amount;
    _held += amount;
    emit Delegated(msg.sender, account, role, amount, shares);
  }

  function _leave(address account, Role role, uint256 shares) private returns (uint96 amount, uint64 releaseAt) {
    (Pool storage pool, Part storage part) = _settledPart(msg.sender, account, role);
    if (shares == 0) revert ZeroAmount();
    if (shares > part.shares) revert SharesTooFew(part.shares, shares);
    if (part.leaving.length == MAX_THAWS) revert TooManyThaws(MAX_THAWS);
    uint256 thawShares;
    (amount, thawShares) = pool.release(part, shares);
    if (amount == 0) revert ZeroAmount();
    releaseAt = uint64(block.timestamp) + parameters.stakeThaw();
    part.leaving.push(Leaving(thawShares, releaseAt));
  }

  /// @dev Takes a part at once, by one slot, and leaves the rest for later where all is taken of what was bonded and nothing is delegated.
  function _cut(
    address account,
    Role role,
    uint256 ppm
  ) private returns (uint256 taken, uint256 fromBonded, bool later) {
    Position storage position = _positions[account][role];
    uint256 word;
    (taken, fromBonded, word) = PositionSlot.cut(PositionSlot.load(position), ppm);
    later = taken != 0 && taken == fromBonded && !PositionSlot.hasPool(word);
    PositionSlot.store(position, later ? PositionSlot.withUnsettled(word) : word);
  }

  function _requireEquivocation(
    address node,
    Receipt calldata receipt,
    uint256 runs,
    bytes calldata evidence
  ) private view {
    (
      bool fits,
      bytes32 first,
      bytes calldata firstSignature,
      bytes32 second,
      bytes calldata secondSignature
    ) = Equivocation.read(domainSeparator, receipt, runs, evidence);
    if (
      !fits ||
      first == second ||
      !SignedBy.isSigned(node, first, firstSignature) ||
      !SignedBy.isSigned(node, second, secondSignature)
    ) revert NoEquivocation();
  }

  /// @dev Books a slash that was taken off the bond, and pays the prover. What was taken earns until now: rewards are marked when they are taken
  /// over, which an unsettled slash forbids, so that the mark is that of the time before it.
  /// @return fromPool what was taken of delegations
  function _settle(
    address account,
    Role role,
    Fault fault,
    address prover,
    uint256 taken,
    uint256 fromBonded
  ) private returns (uint256 fromPool) {
    if (_totalBonded != 0) _distribute();
    Position storage position = _positions[account][role];
    uint256 earned = Math.mulDiv(fromBonded, rewardPerUnit - position.rewardMark, REWARD_SCALE);
    if (earned != 0) position.owed += earned;
    uint256 proverPart = (taken * PROVER_PPM) / WHOLE_PPM;
    // Both are parts of what stands there.
    _totalBonded -= uint128(fromBonded);
    // The rest stays in `held`: nobody can ever take it out, so it is burned.
    _held -= uint128(proverPart);
    if (position.hasPool) fromPool = _slashPool(account, role, fault);
    if (proverPart == 0) return fromPool;
    emit ProverPaid(account, role, prover, proverPart);
    wopen.safeTransfer(prover, proverPart);
  }

  function _slashPool(address account, Role role, Fault fault) private returns (uint256 taken) {
    uint96 fromBonded;
    (fromBonded, taken) = _settledPool(account, role, _positions[account][role]).slash(_ppmOf(fault));
    _totalBonded -= fromBonded;
    emit DelegationsSlashed(account, role, fault, taken);
  }

  /// @dev After `_settled`, which takes over what has arrived.
  function _settledPool(address account, Role role, Position storage position) private returns (Pool storage pool) {
    pool = _pools[account][role];
    uint256 commission = pool.settle(rewardPerUnit);
    if (commission != 0) position.owed += commission;
  }

  function _settledPart(
    address delegator,
    address account,
    Role role
  ) private returns (Pool storage pool, Part storage part) {
    pool = _settledPool(account, role, _settled(account, role));
    part = _parts[delegator][account][role];
    pool.settlePart(part);
  }

  /// @dev Shares what has arrived first, so that a bond earns only from what arrives while it stands.
  function _settled(address account, Role role) private returns (Position storage position) {
    if (_totalBonded != 0) _distribute();
    position = _positions[account][role];
    if (position.unsettled != 0) revert SlashUnsettled(account, role);
    uint256 perUnit = rewardPerUnit;
    uint256 mark = position.rewardMark;
    if (perUnit == mark) return position;
    position.owed += Math.mulDiv(position.bonded, perUnit - mark, REWARD_SCALE);
    position.rewardMark = perUnit;
  }

  function _requireCourt() private view {
    uint64 since = parameters.courtSince(msg.sender);
    if (since == 0 || block.timestamp < since) revert NotCourt(msg.sender);
  }

  function _requireFree(address account, Role role) private view {
    uint64 until = heldUntil[account][role];
    if (block.timestamp < until) revert StillHeld(until);
  }

  function _pendingPerUnit() private view returns (uint256 perUnit) {
    perUnit = rewardPerUnit;
    uint256 total = _totalBonded;
    if (total != 0) perUnit += Math.mulDiv(wopen.balanceOf(address(this)) - _held, REWARD_SCALE, total);
  }

  /// @dev The id itself for cases of this contract, which is a node and a nonce; else a hash, which is never such an id.
  function _keyOf(address court, bytes32 caseId) private view returns (bytes32 key) {
    if (court == address(this)) return caseId;
    assembly ("memory-safe") {
      mstore(0, court)
      mstore(32, caseId)
      key := keccak256(0, 64)
    }
  }

  function _caseOf(address node, uint64 nonce) private pure returns (bytes32) {
    return bytes32((uint256(uint160(node)) << 64) | nonce);
  }

  function _slashHash(
    address account,
    Role role,
    Fault fault,
    address prover,
    uint256 taken
  ) private pure returns (bytes32 hash) {
    // The keccak of the five words.
    assembly ("memory-safe") {
      let free := mload(0x40)
      mstore(free, account)
      mstore(add(free, 32), role)
      mstore(add(free, 64), fault)
      mstore(add(free, 96), prover)
      mstore(add(free, 128), taken)
      hash := keccak256(free, 160)
    }
  }

  function _ppmOf(Fault fault) private pure returns (uint256) {
    if (fault == Fault.WrongEpoch) return WRONG_EPOCH_PPM;
    if (fault == Fault.Equivocation) return EQUIVOCATION_PPM;
    if (fault == Fault.WrongAttribution) return WRONG_ATTRIBUTION_PPM;
    if (fault == Fault.WrongExecution) return WRONG_EXECUTION_PPM;
    if (fault == Fault.WithheldExecution) return WITHHELD_EXECUTION_PPM;
    if (fault == Fault.SilentAuditor) return SILENT_AUDITOR_PPM;
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
