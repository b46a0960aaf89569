// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Attribution, Receipt } from "../types/Statements.sol";

/// @title The court for attributions: what a node signed about whose data shaped an answer
/// @notice Accusations (`IScoreClaims`, `ISpanClaims`, `IIndexClaims`, `IPaymentClaims`) put the accuser's deposit at stake: they hold it in
/// WOPEN, have approved it, and lose it to the node when the fault is not shown. A receipt can cost its node once.
interface IAttributionCourt {
  /// @notice A node that is called upon to show an attribution. `answerBy` is when silence becomes the fault.
  struct Summons {
    address accuser;
    uint96 deposit;
    address node;
    uint48 deadline;
    uint48 answerBy;
  }

  event Convicted(bytes32 indexed receiptId, address indexed node, bytes4 claim, address accuser);
  event Acquitted(bytes32 indexed receiptId, address indexed node, bytes4 claim, address indexed accuser);
  event Summoned(bytes32 indexed receiptId, address indexed node, uint256 answerBy, address indexed accuser);
  event AttributionShown(bytes32 indexed receiptId, address indexed node, Attribution attribution, bytes signature);

  error NotSigned(address node);
  error WrongAttribution(bytes32 receiptId);
  error WrongHeader(bytes32 attributionRoot);
  error AlreadyConvicted(bytes32 receiptId);
  error DepositMissing(uint256 deposit);
  error NotOpen(bytes32 receiptId);
  error TooEarly(uint256 from);
  error TooLate(uint256 answerBy);
  error AlreadySummoned(bytes32 receiptId);
  error NotSummoned(bytes32 receiptId);
  error OneAttribution(bytes32 receiptId);

  /// @notice Calls a node upon to show the attribution that its receipt left open until `deadline`. Takes the deposit; the node gets it if it
  /// answers, else it comes back with the prover's part of the slash.
  function summon(Receipt calldata receipt, bytes calldata signature, uint64 deadline) external;

  /// @notice Shows the attribution of a receipt whose node is summoned; anyone may, before the window ends.
  function answer(Attribution calldata attribution, bytes calldata signature) external;

  /// @notice Slashes a node that was summoned and did not answer.
  function convictSilence(bytes32 receiptId) external;

  /// @notice Shows two attributions of one receipt that a node signed, with different roots or query vectors, and slashes its bond.
  function proveTwoAttributions(
    Receipt calldata receipt,
    Attribution calldata first,
    bytes calldata firstSignature,
    Attribution calldata second,
    bytes calldata secondSignature
  ) external;

  /// @notice Whether a receipt's attribution has cost its node.
  function isConvicted(bytes32 receiptId) external view returns (bool);

  /// @notice Whether an attribution was shown in answer to a summons.
  function isShown(bytes32 receiptId) external view returns (bool);

  /// @notice The summons that stands for a receipt; all zero for none.
  function getSummons(bytes32 receiptId) external view returns (Summons memory);
}
