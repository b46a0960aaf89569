// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { IParameters } from "../src/interfaces/IParameters.sol";
import { ParameterValues } from "../src/types/ParameterValues.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";

contract ParametersTest is LedgerFixture {
  function refuses(ParameterValues memory values) private {
    vm.expectPartialRevert(IParameters.ParameterOutOfBounds.selector);
    parameters.set(values);
  }

  function test_set_onlyByTheOwner() public {
    ParameterValues memory values = defaults();
    vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, other));
    vm.prank(other);
    parameters.set(values);
    values.platformFee = 7;
    parameters.set(values);
    assertEq(parameters.platformFee(), 7, "set");
  }

  function test_set_staysInsideTheBounds() public {
    ParameterValues memory v = defaults();
    assertEq(parameters.minimumDisputeWindow(), v.disputeWindow / 4, "a quarter of the first");
    v.disputeWindow = v.disputeWindow / 4 - 1;
    refuses(v);
    v.disputeWindow = 30 days + 1;
    refuses(v);
    v = defaults();
    v.stakeThaw = 2 * v.disputeWindow - 1;
    refuses(v);
    v.stakeThaw = 60 days + 1;
    refuses(v);
    v = defaults();
    v.channelThaw = 0;
    refuses(v);
    v.channelThaw = 30 days + 1;
    refuses(v);
    v = defaults();
    v.minimumStake = 1e15 - 1;
    refuses(v);
    v = defaults();
    v.deploymentFee = 1_000e18 + 1;
    refuses(v);
    v = defaults();
    v.platformFee = 1e17 + 1;
    refuses(v);
    v = defaults();
    v.challengeDeposit = 0;
    refuses(v);
    v = defaults();
    v.treasury = address(0);
    vm.expectRevert(IParameters.ZeroTreasury.selector);
    parameters.set(v);
  }

  function test_courts_theFirstAtOnceLaterOnesAfterTheThaw() public {
    assertEq(parameters.courtSince(address(epochs)), block.timestamp, "first");
    parameters.setCourt(other, true);
    assertEq(parameters.courtSince(other), block.timestamp + 1 days, "later");
    vm.expectRevert(abi.encodeWithSelector(IParameters.CourtAlreadyRegistered.selector, other));
    parameters.setCourt(other, true);
    parameters.setCourt(other, false);
    assertEq(parameters.courtSince(other), 0, "removed");
    vm.expectRevert(abi.encodeWithSelector(IParameters.UnknownCourt.selector, other));
    parameters.setCourt(other, false);
    parameters.setCourt(address(epochs), false);
    parameters.setCourt(address(epochs), true);
    assertEq(parameters.courtSince(address(epochs)), block.timestamp + 1 days, "the first one again waits too");
    vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, other));
    vm.prank(other);
    parameters.setCourt(other, true);
  }

  function test_aShorterThawFreesNobodySoonerThanTheLongerOne() public {
    ParameterValues memory v = defaults();
    uint256 start = block.timestamp;
    (v.disputeWindow, v.stakeThaw) = (v.disputeWindow / 4, v.disputeWindow / 2);
    parameters.set(v);
    assertEq(parameters.stakeThaw(), 1 days, "as if asked for just before");
    assertEq(parameters.values().stakeThaw, v.stakeThaw, "what was set");
    parameters.setCourt(other, true);
    assertEq(parameters.courtSince(other), start + 1 days, "nor does a court begin before who thaws is out");
    vm.warp(start + 12 hours);
    assertEq(parameters.stakeThaw(), 12 hours, "the rest of it");
    // Longer and shorter again, at once: the end does not come nearer.
    v.stakeThaw = 2 days;
    parameters.set(v);
    assertEq(parameters.stakeThaw(), 2 days, "a longer one at once");
    v.stakeThaw = 2 * v.disputeWindow;
    parameters.set(v);
    assertEq(parameters.stakeThaw(), 2 days, "the longest end counts");
    vm.warp(start + 12 hours + 2 days);
    assertEq(parameters.stakeThaw(), v.stakeThaw, "then the shorter one");
  }

  function test_aSecondFallBringsTheEndOfTheFirstNoNearer() public {
    ParameterValues memory v = defaults();
    v.stakeThaw = 4 days;
    parameters.set(v);
    v.stakeThaw = 3 days;
    parameters.set(v);
    vm.warp(block.timestamp + 1 hours);
    v.stakeThaw = 2 days;
    parameters.set(v);
    assertEq(parameters.stakeThaw(), 4 days - 1 hours, "the rest of the longest");
  }

  /// @dev Whatever is decided when, whoever thaws later is free no sooner than who thawed before, and a new court begins after both.
  function testFuzz_noThawOvertakesAnEarlierOne(uint32[8] memory thaws, uint32[8] memory waits) public {
    uint256 freeAt = 0;
    for (uint256 i = 0; i < thaws.length; ++i) {
      uint256 now_ = block.timestamp + parameters.stakeThaw();
      assertLe(freeAt, now_, "no sooner");
      freeAt = now_;
      address court = address(uint160(1000 + i));
      parameters.setCourt(court, true);
      assertLe(freeAt, parameters.courtSince(court), "the court waits for who thaws");
      ParameterValues memory v = defaults();
      v.stakeThaw = uint32(2 * v.disputeWindow + (thaws[i] % (60 days - 2 * v.disputeWindow)));
      parameters.set(v);
      vm.warp(block.timestamp + (waits[i] % 20 days));
    }
  }

  function test_ownershipMovesInTwoSteps() public {
    parameters.transferOwnership(other);
    assertEq(parameters.owner(), address(this), "not yet");
    vm.prank(other);
    parameters.acceptOwnership();
    assertEq(parameters.owner(), other, "moved");
  }

  function test_pause_onlyByTheGuardian_andBounded() public {
    vm.expectRevert(abi.encodeWithSelector(IParameters.NotGuardian.selector, address(this)));
    parameters.pause(1 days);
    vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, other));
    vm.prank(other);
    parameters.setGuardian(other);
    parameters.setGuardian(other);
    vm.startPrank(other);
    vm.expectPartialRevert(IParameters.ParameterOutOfBounds.selector);
    parameters.pause(0);
    vm.expectPartialRevert(IParameters.ParameterOutOfBounds.selector);
    parameters.pause(7 days + 1);
    vm.expectRevert(IParameters.PauseNotRunning.selector);
    parameters.unpause();
    parameters.pause(7 days);
    uint256 until = block.timestamp + 7 days;
    assertEq(parameters.pausedUntil(), until, "until");
    vm.expectRevert(abi.encodeWithSelector(IParameters.PauseTooSoon.selector, until + 14 days));
    parameters.pause(1);
    vm.warp(until - 1);
    assertTrue(parameters.paused(), "paused to its end");
    vm.warp(until);
    assertFalse(parameters.paused(), "ends by itself");
    vm.stopPrank();
    // Another guardian has no pause of their own.
    parameters.setGuardian(payer);
    vm.startPrank(payer);
    vm.warp(until + 14 days - 1);
    vm.expectRevert(abi.encodeWithSelector(IParameters.PauseTooSoon.selector, until + 14 days));
    parameters.pause(1);
    vm.warp(until + 14 days);
    parameters.pause(1);
    vm.stopPrank();
  }

  function test_unpause_byGuardianOrOwner_andTheNextPauseIsNoSooner() public {
    parameters.setGuardian(other);
    vm.prank(other);
    parameters.pause(7 days);
    vm.expectRevert(abi.encodeWithSelector(IParameters.NotGuardian.selector, payer));
    vm.prank(payer);
    parameters.unpause();
    parameters.unpause();
    assertFalse(parameters.paused(), "the owner ends it");
    vm.expectPartialRevert(IParameters.PauseTooSoon.selector);
    vm.prank(other);
    parameters.pause(1 days);
    vm.warp(block.timestamp + 21 days);
    vm.startPrank(other);
    parameters.pause(1 days);
    parameters.unpause();
    assertFalse(parameters.paused(), "the guardian ends it");
    vm.stopPrank();
  }

  /// @dev Whatever the guardian tries at whatever times, the ledger is never paused for more than a third of the time.
  function testFuzz_pause_neverLastsTooLong(uint32[12] memory waits, uint32[12] memory durations) public {
    parameters.setGuardian(address(this));
    uint256 start = block.timestamp;
    uint256 paused = 0;
    for (uint256 i = 0; i < waits.length; ++i) {
      vm.warp(block.timestamp + (waits[i] % 30 days));
      try parameters.pause(uint32(durations[i] % 8 days)) {
        paused += durations[i] % 8 days;
      } catch {}
    }
    assertLe(paused, (block.timestamp - start) / 3 + 7 days, "in all");
  }
}
