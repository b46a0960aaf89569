// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { MessageHashUtils } from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IChannels } from "./interfaces/IChannels.sol";
import { IEpochCourt } from "./interfaces/IEpochCourt.sol";
import { IEpochs } from "./interfaces/IEpochs.sol";
import { IEstates } from "./interfaces/IEstates.sol";
import { IParameters } from "./interfaces/IParameters.sol";
import { IWOPEN } from "./interfaces/IWOPEN.sol";
import { EpochFaults } from "./libraries/EpochFaults.sol";
import { EpochHash } from "./libraries/EpochHash.sol";
import { LedgerDomain } from "./libraries/LedgerDomain.sol";
import { ReceiptInForce } from "./libraries/ReceiptInForce.sol";
import { StatementHash } from "./libraries/StatementHash.sol";
import { EpochHeader, ReceiptOpening, Share } from "./types/Ledger.sol";
import { InclusionPromise } from "./types/Statements.sol";

/// @title Estates
/// @notice Divides what silent gateways collected and never divided: among promised receipts, then among the payers.
/// The times are constants: no owner can make anybody silent sooner.
contract Estates is IEstates, ReentrancyGuardTransient {
  using SafeERC20 for IWOPEN;
  using StatementHash for InclusionPromise;

  /// @notice The silence after which promised receipts can be claimed.
  uint256 public constant SILENCE = 90 days;
  /// @notice The silence after which an estate opens without a promise.
  uint256 public constant LONG_SILENCE = 365 days;
  /// @notice The most that one look at a gateway counts.
  uint256 public constant LONGEST_STEP = 15 days;
  /// @notice How long a claim can be refuted, and how long before its opening an estate is announced.
  uint256 public constant ANSWER_TIME = 30 days;
  /// @notice How long an open estate takes claims.
  uint256 public constant FILING_TIME = 90 days;

  /// @dev What stands as a claim's Attribution when its node has signed two.
  bytes32 private constant TWO_ATTRIBUTIONS = bytes32(uint256(1));

  IWOPEN public immutable wopen;
  IParameters public immutable parameters;
  IEpochs public immutable epochs;
  IChannels public immutable channels;
  /// @notice The EIP-712 domain of promises and receipts: they are addressed to Epochs.
  bytes32 public immutable domainSeparator;

  mapping(address gateway => Watch) private _watches;
  mapping(address gateway => Estate) private _estates;
  mapping(address gateway => mapping(uint32 round => uint128)) private _claimed;
  mapping(address gateway => mapping(uint32 round => mapping(bytes32 receiptId => Claim))) private _claims;
  mapping(bytes32 channelId => mapping(uint32 round => uint256)) private _claimedOf;

  /// @inheritdoc IEstates
  mapping(bytes32 channelId => bool) public override isRefunded;

  constructor(IWOPEN wopen_, IParameters parameters_, IEpochs epochs_, IChannels channels_) {
    wopen = wopen_;
    parameters = parameters_;
    epochs = epochs_;
    channels = channels_;
    domainSeparator = LedgerDomain.separator(address(epochs_));
  }

  /// @inheritdoc IEstates
  function watch(address gateway) external override {
    if (_isOpen(gateway)) revert EstateIsOpen(gateway);
    Watch storage seen = _look(gateway);
    uint256 step = Math.min(block.timestamp - seen.seenAt, LONGEST_STEP);
    seen.silent += uint40(step);
    seen.seenAt = uint40(block.timestamp);
    emit Watched(gateway, seen.silent, seen.round);
  }

  /// @inheritdoc IEstates
  function file(
    InclusionPromise calldata given,
    bytes calldata signature,
    IEpochCourt.SignedReceipt calldata signed,
    Share[] calldata shares
  ) external override nonReentrant {
    address gateway = given.gateway;
    bytes32 receiptId = given.receiptId;
    _requireTakingClaims(gateway);
    if (block.timestamp <= given.includeBy) revert PromiseNotDue(given.includeBy);
    bytes32 digest = MessageHashUtils.toTypedDataHash(domainSeparator, given.hash());
    if (!SignatureChecker.isValidSignatureNowCalldata(gateway, digest, signature)) revert PromiseNotSigned(gateway);
    if (signed.receipt.fee != given.fee) revert NotThePromisedReceipt(receiptId);
    bytes32 shareRoot = _rootOf(shares, receiptId, given.fee);
    if (!ReceiptInForce.isInForce(domainSeparator, gateway, receiptId, shareRoot, signed)) {
      revert SharesNotInForce(receiptId);
    }
    Claim storage claim = _enter(gateway, receiptId, signed.receipt.channelId, given.fee);
    claim.shareRoot = shareRoot;
    if (signed.attributionSignature.length != 0) {
      claim.attribution = ReceiptInForce.digestOf(domainSeparator, signed.attribution);
    }
    emit ClaimFiled(gateway, receiptId, msg.sender, _watches[gateway].round, claim, shares);
    wopen.safeTransferFrom(msg.sender, address(this), claim.deposit);
  }

  /// @inheritdoc IEstates
  function attribute(
    address gateway,
    IEpochCourt.SignedReceipt calldata signed,
    Share[] calldata shares
  ) external override nonReentrant {
    bytes32 receiptId = ReceiptInForce.idOf(domainSeparator, signed.receipt);
    Claim storage claim = _standing(gateway, receiptId);
    if (block.timestamp > claim.answerBy) revert TooLate(claim.answerBy);
    if (!ReceiptInForce.isAttribution(domainSeparator, receiptId, signed)) revert SharesNotInForce(receiptId);
    bytes32 digest = ReceiptInForce.digestOf(domainSeparator, signed.attribution);
    bytes32 before = claim.attribution;
    if (before == digest || before == TWO_ATTRIBUTIONS) revert AlreadyAttributed(receiptId);
    bytes32 root = _rootOf(shares, receiptId, claim.fee);
    bytes32 expected = before == 0 ? signed.attribution.shareRoot : signed.receipt.shareRoot;
    if (root != expected) revert SharesNotInForce(receiptId);
    claim.shareRoot = root;
    claim.attribution = before == 0 ? digest : TWO_ATTRIBUTIONS;
    emit ClaimAttributed(gateway, receiptId, claim.attribution, shares);
  }

  /// @inheritdoc IEstates
  function refute(
    address gateway,
    EpochHeader calldata epoch,
    ReceiptOpening calldata opening
  ) external override nonReentrant {
    bytes32 receiptId = opening.leaf.receiptId;
    // A gateway that came back and settles now ends the claims to its estate: who was right to file them gets the deposit back.
    if (!_isOpen(gateway)) _look(gateway);
    Claim memory found = _standing(gateway, receiptId);
    if (block.timestamp > found.answerBy) revert TooLate(found.answerBy);
    if (epochs.epochHash(gateway, epoch.index) != EpochHash.hash(gateway, epoch)) {
      revert UnknownEpoch(gateway, epoch.index);
    }
    // What a closed gateway posts divides nothing and refutes nothing.
    uint256 latest = _isOpen(gateway) ? _estates[gateway].openedAt : block.timestamp;
    if (epoch.finalAt > latest) revert NotFinal(epoch.finalAt);
    if (!EpochFaults.opens(epoch.receiptsRoot, opening)) revert NotIncluded(gateway, receiptId);
    uint32 round = _watches[gateway].round;
    _claimedOf[found.channelId][round] -= found.fee;
    _claimed[gateway][round] -= found.fee;
    delete _claims[gateway][round][receiptId];
    emit ClaimRefuted(gateway, receiptId, epoch.index, msg.sender);
    uint256 half = found.deposit / 2;
    wopen.safeTransfer(msg.sender, half);
    wopen.safeTransfer(parameters.treasury(), found.deposit - half);
  }

  /// @inheritdoc IEstates
  function withdrawClaim(address gateway, uint32 round, bytes32 receiptId) external override nonReentrant {
    Claim memory found = _claims[gateway][round][receiptId];
    if (found.claimant == address(0)) revert NoClaim(gateway, receiptId);
    if (!_isOpen(gateway)) _look(gateway);
    if (round == _watches[gateway].round) revert ClaimStillStands(gateway, receiptId);
    delete _claims[gateway][round][receiptId];
    emit ClaimWithdrawn(gateway, receiptId, found.claimant, found.deposit);
    wopen.safeTransfer(found.claimant, found.deposit);
  }

  /// @inheritdoc IEstates
  function announce(address gateway) external override {
    if (_isOpen(gateway)) revert EstateIsOpen(gateway);
    Watch storage seen = _requireSilent(gateway, LONG_SILENCE);
    _requireUndivided(gateway);
    if (seen.noticedAt != 0) revert AlreadyAnnounced(gateway);
    seen.noticedAt = uint40(block.timestamp);
    emit OpeningAnnounced(gateway, block.timestamp + ANSWER_TIME + 1);
  }

  /// @inheritdoc IEstates
  function open(address gateway, bytes32 receiptId) external override nonReentrant returns (uint256 coins) {
    if (_isOpen(gateway)) revert EstateIsOpen(gateway);
    uint256 answerBy;
    if (receiptId == 0) {
      Watch storage seen = _requireSilent(gateway, LONG_SILENCE);
      if (seen.noticedAt == 0) revert NotAnnounced(gateway);
      answerBy = seen.noticedAt + ANSWER_TIME;
    } else {
      _requireSilent(gateway, SILENCE);
      answerBy = _standing(gateway, receiptId).answerBy;
    }
    if (block.timestamp <= answerBy) revert TooEarly(answerBy);
    Estate storage estate = _estates[gateway];
    uint256 filingEndsAt = block.timestamp + FILING_TIME;
    estate.openedAt = uint40(block.timestamp);
    estate.filingEndsAt = uint40(filingEndsAt);
    estate.settlesAt = uint40(filingEndsAt + ANSWER_TIME);
    coins = epochs.release(gateway);
    estate.coins = SafeCast.toUint96(coins);
    emit EstateOpened(gateway, coins, filingEndsAt, filingEndsAt + ANSWER_TIME);
  }

  /// @inheritdoc IEstates
  function pay(
    address gateway,
    bytes32 receiptId,
    Share[] calldata shares,
    uint256 count
  ) external override nonReentrant {
    Estate storage estate = _settled(gateway);
    Claim storage claim = _standing(gateway, receiptId);
    if (EpochFaults.rootOf(shares) != claim.shareRoot) revert SharesNotInForce(receiptId);
    uint256 first = claim.paid;
    if (first == shares.length) revert AlreadyPaid(receiptId);
    uint256 end = count > shares.length - first ? shares.length : first + count;
    claim.paid = uint32(end);
    _returnDeposit(gateway, receiptId, claim);
    (uint256 pool, uint256 left) = (estate.claimPool, estate.claimsLeft);
    uint256[] memory amounts = new uint256[](end - first);
    for (uint256 i = first; i < end; ++i) {
      // The last share of all gets what is left: nothing stays by rounding.
      uint256 amount = left == 0 ? 0 : Math.mulDiv(pool, shares[i].amount, left);
      pool -= amount;
      left -= shares[i].amount;
      amounts[i - first] = amount;
    }
    (estate.claimPool, estate.claimsLeft) = (uint128(pool), uint128(left));
    for (uint256 i = first; i < end; ++i) {
      emit SharePaid(gateway, shares[i].payee, receiptId, amounts[i - first]);
      wopen.safeTransfer(shares[i].payee, amounts[i - first]);
    }
  }

  /// @inheritdoc IEstates
  function refund(address gateway, bytes32[] calldata channelIds) external override nonReentrant {
    Estate storage estate = _settled(gateway);
    if (estate.weightLeft == 0) {
      // Nobody ever paid this gateway through a channel: what lies here was given to it by nobody whom the ledger knows.
      uint256 given = estate.restLeft;
      estate.restLeft = 0;
      if (given != 0) wopen.safeTransfer(parameters.treasury(), given);
      return;
    }
    for (uint256 i = 0; i < channelIds.length; ++i) _refund(estate, gateway, channelIds[i]);
  }

  /// @inheritdoc IEstates
  function getWatch(address gateway) external view override returns (Watch memory) {
    return _watches[gateway];
  }

  /// @inheritdoc IEstates
  function getEstate(address gateway) external view override returns (Estate memory) {
    return _estates[gateway];
  }

  /// @inheritdoc IEstates
  function getClaim(address gateway, bytes32 receiptId) external view override returns (Claim memory) {
    return _claims[gateway][_watches[gateway].round][receiptId];
  }

  /// @inheritdoc IEstates
  function claimsOf(address gateway) external view override returns (uint256) {
    return _claimed[gateway][_watches[gateway].round];
  }

  function _refund(Estate storage estate, address gateway, bytes32 channelId) private {
    IChannels.Channel memory channel = channels.getChannel(channelId);
    if (channel.gateway != gateway || channel.collected == 0 || isRefunded[channelId]) return;
    isRefunded[channelId] = true;
    uint256 weight = estate.weightLeft;
    // The last channel of all gets what is left: nothing stays by rounding.
    uint256 amount = Math.mulDiv(estate.restLeft, channel.collected, weight);
    estate.restLeft -= uint128(amount);
    estate.weightLeft = uint128(weight - channel.collected);
    emit ChannelRefunded(gateway, channel.payer, channelId, amount);
    wopen.safeTransfer(channel.payer, amount);
  }

  function _returnDeposit(address gateway, bytes32 receiptId, Claim storage claim) private {
    uint256 deposit = claim.deposit;
    if (deposit == 0) return;
    claim.deposit = 0;
    emit DepositReturned(gateway, receiptId, claim.claimant, deposit);
    wopen.safeTransfer(claim.claimant, deposit);
  }

  /// @dev A channel's claims are at most what was collected from it, so no receipt can claim what its payer never paid.
  function _enter(
    address gateway,
    bytes32 receiptId,
    bytes32 channelId,
    uint128 fee
  ) private returns (Claim storage claim) {
    uint32 round = _watches[gateway].round;
    claim = _claims[gateway][round][receiptId];
    if (claim.claimant != address(0)) revert AlreadyClaimed(gateway, receiptId);
    IChannels.Channel memory channel = channels.getChannel(channelId);
    if (channel.gateway != gateway) revert NotItsChannel(channelId, gateway);
    uint256 claims = _claimedOf[channelId][round] + fee;
    if (claims > channel.collected) revert ClaimsAboveCollected(channelId, claims, channel.collected);
    _claimedOf[channelId][round] = claims;
    _claimed[gateway][round] += fee;
    claim.claimant = msg.sender;
    claim.deposit = parameters.challengeDeposit();
    // At most what was collected, which fits 96 bits.
    claim.fee = uint96(fee);
    claim.answerBy = uint40(block.timestamp + ANSWER_TIME);
    claim.channelId = channelId;
  }

  /// @dev Sees whether the gateway was there since it was looked at last; then its silence begins anew, and with it a round of claims.
  function _look(address gateway) private returns (Watch storage seen) {
    seen = _watches[gateway];
    bool isNew = seen.seenAt == 0;
    // Each epoch's window ends after the time at which it was posted.
    if (!isNew && epochs.getAccount(gateway).lastFinalAt <= seen.seenAt) return seen;
    seen.seenAt = uint40(block.timestamp);
    seen.silent = 0;
    seen.noticedAt = 0;
    if (!isNew) ++seen.round;
  }

  function _requireSilent(address gateway, uint256 needed) private returns (Watch storage seen) {
    seen = _look(gateway);
    if (seen.silent < needed) revert NotSilentYet(seen.silent, needed);
  }

  function _requireTakingClaims(address gateway) private {
    if (_isOpen(gateway)) {
      uint256 until = _estates[gateway].filingEndsAt;
      if (block.timestamp > until) revert TooLate(until);
      return;
    }
    _requireSilent(gateway, SILENCE);
    // Without coins the estate never opens, and the deposit would lie here.
    _requireUndivided(gateway);
  }

  /// @dev The first who comes after the last refutation fixes the parts.
  function _settled(address gateway) private returns (Estate storage estate) {
    estate = _estates[gateway];
    if (estate.openedAt == 0) revert EstateNotOpen(gateway);
    if (block.timestamp <= estate.settlesAt) revert TooEarly(estate.settlesAt);
    if (estate.settled) return estate;
    estate.settled = true;
    uint256 claims = _claimed[gateway][_watches[gateway].round];
    uint256 pool = Math.min(estate.coins, claims);
    estate.claimPool = uint128(pool);
    estate.claimsLeft = uint128(claims);
    estate.restLeft = uint128(estate.coins - pool);
    estate.weightLeft = SafeCast.toUint128(epochs.collectedBy(gateway));
    emit EstateSettled(gateway, pool, claims, estate.coins - pool);
  }

  function _standing(address gateway, bytes32 receiptId) private view returns (Claim storage claim) {
    claim = _claims[gateway][_watches[gateway].round][receiptId];
    if (claim.claimant == address(0)) revert NoClaim(gateway, receiptId);
  }

  /// @dev Who has divided everything is not silent but idle, and is not closed when the next coin comes in.
  function _requireUndivided(address gateway) private view {
    if (epochs.credited(gateway) <= epochs.getAccount(gateway).committed) revert NothingUndivided(gateway);
  }

  function _isOpen(address gateway) private view returns (bool) {
    return _estates[gateway].openedAt != 0;
  }

  /// @dev The root of shares that sum to the fee and can be paid.
  function _rootOf(Share[] calldata shares, bytes32 receiptId, uint256 fee) private pure returns (bytes32) {
    uint256 sum = 0;
    for (uint256 i = 0; i < shares.length; ++i) {
      sum += shares[i].amount;
      if (shares[i].payee == address(0)) revert SharesNotInForce(receiptId);
    }
    if (fee == 0 || sum != fee) revert SharesNotInForce(receiptId);
    return EpochFaults.rootOf(shares);
  }
}
