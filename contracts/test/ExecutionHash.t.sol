// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ExecutionHash } from "../src/libraries/ExecutionHash.sol";
import { ExecutionOpening } from "../src/types/Execution.sol";
import { Receipt } from "../src/types/Statements.sol";
import { Assertions } from "./support/Assertions.sol";

/// @dev Gives the library, which takes calldata, a place to be called from.
contract ExecutionOpener {
  function opens(Receipt calldata r, ExecutionOpening calldata o) external pure returns (bool) {
    return ExecutionHash.opens(r, o);
  }
}

contract ExecutionHashTest is Assertions {
  ExecutionOpener private opener = new ExecutionOpener();

  function honest() private pure returns (Receipt memory r, ExecutionOpening memory o) {
    o.salt = keccak256("salt");
    (o.promptTokens, o.answerTokens) = (hex"0000000100000002", hex"00000003");
    (o.sampling, o.profile) = ("{}", "[]");
    (r.inputTokens, r.outputTokens) = (2, 1);
    r.requestHash = keccak256(abi.encodePacked(o.salt, o.promptTokens));
    r.outputHash = keccak256(abi.encodePacked(o.salt, o.answerTokens));
    (r.samplingHash, r.profileHash) = (keccak256("{}"), keccak256("[]"));
  }

  /// @dev Each of the bound facts is wrong for itself, with all the others right.
  function test_everyFactIsNeeded() public view {
    (Receipt memory r, ExecutionOpening memory o) = honest();
    assertTrue(opener.opens(r, o), "as it is");
    for (uint256 i = 0; i < 8; ++i) {
      (r, o) = honest();
      if (i == 0) r.inputTokens = 1;
      if (i == 1) r.outputTokens = 2;
      if (i == 2) r.requestHash = 0;
      if (i == 3) r.outputHash = 0;
      if (i == 4) r.samplingHash = 0;
      if (i == 5) r.profileHash = 0;
      if (i == 6) o.sampling = "[]";
      if (i == 7) o.profile = "{}";
      assertFalse(opener.opens(r, o), "one of them is wrong");
    }
  }
}
