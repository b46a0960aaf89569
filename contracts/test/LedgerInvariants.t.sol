// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { EpochCourt } from "../src/EpochCourt.sol";
import { InclusionCourt } from "../src/InclusionCourt.sol";
import { IEstates } from "../src/interfaces/IEstates.sol";
import { Role } from "../src/types/Roles.sol";
import { EstateHandler } from "./support/EstateHandler.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";
import { LedgerHandler } from "./support/LedgerHandler.sol";

/// @dev An honest and a crooked gateway under every accusation in any order: each contract holds what came in and has not gone out, the
/// honest one loses nothing, and in the end every coin comes out.
contract LedgerInvariantsTest is LedgerFixture {
  EstateHandler private handler;
  EpochCourt private court;
  InclusionCourt private inclusion;

  function setUp() public override {
    super.setUp();
    court = new EpochCourt(wopen, parameters, epochs);
    inclusion = new InclusionCourt(wopen, parameters, stakes, epochs);
    parameters.setCourt(address(court), true);
    parameters.setCourt(address(inclusion), true);
    vm.warp(block.timestamp + 3 days);
    handler = new EstateHandler(LedgerHandler.Contracts(wopen, stakes, epochs, channels, court, inclusion, estates));
  }

  function targetContracts() public view returns (address[] memory targets) {
    targets = new address[](1);
    targets[0] = address(handler);
  }

  /// @dev The way out is walked once, at the end.
  function excludeSelectors() public view returns (FuzzSelector[] memory excluded) {
    excluded = new FuzzSelector[](1);
    excluded[0].addr = address(handler);
    excluded[0].selectors = new bytes4[](1);
    excluded[0].selectors[0] = EstateHandler.drain.selector;
  }

  struct FuzzSelector {
    address addr;
    bytes4[] selectors;
  }

  function invariant_everyCoinIsAccountedForAndNobodyHonestIsSlashed() public view {
    if (handler.violations() != 0) revert Untrue(handler.violation());
    uint256 released = 0;
    uint256 paid = 0;
    uint256 undivided = 0;
    for (uint256 g = 0; g < 2; ++g) {
      address who = handler.gateway(g);
      released += epochs.released(who);
      paid += epochs.getAccount(who).paid;
      undivided += epochs.credited(who) - epochs.getAccount(who).paid;
      assertLe(epochs.getAccount(who).committed, epochs.credited(who), "promised at most what is there");
      assertLe(epochs.getAccount(who).paid, epochs.getAccount(who).committed, "claimed at most what stands");
      assertLe(estates.claimsOf(who), channels.collectedBy(who), "claims at most what was collected");
    }
    assertEq(
      released + paid + undivided,
      handler.collected() + handler.given(),
      "released + paid + undivided = credited"
    );
    assertEq(wopen.balanceOf(address(epochs)), undivided, "epochs hold what was not paid");
    assertEq(paid, handler.claimed(), "paid is what was claimed");
    assertEq(
      wopen.balanceOf(address(channels)),
      handler.deposited() - handler.returned() - handler.collected(),
      "channels: in = out + held"
    );
    assertEq(handler.stakeOf(0), 1_000_000 ether, "the honest bond");
    assertEq(stakes.getPosition(handler.node(), Role.Node).bonded, 1_000 ether, "the honest node's bond");
    assertEq(estates.getEstate(handler.gateway(0)).openedAt, 0, "the honest gateway is not closed");
    IEstates.Estate memory estate = estates.getEstate(handler.gateway(1));
    uint256 held = estate.settled ? uint256(estate.claimPool) + estate.restLeft : estate.coins;
    assertLe(held, wopen.balanceOf(address(estates)), "an estate is there");
    assertLe(held, released, "never above what was collected");
    assertLe(stakes.held(), wopen.balanceOf(address(stakes)), "bonds are there");
  }

  function afterInvariant() public {
    assertTrue(handler.steps() > 0, "steps were taken");
    handler.drain();
    if (handler.violations() != 0) revert Untrue(handler.violation());
    assertEq(wopen.balanceOf(address(channels)), 0, "nothing stays in channels");
    assertEq(wopen.balanceOf(address(epochs)), 0, "nothing stays in epochs");
    assertEq(wopen.balanceOf(address(court)), 0, "nothing stays in the court of epochs");
    assertEq(wopen.balanceOf(address(inclusion)), 0, "nothing stays in the court of inclusion");
    assertEq(wopen.balanceOf(address(estates)), 0, "nothing stays in estates");
    assertEq(handler.stakeOf(0) + handler.stakeOf(1), 0, "no bond stays");
  }
}
