// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IEpochCourt } from "./IEpochCourt.sol";
import { EpochHeader, ReceiptOpening, Share } from "../types/Ledger.sol";
import { InclusionPromise } from "../types/Statements.sol";

/// @title What silent gateways leave: coins that were collected and never divided
/// @notice A gateway that posts nothing for a long time loses what it has not divided. Receipts that it promised to settle are paid first,
/// by their shares, all in one proportion; what is left goes back to the payers of its channels. Opening an estate closes the gateway
/// for good, so nothing that is paid here can be posted in an epoch later.
interface IEstates {
  /// @notice How long a gateway has been seen silent, in seconds, and when it was looked at last. `round` counts how often it came back.
  /// `noticedAt` is when somebody announced that the estate opens without a promise.
  struct Watch {
    uint40 seenAt;
    uint40 silent;
    uint40 noticedAt;
    uint32 round;
  }

  /// @notice A claim for a promised receipt. `shareRoot` is that of the shares in force; `attribution` is the digest of the Attribution that
  /// put them in force, zero for none, one for a node that signed two. `paid` counts the shares that were paid.
  struct Claim {
    address claimant;
    uint96 deposit;
    uint96 fee;
    uint40 answerBy;
    uint32 paid;
    bytes32 channelId;
    bytes32 shareRoot;
    bytes32 attribution;
  }

  /// @notice An open estate: `coins` came from Epochs; `claimPool` of them is for `claimsLeft` of promised fees, `restLeft` for the payers of
  /// channels of which `weightLeft` was collected. The parts are fixed at `settlesAt`, when no claim can be filed or refuted any more.
  struct Estate {
    uint40 openedAt;
    uint40 filingEndsAt;
    uint40 settlesAt;
    bool settled;
    uint96 coins;
    uint128 claimPool;
    uint128 claimsLeft;
    uint128 restLeft;
    uint128 weightLeft;
  }

  event Watched(address indexed gateway, uint256 silent, uint256 round);
  event OpeningAnnounced(address indexed gateway, uint256 openableAt);
  event ClaimFiled(
    address indexed gateway,
    bytes32 indexed receiptId,
    address indexed claimant,
    uint256 round,
    Claim claim,
    Share[] shares
  );
  event ClaimAttributed(address indexed gateway, bytes32 indexed receiptId, bytes32 attribution, Share[] shares);
  event ClaimRefuted(address indexed gateway, bytes32 indexed receiptId, uint64 index, address indexed by);
  event ClaimWithdrawn(address indexed gateway, bytes32 indexed receiptId, address indexed claimant, uint256 deposit);
  event EstateOpened(address indexed gateway, uint256 coins, uint256 filingEndsAt, uint256 settlesAt);
  event EstateSettled(address indexed gateway, uint256 claimPool, uint256 claims, uint256 rest);
  event DepositReturned(address indexed gateway, bytes32 indexed receiptId, address indexed claimant, uint256 deposit);
  event SharePaid(address indexed gateway, address indexed payee, bytes32 receiptId, uint256 amount);
  event ChannelRefunded(address indexed gateway, address indexed payer, bytes32 indexed channelId, uint256 amount);

  error EstateIsOpen(address gateway);
  error EstateNotOpen(address gateway);
  error NotSilentYet(uint256 silent, uint256 needed);
  error NothingUndivided(address gateway);
  error NotAnnounced(address gateway);
  error AlreadyAnnounced(address gateway);
  error PromiseNotSigned(address gateway);
  error PromiseNotDue(uint256 includeBy);
  error NotThePromisedReceipt(bytes32 receiptId);
  error SharesNotInForce(bytes32 receiptId);
  error NotItsChannel(bytes32 channelId, address gateway);
  error ClaimsAboveCollected(bytes32 channelId, uint256 claims, uint256 collected);
  error AlreadyClaimed(address gateway, bytes32 receiptId);
  error NoClaim(address gateway, bytes32 receiptId);
  error ClaimStillStands(address gateway, bytes32 receiptId);
  error AlreadyAttributed(bytes32 receiptId);
  error AlreadyPaid(bytes32 receiptId);
  error UnknownEpoch(address gateway, uint64 index);
  error NotIncluded(address gateway, bytes32 receiptId);
  error NotFinal(uint256 finalAt);
  error TooEarly(uint256 from);
  error TooLate(uint256 until);

  /// @notice Looks at a gateway and counts how long it has been silent; anyone may. One look counts at most `LONGEST_STEP`, so that a chain
  /// that stood still makes nobody silent. An epoch that was posted since the last look starts the count anew.
  function watch(address gateway) external;

  /// @notice Files a promised receipt of a silent gateway, or of one whose estate is open and takes claims; the promise's date is past. The
  /// caller puts the deposit down and gets it back when the receipt is paid.
  /// @param signed the receipt, and the Attribution by which `shares` are in force where there is one
  /// @param shares all of them; they sum to the fee
  function file(
    InclusionPromise calldata given,
    bytes calldata signature,
    IEpochCourt.SignedReceipt calldata signed,
    Share[] calldata shares
  ) external;

  /// @notice Shows an Attribution of a claimed receipt in the claim's time: its shares take the place of the receipt's. Where another one was
  /// shown before, the node has signed two, and the receipt's own shares are in force again.
  /// @param shares those in force afterwards
  function attribute(
    address gateway,
    IEpochCourt.SignedReceipt calldata signed,
    Share[] calldata shares
  ) external;

  /// @notice Refutes a claim in its time: the receipt stands in an epoch that is final and was posted before the estate was opened. The caller
  /// gets half the deposit, the treasury the other half, so that nobody gains by refuting claims of their own.
  function refute(address gateway, EpochHeader calldata epoch, ReceiptOpening calldata opening) external;

  /// @notice Takes a claim's deposit back after its gateway has come back.
  function withdrawClaim(address gateway, uint32 round, bytes32 receiptId) external;

  /// @notice Announces that the estate of a gateway that was silent for `LONG_SILENCE` opens without a promise.
  function announce(address gateway) external;

  /// @notice Opens the estate of a silent gateway: with a claim that nobody has refuted in its time, or, with zero, after an announcement.
  /// The gateway is closed for good: it collects and divides nothing any more. What its final epochs promise stays claimable.
  /// @return coins what was never divided
  function open(address gateway, bytes32 receiptId) external returns (uint256 coins);

  /// @notice Pays shares of a claimed receipt, in their order, from the first that was not paid; anyone may.
  /// @param count how many shares to pay; the rest can follow in other transactions
  function pay(address gateway, bytes32 receiptId, Share[] calldata shares, uint256 count) external;

  /// @notice Pays the payers of channels their parts of the rest, in proportion to what was collected; anyone may. What was refunded
  /// before, and channels of others, are passed over. Without any channel the rest goes to the treasury.
  function refund(address gateway, bytes32[] calldata channelIds) external;

  /// @notice How long a gateway was seen silent.
  function getWatch(address gateway) external view returns (Watch memory);

  /// @notice An estate; all zero for one that is not open.
  function getEstate(address gateway) external view returns (Estate memory);

  /// @notice A claim that stands, of the gateway's present round; all zero for none.
  function getClaim(address gateway, bytes32 receiptId) external view returns (Claim memory);

  /// @notice The fees of a gateway's claims that stand, in its present round.
  function claimsOf(address gateway) external view returns (uint256);

  /// @notice Whether a channel's payer got its part.
  function isRefunded(bytes32 channelId) external view returns (bool);
}
