// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AgentRecord, Guarantee, Outcome, Status } from "../types/Agents.sol";

/// @title Guarantees: promises of agents, backed by a penalty that pays the client by itself
/// @notice Every coin here belongs to an account's balance, or is the reward or the penalty of a guarantee that is open. A balance can be
/// paid out at any time, by anyone, to its owner.
interface IGuarantees {
  /// @dev `settleBy` is set by the delivery: after it, a verifier that has not answered is not asked any more.
  struct State {
    Guarantee guarantee;
    Status status;
    uint64 acceptedAt;
    uint64 settleBy;
  }

  /// @notice A kept guarantee of a client with an agent.
  struct PaidWork {
    bytes32 guaranteeId;
    uint96 paid;
  }

  event Deposited(address indexed account, address indexed from, uint256 amount);
  event Withdrawn(address indexed account, uint256 amount);
  event NonceCancelled(address indexed agent, uint256 nonce);
  event Accepted(
    bytes32 indexed guaranteeId,
    uint256 indexed agentId,
    address indexed client,
    Guarantee guarantee,
    bytes signature
  );
  event Delivered(bytes32 indexed guaranteeId, uint256 indexed agentId, bytes evidence, Outcome outcome);
  event Settled(
    bytes32 indexed guaranteeId,
    uint256 indexed agentId,
    address indexed client,
    Status status,
    uint256 toAgent,
    uint256 toClient
  );

  error DepositsPaused();
  error ZeroAmount();
  error NothingToWithdraw(address account);
  error NonceUsed(address agent, uint256 nonce);
  error NotTheClient(address client, address caller);
  error NotTheAgent(address agent, address caller);
  error NotTheWallet(uint256 agentId, address wallet);
  error SelfPromise(uint256 agentId, address client);
  error OfferExpired(uint64 acceptBy);
  error BadDeadline(uint64 acceptBy, uint64 deadline);
  error NoVerifier(address verifier);
  error BadGuaranteeSignature(address agent);
  error BondTooSmall(uint256 balance, uint256 penalty);
  error WrongReward(uint256 sent, uint256 reward);
  error UnexpectedStatus(bytes32 guaranteeId, Status status);
  error DeadlinePassed(uint64 deadline);
  error DeadlineAhead(uint64 deadline);
  error DeliveryRejected(bytes32 guaranteeId, Outcome outcome);
  error StillPending(bytes32 guaranteeId, uint64 settleBy);

  /// @notice Adds WOPEN of the caller, who has approved it, to an account's balance: an agent's bond for what it will promise.
  function deposit(address account, uint96 amount) external;

  /// @notice The same with the coin that was sent.
  function depositNative(address account) external payable;

  /// @notice Pays an account's balance out to it, in WOPEN; anyone may call it for the account.
  /// @return amount what was paid
  function withdraw(address account) external returns (uint256 amount);

  /// @notice Pays a part of the caller's balance out, in WOPEN or unwrapped.
  function withdrawPart(uint96 amount, bool unwrap) external;

  /// @notice Takes an offer back: no guarantee with this nonce of the caller can be accepted any more.
  function cancelNonce(uint256 nonce) external;

  /// @notice Accepts an agent's offer: takes the reward from the caller, the client, in WOPEN that it has approved or as the coin that was
  /// sent, and the penalty from the agent's balance.
  /// @param signature the agent's, over the statement
  /// @return guaranteeId the statement's digest
  function accept(
    Guarantee calldata guarantee,
    bytes calldata signature
  ) external payable returns (bytes32 guaranteeId);

  /// @notice Brings what was promised, until the deadline; by the agent. When the verifier approves, reward and penalty are the agent's.
  function deliver(bytes32 guaranteeId, bytes calldata evidence) external returns (Outcome outcome);

  /// @notice Ends a guarantee whose deadline passed without a delivery: reward and penalty are the client's; anyone may.
  function breach(bytes32 guaranteeId) external;

  /// @notice Ends a guarantee whose delivery was pending, by what its verifier says; anyone may. Where it is undecided, or not decided in
  /// time, both get back what they put in.
  function settle(bytes32 guaranteeId) external returns (Status status);

  /// @notice An account's balance.
  function balanceOf(address account) external view returns (uint256);

  /// @notice A guarantee; its status is `Unknown` when it was never accepted.
  function getGuarantee(bytes32 guaranteeId) external view returns (State memory);

  /// @notice The id of a guarantee: what its agent signs.
  function hashGuarantee(Guarantee calldata guarantee) external view returns (bytes32);

  /// @notice How an agent's guarantees ended.
  function getRecord(uint256 agentId) external view returns (AgentRecord memory);

  /// @notice How many guarantees an agent kept for a client.
  function paidWorkCount(uint256 agentId, address client) external view returns (uint256);

  /// @notice One of them, in the order in which they ended.
  function paidWorkAt(uint256 agentId, address client, uint256 index) external view returns (PaidWork memory);

  /// @notice Whether a nonce of an agent is used or cancelled.
  function isNonceUsed(address agent, uint256 nonce) external view returns (bool);
}
