// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { IEpochs } from "../src/interfaces/IEpochs.sol";
import { IEstates } from "../src/interfaces/IEstates.sol";
import { EpochHeader, ReceiptOpening, Share } from "../src/types/Ledger.sol";
import { EstateFixture } from "./support/EstateFixture.sol";

/// @dev What a silent gateway leaves: what is refused first, then what is paid.
contract EstatesTest is EstateFixture {
  function says(bytes4 selector, bytes32 receiptId) private view returns (bytes memory) {
    return abi.encodeWithSelector(selector, gateway, receiptId);
  }

  // ---- taking coins out of Epochs

  function test_release_byTheEstatesAlone() public {
    vm.warp(block.timestamp + 1_000 days);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.NotEstates.selector, address(this)));
    epochs.release(gateway);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.NotEstates.selector, address(court)));
    vm.prank(address(court));
    epochs.release(gateway);
    assertEq(epochs.estates(), address(estates), "named at construction");
  }

  function test_release_notUntilTheLastWindowIsLongOver() public {
    EpochHeader memory header = post(firstEpoch());
    uint256 from = uint256(header.finalAt) + 90 days;
    vm.warp(from - 1);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.NotFinal.selector, from));
    vm.prank(address(estates));
    epochs.release(gateway);
    vm.warp(from);
    vm.prank(address(estates));
    assertEq(epochs.release(gateway), 90 ether + GIVEN - 25, "what no epoch divides");
    vm.expectRevert(abi.encodeWithSelector(IEpochs.NothingUndivided.selector, gateway));
    vm.prank(address(estates));
    epochs.release(gateway);
  }

  // ---- who is not silent

  function test_watch_aChainThatStoodStillMakesNobodySilent() public {
    estates.watch(gateway);
    vm.warp(block.timestamp + 1_000 days);
    estates.watch(gateway);
    assertEq(estates.getWatch(gateway).silent, 15 days, "one look counts one step");
    refused(promised(first, 1 ether, 1), abi.encodeWithSelector(IEstates.NotSilentYet.selector, 15 days, 90 days));
  }

  function test_watch_lookingOftenCountsNothingTwice() public {
    estates.watch(gateway);
    for (uint256 i = 0; i < 5; ++i) estates.watch(gateway);
    assertEq(estates.getWatch(gateway).silent, 0, "no time went by");
    vm.warp(block.timestamp + 7 days);
    for (uint256 i = 0; i < 5; ++i) estates.watch(gateway);
    assertEq(estates.getWatch(gateway).silent, 7 days, "counted once");
  }

  function test_watch_oneEpochBeginsTheCountAnew() public {
    silence(75 days);
    post(firstEpoch());
    vm.warp(block.timestamp + 15 days);
    estates.watch(gateway);
    assertEq(estates.getWatch(gateway).silent, 0, "it was there");
    assertEq(estates.getWatch(gateway).round, 1, "another round");
    refused(promised(first, 1 ether, 1), abi.encodeWithSelector(IEstates.NotSilentYet.selector, 0, 90 days));
  }

  function testFuzz_watch_neverCountsMoreThanTimeThatWentBy(uint32[8] memory steps, uint8 postAt) public {
    uint256 start = block.timestamp;
    uint256 expected = 0;
    estates.watch(gateway);
    for (uint256 i = 0; i < steps.length; ++i) {
      uint256 step = steps[i] % 60 days;
      if (i == postAt % 16) {
        post(firstEpoch());
        // At least a second passes before anybody looks.
        step += 1;
        vm.warp(block.timestamp + step);
        (start, expected) = (block.timestamp, 0);
      } else {
        vm.warp(block.timestamp + step);
        expected += step < 15 days ? step : 15 days;
      }
      estates.watch(gateway);
      // A look while its window was open is forgotten.
      if (epochs.getAccount(gateway).lastFinalAt > block.timestamp) expected = 0;
      assertLe(estates.getWatch(gateway).silent, block.timestamp - start, "time that went by");
      assertLe(estates.getWatch(gateway).silent, expected, "in steps");
    }
  }

  // ---- claims that are refused

  function test_file_promises() public {
    silence(FULL_SILENCE);
    Promised memory p = promised(first, 4 ether, 1);
    bytes memory reason = abi.encodeWithSelector(IEstates.PromiseNotSigned.selector, gateway);
    p.signature = sign(OTHER_KEY, address(epochs), hasher.hash(p.given));
    refused(p, reason);
    p = promised(first, 4 ether, 1);
    p.signature = sign(GATEWAY_KEY, address(estates), hasher.hash(p.given));
    refused(p, reason);
    p = promised(first, 4 ether, 1);
    p.given.fee += 1;
    refused(p, reason);
    p.signature = sign(GATEWAY_KEY, address(epochs), hasher.hash(p.given));
    refused(p, abi.encodeWithSelector(IEstates.NotThePromisedReceipt.selector, p.given.receiptId));
    p = promised(first, 4 ether, 1);
    p.given.includeBy = uint64(block.timestamp);
    resign(p, GATEWAY_KEY, NODE_KEY);
    refused(p, abi.encodeWithSelector(IEstates.PromiseNotDue.selector, block.timestamp));
  }

  function test_file_receipts() public {
    silence(FULL_SILENCE);
    Promised memory p = promised(first, 4 ether, 1);
    bytes memory reason = abi.encodeWithSelector(IEstates.SharesNotInForce.selector, p.given.receiptId);
    p.signed.signature = sign(OTHER_KEY, address(epochs), hasher.hash(p.signed.receipt));
    refused(p, reason);
    p = promised(first, 4 ether, 1);
    p.signed.receipt.time += 1;
    refused(p, reason);
    p = promised(first, 4 ether, 1);
    p.shares[0].payee = account(1);
    refused(p, reason);
    p = promised(first, 4 ether, 1);
    p.signed.attribution.shareRoot = p.signed.receipt.shareRoot;
    p.signed.attributionSignature = p.signed.signature;
    refused(p, reason);
  }

  function test_file_sharesThatCannotBePaid() public {
    silence(FULL_SILENCE);
    Promised memory p = promised(first, 4 ether, 1);
    p.shares[0].amount += 1;
    p.signed.receipt.shareRoot = shareRoot(p.shares);
    resign(p, GATEWAY_KEY, NODE_KEY);
    refused(p, abi.encodeWithSelector(IEstates.SharesNotInForce.selector, p.given.receiptId));
    p = promised(first, 4 ether, 1);
    p.shares[0].payee = address(0);
    p.signed.receipt.shareRoot = shareRoot(p.shares);
    resign(p, GATEWAY_KEY, NODE_KEY);
    refused(p, abi.encodeWithSelector(IEstates.SharesNotInForce.selector, p.given.receiptId));
    p = promised(first, 0, 1);
    refused(p, abi.encodeWithSelector(IEstates.SharesNotInForce.selector, p.given.receiptId));
  }

  function test_file_channels() public {
    silence(FULL_SILENCE);
    vm.prank(payer);
    bytes32 foreign = channels.open(other, 0, 1 ether);
    refused(promised(foreign, 1, 1), abi.encodeWithSelector(IEstates.NotItsChannel.selector, foreign, gateway));
    refused(promised("none", 1, 1), abi.encodeWithSelector(IEstates.NotItsChannel.selector, bytes32("none"), gateway));
    bytes4 tooMuch = IEstates.ClaimsAboveCollected.selector;
    refused(promised(second, 30 ether + 1, 1), abi.encodeWithSelector(tooMuch, second, 30 ether + 1, 30 ether));
    file(promised(second, 20 ether, 1));
    refused(promised(second, 11 ether, 2), abi.encodeWithSelector(tooMuch, second, 31 ether, 30 ether));
    file(promised(second, 10 ether, 3));
    assertEq(estates.claimsOf(gateway), 30 ether, "what was collected from it and no more");
  }

  function test_file_twiceOrWithoutTheDeposit() public {
    silence(FULL_SILENCE);
    Promised memory p = promised(first, 4 ether, 1);
    approve(other, address(estates), DEPOSIT - 1);
    vm.prank(other);
    vm.expectPartialRevert(IERC20Errors.ERC20InsufficientAllowance.selector);
    estates.file(p.given, p.signature, p.signed, p.shares);
    approve(other, address(estates), type(uint256).max);
    file(p);
    refused(p, says(IEstates.AlreadyClaimed.selector, p.given.receiptId));
  }

  function test_file_whereNothingIsLeft() public {
    Epoch memory e = firstEpoch();
    e.total = uint128(epochs.credited(gateway));
    post(e);
    vm.warp(block.timestamp + 1 days);
    silence(FULL_SILENCE);
    refused(promised(first, 4 ether, 1), abi.encodeWithSelector(IEstates.NothingUndivided.selector, gateway));
  }

  // ---- refutations

  function test_refute_byNothingButAFinalEpochThatHoldsIt() public {
    Promised memory p = promised(first, 4 ether, 1);
    (EpochHeader memory header, ReceiptOpening memory opening) = postWith(p.given.receiptId);
    vm.expectRevert(says(IEstates.NoClaim.selector, p.given.receiptId));
    estates.refute(gateway, header, opening);
    vm.warp(block.timestamp + 1 days);
    silence(FULL_SILENCE);
    file(p);
    EpochHeader memory forged = header;
    forged.total += 1;
    vm.expectRevert(abi.encodeWithSelector(IEstates.UnknownEpoch.selector, gateway, 0));
    estates.refute(gateway, forged, opening);
    forged.total -= 1;
    opening.leaf.shareRoot = 0;
    vm.expectRevert(says(IEstates.NotIncluded.selector, p.given.receiptId));
    estates.refute(gateway, header, opening);
    (opening.leaf, opening.proof.index) = (receipts[2], 1);
    vm.expectRevert(says(IEstates.NotIncluded.selector, p.given.receiptId));
    estates.refute(gateway, header, opening);
    uint256 answerBy = estates.getClaim(gateway, p.given.receiptId).answerBy;
    vm.warp(answerBy + 1);
    opening.proof.index = 2;
    vm.expectRevert(abi.encodeWithSelector(IEstates.TooLate.selector, answerBy));
    estates.refute(gateway, header, opening);
  }

  function test_refute_byNothingThatAClosedGatewayPosts() public {
    silence(FULL_SILENCE);
    openWith(file(promised(first, 4 ether, 1)));
    Promised memory late = promised(second, 8 ether, 2);
    file(late);
    Epoch memory empty;
    receipts[2].receiptId = late.given.receiptId;
    settleReceipts();
    EpochHeader memory header = post(empty);
    ReceiptOpening memory opening = openReceipt(2);
    vm.expectRevert(abi.encodeWithSelector(IEstates.NotFinal.selector, header.finalAt));
    estates.refute(gateway, header, opening);
    vm.warp(header.finalAt);
    vm.expectRevert(abi.encodeWithSelector(IEstates.NotFinal.selector, header.finalAt));
    estates.refute(gateway, header, opening);
  }

  function test_refute_byNothingThatWasPostedAfterTheClaim() public {
    silence(FULL_SILENCE);
    Promised memory p = promised(first, 4 ether, 1);
    file(p);
    (EpochHeader memory header, ReceiptOpening memory opening) = postWith(p.given.receiptId);
    vm.warp(header.finalAt);
    vm.expectRevert(says(IEstates.NoClaim.selector, p.given.receiptId));
    estates.refute(gateway, header, opening);
    uint256 before = wopen.balanceOf(other);
    estates.withdrawClaim(gateway, 0, p.given.receiptId);
    assertEq(wopen.balanceOf(other), before + DEPOSIT, "who was right to file gets it back");
  }

  function test_refute_paysHalfTheDepositAndFreesTheChannel() public {
    Promised memory p = promised(second, 30 ether, 1);
    (EpochHeader memory header, ReceiptOpening memory opening) = postWith(p.given.receiptId);
    vm.warp(block.timestamp + 1 days);
    silence(FULL_SILENCE);
    file(p);
    uint256 before = wopen.balanceOf(payer);
    vm.prank(payer);
    estates.refute(gateway, header, opening);
    assertEq(wopen.balanceOf(payer), before + DEPOSIT / 2, "half to who refutes");
    assertEq(wopen.balanceOf(treasury), DEPOSIT / 2, "half to the treasury");
    assertEq(estates.claimsOf(gateway), 0, "claims nothing");
    vm.expectRevert(says(IEstates.NoClaim.selector, p.given.receiptId));
    estates.open(gateway, p.given.receiptId);
    file(promised(second, 30 ether, 2));
  }

  // ---- openings that are refused

  function test_open_notBeforeItsTime() public {
    silence(FULL_SILENCE);
    bytes32 id = file(promised(first, 4 ether, 1));
    uint256 answerBy = block.timestamp + 30 days;
    vm.warp(answerBy);
    vm.expectRevert(abi.encodeWithSelector(IEstates.TooEarly.selector, answerBy));
    estates.open(gateway, id);
    vm.expectRevert(says(IEstates.NoClaim.selector, "other"));
    estates.open(gateway, "other");
    vm.expectRevert(abi.encodeWithSelector(IEstates.NotSilentYet.selector, 90 days, 365 days));
    estates.open(gateway, 0);
    vm.expectRevert(abi.encodeWithSelector(IEstates.NotSilentYet.selector, 90 days, 365 days));
    estates.announce(gateway);
    vm.warp(answerBy + 1);
    estates.open(gateway, id);
    vm.expectRevert(abi.encodeWithSelector(IEstates.EstateIsOpen.selector, gateway));
    estates.open(gateway, id);
    vm.expectRevert(abi.encodeWithSelector(IEstates.EstateIsOpen.selector, gateway));
    estates.watch(gateway);
    vm.expectRevert(abi.encodeWithSelector(IEstates.EstateIsOpen.selector, gateway));
    estates.announce(gateway);
  }

  function test_open_notOfAGatewayThatCameBack() public {
    silence(FULL_SILENCE);
    Promised memory p = promised(first, 4 ether, 1);
    bytes32 id = file(p);
    uint256 funds = wopen.balanceOf(other);
    vm.warp(block.timestamp + 29 days);
    vm.expectRevert(says(IEstates.ClaimStillStands.selector, id));
    estates.withdrawClaim(gateway, 0, id);
    post(firstEpoch());
    vm.warp(block.timestamp + 2 days);
    vm.expectRevert(abi.encodeWithSelector(IEstates.NotSilentYet.selector, 0, 90 days));
    estates.open(gateway, id);
    estates.withdrawClaim(gateway, 0, id);
    assertEq(wopen.balanceOf(other), funds + DEPOSIT, "the deposit is back");
    vm.expectRevert(says(IEstates.NoClaim.selector, id));
    estates.withdrawClaim(gateway, 0, id);
    silence(FULL_SILENCE);
    vm.expectRevert(says(IEstates.NoClaim.selector, id));
    estates.open(gateway, id);
    file(p);
    openWith(id);
  }

  function test_open_withoutAPromiseOnlyAfterAnAnnouncement() public {
    silence(360 days);
    vm.expectRevert(abi.encodeWithSelector(IEstates.NotSilentYet.selector, 360 days, 365 days));
    estates.announce(gateway);
    silence(15 days);
    vm.expectRevert(abi.encodeWithSelector(IEstates.NotAnnounced.selector, gateway));
    estates.open(gateway, 0);
    estates.announce(gateway);
    vm.expectRevert(abi.encodeWithSelector(IEstates.AlreadyAnnounced.selector, gateway));
    estates.announce(gateway);
    uint256 until = block.timestamp + 30 days;
    vm.warp(until);
    vm.expectRevert(abi.encodeWithSelector(IEstates.TooEarly.selector, until));
    estates.open(gateway, 0);
    vm.warp(until + 1);
    assertEq(estates.open(gateway, 0), 90 ether + GIVEN, "all of it");
  }

  function test_announce_isForgottenWhenTheGatewayComesBack() public {
    silence(375 days);
    estates.announce(gateway);
    post(firstEpoch());
    vm.warp(block.timestamp + 1 days);
    silence(375 days);
    vm.expectRevert(abi.encodeWithSelector(IEstates.NotAnnounced.selector, gateway));
    estates.open(gateway, 0);
  }

  function test_announce_notOfAnIdleGatewayThatOwesNothing() public {
    Epoch memory e = firstEpoch();
    e.total = uint128(epochs.credited(gateway));
    post(e);
    vm.warp(block.timestamp + 1 days);
    silence(375 days);
    vm.expectRevert(abi.encodeWithSelector(IEstates.NothingUndivided.selector, gateway));
    estates.announce(gateway);
    vm.prank(payer);
    epochs.credit(gateway, 1);
    vm.expectRevert(abi.encodeWithSelector(IEstates.NotAnnounced.selector, gateway));
    estates.open(gateway, 0);
  }

  // ---- what is refused once it is open

  function test_closed_collectsAndDividesNothing() public {
    silence(FULL_SILENCE);
    openWith(file(promised(first, 4 ether, 1)));
    bytes memory voucher = sign(PAYER_KEY, address(channels), hasher.hashVoucher(first, 61 ether));
    vm.expectRevert(abi.encodeWithSelector(IEpochs.GatewayClosed.selector, gateway));
    vm.prank(gateway);
    channels.collect(first, 61 ether, voucher);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.GatewayClosed.selector, gateway));
    vm.prank(payer);
    epochs.credit(gateway, 1);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.TotalAboveCredit.selector, 25, 0));
    vm.prank(gateway);
    epochs.post(0, receiptsRoot, 0, 0, 25, 4, 3, 0);
  }

  function test_pay_notBeforeItSettlesNorTwiceNorToOthers() public {
    silence(FULL_SILENCE);
    Promised memory p = promised(first, 4 ether, 1);
    bytes32 id = file(p);
    vm.expectRevert(abi.encodeWithSelector(IEstates.EstateNotOpen.selector, gateway));
    pay(p);
    openWith(id);
    uint256 settlesAt = block.timestamp + 120 days;
    vm.warp(settlesAt);
    vm.expectRevert(abi.encodeWithSelector(IEstates.TooEarly.selector, settlesAt));
    pay(p);
    vm.expectRevert(abi.encodeWithSelector(IEstates.TooEarly.selector, settlesAt));
    refundAll();
    refused(promised(first, 1, 2), abi.encodeWithSelector(IEstates.TooLate.selector, settlesAt - 30 days));
    vm.warp(settlesAt + 1);
    Share[] memory forged = halves(4 ether, 9);
    vm.expectRevert(abi.encodeWithSelector(IEstates.SharesNotInForce.selector, id));
    estates.pay(gateway, id, forged, 2);
    vm.expectRevert(says(IEstates.NoClaim.selector, "other"));
    estates.pay(gateway, "other", forged, 2);
    pay(p);
    vm.expectRevert(abi.encodeWithSelector(IEstates.AlreadyPaid.selector, id));
    pay(p);
  }

  // ---- Attributions of claimed receipts

  function test_attribute_onlyWhatTheNodeSignedInTime() public {
    silence(FULL_SILENCE);
    Promised memory p = leftOpen(first, 4 ether, 1);
    file(p);
    Promised memory q = leftOpen(first, 4 ether, 1);
    attributed(q, account(7));
    bytes memory reason = abi.encodeWithSelector(IEstates.SharesNotInForce.selector, p.given.receiptId);
    q.signed.attribution.time = 1_001;
    q.signed.attributionSignature = sign(NODE_KEY, address(epochs), hasher.hash(q.signed.attribution));
    vm.expectRevert(reason);
    estates.attribute(gateway, q.signed, q.shares);
    attributed(q, account(7));
    q.signed.attributionSignature = sign(OTHER_KEY, address(epochs), hasher.hash(q.signed.attribution));
    vm.expectRevert(reason);
    estates.attribute(gateway, q.signed, q.shares);
    attributed(q, account(7));
    vm.expectRevert(reason);
    estates.attribute(gateway, q.signed, p.shares);
    Promised memory stranger = leftOpen(first, 4 ether, 2);
    attributed(stranger, account(7));
    vm.expectRevert(says(IEstates.NoClaim.selector, stranger.given.receiptId));
    estates.attribute(gateway, stranger.signed, stranger.shares);
    estates.attribute(gateway, q.signed, q.shares);
    vm.expectRevert(abi.encodeWithSelector(IEstates.AlreadyAttributed.selector, p.given.receiptId));
    estates.attribute(gateway, q.signed, q.shares);
    openWith(p.given.receiptId);
    attributed(q, account(8));
    vm.expectPartialRevert(IEstates.TooLate.selector);
    estates.attribute(gateway, q.signed, q.shares);
    settle();
    attributed(q, account(7));
    pay(q);
    assertEq(wopen.balanceOf(account(7)), 4 ether, "by the Attribution");
  }

  function test_attribute_untilTheLastSecond() public {
    silence(FULL_SILENCE);
    Promised memory p = leftOpen(first, 4 ether, 1);
    file(p);
    attributed(p, account(7));
    uint256 answerBy = estates.getClaim(gateway, p.given.receiptId).answerBy;
    vm.warp(answerBy + 1);
    vm.expectRevert(abi.encodeWithSelector(IEstates.TooLate.selector, answerBy));
    estates.attribute(gateway, p.signed, p.shares);
    vm.warp(answerBy);
    estates.attribute(gateway, p.signed, p.shares);
  }

  function test_attribute_twoOfThemPutTheReceiptsOwnSharesInForce() public {
    silence(FULL_SILENCE);
    Promised memory p = leftOpen(first, 4 ether, 1);
    Promised memory q = leftOpen(first, 4 ether, 1);
    attributed(q, account(7));
    file(q);
    attributed(q, account(8));
    vm.expectRevert(abi.encodeWithSelector(IEstates.SharesNotInForce.selector, p.given.receiptId));
    estates.attribute(gateway, q.signed, q.shares);
    estates.attribute(gateway, q.signed, p.shares);
    attributed(q, account(9));
    vm.expectRevert(abi.encodeWithSelector(IEstates.AlreadyAttributed.selector, p.given.receiptId));
    estates.attribute(gateway, q.signed, p.shares);
    openWith(p.given.receiptId);
    settle();
    pay(p);
    assertEq(wopen.balanceOf(account(101)), 1 ether, "by the receipt");
    assertEq(wopen.balanceOf(account(500)), 3 ether, "by the receipt");
  }

  // ---- what is paid

  function test_promisedReceiptsAreByTheirSharesAndTheRestGoesBack() public {
    silence(FULL_SILENCE);
    Promised memory p = promised(first, 40 ether, 1);
    Promised memory q = promised(second, 20 ether, 2);
    (bytes32 id, uint256 funds) = (file(p), wopen.balanceOf(other));
    openWith(id);
    file(q);
    settle();
    uint256 ofPayer = wopen.balanceOf(payer);
    refundAll();
    estates.pay(gateway, id, p.shares, 1);
    assertEq(wopen.balanceOf(other), funds + (10 ether + 334), "one deposit came back, another is down; a third");
    assertEq(wopen.balanceOf(account(101)), 10 ether, "its share");
    assertEq(wopen.balanceOf(account(500)), 0, "not yet");
    pay(p);
    pay(q);
    assertEq(wopen.balanceOf(account(101)), 10 ether, "once");
    assertEq(wopen.balanceOf(account(500)), 45 ether, "from both");
    assertEq(wopen.balanceOf(payer), ofPayer + 20 ether + 666, "two thirds of the rest");
    refundAll();
    assertEq(wopen.balanceOf(payer), ofPayer + 20 ether + 666, "once");
    assertTrue(estates.isRefunded(first) && estates.isRefunded(second), "both");
    nothingStays();
    assertEq(epochs.released(gateway), 90 ether + GIVEN, "released");
    assertEq(epochs.credited(gateway), 0, "nothing is left to divide");
  }

  function test_refund_paysAChannelOnceWhileOthersWait() public {
    silence(FULL_SILENCE);
    openWith(file(promised(first, 40 ether, 1)));
    settle();
    bytes32[] memory twice = new bytes32[](2);
    (twice[0], twice[1]) = (first, first);
    uint256 before = wopen.balanceOf(payer);
    estates.refund(gateway, twice);
    uint256 once = wopen.balanceOf(payer);
    assertTrue(once > before, "its part");
    estates.refund(gateway, twice);
    assertEq(wopen.balanceOf(payer), once, "once");
    assertFalse(estates.isRefunded(second), "the other one waits");
    refundAll();
    assertTrue(estates.isRefunded(second), "and gets its own");
  }

  function test_claimsAboveWhatIsLeftShareItWhateverTheirOrder() public {
    Epoch memory e = firstEpoch();
    e.total = 60 ether;
    post(e);
    vm.warp(block.timestamp + 1 days);
    silence(FULL_SILENCE);
    Promised memory p = promised(first, 60 ether, 1);
    Promised memory q = promised(second, 30 ether, 2);
    file(q);
    openWith(file(p));
    settle();
    pay(q);
    pay(p);
    uint256 left = 30 ether + GIVEN;
    assertEq(wopen.balanceOf(account(101)), left / 6, "a third of a quarter of 60");
    assertEq(wopen.balanceOf(account(102)), left / 12, "a third of a quarter of 30");
    refundAll();
    nothingStays();
  }

  function test_whatNoChannelPaidGoesToTheTreasury() public {
    vm.prank(payer);
    epochs.credit(other, 1);
    estates.watch(other);
    for (uint256 i = 0; i < 25; ++i) {
      vm.warp(block.timestamp + 15 days);
      estates.watch(other);
    }
    estates.announce(other);
    vm.warp(block.timestamp + 30 days + 1);
    estates.open(other, 0);
    settle();
    estates.refund(other, new bytes32[](0));
    assertEq(wopen.balanceOf(treasury), 1, "there is nobody else");
    nothingStays();
  }

  function test_finalEpochsOfAClosedGatewayStayClaimable() public {
    Epoch memory e = firstEpoch();
    EpochHeader memory header = post(e);
    vm.warp(block.timestamp + 1 days);
    silence(FULL_SILENCE);
    openWith(file(promised(first, 4 ether, 1)));
    epochs.claim(gateway, briefOf(header), account(1), 15, balanceProof(e.balances, 0));
    assertEq(wopen.balanceOf(account(1)), 15, "claimed");
    assertEq(wopen.balanceOf(address(epochs)), 10, "what the other payees can claim");
  }

  function testFuzz_everyCoinIsPaidOnceAndNothingStays(
    uint96 fee,
    uint96 otherFee,
    uint96 more,
    uint96 divided,
    bool late
  ) public {
    vm.prank(payer);
    epochs.credit(gateway, more % 100 ether);
    uint256 credited = epochs.credited(gateway);
    Epoch memory e = firstEpoch();
    // Below the gateway's bond, which must cover it.
    e.total = uint128(divided % 90 ether);
    post(e);
    vm.warp(block.timestamp + 1 days);
    silence(FULL_SILENCE);
    Promised memory p = promised(first, uint128(1 + (fee % 60 ether)), 1);
    Promised memory q = promised(second, uint128(1 + (otherFee % 30 ether)), 2);
    file(p);
    if (!late) file(q);
    openWith(p.given.receiptId);
    if (late) file(q);
    settle();
    pay(p);
    uint256 rest = estates.getEstate(gateway).restLeft;
    refundAll();
    pay(q);
    nothingStays();
    uint256 claims = uint256(p.given.fee) + q.given.fee;
    uint256 paid = wopen.balanceOf(account(101)) + wopen.balanceOf(account(102)) + wopen.balanceOf(account(500));
    uint256 coins = credited - e.total;
    assertEq(epochs.released(gateway), coins, "released");
    assertEq(paid, claims < coins ? claims : coins, "claims first");
    assertEq(paid + rest + epochs.credited(gateway), credited, "released + paid + undivided = credited");
    assertEq(wopen.balanceOf(address(epochs)), e.total, "what its epoch promises");
  }
}
