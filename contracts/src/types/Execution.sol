// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { EpochHeader, ReceiptOpening } from "./Ledger.sol";
import { Receipt } from "./Statements.sol";

/// @notice How answers are sampled and judged; the owner of Parameters sets them inside bounds of the code.
struct AuditTerms {
  /// The part of an epoch's receipts that must be opened, ppm.
  uint32 ratePpm;
  /// The size of the first committee, odd. Each appeal's committee is twice as large, and one.
  uint8 size;
  /// What a member gets for a vote that agrees with the verdict, whichever that is.
  uint96 fee;
}

/// @notice A receipt that an epoch settles, with its node's signature.
struct AnchoredReceipt {
  address gateway;
  EpochHeader epoch;
  ReceiptOpening opening;
  Receipt receipt;
  bytes signature;
}

/// @notice What is hashed in a receipt, so that anyone can execute the answer again.
/// @dev `promptTokens` and `answerTokens` are token ids as big-endian uint32, `sampling` and `profile` canonical JSON. Client nonce and node
/// commitment give the seed that stands in `sampling`.
struct ExecutionOpening {
  bytes32 salt;
  bytes promptTokens;
  bytes answerTokens;
  bytes sampling;
  bytes profile;
  bytes32 clientNonce;
  bytes32 nodeCommitment;
}

/// @notice What is said of an answer. Undecided is what is left when too few voted.
enum Verdict {
  Undecided,
  Right,
  Wrong
}

/// @notice Where a case stands.
enum CaseStage {
  None,
  Summoned,
  Judged,
  Closed
}
