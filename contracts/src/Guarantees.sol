// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { IGuarantees } from "./interfaces/IGuarantees.sol";
import { IIdentityRegistry } from "./interfaces/IIdentityRegistry.sol";
import { IParameters } from "./interfaces/IParameters.sol";
import { IVerifier } from "./interfaces/IVerifier.sol";
import { IWOPEN } from "./interfaces/IWOPEN.sol";
import { StatementHash } from "./libraries/StatementHash.sol";
import { AgentRecord, Guarantee, Outcome, Status } from "./types/Agents.sol";

/// @title Guarantees
/// @notice Keeps an agent's penalty and a client's reward until the delivery or the deadline decides. It has no owner and no referee.
contract Guarantees is IGuarantees, EIP712, ReentrancyGuardTransient {
  using SafeERC20 for IWOPEN;
  using StatementHash for Guarantee;

  /// @notice How long a guarantee can run, so that a mistyped deadline locks nothing for ever.
  uint256 public constant MAX_TERM = 366 days;
  /// @notice How long a verifier has to answer after a delivery.
  uint256 public constant MAX_PENDING = 30 days;

  IWOPEN public immutable wopen;
  IParameters public immutable parameters;
  IIdentityRegistry public immutable identity;

  mapping(bytes32 guaranteeId => State) private _states;
  mapping(uint256 agentId => AgentRecord) private _records;
  mapping(uint256 agentId => mapping(address client => PaidWork[])) private _paidWork;

  /// @inheritdoc IGuarantees
  mapping(address account => uint256) public override balanceOf;
  /// @inheritdoc IGuarantees
  mapping(address agent => mapping(uint256 nonce => bool)) public override isNonceUsed;

  constructor(IWOPEN wopen_, IParameters parameters_, IIdentityRegistry identity_) EIP712("OpenLedger", "1") {
    wopen = wopen_;
    parameters = parameters_;
    identity = identity_;
  }

  /// @inheritdoc IGuarantees
  function deposit(address account, uint96 amount) external override nonReentrant {
    _credit(account, amount);
    wopen.safeTransferFrom(msg.sender, address(this), amount);
  }

  /// @inheritdoc IGuarantees
  function depositNative(address account) external payable override nonReentrant {
    _credit(account, msg.value);
    wopen.deposit{ value: msg.value }();
  }

  /// @inheritdoc IGuarantees
  function withdraw(address account) external override nonReentrant returns (uint256 amount) {
    amount = balanceOf[account];
    if (amount == 0) revert NothingToWithdraw(account);
    balanceOf[account] = 0;
    emit Withdrawn(account, amount);
    wopen.safeTransfer(account, amount);
  }

  /// @inheritdoc IGuarantees
  function withdrawPart(uint96 amount, bool unwrap) external override nonReentrant {
    if (amount == 0) revert ZeroAmount();
    _debit(msg.sender, amount);
    emit Withdrawn(msg.sender, amount);
    if (unwrap) wopen.withdrawTo(msg.sender, amount);
    else wopen.safeTransfer(msg.sender, amount);
  }

  /// @inheritdoc IGuarantees
  function cancelNonce(uint256 nonce) external override {
    _useNonce(msg.sender, nonce);
    emit NonceCancelled(msg.sender, nonce);
  }

  /// @inheritdoc IGuarantees
  function accept(
    Guarantee calldata guarantee,
    bytes calldata signature
  ) external payable override nonReentrant returns (bytes32 guaranteeId) {
    if (parameters.paused()) revert DepositsPaused();
    if (msg.sender != guarantee.client) revert NotTheClient(guarantee.client, msg.sender);
    _requireOffer(guarantee);
    guaranteeId = hashGuarantee(guarantee);
    if (!SignatureChecker.isValidSignatureNowCalldata(guarantee.agent, guaranteeId, signature)) {
      revert BadGuaranteeSignature(guarantee.agent);
    }
    _useNonce(guarantee.agent, guarantee.nonce);
    State storage state = _states[guaranteeId];
    state.guarantee = guarantee;
    state.status = Status.Accepted;
    state.acceptedAt = uint64(block.timestamp);
    _debit(guarantee.agent, guarantee.penalty);
    emit Accepted(guaranteeId, guarantee.agentId, msg.sender, guarantee, signature);
    if (msg.value == 0) {
      wopen.safeTransferFrom(msg.sender, address(this), guarantee.reward);
    } else {
      if (msg.value != guarantee.reward) revert WrongReward(msg.value, guarantee.reward);
      wopen.deposit{ value: msg.value }();
    }
  }

  /// @inheritdoc IGuarantees
  function deliver(
    bytes32 guaranteeId,
    bytes calldata evidence
  ) external override nonReentrant returns (Outcome outcome) {
    State storage state = _requireStatus(guaranteeId, Status.Accepted);
    Guarantee memory guarantee = state.guarantee;
    if (msg.sender != guarantee.agent) revert NotTheAgent(guarantee.agent, msg.sender);
    if (block.timestamp > guarantee.deadline) revert DeadlinePassed(guarantee.deadline);
    outcome = IVerifier(guarantee.verifier).verify(guaranteeId, guarantee, state.acceptedAt, evidence);
    emit Delivered(guaranteeId, guarantee.agentId, evidence, outcome);
    if (outcome == Outcome.Kept) {
      _end(guaranteeId, state, Status.Kept);
    } else if (outcome == Outcome.Pending) {
      state.status = Status.Delivered;
      state.settleBy = uint64(block.timestamp + MAX_PENDING);
    } else {
      revert DeliveryRejected(guaranteeId, outcome);
    }
  }

  /// @inheritdoc IGuarantees
  function breach(bytes32 guaranteeId) external override nonReentrant {
    State storage state = _requireStatus(guaranteeId, Status.Accepted);
    uint64 deadline = state.guarantee.deadline;
    if (block.timestamp <= deadline) revert DeadlineAhead(deadline);
    _end(guaranteeId, state, Status.Broken);
  }

  /// @inheritdoc IGuarantees
  function settle(bytes32 guaranteeId) external override nonReentrant returns (Status status) {
    State storage state = _requireStatus(guaranteeId, Status.Delivered);
    uint64 settleBy = state.settleBy;
    if (block.timestamp > settleBy) {
      status = Status.Undecided;
    } else {
      Outcome outcome = IVerifier(state.guarantee.verifier).outcomeOf(guaranteeId);
      if (outcome == Outcome.Pending) revert StillPending(guaranteeId, settleBy);
      if (outcome == Outcome.Kept) status = Status.Kept;
      else status = outcome == Outcome.Broken ? Status.Broken : Status.Undecided;
    }
    _end(guaranteeId, state, status);
  }

  /// @inheritdoc IGuarantees
  function getGuarantee(bytes32 guaranteeId) external view override returns (State memory) {
    return _states[guaranteeId];
  }

  /// @inheritdoc IGuarantees
  function getRecord(uint256 agentId) external view override returns (AgentRecord memory) {
    return _records[agentId];
  }

  /// @inheritdoc IGuarantees
  function paidWorkCount(uint256 agentId, address client) external view override returns (uint256) {
    return _paidWork[agentId][client].length;
  }

  /// @inheritdoc IGuarantees
  function paidWorkAt(uint256 agentId, address client, uint256 index) external view override returns (PaidWork memory) {
    return _paidWork[agentId][client][index];
  }

  /// @inheritdoc IGuarantees
  function hashGuarantee(Guarantee calldata guarantee) public view override returns (bytes32) {
    return _hashTypedDataV4(guarantee.hash());
  }

  function _credit(address account, uint256 amount) private {
    if (parameters.paused()) revert DepositsPaused();
    if (amount == 0) revert ZeroAmount();
    balanceOf[account] += amount;
    emit Deposited(account, msg.sender, amount);
  }

  function _debit(address account, uint256 amount) private {
    uint256 balance = balanceOf[account];
    if (balance < amount) revert BondTooSmall(balance, amount);
    unchecked {
      balanceOf[account] = balance - amount;
    }
  }

  function _useNonce(address agent, uint256 nonce) private {
    if (isNonceUsed[agent][nonce]) revert NonceUsed(agent, nonce);
    isNonceUsed[agent][nonce] = true;
  }

  /// @dev The only way out of a guarantee: what both put in is divided once, and the status keeps it from being divided again.
  function _end(bytes32 guaranteeId, State storage state, Status status) private {
    Guarantee memory guarantee = state.guarantee;
    uint256 toAgent = 0;
    uint256 toClient = 0;
    AgentRecord storage record = _records[guarantee.agentId];
    state.status = status;
    if (status == Status.Kept) {
      toAgent = uint256(guarantee.reward) + guarantee.penalty;
      ++record.kept;
      record.earned += guarantee.reward;
      _paidWork[guarantee.agentId][guarantee.client].push(PaidWork(guaranteeId, guarantee.reward));
    } else if (status == Status.Broken) {
      toClient = uint256(guarantee.reward) + guarantee.penalty;
      ++record.broken;
      record.forfeited += guarantee.penalty;
    } else {
      (toAgent, toClient) = (guarantee.penalty, guarantee.reward);
      ++record.undecided;
    }
    balanceOf[guarantee.agent] += toAgent;
    balanceOf[guarantee.client] += toClient;
    emit Settled(guaranteeId, guarantee.agentId, guarantee.client, status, toAgent, toClient);
  }

  function _requireStatus(bytes32 guaranteeId, Status status) private view returns (State storage state) {
    state = _states[guaranteeId];
    if (state.status != status) revert UnexpectedStatus(guaranteeId, state.status);
  }

  /// @dev What must hold for an offer whoever signed it.
  function _requireOffer(Guarantee calldata guarantee) private view {
    uint256 agentId = guarantee.agentId;
    if (guarantee.agent == address(0) || identity.getAgentWallet(agentId) != guarantee.agent) {
      revert NotTheWallet(agentId, guarantee.agent);
    }
    if (guarantee.client == guarantee.agent || identity.isAuthorizedOrOwner(guarantee.client, agentId)) {
      revert SelfPromise(agentId, guarantee.client);
    }
    if (guarantee.reward == 0) revert ZeroAmount();
    if (block.timestamp > guarantee.acceptBy) revert OfferExpired(guarantee.acceptBy);
    if (guarantee.deadline <= guarantee.acceptBy || guarantee.deadline > block.timestamp + MAX_TERM) {
      revert BadDeadline(guarantee.acceptBy, guarantee.deadline);
    }
    if (guarantee.verifier.code.length == 0) revert NoVerifier(guarantee.verifier);
  }
}
