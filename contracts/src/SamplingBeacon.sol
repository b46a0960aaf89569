// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { MessageHashUtils } from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import { IEpochs } from "./interfaces/IEpochs.sol";
import { ISamplingBeacon } from "./interfaces/ISamplingBeacon.sol";
import { BlockSeed, Seed, SeedStep } from "./libraries/BlockSeed.sol";
import { EpochFaults } from "./libraries/EpochFaults.sol";
import { EpochHash } from "./libraries/EpochHash.sol";
import { LedgerDomain } from "./libraries/LedgerDomain.sol";
import { StatementHash } from "./libraries/StatementHash.sol";
import { AnchoredReceipt, AuditTerms } from "./types/Execution.sol";
import { EpochHeader } from "./types/Ledger.sol";
import { Receipt } from "./types/Statements.sol";

/// @title SamplingBeacon
/// @notice Draws the receipts that nodes must open, and keeps the terms of audits.
contract SamplingBeacon is ISamplingBeacon {
  using BlockSeed for Seed;
  using StatementHash for Receipt;

  /// @notice Nobody can switch sampling off: at least one answer in 10,000.
  uint256 public constant MIN_RATE_PPM = 100;
  /// @notice An opening costs the node gas and shows a prompt to everybody: at most one answer in ten.
  uint256 public constant MAX_RATE_PPM = 100_000;
  /// @notice Two appeals from the largest first committee are still counted in one transaction.
  uint256 public constant MIN_SIZE = 3;
  uint256 public constant MAX_SIZE = 7;
  uint256 public constant MAX_FEE = 100e18;

  /// @notice With the longest parameters that an answer can have, so many tokens still fit the 128 KiB that nodes of a chain take as one transaction.
  uint256 public constant MAX_TOKENS = 20_000;

  uint256 private constant WHOLE_PPM = 1_000_000;

  /// @notice Whose owner sets the terms.
  Ownable public immutable parameters;
  IEpochs public immutable epochs;
  /// @inheritdoc ISamplingBeacon
  bytes32 public immutable override domainSeparator;

  AuditTerms private _terms;
  mapping(bytes32 epochHash => Seed) private _seeds;
  mapping(bytes32 epochHash => uint32) private _rates;

  constructor(Ownable parameters_, IEpochs epochs_, AuditTerms memory initial) {
    parameters = parameters_;
    epochs = epochs_;
    domainSeparator = LedgerDomain.separator(address(epochs_));
    _store(initial);
  }

  /// @inheritdoc ISamplingBeacon
  function setTerms(AuditTerms calldata next) external override {
    if (msg.sender != parameters.owner()) revert NotOwner(msg.sender);
    _store(next);
  }

  /// @inheritdoc ISamplingBeacon
  function announce(address gateway, EpochHeader calldata epoch) external override {
    bytes32 hash = _requireOpen(gateway, epoch);
    if (_rates[hash] != 0) revert AlreadyAnnounced(hash);
    uint32 rate = _terms.ratePpm;
    _rates[hash] = rate;
    Seed storage seed = _seeds[hash];
    seed.ask();
    emit DrawAnnounced(gateway, epoch.index, hash, seed.seedBlock, rate);
  }

  /// @inheritdoc ISamplingBeacon
  function fix(bytes32 epochHash) external override returns (bool taken) {
    if (_rates[epochHash] == 0) revert NotAnnounced(epochHash);
    Seed storage seed = _seeds[epochHash];
    SeedStep step = seed.take(epochHash);
    if (step == SeedStep.Ahead) revert SeedAhead(seed.seedBlock);
    if (step == SeedStep.Moved) emit DrawMoved(epochHash, seed.seedBlock);
    if (step == SeedStep.Fixed) emit DrawFixed(epochHash, seed.value);
    return step != SeedStep.Moved;
  }

  /// @inheritdoc ISamplingBeacon
  function terms() external view override returns (AuditTerms memory) {
    return _terms;
  }

  /// @inheritdoc ISamplingBeacon
  function drawOf(bytes32 epochHash) external view override returns (Draw memory) {
    Seed storage seed = _seeds[epochHash];
    return Draw(seed.value, seed.seedBlock, _rates[epochHash]);
  }

  /// @inheritdoc ISamplingBeacon
  function requireAnchored(AnchoredReceipt calldata anchored) external view override returns (bytes32 epochHash) {
    Receipt calldata receipt = anchored.receipt;
    epochHash = _requireOpen(anchored.gateway, anchored.epoch);
    bytes32 receiptId = MessageHashUtils.toTypedDataHash(domainSeparator, receipt.hash());
    bool isIncluded =
      anchored.opening.leaf.receiptId == receiptId && EpochFaults.opens(anchored.epoch.receiptsRoot, anchored.opening);
    if (!isIncluded) revert NotIncluded(anchored.gateway, receiptId);
    if (uint256(receipt.inputTokens) + receipt.outputTokens > MAX_TOKENS) revert AnswerTooLong(receiptId);
    if (!SignatureChecker.isValidSignatureNowCalldata(receipt.node, receiptId, anchored.signature)) {
      revert NotSigned(receipt.node);
    }
  }

  /// @inheritdoc ISamplingBeacon
  function isDrawn(bytes32 epochHash, bytes32 receiptId) external view override returns (bool) {
    bytes32 seed = _seeds[epochHash].value;
    return seed != bytes32(0) && uint256(keccak256(abi.encode(seed, receiptId))) % WHOLE_PPM < _rates[epochHash];
  }

  function _requireOpen(address gateway, EpochHeader calldata epoch) private view returns (bytes32 hash) {
    hash = EpochHash.hash(gateway, epoch);
    if (epochs.epochHash(gateway, epoch.index) != hash) revert EpochNotOpen(gateway, epoch.index);
    if (block.timestamp >= epoch.finalAt) revert WindowClosed(epoch.finalAt);
  }

  function _store(AuditTerms memory next) private {
    bool isInside =
      next.ratePpm >= MIN_RATE_PPM &&
        next.ratePpm <= MAX_RATE_PPM &&
        next.size >= MIN_SIZE &&
        next.size <= MAX_SIZE &&
        next.size & 1 == 1 &&
        next.fee <= MAX_FEE;
    if (!isInside) revert TermsOutOfBounds();
    _terms = next;
    emit TermsChanged(next);
  }
}
