// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Governor } from "@openzeppelin/contracts/governance/Governor.sol";
import { TimelockController } from "@openzeppelin/contracts/governance/TimelockController.sol";
import { GovernorCountingSimple } from "@openzeppelin/contracts/governance/extensions/GovernorCountingSimple.sol";
import { GovernorSettings } from "@openzeppelin/contracts/governance/extensions/GovernorSettings.sol";
import { GovernorStorage } from "@openzeppelin/contracts/governance/extensions/GovernorStorage.sol";
import { GovernorTimelockControl } from "@openzeppelin/contracts/governance/extensions/GovernorTimelockControl.sol";
import { GovernorVotes } from "@openzeppelin/contracts/governance/extensions/GovernorVotes.sol";
import { GovernorVotesQuorumFraction } from "@openzeppelin/contracts/governance/extensions/GovernorVotesQuorumFraction.sol";
import { IVotes } from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { GovernorValues } from "./types/GovernorValues.sol";

/// @title LedgerGovernor
/// @notice Proposals voted on by holders of WOPEN who delegated their votes, if only to themselves. What passes goes through the timelock. Its own
/// settings can change by a decision too, inside bounds that are constants; the timelock cannot be exchanged.
contract LedgerGovernor is
  Governor,
  GovernorSettings,
  GovernorCountingSimple,
  GovernorStorage,
  GovernorVotes,
  GovernorVotesQuorumFraction,
  GovernorTimelockControl
{
  uint256 public constant MAX_VOTING_DELAY = 14 days;
  uint256 public constant MAX_VOTING_PERIOD = 30 days;
  uint256 public constant MIN_PROPOSAL_THRESHOLD = 1e18;
  uint256 public constant MAX_PROPOSAL_THRESHOLD = 10_000_000e18;
  uint256 public constant MIN_QUORUM_PERCENT = 1;
  uint256 public constant MAX_QUORUM_PERCENT = 50;

  /// @notice The voting delay at creation. No decision can make it shorter.
  uint256 public immutable minimumVotingDelay;
  /// @notice The voting period at creation. No decision can make it shorter.
  uint256 public immutable minimumVotingPeriod;
  /// @notice The quorum's least value.
  uint256 public immutable minimumQuorum;

  error SettingOutOfBounds(bytes32 name, uint256 value, uint256 minimum, uint256 maximum);
  error TimelockFixed();

  constructor(
    IVotes wopen,
    TimelockController timelock_,
    GovernorValues memory values
  )
    Governor("OpenLedger")
    GovernorSettings(values.votingDelay, values.votingPeriod, values.proposalThreshold)
    GovernorVotes(wopen)
    GovernorVotesQuorumFraction(values.quorumPercent)
    GovernorTimelockControl(timelock_)
  {
    _bound("votingDelay", values.votingDelay, 1, MAX_VOTING_DELAY);
    _bound("minimumQuorum", values.minimumQuorum, MIN_PROPOSAL_THRESHOLD, MAX_PROPOSAL_THRESHOLD);
    minimumVotingDelay = values.votingDelay;
    minimumVotingPeriod = values.votingPeriod;
    minimumQuorum = values.minimumQuorum;
  }

  /// @notice Refused: to move on, a decision gives Parameters to another timelock.
  function updateTimelock(TimelockController) public pure override {
    revert TimelockFixed();
  }

  function setVotingDelay(uint48 newVotingDelay) public override {
    _bound("votingDelay", newVotingDelay, minimumVotingDelay, MAX_VOTING_DELAY);
    super.setVotingDelay(newVotingDelay);
  }

  function setVotingPeriod(uint32 newVotingPeriod) public override {
    _bound("votingPeriod", newVotingPeriod, minimumVotingPeriod, MAX_VOTING_PERIOD);
    super.setVotingPeriod(newVotingPeriod);
  }

  /// @notice The votes, for or abstaining, that a proposal needs whose votes are those of a time.
  function quorum(uint256 timepoint) public view override(Governor, GovernorVotesQuorumFraction) returns (uint256) {
    return Math.max(super.quorum(timepoint), minimumQuorum);
  }

  function state(uint256 proposalId) public view override(Governor, GovernorTimelockControl) returns (ProposalState) {
    return super.state(proposalId);
  }

  function proposalNeedsQueuing(
    uint256 proposalId
  ) public view override(Governor, GovernorTimelockControl) returns (bool) {
    return super.proposalNeedsQueuing(proposalId);
  }

  function votingDelay() public view override(Governor, GovernorSettings) returns (uint256) {
    return super.votingDelay();
  }

  function votingPeriod() public view override(Governor, GovernorSettings) returns (uint256) {
    return super.votingPeriod();
  }

  function proposalThreshold() public view override(Governor, GovernorSettings) returns (uint256) {
    return super.proposalThreshold();
  }

  function _propose(
    address[] memory targets,
    uint256[] memory values,
    bytes[] memory calldatas,
    string memory description,
    address proposer
  ) internal override(Governor, GovernorStorage) returns (uint256) {
    return super._propose(targets, values, calldatas, description, proposer);
  }

  function _queueOperations(
    uint256 proposalId,
    address[] memory targets,
    uint256[] memory values,
    bytes[] memory calldatas,
    bytes32 descriptionHash
  ) internal override(Governor, GovernorTimelockControl) returns (uint48) {
    return super._queueOperations(proposalId, targets, values, calldatas, descriptionHash);
  }

  function _executeOperations(
    uint256 proposalId,
    address[] memory targets,
    uint256[] memory values,
    bytes[] memory calldatas,
    bytes32 descriptionHash
  ) internal override(Governor, GovernorTimelockControl) {
    super._executeOperations(proposalId, targets, values, calldatas, descriptionHash);
  }

  function _cancel(
    address[] memory targets,
    uint256[] memory values,
    bytes[] memory calldatas,
    bytes32 descriptionHash
  ) internal override(Governor, GovernorTimelockControl) returns (uint256) {
    return super._cancel(targets, values, calldatas, descriptionHash);
  }

  function _setVotingPeriod(uint32 newVotingPeriod) internal override {
    _bound("votingPeriod", newVotingPeriod, 1, MAX_VOTING_PERIOD);
    super._setVotingPeriod(newVotingPeriod);
  }

  function _setProposalThreshold(uint256 newProposalThreshold) internal override {
    _bound("proposalThreshold", newProposalThreshold, MIN_PROPOSAL_THRESHOLD, MAX_PROPOSAL_THRESHOLD);
    super._setProposalThreshold(newProposalThreshold);
  }

  function _updateQuorumNumerator(uint256 newQuorumNumerator) internal override {
    _bound("quorumPercent", newQuorumNumerator, MIN_QUORUM_PERCENT, MAX_QUORUM_PERCENT);
    super._updateQuorumNumerator(newQuorumNumerator);
  }

  function _executor() internal view override(Governor, GovernorTimelockControl) returns (address) {
    return super._executor();
  }

  function _bound(bytes32 name, uint256 value, uint256 minimum, uint256 maximum) private pure {
    if (value < minimum || value > maximum) revert SettingOutOfBounds(name, value, minimum, maximum);
  }
}
