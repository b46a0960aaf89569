// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { IEpochCourt } from "./interfaces/IEpochCourt.sol";
import { IEpochs } from "./interfaces/IEpochs.sol";
import { IParameters } from "./interfaces/IParameters.sol";
import { IWOPEN } from "./interfaces/IWOPEN.sol";
import { EpochFaults } from "./libraries/EpochFaults.sol";
import { EpochHash } from "./libraries/EpochHash.sol";
import { LedgerDomain } from "./libraries/LedgerDomain.sol";
import { OrderedMerkle } from "./libraries/OrderedMerkle.sol";
import { ReceiptInForce } from "./libraries/ReceiptInForce.sol";
import { BalanceOpening, EpochHeader, LineOpening, ReceiptOpening, Share, ShareOpening } from "./types/Ledger.sol";
import { Receipt } from "./types/Statements.sol";

/// @title EpochCourt
/// @notice Convicts gateways of epochs whose lines are not those of their receipts, whose total is another, or whose data is withheld.
contract EpochCourt is IEpochCourt, ReentrancyGuardTransient {
  using SafeERC20 for IWOPEN;

  IWOPEN public immutable wopen;
  IParameters public immutable parameters;
  IEpochs public immutable epochs;
  /// @notice The EIP-712 domain of receipts and attributions: they are addressed to Epochs.
  bytes32 public immutable domainSeparator;

  mapping(bytes32 id => Demand) private _demands;

  /// @dev Demands, answers and convictions each have a third of the dispute window.
  uint256 private constant THIRDS = 3;

  constructor(IWOPEN wopen_, IParameters parameters_, IEpochs epochs_) {
    wopen = wopen_;
    parameters = parameters_;
    epochs = epochs_;
    domainSeparator = LedgerDomain.separator(address(epochs_));
  }

  /// @inheritdoc IEpochCourt
  function challengeTotal(
    address gateway,
    EpochHeader calldata epoch,
    LineOpening[] calldata last
  ) external override nonReentrant returns (bool proven) {
    _requireOpen(gateway, epoch);
    proven = EpochFaults.isTotalWrong(epoch.linesRoot, epoch.total, last);
    _judge(gateway, epoch, proven);
  }

  /// @inheritdoc IEpochCourt
  function challengeReceipts(
    address gateway,
    EpochHeader calldata epoch,
    ReceiptOpening calldata first,
    ReceiptOpening calldata second
  ) external override nonReentrant returns (bool proven) {
    _requireOpen(gateway, epoch);
    proven = EpochFaults.areReceiptsWrong(epoch.receiptsRoot, epoch.receiptCount, first, second);
    _judge(gateway, epoch, proven);
  }

  /// @inheritdoc IEpochCourt
  function challengeRepeatedReceipt(
    address gateway,
    EpochHeader calldata epoch,
    ReceiptOpening calldata here,
    EpochHeader calldata earlier,
    ReceiptOpening calldata there
  ) external override nonReentrant returns (bool proven) {
    _requireOpen(gateway, epoch);
    proven =
      earlier.index < epoch.index &&
      epochs.epochHash(gateway, earlier.index) == EpochHash.hash(gateway, earlier) &&
      EpochFaults.opens(epoch.receiptsRoot, here) &&
      EpochFaults.opens(earlier.receiptsRoot, there) &&
      here.leaf.receiptId == there.leaf.receiptId;
    _judge(gateway, epoch, proven);
  }

  /// @inheritdoc IEpochCourt
  function challengeMisplacedReceipt(
    address gateway,
    EpochHeader calldata epoch,
    ReceiptOpening calldata opening,
    Receipt calldata receipt
  ) external override nonReentrant returns (bool proven) {
    _requireOpen(gateway, epoch);
    bool isOther =
      receipt.gateway != gateway || (receipt.attributionRoot == 0 && receipt.shareRoot != opening.leaf.shareRoot);
    proven = isOther && _idOf(receipt) == opening.leaf.receiptId && EpochFaults.opens(epoch.receiptsRoot, opening);
    _judge(gateway, epoch, proven);
  }

  /// @inheritdoc IEpochCourt
  function challengeForeignLine(
    address gateway,
    EpochHeader calldata epoch,
    LineOpening calldata line,
    ReceiptOpening[] calldata receipt,
    ShareOpening[] calldata share
  ) external override nonReentrant returns (bool proven) {
    _requireOpen(gateway, epoch);
    proven = _isForeign(epoch, line, receipt, share);
    _judge(gateway, epoch, proven);
  }

  /// @inheritdoc IEpochCourt
  function challengeMissingLine(
    address gateway,
    EpochHeader calldata epoch,
    ReceiptOpening calldata receipt,
    ShareOpening calldata share,
    LineOpening[] calldata lines
  ) external override nonReentrant returns (bool proven) {
    _requireOpen(gateway, epoch);
    proven = _isMissing(epoch, receipt, share, lines);
    _judge(gateway, epoch, proven);
  }

  /// @inheritdoc IEpochCourt
  function demand(
    address gateway,
    EpochHeader calldata epoch,
    List list,
    uint256 place
  ) external override nonReentrant {
    bytes32 hash = _requireOpen(gateway, epoch);
    uint256 third = parameters.disputeWindow() / THIRDS;
    if (block.timestamp + 2 * third > epoch.finalAt) revert TooLate(epoch.finalAt - 2 * third);
    if (list == List.Receipts ? place >= epoch.receiptCount : list == List.Lines && place >= epoch.lineCount) {
      revert NoSuchEntry(place);
    }
    bytes32 id = _idOf(hash, list, place);
    if (_demands[id].accuser != address(0)) revert AlreadyDemanded(id);
    uint96 deposit = parameters.challengeDeposit();
    uint48 answerBy = uint48(block.timestamp + third);
    _demands[id] = Demand(msg.sender, deposit, answerBy);
    emit Demanded(gateway, epoch.index, list, place, answerBy, msg.sender);
    wopen.safeTransferFrom(msg.sender, address(this), deposit);
  }

  /// @inheritdoc IEpochCourt
  function revealReceipt(
    address gateway,
    EpochHeader calldata epoch,
    ReceiptOpening calldata opening,
    SignedReceipt calldata signed,
    Share[] calldata shares
  ) external override nonReentrant {
    uint256 place = opening.proof.index;
    bytes32 id = _idOf(EpochHash.hash(gateway, epoch), List.Receipts, place);
    if (
      !EpochFaults.opens(epoch.receiptsRoot, opening) ||
      EpochFaults.rootOf(shares) != opening.leaf.shareRoot ||
      !ReceiptInForce.isInForce(domainSeparator, gateway, opening.leaf.receiptId, opening.leaf.shareRoot, signed)
    ) revert NotTheEntry(id);
    _answer(gateway, epoch.index, List.Receipts, place, id);
  }

  /// @inheritdoc IEpochCourt
  function revealLine(
    address gateway,
    EpochHeader calldata epoch,
    LineOpening calldata opening
  ) external override nonReentrant {
    uint256 place = opening.proof.index;
    bytes32 id = _idOf(EpochHash.hash(gateway, epoch), List.Lines, place);
    if (!EpochFaults.opens(epoch.linesRoot, opening)) revert NotTheEntry(id);
    _answer(gateway, epoch.index, List.Lines, place, id);
  }

  /// @inheritdoc IEpochCourt
  function revealBalance(
    address gateway,
    EpochHeader calldata epoch,
    uint256 place,
    BalanceOpening calldata opening
  ) external override nonReentrant {
    bytes32 id = _idOf(EpochHash.hash(gateway, epoch), List.Balances, place);
    bool isThere =
      EpochFaults.opens(epoch.balancesRoot, opening) && (opening.proof.index == place || opening.proof.count <= place);
    if (!isThere && epoch.balancesRoot != OrderedMerkle.EMPTY_ROOT) revert NotTheEntry(id);
    _answer(gateway, epoch.index, List.Balances, place, id);
  }

  /// @inheritdoc IEpochCourt
  function convictSilence(
    address gateway,
    EpochHeader calldata epoch,
    List list,
    uint256 place
  ) external override nonReentrant {
    bytes32 hash = _requireOpen(gateway, epoch);
    Demand memory found = _take(_idOf(hash, list, place));
    if (block.timestamp <= found.answerBy) revert TooEarly(found.answerBy);
    wopen.safeTransfer(found.accuser, found.deposit);
    epochs.convict(gateway, epoch, found.accuser);
  }

  /// @inheritdoc IEpochCourt
  function withdrawDemand(
    address gateway,
    EpochHeader calldata epoch,
    List list,
    uint256 place
  ) external override nonReentrant {
    bytes32 hash = EpochHash.hash(gateway, epoch);
    Demand memory found = _take(_idOf(hash, list, place));
    bool isOpen = epochs.epochHash(gateway, epoch.index) == hash && block.timestamp < epoch.finalAt;
    if (isOpen) revert TooEarly(epoch.finalAt);
    wopen.safeTransfer(found.accuser, found.deposit);
  }

  /// @inheritdoc IEpochCourt
  function getDemand(bytes32 epochHash, List list, uint256 place) external view override returns (Demand memory) {
    return _demands[_idOf(epochHash, list, place)];
  }

  function _judge(address gateway, EpochHeader calldata epoch, bool proven) private {
    if (proven) {
      epochs.convict(gateway, epoch, msg.sender);
      return;
    }
    uint256 deposit = parameters.challengeDeposit();
    if (wopen.allowance(msg.sender, address(this)) < deposit || wopen.balanceOf(msg.sender) < deposit) {
      revert DepositMissing(deposit);
    }
    emit ChallengeFailed(gateway, epoch.index, msg.sig, msg.sender);
    wopen.safeTransferFrom(msg.sender, gateway, deposit);
  }

  function _answer(address gateway, uint64 index, List list, uint256 place, bytes32 id) private {
    Demand memory found = _take(id);
    if (block.timestamp > found.answerBy) revert TooLate(found.answerBy);
    emit Revealed(gateway, index, list, place);
    wopen.safeTransfer(gateway, found.deposit);
  }

  function _take(bytes32 id) private returns (Demand memory found) {
    found = _demands[id];
    if (found.accuser == address(0)) revert NotDemanded(id);
    delete _demands[id];
  }

  function _requireOpen(address gateway, EpochHeader calldata epoch) private view returns (bytes32 hash) {
    hash = EpochHash.hash(gateway, epoch);
    if (epochs.epochHash(gateway, epoch.index) != hash) revert UnknownEpoch(gateway, epoch.index);
    if (block.timestamp >= epoch.finalAt) revert WindowClosed(epoch.finalAt);
  }

  function _idOf(Receipt calldata receipt) private view returns (bytes32) {
    return ReceiptInForce.idOf(domainSeparator, receipt);
  }

  function _isForeign(
    EpochHeader calldata epoch,
    LineOpening calldata line,
    ReceiptOpening[] calldata receipt,
    ShareOpening[] calldata share
  ) private pure returns (bool) {
    if (!EpochFaults.opens(epoch.linesRoot, line)) return false;
    bytes32 receiptId = line.line.receiptId;
    (bool opened, bool present, bytes32 shareRoot) = EpochFaults.findReceipt(epoch.receiptsRoot, receiptId, receipt);
    if (!opened || !present) return opened;
    (bool shown, uint256 amount) = EpochFaults.findShare(shareRoot, line.line.payee, share);
    return shown && amount != line.line.amount;
  }

  function _isMissing(
    EpochHeader calldata epoch,
    ReceiptOpening calldata receipt,
    ShareOpening calldata share,
    LineOpening[] calldata lines
  ) private pure returns (bool) {
    if (!EpochFaults.opens(epoch.receiptsRoot, receipt) || !EpochFaults.opens(receipt.leaf.shareRoot, share))
      return false;
    address payee = share.share.payee;
    (bool shown, uint256 amount) = EpochFaults.findLine(epoch.linesRoot, payee, receipt.leaf.receiptId, lines);
    return shown && amount != share.share.amount;
  }

  function _idOf(bytes32 epochHash, List list, uint256 place) private pure returns (bytes32) {
    return keccak256(abi.encode(epochHash, list, place));
  }
}
