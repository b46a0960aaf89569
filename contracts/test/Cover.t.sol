// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IEpochs } from "../src/interfaces/IEpochs.sol";
import { Balance, EpochHeader, Line, LineOpening } from "../src/types/Ledger.sol";
import { Role } from "../src/types/Roles.sol";
import { EpochFixture } from "./support/EpochFixture.sol";

/// @dev A gateway's bond covers what its epochs promise until that is final; a voided epoch costs no payee anything.
contract CoverTest is EpochFixture {
  function setUp() public override {
    super.setUp();
    vm.prank(payer);
    epochs.credit(gateway, 500 ether);
  }

  /// @dev One payee, who gets all of it.
  function promising(uint256 amount, uint256 cumulative) private pure returns (Epoch memory e) {
    e.lines = new Line[](1);
    e.lines[0] = line(1, 1, amount, amount);
    withTotals(e.lines);
    e.balances = new Balance[](1);
    e.balances[0] = Balance(account(1), cumulative);
    e.total = uint128(amount);
  }

  function refused(Epoch memory e, uint256 bonded, uint256 open) private {
    (bytes32 lines, bytes32 balances) = (linesRoot(e.lines), balancesRoot(e.balances));
    uint64 index = epochs.getAccount(gateway).next;
    vm.expectRevert(abi.encodeWithSelector(IEpochs.BondBelowOpenEpochs.selector, bonded, open));
    vm.prank(gateway);
    epochs.post(index, RECEIPTS_ROOT, lines, balances, e.total, 1, 3, DATA_HASH);
  }

  function test_theBondCoversWhatIsOpen() public {
    refused(promising(100 ether + 1, 100 ether + 1), 100 ether, 100 ether + 1);
    post(promising(60 ether, 60 ether));
    refused(promising(40 ether + 1, 100 ether + 1), 100 ether, 100 ether + 1);
    post(promising(40 ether, 100 ether));
  }

  function test_whatThawsCoversNothing() public {
    vm.prank(gateway);
    stakes.thaw(Role.Gateway, 50 ether);
    refused(promising(51 ether, 51 ether), 50 ether, 51 ether);
  }

  function test_timeAloneOpensNoRoom_whatIsShownToBeFinalDoes() public {
    EpochHeader memory first = post(promising(80 ether, 80 ether));
    EpochHeader memory second = post(promising(20 ether, 100 ether));
    vm.expectRevert(abi.encodeWithSelector(IEpochs.NotFinal.selector, first.finalAt));
    epochs.finalise(gateway, briefOf(first));
    vm.warp(second.finalAt);
    refused(promising(1, 100 ether + 1), 100 ether, 100 ether + 1);
    EpochHeader memory forged = second;
    forged.cumulative += 1;
    vm.expectRevert(abi.encodeWithSelector(IEpochs.UnknownEpoch.selector, gateway, 1));
    epochs.finalise(gateway, briefOf(forged));
    forged.cumulative -= 1;
    epochs.finalise(gateway, briefOf(first));
    assertEq(epochs.finalised(gateway), 80 ether, "up to the first");
    refused(promising(80 ether + 1, 180 ether + 1), 100 ether, 100 ether + 1);
    epochs.finalise(gateway, briefOf(second));
    epochs.finalise(gateway, briefOf(first));
    assertEq(epochs.finalised(gateway), 100 ether, "never falls");
    post(promising(100 ether, 200 ether));
  }

  function test_whatIsClaimedWasFinal() public {
    Epoch memory e = promising(100 ether, 100 ether);
    EpochHeader memory header = post(e);
    vm.warp(header.finalAt);
    epochs.claim(gateway, briefOf(header), account(1), 100 ether, balanceProof(e.balances, 0));
    assertEq(epochs.finalised(gateway), 0, "nobody had to show it");
    post(promising(100 ether, 200 ether));
  }

  function test_theNextEpochRepairsAndNobodyLosesAnything() public {
    Epoch memory good = promising(10 ether, 10 ether);
    EpochHeader memory first = post(good);
    vm.warp(first.finalAt);
    Epoch memory bad = promising(20 ether, 30 ether);
    bad.lines[0].runningTotal += 1;
    EpochHeader memory second = post(bad);
    post(promising(5 ether, 35 ether));
    LineOpening memory opening = openLine(bad.lines, 0);
    vm.prank(other);
    assertTrue(epochs.challengeFirstLine(gateway, second, opening), "convicted");
    assertEq(epochs.credited(gateway), 500 ether + 1_000, "what was collected is there");
    epochs.claim(gateway, briefOf(first), account(1), 10 ether, balanceProof(good.balances, 0));
    settleVoided(second.index, other);
    Epoch memory repaired = promising(25 ether, 35 ether);
    EpochHeader memory again = post(repaired);
    assertEq(again.index, 1, "in the place of the one that fell");
    vm.warp(again.finalAt);
    assertEq(
      epochs.claim(gateway, briefOf(again), account(1), 35 ether, balanceProof(repaired.balances, 0)),
      25 ether,
      "every line of both"
    );
  }

  /// @dev Whatever is posted and shown to be final, the bond covers the rest.
  function testFuzz_theBondCoversWhatIsOpen(uint64[6] memory amounts, uint8 waits) public {
    uint256 promised = 0;
    uint256 final_ = 0;
    for (uint256 i = 0; i < amounts.length; ++i) {
      uint256 amount = (uint256(amounts[i]) * 8) % 60 ether;
      uint256 open = promised + amount - final_;
      if (open > 100 ether) {
        refused(promising(amount, promised + amount), 100 ether, open);
        continue;
      }
      promised += amount;
      EpochHeader memory header = post(promising(amount, promised));
      if ((waits >> i) & 1 == 0) continue;
      vm.warp(header.finalAt);
      epochs.finalise(gateway, briefOf(header));
      final_ = promised;
    }
  }
}
