// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { MessageHashUtils } from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import { Address } from "@openzeppelin/contracts/utils/Address.sol";
import { IAttributionCourt } from "./interfaces/IAttributionCourt.sol";
import { IIndexClaims } from "./interfaces/IIndexClaims.sol";
import { IParameters } from "./interfaces/IParameters.sol";
import { IPaymentClaims } from "./interfaces/IPaymentClaims.sol";
import { IScoreClaims } from "./interfaces/IScoreClaims.sol";
import { ISpanClaims } from "./interfaces/ISpanClaims.sol";
import { IStakes } from "./interfaces/IStakes.sol";
import { IWOPEN } from "./interfaces/IWOPEN.sol";
import { CommitmentHash } from "./libraries/CommitmentHash.sol";
import { LedgerDomain } from "./libraries/LedgerDomain.sol";
import { SignedBy } from "./libraries/SignedBy.sol";
import { SpanWords } from "./libraries/SpanWords.sol";
import { StatementHash } from "./libraries/StatementHash.sol";
import {
  AnswerTokenClaim,
  AttributionHeader,
  BetterMatchClaim,
  Case,
  Completion,
  DotProductClaim,
  InputsClaim,
  RecordOwnerClaim,
  ScoreClaim,
  SpanSourceClaim,
  SpanWordsClaim,
  SplitClaim,
  SuffixOrderClaim
} from "./types/Dispute.sol";
import { Fault, Role } from "./types/Roles.sol";
import { Attribution, Receipt } from "./types/Statements.sol";

/// @title AttributionCourt
/// @notice Slashes nodes for attributions that are wrong or were never made. It checks what was signed; whether a claim about it holds is
/// for the judges, contracts without state that have the same functions.
/// @dev Claims have no guard: nothing is written here after a call, and neither Stakes nor WOPEN calls anybody.
contract AttributionCourt is
  IAttributionCourt,
  IScoreClaims,
  ISpanClaims,
  IIndexClaims,
  IPaymentClaims,
  ReentrancyGuardTransient
{
  using SafeERC20 for IWOPEN;
  using CommitmentHash for AttributionHeader;
  using StatementHash for Receipt;
  using StatementHash for Attribution;

  IWOPEN public immutable wopen;
  IParameters public immutable parameters;
  IStakes public immutable stakes;
  address public immutable scoreJudge;
  address public immutable spanJudge;
  address public immutable indexJudge;
  address public immutable paymentJudge;
  /// @notice The EIP-712 domain of receipts and attributions: they are addressed to Epochs.
  bytes32 public immutable domainSeparator;

  /// @inheritdoc IAttributionCourt
  mapping(bytes32 receiptId => bool) public override isShown;
  mapping(bytes32 receiptId => Summons) private _summons;

  struct Judges {
    address score;
    address span;
    address index;
    address payment;
  }

  constructor(IWOPEN wopen_, IParameters parameters_, IStakes stakes_, address epochs, Judges memory judges) {
    wopen = wopen_;
    parameters = parameters_;
    stakes = stakes_;
    (scoreJudge, spanJudge) = (judges.score, judges.span);
    (indexJudge, paymentJudge) = (judges.index, judges.payment);
    domainSeparator = LedgerDomain.separator(epochs);
  }

  /// @inheritdoc IScoreClaims
  function dotProduct(Case calldata c, DotProductClaim calldata) external override returns (bool) {
    return _try(c, scoreJudge);
  }

  /// @inheritdoc IScoreClaims
  function score(Case calldata c, ScoreClaim calldata) external override returns (bool) {
    return _try(c, scoreJudge);
  }

  /// @inheritdoc ISpanClaims
  function answerToken(Case calldata c, AnswerTokenClaim calldata) external override returns (bool) {
    return _try(c, spanJudge);
  }

  /// @inheritdoc ISpanClaims
  /// @dev The commonest claim, judged here: the judge has the same function for who asks beforehand.
  function spanWords(Case calldata c, SpanWordsClaim calldata claim) external override returns (bool) {
    bytes32 receiptId = _requireCase(c);
    return _decide(receiptId, c.receipt.node, SpanWords.areWrong(c.header, claim));
  }

  /// @inheritdoc ISpanClaims
  function spanSource(Case calldata c, SpanSourceClaim calldata) external override returns (bool) {
    return _try(c, spanJudge);
  }

  /// @inheritdoc ISpanClaims
  function betterMatch(Case calldata c, BetterMatchClaim calldata) external override returns (bool) {
    return _try(c, spanJudge);
  }

  /// @inheritdoc IIndexClaims
  function recordOwner(Case calldata c, RecordOwnerClaim calldata) external override returns (bool) {
    return _try(c, indexJudge);
  }

  /// @inheritdoc IIndexClaims
  function suffixOrder(Case calldata c, SuffixOrderClaim calldata) external override returns (bool) {
    return _try(c, indexJudge);
  }

  /// @inheritdoc IPaymentClaims
  function inputs(Case calldata c, InputsClaim calldata) external override returns (bool) {
    return _try(c, paymentJudge);
  }

  /// @inheritdoc IPaymentClaims
  function split(Case calldata c, SplitClaim calldata) external override returns (bool) {
    return _try(c, paymentJudge);
  }

  /// @inheritdoc IAttributionCourt
  function summon(Receipt calldata receipt, bytes calldata signature, uint64 deadline) external override nonReentrant {
    bytes32 receiptId = _signedReceipt(receipt, signature);
    if (receipt.attributionRoot != StatementHash.pendingAttributionRoot(deadline)) revert NotOpen(receiptId);
    if (block.timestamp <= deadline) revert TooEarly(deadline);
    if (isConvicted(receiptId)) revert AlreadyConvicted(receiptId);
    if (isShown[receiptId] || _summons[receiptId].node != address(0)) revert AlreadySummoned(receiptId);
    uint96 deposit = parameters.challengeDeposit();
    uint48 answerBy = uint48(block.timestamp) + parameters.disputeWindow();
    // The deadline lies in the past, so it fits.
    _summons[receiptId] = Summons(msg.sender, deposit, receipt.node, uint48(deadline), answerBy);
    emit Summoned(receiptId, receipt.node, answerBy, msg.sender);
    wopen.safeTransferFrom(msg.sender, address(this), deposit);
  }

  /// @inheritdoc IAttributionCourt
  function answer(Attribution calldata attribution, bytes calldata signature) external override nonReentrant {
    bytes32 receiptId = attribution.receiptId;
    Summons memory summons = _summons[receiptId];
    if (summons.node == address(0)) revert NotSummoned(receiptId);
    if (block.timestamp > summons.answerBy) revert TooLate(summons.answerBy);
    if (attribution.time > summons.deadline) revert WrongAttribution(receiptId);
    _requireSigned(summons.node, attribution.hash(), signature);
    isShown[receiptId] = true;
    delete _summons[receiptId];
    emit AttributionShown(receiptId, summons.node, attribution, signature);
    wopen.safeTransfer(summons.node, summons.deposit);
  }

  /// @inheritdoc IAttributionCourt
  function convictSilence(bytes32 receiptId) external override nonReentrant {
    Summons memory summons = _summons[receiptId];
    if (summons.node == address(0)) revert NotSummoned(receiptId);
    if (block.timestamp <= summons.answerBy) revert TooEarly(summons.answerBy);
    delete _summons[receiptId];
    wopen.safeTransfer(summons.accuser, summons.deposit);
    if (!isConvicted(receiptId)) _convict(receiptId, summons.node, Fault.MissingAttribution, summons.accuser);
  }

  /// @inheritdoc IAttributionCourt
  function proveTwoAttributions(
    Receipt calldata receipt,
    Attribution calldata first,
    bytes calldata firstSignature,
    Attribution calldata second,
    bytes calldata secondSignature
  ) external override nonReentrant {
    bytes32 receiptId = _receiptId(receipt);
    // A second signature of the same content at another time is no lie: a node may have forgotten that it signed.
    bool isOne =
      first.attributionRoot == second.attributionRoot &&
        first.shareRoot == second.shareRoot &&
        first.queryHash == second.queryHash;
    if (isOne || first.receiptId != receiptId || second.receiptId != receiptId) revert OneAttribution(receiptId);
    _requireSigned(receipt.node, first.hash(), firstSignature);
    _requireSigned(receipt.node, second.hash(), secondSignature);
    _convict(receiptId, receipt.node, Fault.Equivocation, msg.sender);
  }

  /// @inheritdoc IAttributionCourt
  function isConvicted(bytes32 receiptId) public view override returns (bool) {
    return stakes.isDecided(address(this), receiptId);
  }

  /// @inheritdoc IAttributionCourt
  function getSummons(bytes32 receiptId) external view override returns (Summons memory) {
    return _summons[receiptId];
  }

  /// @dev Checks what the case rests on, lets the judge answer this very call, and slashes or takes the deposit.
  function _try(Case calldata c, address judge) private returns (bool) {
    bytes32 receiptId = _requireCase(c);
    return _decide(receiptId, c.receipt.node, abi.decode(Address.functionStaticCall(judge, msg.data), (bool)));
  }

  /// @dev Slashes, or takes the deposit.
  function _decide(bytes32 receiptId, address node, bool proven) private returns (bool) {
    if (proven) {
      _convict(receiptId, node, Fault.WrongAttribution, msg.sender);
      return true;
    }
    emit Acquitted(receiptId, node, msg.sig, msg.sender);
    _forfeit(node);
    return false;
  }

  function _requireCase(Case calldata c) private view returns (bytes32 receiptId) {
    receiptId = _signedReceipt(c.receipt, c.signature);
    bytes32 attributionRoot = c.receipt.attributionRoot;
    if (c.completion.length != 0) {
      Completion calldata completion = c.completion[0];
      _requireCompletion(receiptId, c.receipt, completion);
      attributionRoot = completion.attribution.attributionRoot;
    }
    if (c.header.root() != attributionRoot) revert WrongHeader(attributionRoot);
  }

  /// @dev Who is right needs no deposit; who is wrong and has none gets no verdict either.
  function _forfeit(address node) private {
    uint256 deposit = parameters.challengeDeposit();
    if (wopen.allowance(msg.sender, address(this)) < deposit || wopen.balanceOf(msg.sender) < deposit) {
      revert DepositMissing(deposit);
    }
    wopen.safeTransferFrom(msg.sender, node, deposit);
  }

  /// @dev Stakes refuses a receipt that has cost its node.
  function _convict(bytes32 receiptId, address node, Fault fault, address accuser) private {
    emit Convicted(receiptId, node, msg.sig, accuser);
    stakes.slashForCase(receiptId, node, Role.Node, fault, accuser);
  }

  /// @dev An attribution counts for the receipt that left it open until a deadline, if it was signed by then.
  function _requireCompletion(
    bytes32 receiptId,
    Receipt calldata receipt,
    Completion calldata completion
  ) private view {
    Attribution calldata attribution = completion.attribution;
    if (
      attribution.receiptId != receiptId ||
      attribution.time > completion.deadline ||
      receipt.attributionRoot != StatementHash.pendingAttributionRoot(completion.deadline)
    ) revert WrongAttribution(receiptId);
    _requireSigned(receipt.node, attribution.hash(), completion.signature);
  }

  function _signedReceipt(Receipt calldata receipt, bytes calldata signature) private view returns (bytes32 receiptId) {
    receiptId = _receiptId(receipt);
    if (!SignedBy.isSigned(receipt.node, receiptId, signature)) revert NotSigned(receipt.node);
  }

  function _receiptId(Receipt calldata receipt) private view returns (bytes32) {
    return MessageHashUtils.toTypedDataHash(domainSeparator, receipt.hash());
  }

  function _requireSigned(address node, bytes32 structHash, bytes calldata signature) private view {
    bytes32 digest = MessageHashUtils.toTypedDataHash(domainSeparator, structHash);
    if (!SignedBy.isSigned(node, digest, signature)) revert NotSigned(node);
  }
}
