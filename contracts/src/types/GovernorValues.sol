// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice How proposals are voted on. Times in seconds, votes in the smallest unit of WOPEN.
struct GovernorValues {
  /// Between a proposal and the moment whose votes count.
  uint48 votingDelay;
  /// How long votes are cast.
  uint32 votingPeriod;
  /// The votes that proposing takes.
  uint256 proposalThreshold;
  /// The part of all WOPEN that must vote for or abstain, per cent.
  uint256 quorumPercent;
  /// The quorum's least value, however little WOPEN there is; fixed for good.
  uint256 minimumQuorum;
}
