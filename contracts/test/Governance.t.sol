// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { Ownable2Step } from "@openzeppelin/contracts/access/Ownable2Step.sol";
import { IGovernor } from "@openzeppelin/contracts/governance/IGovernor.sol";
import { TimelockController } from "@openzeppelin/contracts/governance/TimelockController.sol";
import { LedgerGovernor } from "../src/LedgerGovernor.sol";
import { Parameters } from "../src/Parameters.sol";
import { Timelock } from "../src/Timelock.sol";
import { IParameters } from "../src/interfaces/IParameters.sol";
import { GovernorValues } from "../src/types/GovernorValues.sol";
import { ParameterValues } from "../src/types/ParameterValues.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";

/// @dev `payer` holds the votes; `other` holds WOPEN and has delegated nothing.
contract GovernanceTest is LedgerFixture {
  uint8 private constant AGAINST = 0;
  uint8 private constant FOR = 1;

  Timelock private timelock;
  LedgerGovernor private governor;

  function setUp() public override {
    super.setUp();
    address predicted = created(address(this), 1);
    timelock = new Timelock(1 days, predicted);
    governor = new LedgerGovernor(wopen, timelock, settings());
    assertEq(address(governor), predicted, "the governor that the timelock obeys");
    parameters.transferOwnership(address(timelock));
    vm.prank(other);
    timelock.acceptOwnership(parameters);
    vm.prank(payer);
    wopen.delegate(payer);
    vm.warp(block.timestamp + 1);
  }

  /// @dev Where the creation after `later` others stands.
  function created(address from, uint256 later) private view returns (address) {
    return vm.computeCreateAddress(from, vm.getNonce(from) + later);
  }

  function settings() private pure returns (GovernorValues memory) {
    return
      GovernorValues({
        votingDelay: 1 hours,
        votingPeriod: 2 hours,
        proposalThreshold: 100 ether,
        quorumPercent: 4,
        minimumQuorum: 200 ether
      });
  }

  function propose(address target, bytes memory call) private returns (uint256) {
    (address[] memory targets, uint256[] memory values, bytes[] memory calls) = one(target, call);
    vm.prank(payer);
    return governor.propose(targets, values, calls, "change");
  }

  function one(
    address target,
    bytes memory call
  ) private pure returns (address[] memory targets, uint256[] memory values, bytes[] memory calls) {
    (targets, values, calls) = (new address[](1), new uint256[](1), new bytes[](1));
    (targets[0], calls[0]) = (target, call);
  }

  /// @dev Proposes, votes, queues; the decision can be carried out now.
  function decide(address target, bytes memory call) private returns (uint256 id) {
    id = propose(target, call);
    vm.warp(block.timestamp + 1 hours + 1);
    vm.prank(payer);
    governor.castVote(id, FOR);
    vm.warp(block.timestamp + 2 hours);
    governor.queue(id);
    vm.warp(block.timestamp + 1 days);
  }

  function setTo(uint96 platformFee) private view returns (bytes memory) {
    ParameterValues memory v = defaults();
    v.platformFee = platformFee;
    return abi.encodeCall(IParameters.set, (v));
  }

  function assertState(uint256 id, IGovernor.ProposalState expected, string memory what) private view {
    assertEq(uint256(governor.state(id)), uint256(expected), what);
  }

  function test_aDecisionChangesAParameter_afterTheDelay() public {
    uint256 id = propose(address(parameters), setTo(7));
    assertState(id, IGovernor.ProposalState.Pending, "not yet voted on");
    vm.warp(block.timestamp + 1 hours + 1);
    vm.prank(payer);
    governor.castVote(id, FOR);
    vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
    governor.queue(id);
    vm.warp(block.timestamp + 2 hours);
    governor.queue(id);
    vm.warp(block.timestamp + 1 days - 1);
    vm.expectPartialRevert(TimelockController.TimelockUnexpectedOperationState.selector);
    governor.execute(id);
    assertEq(parameters.platformFee(), 0.001 ether, "not yet");
    vm.warp(block.timestamp + 1);
    vm.prank(other);
    governor.execute(id);
    assertEq(parameters.platformFee(), 7, "changed, and anyone could carry it out");
    vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
    governor.execute(id);
  }

  function test_noDecisionLeavesTheBounds() public {
    uint256 id = decide(address(parameters), setTo(1e17 + 1));
    vm.expectPartialRevert(IParameters.ParameterOutOfBounds.selector);
    governor.execute(id);
    assertEq(parameters.platformFee(), 0.001 ether, "unchanged");
  }

  function testFuzz_whateverIsDecidedStaysInsideTheBounds(uint32 window, uint96 fee, uint96 stake) public {
    ParameterValues memory v = defaults();
    (v.disputeWindow, v.platformFee, v.minimumStake) = (window, fee, stake);
    uint256 id = decide(address(parameters), abi.encodeCall(IParameters.set, (v)));
    bool inside =
      window >= 15 minutes &&
        2 * uint256(window) <= v.stakeThaw &&
        fee <= 1e17 &&
        stake >= 1e15 &&
        stake <= 1_000_000e18;
    try governor.execute(id) {
      assertTrue(inside, "carried out only inside");
    } catch {
      assertFalse(inside, "refused only outside");
    }
    assertLe(parameters.platformFee(), 1e17, "fee");
    assertLe(2 * parameters.disputeWindow(), parameters.stakeThaw(), "window");
  }

  function test_nobodyElseChangesAnything() public {
    bytes memory call = setTo(7);
    address[4] memory callers = [address(this), payer, other, address(governor)];
    for (uint256 i = 0; i < callers.length; ++i) {
      bytes memory refusal = abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, callers[i]);
      vm.startPrank(callers[i]);
      vm.expectRevert(refusal);
      parameters.set(defaults());
      vm.expectRevert(refusal);
      parameters.setCourt(callers[i], true);
      vm.expectRevert(refusal);
      parameters.setGuardian(callers[i]);
      vm.expectRevert(refusal);
      parameters.transferOwnership(callers[i]);
      vm.expectRevert(refusal);
      parameters.renounceOwnership();
      vm.stopPrank();
    }
    vm.expectRevert();
    timelock.schedule(address(parameters), 0, call, 0, 0, 1 days);
    vm.expectRevert();
    timelock.execute(address(parameters), 0, call, 0, 0);
    bytes32 admin = timelock.DEFAULT_ADMIN_ROLE();
    assertFalse(timelock.hasRole(admin, address(this)), "the deployer is no administrator");
    assertFalse(timelock.hasRole(timelock.PROPOSER_ROLE(), address(this)), "nor a proposer");
    assertFalse(timelock.hasRole(timelock.CANCELLER_ROLE(), address(this)), "nor a canceller");
  }

  function test_votesCountFromBeforeTheVote() public {
    (address[] memory t, uint256[] memory v, bytes[] memory c) = one(address(parameters), setTo(7));
    vm.expectPartialRevert(IGovernor.GovernorInsufficientProposerVotes.selector);
    vm.prank(other);
    governor.propose(t, v, c, "without votes");
    uint256 id = propose(address(parameters), setTo(7));
    vm.warp(block.timestamp + 1 hours + 1);
    vm.startPrank(other);
    wopen.delegate(other);
    governor.castVote(id, AGAINST);
    vm.stopPrank();
    vm.prank(payer);
    governor.castVote(id, FOR);
    (uint256 against, uint256 inFavour, ) = governor.proposalVotes(id);
    assertEq(against, 0, "delegated too late");
    assertEq(inFavour, 1_000 ether, "delegated before");
  }

  function test_belowTheQuorumNothingPasses() public {
    assertEq(governor.quorum(block.timestamp - 1), 200 ether, "never below the least quorum");
    vm.prank(payer);
    wopen.transfer(other, 850 ether);
    vm.warp(block.timestamp + 1);
    uint256 id = propose(address(parameters), setTo(7));
    vm.warp(block.timestamp + 1 hours + 1);
    vm.prank(payer);
    governor.castVote(id, FOR);
    vm.warp(block.timestamp + 2 hours);
    assertState(id, IGovernor.ProposalState.Defeated, "150 of 200");
  }

  function test_theGovernorsOwnSettingsHaveBoundsToo() public {
    bytes[6] memory calls = [
      abi.encodeCall(governor.setVotingDelay, (1 hours - 1)),
      abi.encodeCall(governor.setVotingPeriod, (2 hours - 1)),
      abi.encodeCall(governor.setVotingPeriod, (30 days + 1)),
      abi.encodeCall(governor.setProposalThreshold, (10_000_000e18 + 1)),
      abi.encodeCall(governor.updateQuorumNumerator, (0)),
      abi.encodeCall(governor.updateQuorumNumerator, (51))
    ];
    for (uint256 i = 0; i < calls.length; ++i) {
      uint256 bad = decide(address(governor), calls[i]);
      vm.expectPartialRevert(LedgerGovernor.SettingOutOfBounds.selector);
      governor.execute(bad);
    }
    governor.execute(decide(address(governor), abi.encodeCall(governor.setVotingPeriod, (3 hours))));
    assertEq(governor.votingPeriod(), 3 hours, "inside");
    vm.expectRevert();
    governor.setVotingPeriod(4 hours);
  }

  function test_theDelayNeverFallsBelowItsFirstValue() public {
    uint256 id = decide(address(timelock), abi.encodeCall(timelock.updateDelay, (1 days - 1)));
    vm.expectPartialRevert(Timelock.DelayOutOfBounds.selector);
    governor.execute(id);
    id = decide(address(timelock), abi.encodeCall(timelock.updateDelay, (30 days + 1)));
    vm.expectPartialRevert(Timelock.DelayOutOfBounds.selector);
    governor.execute(id);
    governor.execute(decide(address(timelock), abi.encodeCall(timelock.updateDelay, (2 days))));
    assertEq(timelock.getMinDelay(), 2 days, "longer");
    vm.expectPartialRevert(TimelockController.TimelockUnauthorizedCaller.selector);
    timelock.updateDelay(3 days);
  }

  function test_theTimelockIsFixed_parametersCanMoveToAnother() public {
    vm.expectRevert(LedgerGovernor.TimelockFixed.selector);
    governor.updateTimelock(timelock);
    Timelock next = new Timelock(2 days, other);
    vm.expectRevert();
    next.acceptOwnership(parameters);
    governor.execute(decide(address(parameters), abi.encodeCall(Ownable2Step.transferOwnership, (address(next)))));
    next.acceptOwnership(parameters);
    assertEq(parameters.owner(), address(next), "moved by a decision");
  }

  function test_aGuardianIsNamedByDecision() public {
    governor.execute(decide(address(parameters), abi.encodeCall(IParameters.setGuardian, (other))));
    vm.prank(other);
    parameters.pause(1 days);
    assertTrue(parameters.paused(), "paused");
    governor.execute(decide(address(parameters), abi.encodeCall(IParameters.setGuardian, (address(0)))));
    vm.expectRevert(abi.encodeWithSelector(IParameters.NotGuardian.selector, other));
    vm.prank(other);
    parameters.pause(1 days);
  }

  function test_creation_refusesWhatIsOutOfBounds() public {
    vm.expectPartialRevert(Timelock.DelayOutOfBounds.selector);
    new Timelock(0, other);
    vm.expectPartialRevert(Timelock.DelayOutOfBounds.selector);
    new Timelock(30 days + 1, other);
    vm.expectRevert(Timelock.ZeroGovernor.selector);
    new Timelock(1, address(0));
    GovernorValues memory v = settings();
    v.minimumQuorum = 1e18 - 1;
    vm.expectPartialRevert(LedgerGovernor.SettingOutOfBounds.selector);
    new LedgerGovernor(wopen, timelock, v);
    v = settings();
    v.votingDelay = 0;
    vm.expectPartialRevert(LedgerGovernor.SettingOutOfBounds.selector);
    new LedgerGovernor(wopen, timelock, v);
  }

  function test_theLongestAndTheShortestAreAllowed() public {
    governor.execute(decide(address(timelock), abi.encodeCall(timelock.updateDelay, (30 days))));
    assertEq(timelock.getMinDelay(), 30 days, "the longest delay");
    uint256 id = propose(address(governor), abi.encodeCall(governor.setVotingDelay, (2 hours)));
    vm.warp(block.timestamp + 1 hours + 1);
    vm.prank(payer);
    governor.castVote(id, FOR);
    vm.warp(block.timestamp + 2 hours);
    governor.queue(id);
    vm.warp(block.timestamp + 30 days);
    governor.execute(id);
    assertEq(governor.votingDelay(), 2 hours, "inside");
    assertEq(timelock.governor(), address(governor), "whom it obeys");
  }

  function test_theFirstValuesCanComeBack() public {
    governor.execute(decide(address(governor), abi.encodeCall(governor.setVotingPeriod, (3 hours))));
    uint256 id = propose(address(governor), abi.encodeCall(governor.setVotingPeriod, (2 hours)));
    vm.warp(block.timestamp + 1 hours + 1);
    vm.prank(payer);
    governor.castVote(id, FOR);
    vm.warp(block.timestamp + 3 hours);
    governor.queue(id);
    vm.warp(block.timestamp + 1 days);
    governor.execute(id);
    assertEq(governor.votingPeriod(), 2 hours, "the least");
  }

  function test_whoProposedMayTakeItBack() public {
    uint256 id = propose(address(parameters), setTo(7));
    vm.expectPartialRevert(IGovernor.GovernorUnableToCancel.selector);
    vm.prank(other);
    governor.cancel(id);
    vm.prank(payer);
    governor.cancel(id);
    assertState(id, IGovernor.ProposalState.Canceled, "taken back");
  }
}
