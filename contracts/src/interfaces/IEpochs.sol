// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { BalanceOpening, EpochBrief, EpochHeader, LineOpening, MerkleProof } from "../types/Ledger.sol";

/// @title Epochs: what each gateway collected, whom it owes, and proofs that it lied
/// @notice A challenge that fails costs the accuser's deposit, which must be there and approved; the gateway gets it. One that holds needs none.
interface IEpochs {
  /// @dev One storage slot, so that posting and claiming write one. `paid` is what all payees have claimed, `committed` the sum of the
  /// totals that stand, `lastFinalAt` the end of the last dispute window, `next` the index of the next epoch. Amounts fit 96 bits, which
  /// is more than 10¹⁰ OPEN.
  struct Account {
    uint96 paid;
    uint96 committed;
    uint40 lastFinalAt;
    uint24 next;
  }

  /// @notice What was shown about an epoch.
  enum Reason {
    Lines,
    Balance,
    BalanceOrder,
    Court
  }

  event Credited(address indexed gateway, address indexed from, uint256 amount);
  event EpochPosted(address indexed gateway, uint64 indexed index, bytes32 epochHash, EpochHeader epoch);
  event EpochVoided(address indexed gateway, uint64 indexed index, Reason reason, address indexed accuser);
  event ChallengeFailed(address indexed gateway, uint64 indexed index, Reason reason, address indexed accuser);
  event Claimed(address indexed gateway, address indexed payee, uint64 index, uint256 amount, uint256 cumulative);

  event Finalised(address indexed gateway, uint256 cumulative);
  event Released(address indexed gateway, uint256 amount);

  error NotEstates(address caller);
  error GatewayClosed(address gateway);
  error NothingUndivided(address gateway);
  error NotStakedGateway(address gateway);
  error BondBelowOpenEpochs(uint256 bonded, uint256 open);
  error NotCourt(address caller);
  error WrongIndex(uint64 index, uint64 next);
  error EmptyEpoch();
  error TotalAboveCredit(uint256 cumulative, uint256 credited);
  error UnknownEpoch(address gateway, uint64 index);
  error NotFinal(uint256 finalAt);
  error WindowClosed(uint256 finalAt);
  error BadBalanceProof(address payee);
  error NothingToClaim(address payee, uint256 claimed);
  error ClaimsAboveEpoch(uint256 paid, uint256 cumulative);
  error DepositMissing(uint256 deposit);
  error NothingToSettle(address gateway, uint64 index);

  /// @notice Adds WOPEN of the caller, who has approved it, to what a gateway has to divide; never to one whose estate was opened.
  function credit(address gateway, uint96 amount) external;

  /// @notice Posts the caller's next epoch. The caller's bond must cover what its epochs promise and is not known to be final: what stands
  /// less what was claimed, or less what `finalise` has shown.
  /// @param index the next index, counted from 0
  /// @param total the sum of all lines; with all earlier totals at most what was credited
  /// @param dataHash SHA-256 of the epoch's file
  function post(
    uint64 index,
    bytes32 receiptsRoot,
    bytes32 linesRoot,
    bytes32 balancesRoot,
    uint128 total,
    uint32 lineCount,
    uint32 receiptCount,
    bytes32 dataHash
  ) external;

  /// @notice Pays a payee `cumulative − already claimed` in WOPEN; anyone may call it for the payee. Use the latest final epoch: all that
  /// a gateway has paid can never exceed the total of the epoch that is shown.
  /// @return amount what was paid
  function claim(
    address gateway,
    EpochBrief calldata epoch,
    address payee,
    uint256 cumulative,
    MerkleProof calldata proof
  ) external returns (uint256 amount);

  /// @notice The same for the caller, paid in the native coin.
  /// @return amount what was paid
  function claimNative(
    address gateway,
    EpochBrief calldata epoch,
    uint256 cumulative,
    MerkleProof calldata proof
  ) external returns (uint256 amount);

  /// @notice Shows an epoch that is final, so that what it and the epochs before it promise need no cover any more; anyone may.
  function finalise(address gateway, EpochBrief calldata epoch) external;

  /// @notice Gives the Estates contract all that a gateway collected and never divided, and closes the gateway: nothing is credited to it
  /// any more. By that contract alone, and not before the gateway's last window is over for `RELEASE_AFTER`, so that no epoch that could
  /// still fall is among those that stand.
  /// @return amount what was released
  function release(address gateway) external returns (uint256 amount);

  /// @notice Voids an epoch whose window is open and slashes the gateway; by a court.
  function convict(address gateway, EpochHeader calldata epoch, address accuser) external;

  /// @notice Accuses an epoch of a first line whose running total is not its amount.
  /// @return proven whether the fault is there; when not, the deposit goes to the gateway
  function challengeFirstLine(
    address gateway,
    EpochHeader calldata epoch,
    LineOpening calldata line
  ) external returns (bool proven);

  /// @notice Accuses an epoch of two neighbouring lines in the wrong order or with a wrong running total.
  /// @return proven whether the fault is there; when not, the deposit goes to the gateway
  function challengeLines(
    address gateway,
    EpochHeader calldata epoch,
    LineOpening calldata first,
    LineOpening calldata second
  ) external returns (bool proven);

  /// @notice Accuses an epoch of two neighbouring balances in the wrong order.
  /// @return proven whether the fault is there; when not, the deposit goes to the gateway
  function challengeBalanceOrder(
    address gateway,
    EpochHeader calldata epoch,
    BalanceOpening calldata first,
    BalanceOpening calldata second
  ) external returns (bool proven);

  /// @notice Accuses an epoch of a payee's balance that is not the previous balance plus the payee's last running total.
  /// @dev Each list holds one opening, when it shows the payee's own leaf, or those of the neighbours around the gap where the
  /// payee would stand: two, or one at an end of the tree, or none for an empty tree. For a line that is present, the payee's last
  /// line comes first and, unless it is the last of all, the line after it second.
  /// @param previous the epoch before; ignored for the first epoch
  /// @param before the payee in the previous epoch's balances; ignored for the first epoch
  /// @param earned the payee in this epoch's lines
  /// @param afterwards the payee in this epoch's balances
  /// @return proven whether the fault is there; when not, the deposit goes to the gateway
  function challengeBalance(
    address gateway,
    EpochHeader calldata epoch,
    EpochHeader calldata previous,
    address payee,
    BalanceOpening[] calldata before,
    LineOpening[] calldata earned,
    BalanceOpening[] calldata afterwards
  ) external returns (bool proven);

  /// @notice Settles the slash for an epoch that was voided: books it and pays the accuser; anyone may. Until then the gateway posts nothing.
  /// @param accuser whom `EpochVoided` names
  /// @param taken what was taken of the gateway's bond, as `Slashed` says
  function settle(address gateway, uint64 index, address accuser, uint96 taken) external;

  /// @notice A gateway's account.
  function getAccount(address gateway) external view returns (Account memory);

  /// @notice What a gateway's epochs promise up to the last one that `finalise` has shown to be final.
  function finalised(address gateway) external view returns (uint256);

  /// @notice What a gateway has collected from all its channels.
  function collectedBy(address gateway) external view returns (uint256);

  /// @notice All that was ever credited to a gateway, less what was released.
  function credited(address gateway) external view returns (uint256);

  /// @notice What was taken out of a gateway's account because it stayed silent; not zero for a gateway that is closed.
  function released(address gateway) external view returns (uint256);

  /// @notice The hash of an epoch that stands; zero for one that was never posted or is void.
  function epochHash(address gateway, uint64 index) external view returns (bytes32);

  /// @notice The hash that `post` keeps, by the rule of `EpochHash`.
  function hashEpoch(address gateway, EpochHeader calldata epoch) external pure returns (bytes32);

  /// @notice The part of an epoch that a claim needs.
  function briefOf(EpochHeader calldata epoch) external pure returns (EpochBrief memory);

  /// @notice What a payee has claimed from a gateway in all.
  function claimed(address gateway, address payee) external view returns (uint256);
}
