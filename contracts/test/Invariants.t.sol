// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Handler } from "./support/Handler.sol";
import { IChannels } from "../src/interfaces/IChannels.sol";
import { IEpochs } from "../src/interfaces/IEpochs.sol";
import { IStakes } from "../src/interfaces/IStakes.sol";
import { Role } from "../src/types/Roles.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";
import { Planted } from "./support/Planted.sol";

/// @dev Whatever happens in whatever order, every coin is accounted for and nobody is paid twice.
contract InvariantsTest is LedgerFixture, Planted {
  Handler private handler;

  function setUp() public override {
    super.setUp();
    handler = new Handler(wopen, stakes, epochs, channels);
  }

  function targetContracts() public view returns (address[] memory targets) {
    targets = new address[](1);
    targets[0] = address(handler);
  }

  /// @dev What is unsettled is settled once, at the end.
  function excludeSelectors() public view returns (FuzzSelector[] memory excluded) {
    excluded = new FuzzSelector[](1);
    excluded[0].addr = address(handler);
    excluded[0].selectors = new bytes4[](1);
    excluded[0].selectors[0] = Handler.settleAll.selector;
  }

  struct FuzzSelector {
    address addr;
    bytes4[] selectors;
  }

  function invariant_wopenIsBacked() public view {
    assertEq(wopen.totalSupply(), address(wopen).balance, "supply is what is held");
  }

  function invariant_channelsHoldWhatWasNotCollectedOrReturned() public view {
    uint256 sum = 0;
    for (uint256 i = 0; i < count(); ++i) {
      bytes32 id = handler.channelIds(i);
      assertLe(channels.getChannel(id).collected, channels.getChannel(id).deposited, "collected");
      sum += channels.getChannel(id).deposited - channels.getChannel(id).collected;
    }
    assertEq(wopen.balanceOf(address(channels)), sum, "channels hold their rest");
    assertEq(sum, handler.deposited() - handler.returned() - handler.collected(), "in = out + held");
  }

  function count() private view returns (uint256 n) {
    n = 0;
    while (true) {
      try handler.channelIds(n) returns (bytes32) {
        ++n;
      } catch {
        return n;
      }
    }
  }

  function invariant_epochsHoldWhatWasNotClaimed() public view {
    address gateway_ = handler.gateway();
    assertEq(epochs.credited(gateway_), handler.collected(), "credited is what was collected");
    assertEq(epochs.getAccount(gateway_).paid, handler.claimed(), "paid is what was claimed");
    assertEq(wopen.balanceOf(address(epochs)), handler.collected() - handler.claimed(), "in = out + held");
    assertLe(epochs.getAccount(gateway_).committed, handler.collected(), "posted at most what was collected");
    assertLe(handler.claimed(), epochs.getAccount(gateway_).committed, "claimed at most what stands");
  }

  function invariant_liesAreConvicted_andNothingElse() public view {
    assertEq(handler.wrongVerdicts(), 0, "wrong verdicts");
  }

  function invariant_nobodyIsPaidMoreThanPromised() public view {
    for (uint256 i = 0; i < 4; ++i) {
      address payee = handler.payee(i);
      uint256 got = wopen.balanceOf(payee);
      assertEq(got, epochs.claimed(handler.gateway(), payee), "got what was claimed");
      assertLe(got, handler.promisedTo(i), "at most what the latest epoch that stands promises");
    }
  }

  function invariant_stakesHoldBondsAndRewards() public view {
    uint256 bond = handler.bonded() - handler.unbonded() - handler.slashed();
    assertEq(handler.stakeOf(handler.gateway()), bond, "the bond");
    uint256 rewards = handler.rewardsIn() - handler.rewardsOut();
    assertLe(handler.provers(), handler.slashed(), "provers get a part of what was taken");
    uint256 burned = handler.slashed() - handler.provers();
    assertEq(wopen.balanceOf(address(stakes)), bond + rewards + burned, "in = out + held");
    assertLe(stakes.held(), wopen.balanceOf(address(stakes)), "never owes more than it holds");
    IStakes.Position memory position = stakes.getPosition(handler.gateway(), Role.Gateway);
    assertEq(position.unsettled, handler.unsettled(), "slashes that are not settled");
  }

  function afterInvariant() public {
    // A run in which nothing happened would prove nothing.
    assertTrue(handler.steps() > 0, "steps were taken");
    handler.settleAll();
    assertEq(handler.unsettled(), 0, "every award could be paid");
    assertEq(handler.wrongVerdicts(), 0, "once, and what was promised");
  }

  // ---- planted violations

  function steal(address from) private {
    vm.prank(from);
    wopen.transfer(address(0xBAD), 1);
  }

  function pretendAccount(uint96 committed, uint96 paid) private {
    IEpochs.Account memory account;
    (account.committed, account.paid) = (committed, paid);
    vm.mockCall(address(epochs), abi.encodeCall(epochs.getAccount, (handler.gateway())), abi.encode(account));
  }

  function begin() private {
    handler.bond(0, true);
    handler.open(10 ether);
    handler.collect(0, 2 ether);
  }

  function test_planted_wopenWithoutItsCoin() public {
    vm.deal(address(wopen), address(wopen).balance - 1);
    assertCaught(this.invariant_wopenIsBacked.selector, "supply is what is held");
  }

  function test_planted_channels() public {
    bytes4 check = this.invariant_channelsHoldWhatWasNotCollectedOrReturned.selector;
    begin();
    steal(address(channels));
    assertCaught(check, "channels hold their rest");
    vm.prank(payer);
    wopen.transfer(address(channels), 1);
    pretend(address(handler), abi.encodeCall(handler.deposited, ()), 20 ether);
    assertCaught(check, "in = out + held");
    IChannels.Channel memory channel;
    channel.collected = 1;
    bytes memory call = abi.encodeCall(channels.getChannel, (handler.channelIds(0)));
    vm.mockCall(address(channels), call, abi.encode(channel));
    assertCaught(check, "collected");
  }

  function test_planted_epochs() public {
    bytes4 check = this.invariant_epochsHoldWhatWasNotClaimed.selector;
    begin();
    steal(address(epochs));
    assertCaught(check, "in = out + held");
    vm.prank(payer);
    wopen.transfer(address(epochs), 1);
    pretendAccount(0, 1);
    assertCaught(check, "paid is what was claimed");
    pretendAccount(type(uint96).max, 0);
    assertCaught(check, "posted at most what was collected");
    pretendAccount(0, 1);
    pretend(address(handler), abi.encodeCall(handler.claimed, ()), 1);
    steal(address(epochs));
    assertCaught(check, "claimed at most what stands");
    pretend(address(epochs), abi.encodeCall(epochs.credited, (handler.gateway())), 1);
    assertCaught(check, "credited is what was collected");
  }

  function test_planted_wrongVerdicts() public {
    begin();
    handler.post(1 ether, 0, true);
    pretend(address(epochs), abi.encodeWithSelector(epochs.challengeFirstLine.selector), 0);
    handler.challenge(0);
    assertCaught(this.invariant_liesAreConvicted_andNothingElse.selector, "wrong verdicts");
  }

  function test_planted_paidMoreThanPromised() public {
    bytes4 check = this.invariant_nobodyIsPaidMoreThanPromised.selector;
    address payee = handler.payee(0);
    vm.prank(payer);
    wopen.transfer(payee, 1);
    assertCaught(check, "got what was claimed");
    pretend(address(epochs), abi.encodeCall(epochs.claimed, (handler.gateway(), payee)), 1);
    assertCaught(check, "at most what the latest epoch that stands promises");
  }

  function test_planted_stakes() public {
    bytes4 check = this.invariant_stakesHoldBondsAndRewards.selector;
    begin();
    steal(address(stakes));
    assertCaught(check, "in = out + held");
    vm.prank(payer);
    wopen.transfer(address(stakes), 1);
    pretend(address(stakes), abi.encodeCall(stakes.held, ()), 1e30);
    assertCaught(check, "never owes more than it holds");
    pretend(address(handler), abi.encodeCall(handler.bonded, ()), 1);
    assertCaught(check, "the bond");
  }

  function test_planted_aProverWhoGetsMoreThanWasTaken() public {
    begin();
    pretend(address(handler), abi.encodeCall(handler.provers, ()), 1);
    assertCaught(this.invariant_stakesHoldBondsAndRewards.selector, "provers get a part of what was taken");
  }
}
