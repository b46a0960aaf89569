// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { MessageHashUtils } from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import { IEpochs } from "./interfaces/IEpochs.sol";
import { IInclusionCourt } from "./interfaces/IInclusionCourt.sol";
import { IParameters } from "./interfaces/IParameters.sol";
import { IStakes } from "./interfaces/IStakes.sol";
import { IWOPEN } from "./interfaces/IWOPEN.sol";
import { EpochFaults } from "./libraries/EpochFaults.sol";
import { EpochHash } from "./libraries/EpochHash.sol";
import { LedgerDomain } from "./libraries/LedgerDomain.sol";
import { StatementHash } from "./libraries/StatementHash.sol";
import { EpochHeader, ReceiptOpening } from "./types/Ledger.sol";
import { Fault, Role } from "./types/Roles.sol";
import { InclusionPromise } from "./types/Statements.sol";

/// @title InclusionCourt
/// @notice Convicts gateways of receipts that they promised to settle and left out of their epochs.
contract InclusionCourt is IInclusionCourt, ReentrancyGuardTransient {
  using SafeERC20 for IWOPEN;
  using StatementHash for InclusionPromise;

  IWOPEN public immutable wopen;
  IParameters public immutable parameters;
  IStakes public immutable stakes;
  IEpochs public immutable epochs;
  /// @notice The EIP-712 domain of promises: like receipts, they are addressed to Epochs.
  bytes32 public immutable domainSeparator;

  mapping(address gateway => mapping(bytes32 receiptId => InclusionSummons)) private _summonses;

  /// @inheritdoc IInclusionCourt
  mapping(address gateway => mapping(bytes32 receiptId => bool)) public override isBroken;

  constructor(IWOPEN wopen_, IParameters parameters_, IStakes stakes_, IEpochs epochs_) {
    wopen = wopen_;
    parameters = parameters_;
    stakes = stakes_;
    epochs = epochs_;
    domainSeparator = LedgerDomain.separator(address(epochs_));
  }

  /// @inheritdoc IInclusionCourt
  function summon(InclusionPromise calldata given, bytes calldata signature) external override nonReentrant {
    (address gateway, bytes32 receiptId) = (given.gateway, given.receiptId);
    if (block.timestamp <= given.includeBy) revert PromiseNotDue(given.includeBy);
    if (isBroken[gateway][receiptId]) revert PromiseAlreadyBroken(gateway, receiptId);
    if (_summonses[gateway][receiptId].accuser != address(0)) revert AlreadySummoned(gateway, receiptId);
    bytes32 digest = MessageHashUtils.toTypedDataHash(domainSeparator, given.hash());
    if (!SignatureChecker.isValidSignatureNowCalldata(gateway, digest, signature)) revert PromiseNotSigned(gateway);
    uint96 deposit = parameters.challengeDeposit();
    uint48 answerBy = uint48(block.timestamp + parameters.disputeWindow());
    _summonses[gateway][receiptId] = InclusionSummons(msg.sender, deposit, answerBy);
    emit InclusionSummoned(gateway, receiptId, given.includeBy, answerBy, msg.sender);
    wopen.safeTransferFrom(msg.sender, address(this), deposit);
  }

  /// @inheritdoc IInclusionCourt
  function show(
    address gateway,
    EpochHeader calldata epoch,
    ReceiptOpening calldata opening
  ) external override nonReentrant {
    bytes32 receiptId = opening.leaf.receiptId;
    InclusionSummons memory found = _take(gateway, receiptId);
    if (block.timestamp > found.answerBy) revert TooLate(found.answerBy);
    if (epochs.epochHash(gateway, epoch.index) != EpochHash.hash(gateway, epoch)) {
      revert UnknownEpoch(gateway, epoch.index);
    }
    if (!EpochFaults.opens(epoch.receiptsRoot, opening)) revert NotIncluded(gateway, receiptId);
    emit InclusionShown(gateway, receiptId, epoch.index);
    wopen.safeTransfer(gateway, found.deposit);
  }

  /// @inheritdoc IInclusionCourt
  function convict(address gateway, bytes32 receiptId) external override nonReentrant {
    InclusionSummons memory found = _take(gateway, receiptId);
    if (block.timestamp <= found.answerBy) revert TooEarly(found.answerBy);
    isBroken[gateway][receiptId] = true;
    emit PromiseBroken(gateway, receiptId, found.accuser);
    wopen.safeTransfer(found.accuser, found.deposit);
    stakes.slash(gateway, Role.Gateway, Fault.BrokenPromise, found.accuser);
  }

  /// @inheritdoc IInclusionCourt
  function getSummons(address gateway, bytes32 receiptId) external view override returns (InclusionSummons memory) {
    return _summonses[gateway][receiptId];
  }

  function _take(address gateway, bytes32 receiptId) private returns (InclusionSummons memory found) {
    found = _summonses[gateway][receiptId];
    if (found.accuser == address(0)) revert NotSummoned(gateway, receiptId);
    delete _summonses[gateway][receiptId];
  }
}
