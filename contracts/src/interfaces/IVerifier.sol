// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Guarantee, Outcome } from "../types/Agents.sol";

/// @title What says whether a delivery is what was promised
/// @notice Agent and client both chose it: it is in the statement that the agent signed and the client accepted. Whatever it does, the
/// coins of a guarantee come out at the latest when its time to answer is over.
interface IVerifier {
  error UnknownTerms(bytes32 criterion);

  /// @notice Judges a delivery; called by the contract that keeps the guarantee. Reverts when the delivery is not what was promised, so
  /// that the agent may try again until the deadline.
  /// @param acceptedAt when the client accepted
  /// @return outcome `Kept`, or `Pending` when `outcomeOf` will tell
  function verify(
    bytes32 guaranteeId,
    Guarantee calldata guarantee,
    uint64 acceptedAt,
    bytes calldata evidence
  ) external returns (Outcome outcome);

  /// @notice What became of a delivery that was pending.
  function outcomeOf(bytes32 guaranteeId) external view returns (Outcome);
}
