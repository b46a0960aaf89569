// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { EpochHeader, ReceiptOpening } from "../types/Ledger.sol";
import { InclusionPromise } from "../types/Statements.sol";

/// @title The court for receipts that were paid for and left out
/// @notice A gateway promises, when it takes the voucher that pays for a receipt, to settle it by a date. Past the date anyone who holds
/// the promise can call upon it to show the receipt in an epoch that stands; silence past the deadline is the fault.
interface IInclusionCourt {
  /// @notice A gateway that is called upon to show a receipt. `answerBy` is when silence becomes the fault.
  struct InclusionSummons {
    address accuser;
    uint96 deposit;
    uint48 answerBy;
  }

  event InclusionSummoned(
    address indexed gateway,
    bytes32 indexed receiptId,
    uint256 includeBy,
    uint256 answerBy,
    address indexed accuser
  );
  event InclusionShown(address indexed gateway, bytes32 indexed receiptId, uint64 index);
  event PromiseBroken(address indexed gateway, bytes32 indexed receiptId, address indexed accuser);

  error PromiseNotSigned(address gateway);
  error PromiseNotDue(uint256 includeBy);
  error PromiseAlreadyBroken(address gateway, bytes32 receiptId);
  error AlreadySummoned(address gateway, bytes32 receiptId);
  error NotSummoned(address gateway, bytes32 receiptId);
  error NotIncluded(address gateway, bytes32 receiptId);
  error UnknownEpoch(address gateway, uint64 index);
  error TooEarly(uint256 answerBy);
  error TooLate(uint256 answerBy);

  /// @notice Calls upon a gateway to show a receipt that it promised to settle, once the date is past. The caller puts the deposit down,
  /// which the gateway gets by answering; it has a dispute window for that. A receipt that was shown can be summoned again.
  function summon(InclusionPromise calldata given, bytes calldata signature) external;

  /// @notice Shows a summoned receipt in an epoch that stands, final or not, posted before or after the date; anyone may send it.
  function show(address gateway, EpochHeader calldata epoch, ReceiptOpening calldata opening) external;

  /// @notice Slashes a gateway that let the deadline pass, once for each receipt; anyone may send it. The accuser gets the deposit back
  /// and the prover's part. The receipt can still be settled afterwards.
  function convict(address gateway, bytes32 receiptId) external;

  /// @notice The summons that stands for a receipt; zero for none.
  function getSummons(address gateway, bytes32 receiptId) external view returns (InclusionSummons memory);

  /// @notice Whether a gateway was slashed for leaving this receipt out.
  function isBroken(address gateway, bytes32 receiptId) external view returns (bool);
}
