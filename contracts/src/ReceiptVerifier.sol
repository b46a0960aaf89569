// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { MessageHashUtils } from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import { IChannels } from "./interfaces/IChannels.sol";
import { IEpochs } from "./interfaces/IEpochs.sol";
import { IReceiptVerifier } from "./interfaces/IReceiptVerifier.sol";
import { IVerifier } from "./interfaces/IVerifier.sol";
import { EpochFaults } from "./libraries/EpochFaults.sol";
import { LedgerDomain } from "./libraries/LedgerDomain.sol";
import { StatementHash } from "./libraries/StatementHash.sol";
import { Guarantee, Outcome, ReceiptTerms } from "./types/Agents.sol";
import { EpochHeader } from "./types/Ledger.sol";
import { Receipt } from "./types/Statements.sol";

/// @title ReceiptVerifier
/// @notice A delivery is an inference receipt of the model that was named, which the agent paid for, anchored in a final epoch: the
/// node signed it, the gateway settled it, and nobody disproved the epoch while it could be disproved.
contract ReceiptVerifier is IReceiptVerifier {
  using StatementHash for Receipt;

  /// @notice How far the clock of a node may be behind that of the chain, seconds.
  uint256 public constant CLOCK_TOLERANCE = 60;

  IEpochs public immutable epochs;
  IChannels public immutable channels;
  /// @notice The EIP-712 domain of receipts: they are addressed to Epochs.
  bytes32 public immutable domainSeparator;

  /// @inheritdoc IReceiptVerifier
  mapping(address guarantees => mapping(bytes32 receiptId => bool)) public override isUsed;

  constructor(IEpochs epochs_, IChannels channels_) {
    epochs = epochs_;
    channels = channels_;
    domainSeparator = LedgerDomain.separator(address(epochs_));
  }

  /// @inheritdoc IVerifier
  function verify(
    bytes32,
    Guarantee calldata guarantee,
    uint64 acceptedAt,
    bytes calldata evidence
  ) external override returns (Outcome) {
    ReceiptEvidence calldata e;
    // The evidence is one encoded tuple: its first word is where the tuple begins. Whatever is read is held against hashes.
    assembly ("memory-safe") {
      e := add(evidence.offset, calldataload(evidence.offset))
    }
    _requireTerms(guarantee, acceptedAt, e.terms, e.receipt);
    bytes32 receiptId = MessageHashUtils.toTypedDataHash(domainSeparator, e.receipt.hash());
    if (!SignatureChecker.isValidSignatureNowCalldata(e.receipt.node, receiptId, e.signature)) {
      revert NotSigned(e.receipt.node);
    }
    _requireAnchored(receiptId, e);
    if (e.terms.opened) _requireAnswer(e.receipt, e.salt, e.tokens);
    if (isUsed[msg.sender][receiptId]) revert ReceiptUsed(receiptId);
    isUsed[msg.sender][receiptId] = true;
    return Outcome.Kept;
  }

  /// @inheritdoc IVerifier
  function outcomeOf(bytes32) external pure override returns (Outcome) {
    return Outcome.Pending;
  }

  /// @dev Receipts are public, so one counts only for the agent that paid for it, after the client had accepted.
  function _requireTerms(
    Guarantee calldata guarantee,
    uint64 acceptedAt,
    ReceiptTerms calldata terms,
    Receipt calldata receipt
  ) private view {
    if (keccak256(abi.encode(terms)) != guarantee.criterion) revert UnknownTerms(guarantee.criterion);
    bytes32 modelId = receipt.adapterId == bytes32(0) ? receipt.baseId : receipt.adapterId;
    if (modelId != terms.modelId) revert WrongModel(modelId, terms.modelId);
    if (terms.requestHash != bytes32(0) && receipt.requestHash != terms.requestHash) {
      revert WrongRequest(receipt.requestHash, terms.requestHash);
    }
    if (terms.gateway != address(0) && receipt.gateway != terms.gateway) {
      revert WrongGateway(receipt.gateway, terms.gateway);
    }
    address payer = channels.getChannel(receipt.channelId).payer;
    if (payer != guarantee.agent) revert NotThePayer(payer, guarantee.agent);
    if (uint256(receipt.time) + CLOCK_TOLERANCE < acceptedAt) revert ReceiptTooOld(receipt.time, acceptedAt);
  }

  function _requireAnchored(bytes32 receiptId, ReceiptEvidence calldata e) private view {
    address gateway = e.receipt.gateway;
    EpochHeader calldata epoch = e.epoch;
    bytes32 standing = epochs.epochHash(gateway, epoch.index);
    if (standing == bytes32(0) || epochs.hashEpoch(gateway, epoch) != standing) {
      revert EpochNotStanding(gateway, epoch.index);
    }
    if (block.timestamp < epoch.finalAt) revert EpochNotFinal(epoch.finalAt);
    if (
      e.opening.leaf.receiptId != receiptId ||
      e.opening.proof.count != epoch.receiptCount ||
      !EpochFaults.opens(epoch.receiptsRoot, e.opening)
    ) revert NotAnchored(receiptId);
  }

  function _requireAnswer(Receipt calldata receipt, bytes32 salt, bytes calldata tokens) private pure {
    if (
      tokens.length != uint256(receipt.outputTokens) * 4 || keccak256(bytes.concat(salt, tokens)) != receipt.outputHash
    ) revert AnswerNotOpened(receipt.outputHash);
  }
}
