// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IEpochCourt } from "../src/interfaces/IEpochCourt.sol";
import { EpochHeader, LineOpening, ReceiptOpening, ShareOpening } from "../src/types/Ledger.sol";
import { EpochCourtFixture } from "./support/EpochCourtFixture.sol";

/// @dev What accusations and demands of a small epoch cost in all; each call is a transaction of its own.
/// forge-config: default.isolate = true
contract EpochCourtGasTest is EpochCourtFixture {
  function measure(string memory name) private {
    vm.snapshotGasLastCall("epochs", name);
  }

  function test_gas_totalAndReceipts() public {
    Epoch memory e = firstEpoch();
    e.total = 26;
    EpochHeader memory header = post(e);
    LineOpening[] memory last = new LineOpening[](1);
    last[0] = openLine(e.lines, 3);
    vm.prank(other);
    court.challengeTotal(gateway, header, last);
    measure("convict a wrong total");
    settleVoided(header.index, other);
    receiptCount = 4;
    header = post(firstEpoch());
    ReceiptOpening memory first = openReceipt(0);
    vm.prank(other);
    court.challengeReceipts(gateway, header, first, first);
    measure("convict a wrong number of receipts");
  }

  function test_gas_lines() public {
    Epoch memory e = firstEpoch();
    e.lines[2] = line(2, 1, 8, 8);
    withTotals(e.lines);
    EpochHeader memory header = post(e);
    (LineOpening memory opening, ReceiptOpening[] memory receipt) = (
      openLine(e.lines, 2),
      lookUpReceipt(bytes32(uint256(1)))
    );
    ShareOpening[] memory share = lookUpShare(1, account(2));
    vm.prank(other);
    court.challengeForeignLine(gateway, header, opening, receipt, share);
    measure("convict a line that its receipt does not contain");
    settleVoided(header.index, other);
    e.lines[2] = line(3, 1, 7, 7);
    header = post(withLines(e));
    LineOpening[] memory around = lookUpLine(e.lines, account(2), 1);
    vm.prank(other);
    court.challengeMissingLine(gateway, header, receipt[0], share[0], around);
    measure("convict a missing line");
  }

  function withLines(Epoch memory e) private pure returns (Epoch memory) {
    withTotals(e.lines);
    return e;
  }

  function test_gas_demands() public {
    EpochHeader memory header = post(firstEpoch());
    LineOpening memory opening = openLine(firstEpoch().lines, 0);
    vm.prank(other);
    court.demand(gateway, header, IEpochCourt.List.Lines, 0);
    measure("demand an entry");
    court.revealLine(gateway, header, opening);
    measure("show a demanded line");
    vm.prank(other);
    court.demand(gateway, header, IEpochCourt.List.Lines, 1);
    vm.warp(block.timestamp + 20 minutes + 1);
    court.convictSilence(gateway, header, IEpochCourt.List.Lines, 1);
    measure("convict withheld data");
  }
}
