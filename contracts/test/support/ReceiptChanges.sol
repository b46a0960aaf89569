// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Receipt } from "../../src/types/Statements.sol";

/// @dev In which words two receipts differ, read from their ABI encodings.
library ReceiptChanges {
  /// @dev What `proveEquivocation` takes: the runs with the length of the first signature, and the evidence.
  function between(
    Receipt memory a,
    bytes memory aSignature,
    Receipt memory b,
    bytes memory bSignature
  ) internal pure returns (uint256 runs, bytes memory evidence) {
    (bytes memory x, bytes memory y) = (abi.encode(a), abi.encode(b));
    uint256 count = 0;
    for (uint256 i = 0; i < x.length / 32; ++i) {
      uint256 start = i;
      while (i < x.length / 32 && wordOf(x, i) != wordOf(y, i)) {
        evidence = abi.encodePacked(evidence, wordOf(y, i));
        ++i;
      }
      if (i > start) runs |= (start | ((i - start) << 8)) << (16 * count++);
    }
    runs |= aSignature.length << 240;
    evidence = abi.encodePacked(evidence, aSignature, bSignature);
  }

  function wordOf(bytes memory data, uint256 i) private pure returns (bytes32 word) {
    assembly ("memory-safe") {
      word := mload(add(add(data, 32), shl(5, i)))
    }
  }
}
