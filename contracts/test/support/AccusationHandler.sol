// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IEpochCourt } from "../../src/interfaces/IEpochCourt.sol";
import {
  Balance,
  BalanceOpening,
  EpochHeader,
  Line,
  LineOpening,
  ReceiptOpening,
  SettledReceipt,
  ShareOpening
} from "../../src/types/Ledger.sol";
import { InclusionPromise, Receipt } from "../../src/types/Statements.sol";
import { LedgerHandler } from "./LedgerHandler.sol";
import { OrderedTree } from "./OrderedTree.sol";
import { ReceiptChanges } from "./ReceiptChanges.sol";

/// @dev Accuses both gateways of everything, with openings of their own epochs, of others, and with words changed. Whoever accuses
/// the honest gateway must lose.
abstract contract AccusationHandler is LedgerHandler {
  /// @dev A demand for an entry of an epoch; `open` until it was answered, or its deposit taken out.
  struct Demanded {
    uint8 gateway;
    EpochHeader header;
    IEpochCourt.List list;
    uint256 place;
    bool open;
  }

  struct Summoned {
    uint8 gateway;
    uint256 item;
    bool open;
  }

  /// @notice Accusations of one call of `accuseHonest`: each kind four times.
  uint256 public constant VERDICTS = 40;

  Demanded[] internal demands;
  Summoned[] internal summonses;

  // ---- challenges

  /// @dev Kinds 0 to 9 are the challenges of Epochs and of EpochCourt; `seed` says which openings, and whether a word of them is changed.
  function accuse(uint256 which, uint8 kind, uint256 seed) external {
    uint256 g = which % 2;
    if (books[g].length == 0) return;
    uint256 epoch = (which / 2) % books[g].length;
    ++accused;
    challenge(g, epoch, kind % 10, seed);
    ++steps;
  }

  /// @dev Accuses the honest gateway of everything at once while its window is open: each accusation gets a verdict, and none holds. So
  /// does its node of having signed twice. Reverts where there is nothing to accuse, so that calls that did not revert can be counted.
  function accuseHonest(uint256 seed) external {
    if (!isAccusable() && items[HONEST].length < MOST) {
      enter(HONEST, 0, 1);
      sell(HONEST, channelsOf[HONEST][channelsOf[HONEST].length - 1], 1, uint8(seed));
    }
    while (hasOpen(HONEST)) settleOpen(HONEST, 0);
    assertTrue(isAccusable(), "a window is open");
    uint256 epoch = books[HONEST].length - 1;
    for (uint256 i = 0; i < VERDICTS && epoch < books[HONEST].length; ++i) {
      expect(challenge(HONEST, epoch, i % 10, uint256(keccak256(abi.encode(seed, i)))), "an accusation got no verdict");
    }
    accused += VERDICTS;
    accuseNode(seed);
    ++steps;
  }

  function isAccusable() private view returns (bool) {
    uint256 count = books[HONEST].length;
    return hasOpen(HONEST) || (count != 0 && block.timestamp < books[HONEST][count - 1].header.finalAt);
  }

  function challenge(uint256 g, uint256 epoch, uint256 kind, uint256 seed) internal returns (bool ok) {
    Book memory book = books[g][epoch];
    bytes memory call = kind < 4 ? ofEpochs(g, epoch, book, kind, seed) : ofCourt(g, epoch, book, kind, seed);
    bytes memory answer;
    vm.prank(accuser);
    (ok, answer) = address(kind < 4 ? address(c.epochs) : address(c.court)).call(call);
    if (ok && abi.decode(answer, (bool))) fallBack(g, epoch);
  }

  /// @dev One receipt shown twice, two of different nonces, or one that its node never signed.
  function accuseNode(uint256 seed) private {
    IEpochCourt.SignedReceipt memory first = signedOf(HONEST, items[HONEST][seed % items[HONEST].length]);
    IEpochCourt.SignedReceipt memory second = signedOf(HONEST, items[HONEST][(seed >> 8) % items[HONEST].length]);
    if ((seed >> 16) % 2 == 0) second.receipt.nonce = first.receipt.nonce;
    (uint256 runs, bytes memory evidence) = ReceiptChanges.between(
      first.receipt,
      first.signature,
      second.receipt,
      second.signature
    );
    vm.prank(accuser);
    try c.stakes.proveEquivocation(first.receipt, runs, evidence) {
      expect(false, "an honest node signed twice");
    } catch {}
  }

  function ofEpochs(
    uint256 g,
    uint256 epoch,
    Book memory book,
    uint256 kind,
    uint256 seed
  ) private view returns (bytes memory) {
    EpochHeader memory h = book.header;
    Line[] memory lines = linesOf(g, book);
    uint256 i = uint8(seed >> 8) % lines.length;
    if (kind == 0) return abi.encodeCall(c.epochs.challengeFirstLine, (gateway(g), h, openLine(lines, i, seed)));
    if (kind == 1) {
      LineOpening memory next = openLine(lines, (i + 1) % lines.length, 0);
      return abi.encodeCall(c.epochs.challengeLines, (gateway(g), h, openLine(lines, i, seed), next));
    }
    uint256 p = uint8(seed >> 16) % PAYEES;
    if (kind == 2) {
      BalanceOpening memory next = openBalance(book, (p + 1) % PAYEES, 0);
      return abi.encodeCall(c.epochs.challengeBalanceOrder, (gateway(g), h, openBalance(book, p, seed), next));
    }
    return balanceCall(g, book, epoch == 0 ? book : books[g][epoch - 1], p, seed);
  }

  function balanceCall(
    uint256 g,
    Book memory book,
    Book memory earlier,
    uint256 p,
    uint256 seed
  ) private view returns (bytes memory) {
    BalanceOpening[] memory before = new BalanceOpening[](1);
    before[0] = openBalance(earlier, p, 0);
    BalanceOpening[] memory afterwards = new BalanceOpening[](1);
    afterwards[0] = openBalance(book, p, seed);
    LineOpening[] memory earned = earnedOf(g, book, seed);
    return balanceCall(gateway(g), book.header, earlier.header, payee(p), before, earned, afterwards);
  }

  function balanceCall(
    address who,
    EpochHeader memory header,
    EpochHeader memory earlier,
    address of_,
    BalanceOpening[] memory before,
    LineOpening[] memory earned,
    BalanceOpening[] memory afterwards
  ) private view returns (bytes memory) {
    return abi.encodeCall(c.epochs.challengeBalance, (who, header, earlier, of_, before, earned, afterwards));
  }

  function earnedOf(uint256 g, Book memory book, uint256 seed) private view returns (LineOpening[] memory earned) {
    Line[] memory lines = linesOf(g, book);
    uint256 i = uint8(seed >> 8) % lines.length;
    earned = new LineOpening[](i + 1 < lines.length ? 2 : 1);
    earned[0] = openLine(lines, i, 0);
    if (earned.length == 2) earned[1] = openLine(lines, i + 1, 0);
  }

  function ofCourt(
    uint256 g,
    uint256 epoch,
    Book memory book,
    uint256 kind,
    uint256 seed
  ) private view returns (bytes memory) {
    if (kind == 4) return totalCall(g, book, seed);
    if (kind == 5) return orderCall(g, book, seed);
    if (kind == 6) return repeatedCall(g, epoch, book, seed);
    if (kind == 7) return misplacedCall(g, book, seed);
    return kind == 8 ? missingCall(g, book, seed) : foreignCall(g, book, seed);
  }

  function totalCall(uint256 g, Book memory book, uint256 seed) private view returns (bytes memory) {
    Line[] memory lines = linesOf(g, book);
    uint256 i = uint8(seed >> 8) % lines.length;
    LineOpening[] memory last = new LineOpening[](1);
    last[0] = openLine(lines, uint8(seed >> 24) % 2 == 0 ? lines.length - 1 : i, seed);
    return abi.encodeCall(c.court.challengeTotal, (gateway(g), book.header, last));
  }

  function orderCall(uint256 g, Book memory book, uint256 seed) private view returns (bytes memory) {
    SettledReceipt[] memory list = receiptsOf(g, book);
    uint256 i = uint8(seed >> 8) % list.length;
    ReceiptOpening memory next = openReceipt(list, (i + 1) % list.length, 0);
    return abi.encodeCall(c.court.challengeReceipts, (gateway(g), book.header, openReceipt(list, i, seed), next));
  }

  function repeatedCall(uint256 g, uint256 epoch, Book memory book, uint256 seed) private view returns (bytes memory) {
    Book memory earlier = books[g][uint8(seed >> 32) % (epoch + 1)];
    SettledReceipt[] memory theirs = receiptsOf(g, earlier);
    ReceiptOpening memory there = openReceipt(theirs, uint8(seed >> 40) % theirs.length, 0);
    ReceiptOpening memory here = hereOf(g, book, seed);
    return abi.encodeCall(c.court.challengeRepeatedReceipt, (gateway(g), book.header, here, earlier.header, there));
  }

  function misplacedCall(uint256 g, Book memory book, uint256 seed) private view returns (bytes memory) {
    Item memory item = items[g][book.items[uint8(seed >> 8) % book.items.length]];
    Receipt memory receipt = signedOf(uint8(seed >> 48) % 4 == 0 ? 1 - g : g, item).receipt;
    ReceiptOpening memory here = hereOf(g, book, seed);
    return abi.encodeCall(c.court.challengeMisplacedReceipt, (gateway(g), book.header, here, receipt));
  }

  function missingCall(uint256 g, Book memory book, uint256 seed) private view returns (bytes memory) {
    Line[] memory lines = linesOf(g, book);
    LineOpening[] memory around = new LineOpening[](1);
    around[0] = openLine(lines, uint8(seed >> 64) % lines.length, seed);
    ReceiptOpening memory here = hereOf(g, book, seed);
    return
      abi.encodeCall(c.court.challengeMissingLine, (gateway(g), book.header, here, shareOf(g, book, seed), around));
  }

  function foreignCall(uint256 g, Book memory book, uint256 seed) private view returns (bytes memory) {
    Line[] memory lines = linesOf(g, book);
    LineOpening memory line = openLine(lines, uint8(seed >> 64) % lines.length, 0);
    ReceiptOpening[] memory receipts = new ReceiptOpening[](1);
    receipts[0] = hereOf(g, book, seed);
    ShareOpening[] memory shares = new ShareOpening[](1);
    shares[0] = shareOf(g, book, seed);
    return abi.encodeCall(c.court.challengeForeignLine, (gateway(g), book.header, line, receipts, shares));
  }

  /// @dev The receipt that the seed names.
  function hereOf(uint256 g, Book memory book, uint256 seed) private view returns (ReceiptOpening memory) {
    return openReceipt(receiptsOf(g, book), uint8(seed >> 8) % book.items.length, seed);
  }

  /// @dev The only share of that receipt; one in four is changed.
  function shareOf(uint256 g, Book memory book, uint256 seed) private view returns (ShareOpening memory share) {
    Item memory item = items[g][book.items[uint8(seed >> 8) % book.items.length]];
    bytes32[] memory leaves = new bytes32[](1);
    leaves[0] = OrderedTree.leafHash(abi.encode(sharesOf(item)[0]));
    share = ShareOpening(sharesOf(item)[0], OrderedTree.prove(leaves, 0));
    if (uint8(seed >> 56) % 4 == 0) share.share.amount += 1;
  }

  /// @dev One in four openings has a word changed.
  function openLine(Line[] memory lines, uint256 i, uint256 seed) internal pure returns (LineOpening memory o) {
    o = LineOpening(lines[i], OrderedTree.prove(lineLeaves(lines), i));
    if (seed % 4 != 1) return o;
    Line memory copy = Line(lines[i].payee, lines[i].receiptId, lines[i].amount, lines[i].runningTotal, 0);
    copy.epochTotal = lines[i].epochTotal + ((seed >> 4) % 2);
    copy.amount += (seed >> 5) % 2;
    copy.runningTotal += (seed >> 6) % 2;
    o.line = copy;
    o.proof.index += (seed >> 7) % 2;
  }

  function openReceipt(
    SettledReceipt[] memory list,
    uint256 i,
    uint256 seed
  ) internal pure returns (ReceiptOpening memory o) {
    o = ReceiptOpening(SettledReceipt(list[i].receiptId, list[i].shareRoot), OrderedTree.prove(receiptLeaves(list), i));
    if (seed % 4 != 2) return o;
    if ((seed >> 4) % 2 == 0) o.leaf.shareRoot = 0;
    o.proof.count += (seed >> 5) % 2;
  }

  function openBalance(Book memory book, uint256 p, uint256 seed) internal pure returns (BalanceOpening memory o) {
    o = BalanceOpening(Balance(payee(p), book.balances[p]), OrderedTree.prove(balanceLeaves(book.balances), p));
    if (seed % 4 == 3) o.balance.cumulative += 1 + ((seed >> 4) % 3);
  }

  // ---- demands

  function demand(uint256 which, uint8 list, uint256 place) external {
    uint256 g = which % 2;
    if (books[g].length == 0) return;
    Book memory book = books[g][(which / 2) % books[g].length];
    IEpochCourt.List kind = IEpochCourt.List(list % 3);
    place = place % (book.items.length + 2);
    vm.prank(accuser);
    c.court.demand(gateway(g), book.header, kind, place);
    demands.push(Demanded(uint8(g), book.header, kind, place, true));
    ++steps;
  }

  function convictSilence(uint256 which) external {
    if (demands.length == 0) return;
    silence(which % demands.length);
    ++steps;
  }

  function silence(uint256 which) internal {
    Demanded memory d = demands[which];
    c.court.convictSilence(gateway(d.gateway), d.header, d.list, d.place);
    demands[which].open = false;
    fallBack(d.gateway, d.header.index);
  }

  /// @dev The honest gateway shows what is demanded of it.
  function answerDemands() internal {
    for (uint256 i = 0; i < demands.length; ++i) {
      Demanded memory d = demands[i];
      if (!d.open || d.gateway != HONEST) continue;
      address who = gateway(HONEST);
      Book memory book = books[HONEST][d.header.index];
      demands[i].open = false;
      if (d.list == IEpochCourt.List.Receipts) {
        Item memory item = items[HONEST][book.items[d.place]];
        ReceiptOpening memory o = openReceipt(receiptsOf(HONEST, book), d.place, 0);
        c.court.revealReceipt(who, d.header, o, signedOf(HONEST, item), sharesOf(item));
      } else if (d.list == IEpochCourt.List.Lines) {
        c.court.revealLine(who, d.header, openLine(linesOf(HONEST, book), d.place, 0));
      } else {
        c.court.revealBalance(who, d.header, d.place, openBalance(book, d.place < PAYEES ? d.place : 0, 0));
      }
    }
  }

  // ---- promises

  function summon(uint256 which) external {
    uint256 g = which % 2;
    if (items[g].length == 0) return;
    uint256 i = (which / 2) % items[g].length;
    (InclusionPromise memory pledge, bytes memory signature) = promiseOf(g, items[g][i]);
    vm.prank(accuser);
    c.inclusion.summon(pledge, signature);
    summonses.push(Summoned(uint8(g), i, true));
    ++steps;
  }

  function convictPromise(uint256 which) external {
    if (summonses.length == 0) return;
    breakPromise(which % summonses.length);
    ++steps;
  }

  function breakPromise(uint256 which) internal {
    Summoned memory s = summonses[which];
    c.inclusion.convict(gateway(s.gateway), items[s.gateway][s.item].id);
    summonses[which].open = false;
    expect(s.gateway != HONEST, "an honest gateway broke a pledge");
  }

  /// @dev The honest gateway shows the receipts for which it is summoned; it settles them first.
  function answerSummonses() internal {
    for (uint256 i = 0; i < summonses.length; ++i) {
      Summoned memory s = summonses[i];
      if (!s.open || s.gateway != HONEST) continue;
      summonses[i].open = false;
      (Book memory book, ReceiptOpening memory o) = settled(HONEST, s.item);
      c.inclusion.show(gateway(HONEST), book.header, o);
    }
  }

  /// @dev Where a receipt stands.
  function settled(uint256 g, uint256 i) internal view returns (Book memory book, ReceiptOpening memory o) {
    book = books[g][items[g][i].epoch - 1];
    uint256 place = 0;
    while (book.items[place] != i) ++place;
    o = openReceipt(receiptsOf(g, book), place, 0);
  }
}
