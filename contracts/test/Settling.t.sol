// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IEpochs } from "../src/interfaces/IEpochs.sol";
import { IStakes } from "../src/interfaces/IStakes.sol";
import { EpochHeader, LineOpening } from "../src/types/Ledger.sol";
import { Fault, Role } from "../src/types/Roles.sol";
import { Receipt } from "../src/types/Statements.sol";
import { EpochFixture } from "./support/EpochFixture.sol";
import { ReceiptChanges } from "./support/ReceiptChanges.sol";

/// @dev A conviction takes the bond at once and leaves its books and the prover's pay to a second call.
contract SettlingTest is EpochFixture {
  function convict() private returns (EpochHeader memory header) {
    Epoch memory bad = firstEpoch();
    bad.lines[1].runningTotal = 16;
    header = post(bad);
    (LineOpening memory a, LineOpening memory b) = (openLine(bad.lines, 0), openLine(bad.lines, 1));
    vm.prank(other);
    assertTrue(epochs.challengeLines(gateway, header, a, b), "convicted");
  }

  function position(address account, Role role) private view returns (IStakes.Position memory) {
    return stakes.getPosition(account, role);
  }

  function nothingToSettle(uint64 index, address accuser, uint96 taken) private {
    vm.expectRevert(abi.encodeWithSelector(IEpochs.NothingToSettle.selector, gateway, index));
    epochs.settle(gateway, index, accuser, taken);
  }

  // ---- what is refused

  function test_refused_anotherAccuserAmountOrEpoch() public {
    convict();
    nothingToSettle(0, payer, 50 ether);
    nothingToSettle(0, other, 50 ether + 1);
    nothingToSettle(0, other, 50 ether - 1);
    nothingToSettle(1, other, 50 ether);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.NothingToSettle.selector, other, 0));
    epochs.settle(other, 0, other, 50 ether);
  }

  function test_refused_anEpochThatStands() public {
    post(firstEpoch());
    nothingToSettle(0, other, 50 ether);
  }

  function test_refused_anEpochThatFellWithAnEarlierOne() public {
    Epoch memory bad = firstEpoch();
    bad.lines[1].runningTotal = 16;
    EpochHeader memory header = post(bad);
    post(secondEpoch());
    (LineOpening memory a, LineOpening memory b) = (openLine(bad.lines, 0), openLine(bad.lines, 1));
    vm.prank(other);
    epochs.challengeLines(gateway, header, a, b);
    nothingToSettle(1, other, 50 ether);
    settleVoided(0, other);
  }

  function test_refused_twice() public {
    convict();
    epochs.settle(gateway, 0, other, 50 ether);
    nothingToSettle(0, other, 50 ether);
    EpochHeader memory again = post(firstEpoch());
    assertEq(again.index, 0, "the next one stands in its place");
    nothingToSettle(0, other, 50 ether);
  }

  function test_refused_byAnybodyButEpochs() public {
    vm.expectRevert(abi.encodeWithSelector(IStakes.NotEpochs.selector, other));
    vm.prank(other);
    stakes.slashGateway(gateway, other);
    vm.expectRevert(abi.encodeWithSelector(IStakes.NotEpochs.selector, other));
    vm.prank(other);
    stakes.settleGateway(gateway, other, 1 ether);
  }

  function test_refused_whatWouldChangeAnUnsettledPosition() public {
    convict();
    bytes memory reason = abi.encodeWithSelector(IStakes.SlashUnsettled.selector, gateway, Role.Gateway);
    vm.startPrank(gateway);
    vm.expectRevert(reason);
    stakes.bond(Role.Gateway, 1 ether);
    vm.expectRevert(reason);
    stakes.thaw(Role.Gateway, 1 ether);
    vm.expectRevert(reason);
    stakes.setPool(Role.Gateway, 0, true);
    vm.expectRevert(reason);
    stakes.claimRewards(gateway, Role.Gateway);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.NotStakedGateway.selector, gateway));
    epochs.post(0, RECEIPTS_ROOT, 0, 0, 1, 1, 1, DATA_HASH);
    vm.stopPrank();
    assertEq(stakes.coverOf(gateway, Role.Gateway), 0, "covers nothing");
  }

  function test_refused_aCourtThatWasRemovedSlashesNobody_butItsSlashesAreSettled() public {
    convict();
    parameters.setCourt(address(epochs), false);
    settleVoided(0, other);
    Epoch memory bad = firstEpoch();
    bad.lines[1].runningTotal = 16;
    EpochHeader memory header = post(bad);
    (LineOpening memory a, LineOpening memory b) = (openLine(bad.lines, 0), openLine(bad.lines, 1));
    vm.expectRevert(abi.encodeWithSelector(IStakes.NotCourt.selector, address(epochs)));
    vm.prank(other);
    epochs.challengeLines(gateway, header, a, b);
  }

  // ---- what it does

  function test_theBondIsSmallerAtOnce_theAwardComesOnce() public {
    (uint256 funds, uint256 held) = (wopen.balanceOf(other), stakes.held());
    convict();
    assertEq(position(gateway, Role.Gateway).bonded, 50 ether, "taken at once");
    assertEq(position(gateway, Role.Gateway).unsettled, 1, "to be settled");
    assertEq(stakes.totalBonded(), 100 ether, "not booked yet");
    assertEq(wopen.balanceOf(other), funds, "not paid yet");
    assertEq(stakes.held(), held, "all of it is here");
    vm.prank(payer);
    epochs.settle(gateway, 0, other, 50 ether);
    assertEq(position(gateway, Role.Gateway).unsettled, 0, "settled");
    assertEq(stakes.totalBonded(), 50 ether, "booked");
    assertEq(wopen.balanceOf(other), funds + 10 ether, "paid, whoever settles");
    assertEq(stakes.held(), held - 10 ether, "the rest is burned");
    post(firstEpoch());
  }

  function test_whatThawsCannotLeaveWithThePartThatWasTaken() public {
    convict();
    settleVoided(0, other);
    vm.prank(gateway);
    stakes.thaw(Role.Gateway, 30 ether);
    Epoch memory bad = firstEpoch();
    bad.lines[1].runningTotal = 16;
    EpochHeader memory header = post(bad);
    (LineOpening memory a, LineOpening memory b) = (openLine(bad.lines, 0), openLine(bad.lines, 1));
    vm.prank(other);
    epochs.challengeLines(gateway, header, a, b);
    // 25 of 50: 20 of what was bonded, 5 of what thaws. That is more than one slot's work, so it is settled at once.
    assertEq(position(gateway, Role.Gateway).unsettled, 0, "settled");
    assertEq(position(gateway, Role.Gateway).thawing, 25 ether, "what thaws answers too");
    assertEq(stakes.totalBonded(), 0, "booked");
    nothingToSettle(0, other, 25 ether);
    vm.warp(block.timestamp + 2 days);
    vm.prank(gateway);
    assertEq(stakes.withdraw(Role.Gateway), 25 ether, "the rest");
  }

  function test_anUnsettledBondIsSlashedByOthersAndWithdrawn() public {
    vm.prank(gateway);
    stakes.thaw(Role.Gateway, 20 ether);
    convict();
    assertEq(position(gateway, Role.Gateway).bonded, 30 ether, "half of all");
    parameters.setCourt(address(this), true);
    vm.warp(block.timestamp + 2 days);
    uint256 funds = wopen.balanceOf(payer);
    assertEq(stakes.slash(gateway, Role.Gateway, Fault.BrokenPromise, payer), 2.5 ether, "a twentieth of the rest");
    assertEq(wopen.balanceOf(payer), funds + 0.5 ether, "paid at once");
    vm.prank(gateway);
    assertEq(stakes.withdraw(Role.Gateway), 20 ether, "what thawed");
    funds = wopen.balanceOf(other);
    epochs.settle(gateway, 0, other, 50 ether);
    assertEq(wopen.balanceOf(other), funds + 10 ether, "as it was promised");
    assertEq(stakes.totalBonded(), position(gateway, Role.Gateway).bonded, "the books agree");
    assertEq(stakes.held(), wopen.balanceOf(address(stakes)), "all is booked");
  }

  function test_delegationsAreSlashedWithTheProof() public {
    vm.prank(gateway);
    stakes.setPool(Role.Gateway, 0, true);
    approve(payer, address(stakes), 10 ether);
    vm.prank(payer);
    stakes.delegate(gateway, Role.Gateway, 10 ether, 0);
    uint256 funds = wopen.balanceOf(other);
    convict();
    assertEq(stakes.getPool(gateway, Role.Gateway).bonded, 5 ether, "of delegations too");
    assertEq(position(gateway, Role.Gateway).unsettled, 0, "at once");
    assertEq(wopen.balanceOf(other), funds + 10 ether, "and paid");
    nothingToSettle(0, other, 50 ether);
  }

  /// @dev What was taken earns until it is settled, and nobody's rewards are lost.
  function test_rewardsBeforeAndAfterTheProof() public {
    approve(payer, address(stakes), 100 ether);
    vm.startPrank(payer);
    stakes.bond(Role.Node, 100 ether);
    wopen.transfer(address(stakes), 10 ether);
    vm.stopPrank();
    convict();
    vm.prank(payer);
    wopen.transfer(address(stakes), 10 ether);
    stakes.distribute();
    epochs.settle(gateway, 0, other, 50 ether);
    assertEq(stakes.claimRewards(gateway, Role.Gateway), 10 ether, "half of both");
    assertEq(stakes.claimRewards(payer, Role.Node), 10 ether, "half of both");
    vm.prank(payer);
    wopen.transfer(address(stakes), 15 ether);
    assertEq(stakes.claimRewards(gateway, Role.Gateway), 5 ether, "by what is left");
    assertEq(stakes.claimRewards(payer, Role.Node), 10 ether, "the others have more");
  }

  function testFuzz_anyBond(uint96 more, uint96 thawed, uint96 reward) public {
    more = uint96(more % 500 ether);
    reward = uint96(reward % 10 ether);
    vm.startPrank(gateway);
    stakes.bond(Role.Gateway, more + 1);
    thawed = uint96(thawed % 90 ether);
    stakes.thaw(Role.Gateway, thawed + 1);
    wopen.transfer(address(stakes), reward);
    vm.stopPrank();
    uint256 all = 100 ether + uint256(more) + 1;
    uint256 funds = wopen.balanceOf(other);
    convict();
    uint96 taken = uint96(all / 2);
    assertEq(position(gateway, Role.Gateway).bonded + position(gateway, Role.Gateway).thawing, all - taken, "taken");
    if (position(gateway, Role.Gateway).unsettled != 0) epochs.settle(gateway, 0, other, taken);
    assertEq(wopen.balanceOf(other) - funds, taken / 5, "the prover's part");
    assertEq(stakes.totalBonded(), position(gateway, Role.Gateway).bonded, "the books agree");
    if (reward > 1_000) assertLe(reward - 1_000, stakes.pendingRewards(gateway, Role.Gateway), "nothing is lost");
  }

  // ---- equivocations

  function receipt(bytes32 outputHash) private view returns (Receipt memory r) {
    (r.node, r.gateway, r.outputHash, r.nonce) = (other, gateway, outputHash, 7);
  }

  function signed(Receipt memory r) private view returns (bytes memory) {
    return sign(OTHER_KEY, address(epochs), hasher.hash(r));
  }

  function bondNode() private {
    vm.prank(other);
    stakes.bondNative{ value: 100 ether }(Role.Node);
  }

  function test_equivocationIsSettledOnce() public {
    vm.expectRevert(abi.encodeWithSelector(IStakes.NothingToSettle.selector, other));
    settleEquivocation(other, 7, payer, 0);
    bondNode();
    (Receipt memory a, Receipt memory b) = (receipt("a"), receipt("b"));
    (bytes memory x, bytes memory y) = (signed(a), signed(b));
    vm.prank(payer);
    equivocate(a, x, b, y);
    vm.expectRevert(abi.encodeWithSelector(IStakes.NothingToSettle.selector, other));
    settleEquivocation(other, 8, payer, 25 ether);
    uint256 funds = wopen.balanceOf(payer);
    settleEquivocation(other, 7, payer, 25 ether);
    assertEq(wopen.balanceOf(payer), funds + 5 ether, "paid to who proved it");
    vm.expectRevert(abi.encodeWithSelector(IStakes.NothingToSettle.selector, other));
    settleEquivocation(other, 7, payer, 25 ether);
    assertTrue(stakes.isEquivocationProven(other, 7), "kept");
  }

  function test_equivocationOfWhoHasNoBond() public {
    (Receipt memory a, Receipt memory b) = (receipt("a"), receipt("b"));
    (bytes memory x, bytes memory y) = (signed(a), signed(b));
    equivocate(a, x, b, y);
    assertTrue(stakes.isEquivocationProven(other, 7), "proven");
    assertEq(position(other, Role.Node).unsettled, 0, "nothing to settle");
  }

  /// @dev Runs that touch node or nonce, end outside, or say more than the evidence holds show nothing.
  function test_refused_malformedRuns() public {
    bondNode();
    (Receipt memory a, Receipt memory b) = (receipt("a"), receipt("b"));
    (uint256 runs, bytes memory evidence) = ReceiptChanges.between(a, signed(a), b, signed(b));
    uint256 length = (runs >> 240) << 240;
    uint256[6] memory bad = [
      length | 4 | (1 << 8),
      length | 3 | (2 << 8),
      length | 18 | (1 << 8),
      length | 19 | (1 << 8),
      length | 8 | (200 << 8),
      runs + (100 << 240)
    ];
    for (uint256 i = 0; i < bad.length; ++i) {
      vm.expectRevert(IStakes.NoEquivocation.selector);
      stakes.proveEquivocation(a, bad[i], evidence);
    }
    vm.expectRevert(IStakes.NoEquivocation.selector);
    stakes.proveEquivocation(a, runs, "");
    stakes.proveEquivocation(a, runs, evidence);
  }
}
