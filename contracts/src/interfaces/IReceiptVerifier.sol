// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IVerifier } from "./IVerifier.sol";
import { ReceiptTerms } from "../types/Agents.sol";
import { EpochHeader, ReceiptOpening } from "../types/Ledger.sol";
import { Receipt } from "../types/Statements.sol";

/// @title Deliveries by an anchored inference receipt
interface IReceiptVerifier is IVerifier {
  /// @notice What shows that a receipt is anchored, encoded as one tuple.
  /// @dev `salt` and `tokens` (big-endian 32-bit ids) open the answer; they may be empty when the terms do not ask for it.
  struct ReceiptEvidence {
    ReceiptTerms terms;
    Receipt receipt;
    bytes signature;
    EpochHeader epoch;
    ReceiptOpening opening;
    bytes32 salt;
    bytes tokens;
  }

  error WrongModel(bytes32 modelId, bytes32 promised);
  error WrongRequest(bytes32 requestHash, bytes32 promised);
  error WrongGateway(address gateway, address promised);
  error NotThePayer(address payer, address agent);
  error ReceiptTooOld(uint64 time, uint64 acceptedAt);
  error NotSigned(address signer);
  error EpochNotStanding(address gateway, uint64 index);
  error EpochNotFinal(uint256 finalAt);
  error NotAnchored(bytes32 receiptId);
  error AnswerNotOpened(bytes32 outputHash);
  error ReceiptUsed(bytes32 receiptId);

  /// @notice Whether a receipt was delivered to a contract of guarantees: one answer is one delivery.
  function isUsed(address guarantees, bytes32 receiptId) external view returns (bool);
}
