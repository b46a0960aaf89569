// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IEpochCourt } from "../src/interfaces/IEpochCourt.sol";
import { StatementHash } from "../src/libraries/StatementHash.sol";
import { BalanceOpening, EpochHeader, LineOpening, ReceiptOpening, Share } from "../src/types/Ledger.sol";
import { Attribution, Receipt } from "../src/types/Statements.sol";
import { EpochCourtFixture } from "./support/EpochCourtFixture.sol";

/// @dev Data that is withheld: a gateway that shows what it is asked for loses nothing and is paid for it; silence is the fault.
contract DemandsTest is EpochCourtFixture {
  uint256 private constant THIRD = 20 minutes;

  EpochHeader private header;
  Receipt private signed;

  function setUp() public virtual override {
    super.setUp();
    signed.node = owner;
    signed.gateway = gateway;
    signed.shareRoot = receipts[0].shareRoot;
    put(signed.shareRoot);
    header = post(firstEpoch());
  }

  /// @dev Settles `signed` in the place of the first receipt.
  function put(bytes32 shares) private {
    receipts[0].receiptId = digestFor(address(epochs), hasher.hash(signed));
    receipts[0].shareRoot = shares;
    settleReceipts();
  }

  function demand(IEpochCourt.List list, uint256 place) private {
    vm.prank(other);
    court.demand(gateway, header, list, place);
  }

  function evidence(uint256 key) private view returns (IEpochCourt.SignedReceipt memory e) {
    e.receipt = signed;
    e.signature = sign(key, address(epochs), hasher.hash(signed));
  }

  function reveal(IEpochCourt.SignedReceipt memory e, Share[] memory shares) private {
    ReceiptOpening memory opening = openReceipt(0);
    vm.prank(gateway);
    court.revealReceipt(gateway, header, opening, e, shares);
  }

  function firstShares() private view returns (Share[] memory) {
    return sharesOf[bytes32(uint256(1))];
  }

  function refused(IEpochCourt.SignedReceipt memory e, Share[] memory shares) private {
    bytes32 id = keccak256(abi.encode(epochs.hashEpoch(gateway, header), IEpochCourt.List.Receipts, uint256(0)));
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.NotTheEntry.selector, id));
    reveal(e, shares);
  }

  // ---- what cannot be demanded, and silence that is none

  function test_false_entriesThatDoNotExist() public {
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.NoSuchEntry.selector, 3));
    demand(IEpochCourt.List.Receipts, 3);
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.NoSuchEntry.selector, 4));
    demand(IEpochCourt.List.Lines, 4);
  }

  function test_false_twice() public {
    demand(IEpochCourt.List.Lines, 3);
    bytes32 id = keccak256(abi.encode(epochs.hashEpoch(gateway, header), IEpochCourt.List.Lines, uint256(3)));
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.AlreadyDemanded.selector, id));
    demand(IEpochCourt.List.Lines, 3);
  }

  function test_false_tooLateToAnswer() public {
    vm.warp(header.finalAt - 2 * THIRD);
    demand(IEpochCourt.List.Lines, 0);
    vm.warp(block.timestamp + 1);
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.TooLate.selector, header.finalAt - 2 * THIRD));
    demand(IEpochCourt.List.Lines, 1);
  }

  function test_false_epochsThatNobodyPosted() public {
    header.total += 1;
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.UnknownEpoch.selector, gateway, 0));
    demand(IEpochCourt.List.Lines, 0);
  }

  function test_false_silenceBeforeItsTime() public {
    demand(IEpochCourt.List.Lines, 0);
    uint256 answerBy = block.timestamp + THIRD;
    vm.warp(answerBy);
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.TooEarly.selector, answerBy));
    court.convictSilence(gateway, header, IEpochCourt.List.Lines, 0);
    assertEq(bonded(), 100 ether, "not slashed");
  }

  function test_false_silenceAboutWhatNobodyDemanded() public {
    demand(IEpochCourt.List.Lines, 0);
    vm.warp(block.timestamp + THIRD + 1);
    bytes32 id = keccak256(abi.encode(epochs.hashEpoch(gateway, header), IEpochCourt.List.Lines, uint256(1)));
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.NotDemanded.selector, id));
    court.convictSilence(gateway, header, IEpochCourt.List.Lines, 1);
  }

  // ---- answers

  /// @dev After an answer: the gateway has the deposit, nothing stays in the court, silence can no more be claimed.
  function answered(IEpochCourt.List list, uint256 place, uint256 gatewayBefore) private {
    assertEq(wopen.balanceOf(gateway), gatewayBefore + DEPOSIT, "the deposit pays for the answer");
    assertEq(wopen.balanceOf(address(court)), 0, "nothing stays");
    vm.warp(block.timestamp + THIRD + 1);
    bytes32 id = keccak256(abi.encode(epochs.hashEpoch(gateway, header), list, place));
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.NotDemanded.selector, id));
    court.convictSilence(gateway, header, list, place);
    assertEq(bonded(), 100 ether, "not slashed");
  }

  function test_aLineIsShown() public {
    demand(IEpochCourt.List.Lines, 2);
    uint256 funds = wopen.balanceOf(gateway);
    vm.warp(block.timestamp + THIRD);
    court.revealLine(gateway, header, openLine(firstEpoch().lines, 2));
    answered(IEpochCourt.List.Lines, 2, funds);
  }

  function test_aBalanceIsShown() public {
    demand(IEpochCourt.List.Balances, 1);
    uint256 funds = wopen.balanceOf(gateway);
    court.revealBalance(gateway, header, 1, openBalance(firstEpoch().balances, 1));
    answered(IEpochCourt.List.Balances, 1, funds);
  }

  function test_thatThereAreNotAsManyBalancesIsShown() public {
    demand(IEpochCourt.List.Balances, 3);
    uint256 funds = wopen.balanceOf(gateway);
    court.revealBalance(gateway, header, 3, openBalance(firstEpoch().balances, 1));
    answered(IEpochCourt.List.Balances, 3, funds);
  }

  function test_thatThereAreNoBalancesIsShown() public {
    Epoch memory e;
    header = post(e);
    demand(IEpochCourt.List.Balances, 0);
    uint256 funds = wopen.balanceOf(gateway);
    BalanceOpening memory nothing;
    court.revealBalance(gateway, header, 0, nothing);
    answered(IEpochCourt.List.Balances, 0, funds);
  }

  function test_aReceiptIsShownWithItsSignatureAndShares() public {
    demand(IEpochCourt.List.Receipts, 0);
    uint256 funds = wopen.balanceOf(gateway);
    reveal(evidence(OWNER_KEY), firstShares());
    answered(IEpochCourt.List.Receipts, 0, funds);
  }

  function test_aReceiptIsShownWithTheAttributionThatClosedIt() public {
    uint64 deadline = uint64(block.timestamp);
    signed.attributionRoot = StatementHash.pendingAttributionRoot(deadline);
    signed.shareRoot = keccak256("shares without an attribution");
    put(shareRoot(firstShares()));
    header = post(firstEpoch());
    demand(IEpochCourt.List.Receipts, 0);
    uint256 funds = wopen.balanceOf(gateway);
    IEpochCourt.SignedReceipt memory e = evidence(OWNER_KEY);
    refused(e, firstShares());
    e.deadline = deadline;
    e.attribution = Attribution(receipts[0].receiptId, 0, 0, receipts[0].shareRoot, deadline + 1);
    refused(closed(e, OWNER_KEY), firstShares());
    e.attribution.time = deadline;
    refused(closed(e, OTHER_KEY), firstShares());
    e.attribution.shareRoot = 0;
    refused(closed(e, OWNER_KEY), firstShares());
    e.attribution = Attribution(0, 0, 0, receipts[0].shareRoot, deadline);
    refused(closed(e, OWNER_KEY), firstShares());
    e.attribution.receiptId = receipts[0].receiptId;
    e.deadline = deadline + 1;
    refused(closed(e, OWNER_KEY), firstShares());
    e.deadline = deadline;
    reveal(closed(e, OWNER_KEY), firstShares());
    answered(IEpochCourt.List.Receipts, 0, funds);
  }

  function closed(
    IEpochCourt.SignedReceipt memory e,
    uint256 key
  ) private view returns (IEpochCourt.SignedReceipt memory) {
    e.attributionSignature = sign(key, address(epochs), hasher.hash(e.attribution));
    return e;
  }

  function test_onlyTheEntryItselfIsAnAnswer() public {
    demand(IEpochCourt.List.Receipts, 0);
    demand(IEpochCourt.List.Lines, 0);
    demand(IEpochCourt.List.Balances, 0);
    bytes32 hash = epochs.hashEpoch(gateway, header);
    refused(evidence(OTHER_KEY), firstShares());
    refused(evidence(OWNER_KEY), sharesOf[bytes32(uint256(2))]);
    refused(evidence(OWNER_KEY), new Share[](0));
    ReceiptOpening memory unproven = openReceipt(0);
    unproven.proof.siblings[0] = 0;
    IEpochCourt.SignedReceipt memory e = evidence(OWNER_KEY);
    vm.expectRevert(
      abi.encodeWithSelector(
        IEpochCourt.NotTheEntry.selector,
        keccak256(abi.encode(hash, IEpochCourt.List.Receipts, uint256(0)))
      )
    );
    court.revealReceipt(gateway, header, unproven, e, firstShares());
    signed.gateway = other;
    refused(evidence(OWNER_KEY), firstShares());

    LineOpening memory forged = openLine(firstEpoch().lines, 0);
    forged.line.amount = 11;
    vm.expectRevert(
      abi.encodeWithSelector(
        IEpochCourt.NotTheEntry.selector,
        keccak256(abi.encode(hash, IEpochCourt.List.Lines, uint256(0)))
      )
    );
    court.revealLine(gateway, header, forged);
    BalanceOpening memory another = openBalance(firstEpoch().balances, 1);
    vm.expectRevert(
      abi.encodeWithSelector(
        IEpochCourt.NotTheEntry.selector,
        keccak256(abi.encode(hash, IEpochCourt.List.Balances, uint256(0)))
      )
    );
    court.revealBalance(gateway, header, 0, another);
    BalanceOpening memory nothing;
    vm.expectRevert(
      abi.encodeWithSelector(
        IEpochCourt.NotTheEntry.selector,
        keccak256(abi.encode(hash, IEpochCourt.List.Balances, uint256(0)))
      )
    );
    court.revealBalance(gateway, header, 0, nothing);
  }

  function test_aReceiptOfAnotherGatewayIsNoAnswer() public {
    signed.gateway = other;
    put(signed.shareRoot);
    header = post(firstEpoch());
    demand(IEpochCourt.List.Receipts, 0);
    refused(evidence(OWNER_KEY), firstShares());
  }

  function test_anAnswerComesInTimeOrNotAtAll() public {
    demand(IEpochCourt.List.Lines, 0);
    uint256 answerBy = block.timestamp + THIRD;
    assertEq(
      court.getDemand(epochs.hashEpoch(gateway, header), IEpochCourt.List.Lines, 0).answerBy,
      answerBy,
      "what is asked for by when"
    );
    vm.warp(answerBy + 1);
    LineOpening memory opening = openLine(firstEpoch().lines, 0);
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.TooLate.selector, answerBy));
    court.revealLine(gateway, header, opening);
    opening = openLine(firstEpoch().lines, 1);
    bytes32 id = keccak256(abi.encode(epochs.hashEpoch(gateway, header), IEpochCourt.List.Lines, uint256(1)));
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.NotDemanded.selector, id));
    court.revealLine(gateway, header, opening);
  }

  // ---- silence

  function test_silenceVoidsTheEpoch() public {
    uint256 funds = wopen.balanceOf(other);
    demand(IEpochCourt.List.Receipts, 1);
    assertEq(wopen.balanceOf(other), funds - DEPOSIT, "put down");
    vm.warp(block.timestamp + THIRD + 1);
    vm.prank(payer);
    court.convictSilence(gateway, header, IEpochCourt.List.Receipts, 1);
    convicted(header, true, funds);
    assertEq(wopen.balanceOf(address(court)), 0, "the deposit is back");
  }

  function test_theLatestDemandLeavesTimeToConvict() public {
    uint256 funds = wopen.balanceOf(other);
    vm.warp(header.finalAt - 2 * THIRD);
    demand(IEpochCourt.List.Receipts, 1);
    vm.warp(header.finalAt - 1);
    court.convictSilence(gateway, header, IEpochCourt.List.Receipts, 1);
    convicted(header, true, funds);
  }

  function test_depositsComeBackWhenTheEpochFellOtherwise() public {
    uint256 funds = wopen.balanceOf(other);
    demand(IEpochCourt.List.Receipts, 1);
    demand(IEpochCourt.List.Lines, 1);
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.TooEarly.selector, header.finalAt));
    court.withdrawDemand(gateway, header, IEpochCourt.List.Lines, 1);
    vm.warp(block.timestamp + THIRD + 1);
    court.convictSilence(gateway, header, IEpochCourt.List.Receipts, 1);
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.UnknownEpoch.selector, gateway, 0));
    court.convictSilence(gateway, header, IEpochCourt.List.Lines, 1);
    court.withdrawDemand(gateway, header, IEpochCourt.List.Lines, 1);
    convicted(header, true, funds);
    assertEq(wopen.balanceOf(address(court)), 0, "nothing stays");
  }

  function test_depositsComeBackWhenTheEpochBecameFinal() public {
    uint256 funds = wopen.balanceOf(other);
    demand(IEpochCourt.List.Lines, 1);
    vm.warp(header.finalAt);
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.WindowClosed.selector, header.finalAt));
    court.convictSilence(gateway, header, IEpochCourt.List.Lines, 1);
    court.withdrawDemand(gateway, header, IEpochCourt.List.Lines, 1);
    assertEq(wopen.balanceOf(other), funds, "the deposit is back");
    bytes32 id = keccak256(abi.encode(epochs.hashEpoch(gateway, header), IEpochCourt.List.Lines, uint256(1)));
    vm.expectRevert(abi.encodeWithSelector(IEpochCourt.NotDemanded.selector, id));
    court.withdrawDemand(gateway, header, IEpochCourt.List.Lines, 1);
  }
}
