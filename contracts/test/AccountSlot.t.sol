// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IEpochs } from "../src/interfaces/IEpochs.sol";
import { AccountSlot } from "../src/libraries/AccountSlot.sol";
import { Assertions } from "./support/Assertions.sol";

/// @dev The word that claims read and write must be the slot that the compiler lays out.
contract AccountSlotTest is Assertions {
  IEpochs.Account private stored;

  function testFuzz_readsTheFieldsOfTheSlot(uint96 paid, uint96 committed, uint40 lastFinalAt, uint24 next) public {
    stored = IEpochs.Account(paid, committed, lastFinalAt, next);
    uint256 word = AccountSlot.load(stored);
    assertEq(AccountSlot.paidOf(word), paid, "paid");
    assertEq(AccountSlot.nextOf(word), next, "next");
  }

  function testFuzz_changesWhatWasPaidAndNothingElse(IEpochs.Account memory before, uint96 paid) public {
    stored = before;
    AccountSlot.store(stored, AccountSlot.withPaid(AccountSlot.load(stored), paid));
    assertEq(stored.paid, paid, "paid");
    assertEq(stored.committed, before.committed, "committed");
    assertEq(stored.lastFinalAt, before.lastFinalAt, "lastFinalAt");
    assertEq(stored.next, before.next, "next");
  }
}
