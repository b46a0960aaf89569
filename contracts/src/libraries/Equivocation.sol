// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { MessageHashUtils } from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import { Receipt } from "../types/Statements.sol";
import { StatementHash } from "./StatementHash.sol";

/// @title Two receipts of one nonce
/// @notice The second receipt is shown by the words in which it differs from the first, so that what they share is paid for once.
library Equivocation {
  /// @notice The EIP-712 digests of both receipts, and their signatures. A word that is no valid field gives a digest that no honest node signs.
  /// @param runs up to eight runs of words that differ, 16 bits each from the lowest: the first word in the lower byte, how many in the upper one.
  /// The highest 16 bits are the length of the first signature
  /// @param evidence the words of all runs, the first signature, the second one
  /// @return fits whether the runs name words that may differ, and the evidence holds them
  function read(
    bytes32 domainSeparator,
    Receipt calldata receipt,
    uint256 runs,
    bytes calldata evidence
  )
    internal
    pure
    returns (bool fits, bytes32 first, bytes calldata firstSignature, bytes32 second, bytes calldata secondSignature)
  {
    bytes32 typehash = StatementHash.RECEIPT_TYPEHASH;
    assembly ("memory-safe") {
      let free := mload(0x40)
      mstore(free, typehash)
      calldatacopy(add(free, 32), receipt, 608)
      first := keccak256(free, 640)
      let next := evidence.offset
      fits := 1
      for {
        let rest := shr(128, shl(128, runs))
      } rest {
        rest := shr(16, rest)
      } {
        let start := and(rest, 0xff)
        let end := add(start, and(shr(8, rest), 0xff))
        // Words 4 and 18 are node and nonce.
        if or(gt(end, 18), and(lt(start, 5), gt(end, 4))) {
          fits := 0
          break
        }
        let size := shl(5, sub(end, start))
        calldatacopy(add(add(free, 32), shl(5, start)), next, size)
        next := add(next, size)
      }
      second := keccak256(free, 640)
      firstSignature.offset := next
      firstSignature.length := shr(240, runs)
      next := add(next, firstSignature.length)
      let all := add(evidence.offset, evidence.length)
      fits := and(fits, iszero(gt(next, all)))
      secondSignature.offset := next
      secondSignature.length := mul(fits, sub(all, next))
    }
    first = MessageHashUtils.toTypedDataHash(domainSeparator, first);
    second = MessageHashUtils.toTypedDataHash(domainSeparator, second);
  }
}
