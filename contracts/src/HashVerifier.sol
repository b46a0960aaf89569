// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IVerifier } from "./interfaces/IVerifier.sol";
import { Guarantee, Outcome } from "./types/Agents.sol";

/// @title HashVerifier
/// @notice A delivery is the content whose keccak is the criterion. Nothing else has to be believed.
contract HashVerifier is IVerifier {
  error WrongContent(bytes32 found, bytes32 criterion);

  /// @inheritdoc IVerifier
  function verify(
    bytes32,
    Guarantee calldata guarantee,
    uint64,
    bytes calldata evidence
  ) external pure override returns (Outcome) {
    bytes32 found = keccak256(evidence);
    if (found != guarantee.criterion) revert WrongContent(found, guarantee.criterion);
    return Outcome.Kept;
  }

  /// @inheritdoc IVerifier
  function outcomeOf(bytes32) external pure override returns (Outcome) {
    return Outcome.Pending;
  }
}
