// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Handler } from "./support/Handler.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";

/// @dev Whatever happens in whatever order, every coin is accounted for and nobody is paid twice.
contract InvariantsTest is LedgerFixture {
  Handler private handler;

  function setUp() public override {
    super.setUp();
    handler = new Handler(wopen, stakes, epochs, channels);
  }

  function targetContracts() public view returns (address[] memory targets) {
    targets = new address[](1);
    targets[0] = address(handler);
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
    uint256 burned = handler.slashed() - handler.provers();
    assertEq(wopen.balanceOf(address(stakes)), bond + rewards + burned, "in = out + held");
    assertLe(handler.provers(), handler.slashed(), "provers get a part of what was taken");
    assertLe(stakes.held(), wopen.balanceOf(address(stakes)), "never owes more than it holds");
  }

  function afterInvariant() public view {
    // A run in which nothing happened would prove nothing.
    assertTrue(handler.steps() > 0, "steps were taken");
  }
}
