// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Everything that the owner may tune, each inside bounds fixed in the code. Times in seconds, amounts in the smallest unit.
struct ParameterValues {
  /// How long an epoch can be disproved after it was posted.
  uint32 disputeWindow;
  /// How long a payer waits for the rest of a channel; fixed for a channel when it opens.
  uint32 channelThaw;
  /// How long a bond stays slashable after its owner asked for it back; at least twice the dispute window.
  uint32 stakeThaw;
  /// The bond below which an account does not count as staked.
  uint96 minimumStake;
  /// Paid to the treasury for each deployment.
  uint96 deploymentFee;
  /// Paid to the treasury for each answer.
  uint96 platformFee;
  /// What an accuser puts down, and loses to the accused when the accusation is false.
  uint96 challengeDeposit;
  /// Where fees go.
  address treasury;
}
