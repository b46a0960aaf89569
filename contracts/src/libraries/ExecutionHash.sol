// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ExecutionOpening } from "../types/Execution.sol";
import { Receipt } from "../types/Statements.sol";

/// @title What of an answer's content its receipt binds
/// @notice By the rules of packages/protocol: tokens are hashed as `keccak(salt ‖ ids)`, parameters and profile as canonical JSON.
library ExecutionHash {
  uint256 private constant TOKEN_BYTES = 4;

  /// @notice Whether an opening is what a receipt's hashes and counts were made of.
  function opens(Receipt calldata r, ExecutionOpening calldata o) internal pure returns (bool) {
    return
      o.promptTokens.length == TOKEN_BYTES * r.inputTokens &&
      o.answerTokens.length == TOKEN_BYTES * r.outputTokens &&
      keccak256(bytes.concat(o.salt, o.promptTokens)) == r.requestHash &&
      keccak256(bytes.concat(o.salt, o.answerTokens)) == r.outputHash &&
      keccak256(o.sampling) == r.samplingHash &&
      keccak256(o.profile) == r.profileHash;
  }
}
