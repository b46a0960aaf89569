// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IEpochs } from "./interfaces/IEpochs.sol";
import { IParameters } from "./interfaces/IParameters.sol";
import { IStakes } from "./interfaces/IStakes.sol";
import { IWOPEN } from "./interfaces/IWOPEN.sol";
import { AccountSlot } from "./libraries/AccountSlot.sol";
import { EpochFaults } from "./libraries/EpochFaults.sol";
import { EpochHash } from "./libraries/EpochHash.sol";
import { OrderedMerkle } from "./libraries/OrderedMerkle.sol";
import { BalanceOpening, EpochBrief, EpochHeader, LineOpening, MerkleProof } from "./types/Ledger.sol";
import { Role } from "./types/Roles.sol";

/// @title Epochs
/// @notice Holds what gateways collected, keeps one hash per epoch, pays claims by Merkle proof, and voids an epoch that is disproved.
/// An epoch's window never closes before that of an earlier one, so voiding one voids no final epoch.
contract Epochs is IEpochs, EIP712, ReentrancyGuardTransient {
  using SafeERC20 for IWOPEN;

  IWOPEN public immutable wopen;
  IParameters public immutable parameters;
  IStakes public immutable stakes;
  /// @notice The only contract that may take what a gateway left undivided: fixed here, so that no owner can name another.
  address public immutable estates;
  /// @notice The contract whose credits are known to come from payers.
  address public immutable channels;
  /// @notice How long after a gateway's last dispute window nothing can be taken.
  uint256 public constant RELEASE_AFTER = 90 days;

  /// @dev What stands in place of a slash that was settled: no hash.
  bytes32 private constant SETTLED = bytes32(uint256(1));
  /// @dev Keeps the hash of a slash apart from that of any epoch.
  bytes32 private constant SLASH_MARK = keccak256("openledger/slash-of-epoch/1");

  /// @dev One slot: each collection writes it. `closed` says that the estate was opened.
  struct Credit {
    uint96 credited;
    uint96 collected;
    bool closed;
  }

  mapping(address gateway => Account) private _accounts;
  mapping(address gateway => Credit) private _credits;
  /// @dev What was posted; of an epoch that was voided, the slash that is to be settled, which keeps the gateway from posting until then.
  mapping(address gateway => mapping(uint64 index => bytes32)) private _epochs;

  /// @inheritdoc IEpochs
  mapping(address gateway => uint256) public override finalised;
  /// @inheritdoc IEpochs
  mapping(address gateway => uint256) public override released;
  /// @inheritdoc IEpochs
  mapping(address gateway => mapping(address payee => uint256)) public override claimed;

  constructor(
    IWOPEN wopen_,
    IParameters parameters_,
    IStakes stakes_,
    address estates_,
    address channels_
  ) EIP712("OpenLedger", "1") {
    wopen = wopen_;
    parameters = parameters_;
    stakes = stakes_;
    estates = estates_;
    channels = channels_;
  }

  /// @inheritdoc IEpochs
  function credit(address gateway, uint96 amount) external override nonReentrant {
    Credit memory credit_ = _credits[gateway];
    if (credit_.closed) revert GatewayClosed(gateway);
    credit_.credited += amount;
    if (msg.sender == channels) credit_.collected += amount;
    _credits[gateway] = credit_;
    emit Credited(gateway, msg.sender, amount);
    wopen.safeTransferFrom(msg.sender, address(this), amount);
  }

  /// @inheritdoc IEpochs
  function post(
    uint64 index,
    bytes32 receiptsRoot,
    bytes32 linesRoot,
    bytes32 balancesRoot,
    uint128 total,
    uint32 lineCount,
    uint32 receiptCount,
    bytes32 dataHash
  ) external override {
    EpochHeader memory epoch;
    epoch.index = index;
    epoch.receiptsRoot = receiptsRoot;
    epoch.linesRoot = linesRoot;
    epoch.balancesRoot = balancesRoot;
    epoch.total = total;
    epoch.lineCount = lineCount;
    epoch.receiptCount = receiptCount;
    epoch.dataHash = dataHash;
    _post(epoch);
  }

  /// @inheritdoc IEpochs
  /// @dev Without the guard: everything is written before the transfer, and WOPEN calls nobody.
  function claim(
    address gateway,
    EpochBrief calldata epoch,
    address payee,
    uint256 cumulative,
    MerkleProof calldata proof
  ) external override returns (uint256 amount) {
    amount = _claim(gateway, epoch, payee, cumulative, proof);
    wopen.safeTransfer(payee, amount);
  }

  /// @inheritdoc IEpochs
  function claimNative(
    address gateway,
    EpochBrief calldata epoch,
    uint256 cumulative,
    MerkleProof calldata proof
  ) external override nonReentrant returns (uint256 amount) {
    amount = _claim(gateway, epoch, msg.sender, cumulative, proof);
    wopen.withdrawTo(msg.sender, amount);
  }

  /// @inheritdoc IEpochs
  function finalise(address gateway, EpochBrief calldata epoch) external override {
    _requireStanding(gateway, epoch.index, EpochHash.hashShown(gateway, epoch));
    if (block.timestamp < epoch.finalAt) revert NotFinal(epoch.finalAt);
    if (epoch.cumulative <= finalised[gateway]) return;
    finalised[gateway] = epoch.cumulative;
    emit Finalised(gateway, epoch.cumulative);
  }

  /// @inheritdoc IEpochs
  function release(address gateway) external override nonReentrant returns (uint256 amount) {
    if (msg.sender != estates) revert NotEstates(msg.sender);
    Account memory account = _accounts[gateway];
    uint256 from = account.lastFinalAt + RELEASE_AFTER;
    if (block.timestamp < from) revert NotFinal(from);
    Credit storage credit_ = _credits[gateway];
    amount = credit_.credited - account.committed;
    if (amount == 0) revert NothingUndivided(gateway);
    credit_.credited = account.committed;
    credit_.closed = true;
    released[gateway] = amount;
    emit Released(gateway, amount);
    wopen.safeTransfer(msg.sender, amount);
  }

  /// @inheritdoc IEpochs
  function convict(address gateway, EpochHeader calldata epoch, address accuser) external override nonReentrant {
    uint64 since = parameters.courtSince(msg.sender);
    if (since == 0 || block.timestamp < since) revert NotCourt(msg.sender);
    _requireOpen(gateway, epoch);
    _void(gateway, epoch, Reason.Court, accuser);
  }

  /// @inheritdoc IEpochs
  function challengeFirstLine(
    address gateway,
    EpochHeader calldata epoch,
    LineOpening calldata line
  ) external override nonReentrant returns (bool proven) {
    _requireOpen(gateway, epoch);
    proven = EpochFaults.isFirstLineWrong(epoch.linesRoot, epoch.lineCount, line);
    _judge(gateway, epoch, Reason.Lines, proven);
  }

  /// @inheritdoc IEpochs
  function challengeLines(
    address gateway,
    EpochHeader calldata epoch,
    LineOpening calldata first,
    LineOpening calldata second
  ) external override nonReentrant returns (bool proven) {
    _requireOpen(gateway, epoch);
    proven = EpochFaults.areLinesWrong(epoch.linesRoot, first, second);
    _judge(gateway, epoch, Reason.Lines, proven);
  }

  /// @inheritdoc IEpochs
  function challengeBalanceOrder(
    address gateway,
    EpochHeader calldata epoch,
    BalanceOpening calldata first,
    BalanceOpening calldata second
  ) external override nonReentrant returns (bool proven) {
    _requireOpen(gateway, epoch);
    proven = EpochFaults.areBalancesDisordered(epoch.balancesRoot, first, second);
    _judge(gateway, epoch, Reason.BalanceOrder, proven);
  }

  /// @inheritdoc IEpochs
  function challengeBalance(
    address gateway,
    EpochHeader calldata epoch,
    EpochHeader calldata previous,
    address payee,
    BalanceOpening[] calldata before,
    LineOpening[] calldata earned,
    BalanceOpening[] calldata afterwards
  ) external override nonReentrant returns (bool proven) {
    _requireOpen(gateway, epoch);
    (bool known, uint256 carried) = _carried(gateway, epoch.index, previous, payee, before);
    proven = known && _isBalanceWrong(epoch, payee, carried, earned, afterwards);
    _judge(gateway, epoch, Reason.Balance, proven);
  }

  /// @inheritdoc IEpochs
  function settle(address gateway, uint64 index, address accuser, uint96 taken) external override nonReentrant {
    if (_epochs[gateway][index] != _slashHash(gateway, index, accuser, taken)) revert NothingToSettle(gateway, index);
    _epochs[gateway][index] = SETTLED;
    stakes.settleGateway(gateway, accuser, taken);
  }

  /// @inheritdoc IEpochs
  function credited(address gateway) external view override returns (uint256) {
    return _credits[gateway].credited;
  }

  /// @inheritdoc IEpochs
  function collectedBy(address gateway) external view override returns (uint256) {
    return _credits[gateway].collected;
  }

  /// @inheritdoc IEpochs
  function getAccount(address gateway) external view override returns (Account memory) {
    return _accounts[gateway];
  }

  /// @inheritdoc IEpochs
  function epochHash(address gateway, uint64 index) external view override returns (bytes32) {
    return index < _accounts[gateway].next ? _epochs[gateway][index] : bytes32(0);
  }

  /// @inheritdoc IEpochs
  function hashEpoch(address gateway, EpochHeader calldata epoch) external pure override returns (bytes32) {
    return EpochHash.hash(gateway, epoch);
  }

  /// @inheritdoc IEpochs
  function briefOf(EpochHeader calldata epoch) external pure override returns (EpochBrief memory) {
    return EpochHash.briefOf(epoch);
  }

  function _post(EpochHeader memory epoch) private {
    uint256 cover = stakes.coverOf(msg.sender, Role.Gateway);
    if (cover == 0) revert NotStakedGateway(msg.sender);
    Account memory account = _accounts[msg.sender];
    uint24 next = account.next;
    if (epoch.index != next) revert WrongIndex(epoch.index, next);
    if (epoch.receiptCount == 0) revert EmptyEpoch();
    uint256 cumulative = uint256(account.committed) + epoch.total;
    uint256 limit = _credits[msg.sender].credited;
    if (cumulative > limit) revert TotalAboveCredit(cumulative, limit);
    _requireCover(cover, cumulative, account.paid);
    uint256 finalAt = Math.max(block.timestamp + parameters.disputeWindow(), account.lastFinalAt);
    account.committed = SafeCast.toUint96(cumulative);
    account.lastFinalAt = SafeCast.toUint40(finalAt);
    account.next = next + 1;
    _accounts[msg.sender] = account;
    epoch.cumulative = uint128(cumulative);
    epoch.finalAt = uint64(finalAt);
    bytes32 hash = EpochHash.hash(msg.sender, epoch);
    _epochs[msg.sender][next] = hash;
    emit EpochPosted(msg.sender, next, hash, epoch);
  }

  function _claim(
    address gateway,
    EpochBrief calldata epoch,
    address payee,
    uint256 cumulative,
    MerkleProof calldata proof
  ) private returns (uint256 amount) {
    uint256 word = _loadStanding(gateway, epoch);
    if (block.timestamp < EpochHash.finalAtOf(epoch)) revert NotFinal(epoch.finalAt);
    // A leaf is the ABI encoding of a `Balance`: two words.
    bytes32 leaf = OrderedMerkle.leafHash(bytes32(uint256(uint160(payee))), bytes32(cumulative));
    if (!OrderedMerkle.verify(epoch.balancesRoot, leaf, proof)) revert BadBalanceProof(payee);
    mapping(address payee => uint256) storage claims = claimed[gateway];
    uint256 before = claims[payee];
    if (cumulative <= before) revert NothingToClaim(payee, before);
    unchecked {
      amount = cumulative - before;
    }
    uint256 paid = AccountSlot.paidOf(word) + amount;
    if (paid > EpochHash.cumulativeOf(epoch)) revert ClaimsAboveEpoch(paid, epoch.cumulative);
    claims[payee] = cumulative;
    // At most what the epochs promise, which fits 96 bits.
    AccountSlot.store(_accounts[gateway], AccountSlot.withPaid(word, uint96(paid)));
    emit Claimed(gateway, payee, uint64(EpochHash.indexOf(epoch)), amount, cumulative);
  }

  /// @dev The slot of the gateway's account, of which the epoch stands.
  function _loadStanding(address gateway, EpochBrief calldata epoch) private view returns (uint256 word) {
    word = AccountSlot.load(_accounts[gateway]);
    uint256 index = EpochHash.indexOf(epoch);
    if (index >= AccountSlot.nextOf(word) || _epochs[gateway][uint64(index)] != EpochHash.hashShown(gateway, epoch)) {
      revert UnknownEpoch(gateway, epoch.index);
    }
  }

  /// @dev The deposit is looked at only where it is lost, so that a true accusation neither needs nor pays for it.
  function _judge(address gateway, EpochHeader calldata epoch, Reason reason, bool proven) private {
    if (proven) {
      _void(gateway, epoch, reason, msg.sender);
      return;
    }
    uint256 deposit = parameters.challengeDeposit();
    if (wopen.allowance(msg.sender, address(this)) < deposit || wopen.balanceOf(msg.sender) < deposit) {
      revert DepositMissing(deposit);
    }
    emit ChallengeFailed(gateway, epoch.index, reason, msg.sender);
    wopen.safeTransferFrom(msg.sender, gateway, deposit);
  }

  function _void(address gateway, EpochHeader calldata epoch, Reason reason, address accuser) private {
    Account storage account = _accounts[gateway];
    // Both came from this account's own fields.
    account.next = uint24(epoch.index);
    account.committed = uint96(epoch.cumulative - epoch.total);
    emit EpochVoided(gateway, epoch.index, reason, accuser);
    uint256 taken = stakes.slashGateway(gateway, accuser);
    if (taken != 0) _epochs[gateway][epoch.index] = _slashHash(gateway, epoch.index, accuser, taken);
  }

  function _requireOpen(address gateway, EpochHeader calldata epoch) private view {
    _requireStanding(gateway, epoch.index, EpochHash.hash(gateway, epoch));
    if (block.timestamp >= epoch.finalAt) revert WindowClosed(epoch.finalAt);
  }

  /// @dev Only final epochs are claimed from, so what was paid was final; where that does not suffice, what was shown to be final is read.
  function _requireCover(uint256 cover, uint256 cumulative, uint256 paid) private view {
    if (cumulative - paid <= cover) return;
    uint256 open = cumulative - Math.max(paid, finalised[msg.sender]);
    if (open > cover) revert BondBelowOpenEpochs(cover, open);
  }

  function _carried(
    address gateway,
    uint64 index,
    EpochHeader calldata previous,
    address payee,
    BalanceOpening[] calldata before
  ) private view returns (bool known, uint256 carried) {
    if (index == 0) return (true, 0);
    if (EpochHash.hash(gateway, previous) != _epochs[gateway][index - 1]) return (false, 0);
    (known, , carried) = EpochFaults.findBalance(previous.balancesRoot, payee, before);
  }

  function _requireStanding(
    address gateway,
    uint64 index,
    bytes32 hash
  ) private view returns (Account storage account) {
    account = _accounts[gateway];
    if (index >= account.next || _epochs[gateway][index] != hash) revert UnknownEpoch(gateway, index);
  }

  function _slashHash(address gateway, uint64 index, address accuser, uint256 taken) private pure returns (bytes32) {
    return keccak256(abi.encode(SLASH_MARK, gateway, index, accuser, taken));
  }

  function _isBalanceWrong(
    EpochHeader calldata epoch,
    address payee,
    uint256 carried,
    LineOpening[] calldata earned,
    BalanceOpening[] calldata afterwards
  ) private pure returns (bool) {
    (bool hasEarned, uint256 sum) = EpochFaults.findEarned(epoch.linesRoot, payee, earned);
    (bool hasAfter, , uint256 cumulative) = EpochFaults.findBalance(epoch.balancesRoot, payee, afterwards);
    return hasEarned && hasAfter && EpochFaults.isBalanceWrong(carried, sum, cumulative);
  }
}
