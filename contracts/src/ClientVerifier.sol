// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import { MessageHashUtils } from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import { IVerifier } from "./interfaces/IVerifier.sol";
import { LedgerDomain } from "./libraries/LedgerDomain.sol";
import { StatementHash } from "./libraries/StatementHash.sol";
import { Guarantee, Outcome } from "./types/Agents.sol";

/// @title ClientVerifier
/// @notice A delivery is the client's `Release` of a result: `abi.encode(bytes32 resultHash, bytes signature)`. The release is addressed to
/// the contract that keeps the guarantee. An agent who promises under this verifier trusts the client to sign.
contract ClientVerifier is IVerifier {
  error NotReleased(bytes32 guaranteeId, address client);

  /// @inheritdoc IVerifier
  function verify(
    bytes32 guaranteeId,
    Guarantee calldata guarantee,
    uint64,
    bytes calldata evidence
  ) external view override returns (Outcome) {
    (bytes32 resultHash, bytes memory signature) = abi.decode(evidence, (bytes32, bytes));
    bytes32 digest = MessageHashUtils.toTypedDataHash(
      LedgerDomain.separator(msg.sender),
      StatementHash.hashRelease(guaranteeId, resultHash)
    );
    if (!SignatureChecker.isValidSignatureNow(guarantee.client, digest, signature)) {
      revert NotReleased(guaranteeId, guarantee.client);
    }
    return Outcome.Kept;
  }

  /// @inheritdoc IVerifier
  function outcomeOf(bytes32) external pure override returns (Outcome) {
    return Outcome.Pending;
  }
}
