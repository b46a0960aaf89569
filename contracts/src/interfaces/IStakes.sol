// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Fault, Role } from "../types/Roles.sol";
import { Receipt } from "../types/Statements.sol";

/// @title Stakes: bonds that courts can slash by proof, and what they earn
interface IStakes {
  /// @dev The first five stand in one slot, which is all that a conviction writes here, beside its case, where it is settled later.
  struct Position {
    uint96 bonded;
    uint96 thawing;
    uint40 releaseAt;
    /// How many slashes have been taken off the bond and are not settled yet.
    uint16 unsettled;
    /// Whether others could ever delegate to it, so that who never asked for it pays no gas for it.
    bool hasPool;
    uint256 rewardMark;
    uint256 owed;
  }

  /// @notice What others have put behind an account, as it is now; amounts in the smallest unit.
  struct PoolState {
    uint96 bonded;
    uint96 thawing;
    uint32 commissionPpm;
    bool open;
    uint256 shares;
  }

  /// @notice One delegator's part, as it is now. A slash makes `bonded` and the amounts that leave smaller.
  struct DelegationState {
    uint256 shares;
    uint256 bonded;
    uint256 rewards;
    LeavingState[] leaving;
  }

  /// @notice What leaves: its present worth, and from when on it can be withdrawn.
  struct LeavingState {
    uint256 amount;
    uint64 releaseAt;
  }

  event Bonded(address indexed account, Role indexed role, uint256 amount);
  event Thawing(address indexed account, Role indexed role, uint256 amount, uint64 releaseAt);
  event Withdrawn(address indexed account, Role indexed role, uint256 amount);
  /// @notice The prover gets `PROVER_PPM` of what was taken, when the slash is settled.
  event Slashed(address indexed account, Role role, Fault fault, uint256 taken, address indexed prover);
  /// @notice What a prover was promised by `Slashed` has been paid out.
  event ProverPaid(address indexed account, Role indexed role, address indexed prover, uint256 amount);
  /// @notice Two receipts of one nonce were shown: the node's bond was slashed, as `Slashed` says for other faults.
  event EquivocationProven(address indexed node, address indexed prover, uint64 nonce, uint256 taken);
  event Distributed(uint256 amount, uint256 totalBonded);
  event PoolChanged(address indexed account, Role indexed role, uint32 commissionPpm, bool open);
  event Delegated(
    address indexed delegator,
    address indexed account,
    Role indexed role,
    uint256 amount,
    uint256 shares
  );
  event Undelegated(
    address indexed delegator,
    address indexed account,
    Role indexed role,
    uint256 shares,
    uint256 amount,
    uint64 releaseAt
  );
  event DelegationWithdrawn(address indexed delegator, address indexed account, Role indexed role, uint256 amount);
  event DelegationRewardsClaimed(address indexed delegator, address indexed account, Role indexed role, uint256 amount);
  /// @notice Beside `Slashed`, which says what was taken of the account's own bond: what was taken of delegations, all of it burned.
  event DelegationsSlashed(address indexed account, Role indexed role, Fault fault, uint256 taken);
  event RewardsClaimed(address indexed account, Role indexed role, uint256 amount);
  event Held(address indexed account, Role indexed role, uint64 until);

  error BondsPaused();
  error ZeroAmount();
  error BondTooSmall(uint256 bonded, uint256 amount);
  error StillThawing(uint256 releaseAt);
  error NothingThawing(address account, Role role);
  error NothingBonded();
  error NotCourt(address caller);
  error PoolClosed(address account, Role role);
  error CommissionTooHigh(uint256 ppm, uint256 limit);
  error SharesTooFew(uint256 held, uint256 wanted);
  error TooManyThaws(uint256 limit);
  error StillHeld(uint64 until);
  error NoEquivocation();
  error NotEpochs(address caller);
  /// @notice A slash of this bond has not been settled; anyone can settle it.
  error SlashUnsettled(address account, Role role);
  error NothingToSettle(address account);
  error AlreadyDecided(address court, bytes32 caseId);

  /// @notice Bonds WOPEN of the caller, who has approved it, for a role.
  function bond(Role role, uint96 amount) external;

  /// @notice Bonds the coin that was sent for a role.
  function bondNative(Role role) external payable;

  /// @notice Starts taking a part of the bond back. It stays slashable until the thaw ends; asking again restarts the clock.
  function thaw(Role role, uint96 amount) external;

  /// @notice Pays out what has thawed, in WOPEN.
  /// @return amount what was paid
  function withdraw(Role role) external returns (uint256 amount);

  /// @notice Says whether others may delegate to the caller's bond, and what part of their rewards the caller keeps. While
  /// anything is delegated the part can only become smaller.
  /// @param commissionPpm at most `MAX_COMMISSION_PPM`
  function setPool(Role role, uint32 commissionPpm, bool open) external;

  /// @notice Delegates WOPEN of the caller, who has approved it, to an account's bond. It earns and is slashed as that bond is.
  /// @param maxCommissionPpm refused when the account keeps more, so that nobody raises it just before
  /// @return shares the caller's new shares of all delegations to the account
  function delegate(
    address account,
    Role role,
    uint96 amount,
    uint32 maxCommissionPpm
  ) external returns (uint256 shares);

  /// @notice Delegates the coin that was sent.
  function delegateNative(
    address account,
    Role role,
    uint32 maxCommissionPpm
  ) external payable returns (uint256 shares);

  /// @notice Starts taking shares back. What they are worth stays slashable until it is withdrawn, as a thawing bond does; at most
  /// `MAX_THAWS` such requests can stand at a time.
  /// @return amount what the shares are worth now
  function undelegate(address account, Role role, uint256 shares) external returns (uint256 amount);

  /// @notice Pays the caller whatever has thawed, in WOPEN.
  /// @return amount what was paid
  function withdrawDelegation(address account, Role role) external returns (uint256 amount);

  /// @notice Pays a delegator what the delegation has earned; anyone may call it for the delegator.
  /// @return amount what was paid
  function claimDelegationRewards(address delegator, address account, Role role) external returns (uint256 amount);

  /// @notice Takes the fault's part of a bond and of all that is delegated to it; by a court. The prover gets a part of what the account itself
  /// had bonded, the rest is burned: it stays here, and nobody can take it out. Of delegations the prover gets nothing, so that nobody earns by
  /// slashing those who trusted them.
  /// @return taken what was taken in all; 0 when nothing is bonded
  function slash(address account, Role role, Fault fault, address prover) external returns (uint256 taken);

  /// @notice The same for a gateway's wrong epoch, by Epochs, which must be a court in force. The bond is smaller at once; where the whole part is
  /// taken of what is bonded and nothing is delegated, the books and the prover's pay are left for `settleGateway`. Until then the position
  /// covers nothing, and its bond can be withdrawn and slashed but not otherwise changed.
  /// @return unsettled what was taken and is to be settled; 0 when everything is done
  function slashGateway(address gateway, address prover) external returns (uint256 unsettled);

  /// @notice Settles such a slash: shares rewards up to now, books what was taken, pays the prover. By Epochs, which keeps what is to be settled.
  function settleGateway(address gateway, address prover, uint96 taken) external;

  /// @notice The same for a case that the calling court, which must be in force, has decided: once for each of its cases.
  function slashForCase(bytes32 caseId, address account, Role role, Fault fault, address prover) external;

  /// @notice Settles the slash for a court's case; anyone may, with what `Slashed` said of it. Two receipts of one nonce are a case of this
  /// contract, with the node's address and, in the lowest 64 bits, the nonce as its id.
  function settleCase(
    address court,
    bytes32 caseId,
    address account,
    Role role,
    Fault fault,
    address prover,
    uint96 taken
  ) external;

  /// @notice Whether a court's case has slashed.
  function isDecided(address court, bytes32 caseId) external view returns (bool);

  /// @notice Shows two receipts that a node signed with one nonce, and slashes the node's bond as `slashForCase` does; no court is needed.
  /// @param first one of them
  /// @param runs which words of the second differ from the first, which are never node and nonce, and the length of the first signature: see `Equivocation`
  /// @param evidence these words, the first signature, the second one
  function proveEquivocation(Receipt calldata first, uint256 runs, bytes calldata evidence) external;

  /// @notice Whether a node was convicted of using a nonce twice.
  function isEquivocationProven(address node, uint64 nonce) external view returns (bool);

  /// @notice Keeps a bond and what is delegated to it here until a time, whatever has thawed: a case about its owner is open. By a court; a
  /// time further ahead than one stake thaw is cut to that, an earlier one than stands changes nothing.
  function hold(address account, Role role, uint64 until) external;

  /// @notice Shares the WOPEN that has arrived here among all bonds, pro rata.
  /// @return amount what was shared
  function distribute() external returns (uint256 amount);

  /// @notice Pays an account what its bond has earned; anyone may call it for the account.
  /// @return amount what was paid
  function claimRewards(address account, Role role) external returns (uint256 amount);

  /// @notice Until when a court keeps an account's bond and what is delegated to it, Unix seconds.
  function heldUntil(address account, Role role) external view returns (uint64);

  /// @notice Whether an account's bond reaches the minimum.
  function isStaked(address account, Role role) external view returns (bool);

  /// @notice What is bonded and not thawing, with what is delegated to it up to as much again; 0 when the account's own bond is below the minimum,
  /// or a slash of it is not settled.
  function coverOf(address account, Role role) external view returns (uint256);

  /// @notice An account's bond for a role.
  function getPosition(address account, Role role) external view returns (Position memory);

  /// @notice What is delegated to an account.
  function getPool(address account, Role role) external view returns (PoolState memory);

  /// @notice One delegator's part of it.
  function getDelegation(address delegator, address account, Role role) external view returns (DelegationState memory);

  /// @notice What `claimRewards` would pay now.
  function pendingRewards(address account, Role role) external view returns (uint256);

  /// @notice The sum of all bonds and delegations that are not thawing.
  function totalBonded() external view returns (uint256);

  /// @notice All WOPEN here that is not to be shared: bonds, thawing bonds, rewards already shared, and what was burned.
  function held() external view returns (uint256);
}
