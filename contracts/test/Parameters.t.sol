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
    v.disputeWindow = 0;
    refuses(v);
    v.disputeWindow = 30 days + 1;
    refuses(v);
    v = defaults();
    v.stakeThaw = v.disputeWindow - 1;
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

  function test_ownershipMovesInTwoSteps() public {
    parameters.transferOwnership(other);
    assertEq(parameters.owner(), address(this), "not yet");
    vm.prank(other);
    parameters.acceptOwnership();
    assertEq(parameters.owner(), other, "moved");
  }
}
