// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IEpochCourt } from "../../src/interfaces/IEpochCourt.sol";
import { IEstates } from "../../src/interfaces/IEstates.sol";
import { Role } from "../../src/types/Roles.sol";
import { ReceiptOpening } from "../../src/types/Ledger.sol";
import { InclusionPromise } from "../../src/types/Statements.sol";
import { AccusationHandler } from "./AccusationHandler.sol";
import { LedgerHandler } from "./LedgerHandler.sol";

/// @dev Watches, files, opens, pays and refunds in any order; lets time go by; and in the end takes every coin out by its legal path.
contract EstateHandler is AccusationHandler {
  uint256 public filed;
  uint256 public opened;
  uint256 public fullSilences;

  /// @dev Deposits of claims that stand or wait to be withdrawn: the gateway's round, and the item.
  struct Filed {
    uint8 gateway;
    uint32 round;
    uint256 item;
    bool open;
  }

  Filed[] internal claims;

  constructor(Contracts memory contracts_) LedgerHandler(contracts_) {}

  // ---- time

  /// @dev Before any time goes by the honest gateway does its duty, and somebody convicts what is wrong and refutes what was settled.
  function pass(uint32 time, bool far) external {
    duty();
    vm.warp(block.timestamp + (time % (far ? 16 days : 30 minutes)));
    ++steps;
  }

  /// @dev A gateway of which nobody heard for months, looked at all the time: the crooked one posts nothing meanwhile.
  function fallSilent(uint8 looks) external {
    duty();
    for (uint256 i = 0; i < 6 + (looks % 20); ++i) {
      vm.warp(block.timestamp + 15 days);
      try c.estates.watch(gateway(CROOKED)) {} catch {}
      try c.estates.watch(gateway(HONEST)) {} catch {}
    }
    ++fullSilences;
    ++steps;
  }

  function duty() internal {
    while (hasOpen(HONEST)) settleOpen(HONEST, 0);
    answerDemands();
    answerSummonses();
    for (uint256 i = 0; i < books[CROOKED].length; ++i) {
      uint8 lie = books[CROOKED][i].lie;
      if (lie == 0 || books[CROOKED][i].header.finalAt <= block.timestamp) continue;
      uint256 standing = books[CROOKED].length;
      if (lie == 1)
        challenge(CROOKED, i, 0, 0);
        // The last line; the first line against the receipt whose it is.
      else if (lie == 2) challenge(CROOKED, i, 4, 0);
      else foreign(i);
      expect(books[CROOKED].length < standing, "a lie stood");
    }
    refuteSettled();
  }

  function foreign(uint256 epoch) private {
    Book memory book = books[CROOKED][epoch];
    bytes32 id = linesOf(CROOKED, book)[0].receiptId;
    uint256 i = 0;
    while (items[CROOKED][book.items[i]].id != id) ++i;
    // The seed's words: which receipt, which line, a share that is not changed.
    challenge(CROOKED, epoch, 9, (i << 8) | (1 << 56));
  }

  // ---- estates

  function watch(uint256 which) external {
    c.estates.watch(gateway(which % 2));
    ++steps;
  }

  function file(uint256 which, uint8 how) external {
    uint256 g = which % 2;
    if (items[g].length == 0) return;
    uint256 i = (which / 2) % items[g].length;
    (InclusionPromise memory pledge, bytes memory signature) = promiseOf(g, items[g][i]);
    IEpochCourt.SignedReceipt memory signed = signedOf(g, items[g][i]);
    // Now and then a pledge that is not the gateway's, or a receipt that is not the promised one.
    if (how % 8 == 0) pledge.fee += 1;
    if (how % 8 == 1) signed.receipt.nonce += 1;
    vm.prank(accuser);
    c.estates.file(pledge, signature, signed, sharesOf(items[g][i]));
    expect(how % 8 > 1, "a made-up claim was taken");
    claims.push(Filed(uint8(g), c.estates.getWatch(gateway(g)).round, i, true));
    ++filed;
    ++steps;
  }

  function refute(uint256 which) external {
    if (claims.length == 0) return;
    Filed memory f = claims[which % claims.length];
    if (items[f.gateway][f.item].epoch == 0) return;
    show(which % claims.length);
    ++steps;
  }

  function refuteSettled() internal {
    for (uint256 i = 0; i < claims.length; ++i) {
      Filed memory f = claims[i];
      if (f.open && items[f.gateway][f.item].epoch != 0 && canShow(f)) show(i);
    }
  }

  function canShow(Filed memory f) private view returns (bool) {
    address who = gateway(f.gateway);
    Item memory item = items[f.gateway][f.item];
    return
      f.round == c.estates.getWatch(who).round &&
      books[f.gateway][item.epoch - 1].header.finalAt <= block.timestamp &&
      c.estates.getClaim(who, item.id).answerBy >= block.timestamp;
  }

  function show(uint256 which) internal {
    Filed memory f = claims[which];
    (Book memory book, ReceiptOpening memory o) = settled(f.gateway, f.item);
    uint256 ends = endingOf(which, c.estates.getWatch(gateway(f.gateway)).round);
    vm.prank(accuser);
    c.estates.refute(gateway(f.gateway), book.header, o);
    claims[ends].open = false;
  }

  /// @dev A receipt can be claimed again after its claim was refuted or has lapsed: the claim of this round that stands, whichever was named.
  function endingOf(uint256 which, uint32 round) private view returns (uint256) {
    Filed memory f = claims[which];
    for (uint256 i = claims.length; i > 0; --i) {
      Filed memory other = claims[i - 1];
      if (other.open && other.gateway == f.gateway && other.item == f.item && other.round == round) return i - 1;
    }
    return which;
  }

  function announce(uint256 which) external {
    c.estates.announce(gateway(which % 2));
    ++steps;
  }

  function open(uint256 which) external {
    uint256 g = which % 2;
    bytes32 id = 0;
    if (claims.length != 0 && (which / 2) % 4 != 0) {
      Filed memory f = claims[(which / 8) % claims.length];
      (g, id) = (f.gateway, items[f.gateway][f.item].id);
    }
    c.estates.open(gateway(g), id);
    expect(g != HONEST, "the estate of a gateway that owes nothing");
    ++opened;
    ++steps;
  }

  function payClaim(uint256 which) external {
    if (claims.length == 0) return;
    settleClaim(which % claims.length);
    ++steps;
  }

  function settleClaim(uint256 which) internal {
    uint256 g = claims[which].gateway;
    Item memory item = items[g][claims[which].item];
    uint256 before = c.wopen.balanceOf(payee(item.payee));
    uint256 ends = endingOf(which, c.estates.getWatch(gateway(g)).round);
    c.estates.pay(gateway(g), item.id, sharesOf(item), 1);
    expect(c.wopen.balanceOf(payee(item.payee)) - before <= item.fee, "more than its share");
    expect(!item.claimed, "a receipt was paid twice");
    expect(item.epoch == 0, "a receipt was paid by its epoch and by the estate");
    items[g][claims[which].item].claimed = true;
    claims[ends].open = false;
  }

  function refund(uint256 which) external {
    bytes32[] memory ids = new bytes32[](1);
    uint256 g = which % 2;
    if (channelsOf[g].length != 0) ids[0] = channelsOf[g][(which / 2) % channelsOf[g].length];
    c.estates.refund(gateway(CROOKED), ids);
    ++steps;
  }

  function withdrawClaim(uint256 which) external {
    if (claims.length == 0) return;
    takeBack(which % claims.length);
    ++steps;
  }

  function takeBack(uint256 which) internal {
    Filed memory f = claims[which];
    uint256 ends = endingOf(which, f.round);
    c.estates.withdrawClaim(gateway(f.gateway), f.round, items[f.gateway][f.item].id);
    claims[ends].open = false;
  }

  // ---- the way out

  /// @dev Every coin leaves by its legal path, whatever happened before. What cannot leave shows in the balances.
  function drain() external {
    duty();
    vm.warp(block.timestamp + 40 days);
    drainCourts();
    settleAll();
    // What the crooked gateway has not divided by now it never will.
    closeCrooked();
    for (uint256 g = 0; g < 2; ++g) {
      uint256 count = books[g].length;
      for (uint256 p = 0; p < PAYEES && count != 0; ++p) {
        if (books[g][count - 1].balances[p] > c.epochs.claimed(gateway(g), payee(p))) pay(g, count - 1, p);
      }
      drainChannels(g);
      uint96 bonded_ = c.stakes.getPosition(gateway(g), Role.Gateway).bonded;
      vm.prank(gateway(g));
      c.stakes.thaw(Role.Gateway, bonded_);
    }
    uint96 ofNode = c.stakes.getPosition(node, Role.Node).bonded;
    vm.prank(node);
    c.stakes.thaw(Role.Node, ofNode);
    vm.warp(block.timestamp + 2 days);
    for (uint256 g = 0; g < 2; ++g) {
      vm.prank(gateway(g));
      c.stakes.withdraw(Role.Gateway);
    }
    vm.prank(node);
    c.stakes.withdraw(Role.Node);
  }

  function drainCourts() private {
    for (uint256 i = 0; i < demands.length; ++i) {
      Demanded memory d = demands[i];
      if (d.open) c.court.withdrawDemand(gateway(d.gateway), d.header, d.list, d.place);
    }
    for (uint256 i = 0; i < summonses.length; ++i) if (summonses[i].open) breakPromise(i);
  }

  function closeCrooked() private {
    address who = gateway(CROOKED);
    bool isOpen = c.estates.getEstate(who).openedAt != 0;
    if (!isOpen && c.epochs.credited(who) > c.epochs.getAccount(who).committed) {
      for (uint256 i = 0; i < 27; ++i) {
        c.estates.watch(who);
        vm.warp(block.timestamp + 15 days);
      }
      if (c.estates.getWatch(who).noticedAt == 0) c.estates.announce(who);
      vm.warp(block.timestamp + 31 days);
      c.estates.open(who, 0);
      isOpen = true;
    } else if (!isOpen) {
      c.estates.watch(who);
    }
    if (isOpen) vm.warp(block.timestamp + 121 days);
    if (c.estates.getEstate(gateway(HONEST)).openedAt == 0) c.estates.watch(gateway(HONEST));
    for (uint256 i = 0; i < claims.length; ++i) {
      if (!claims[i].open) continue;
      if (claims[i].round != c.estates.getWatch(gateway(claims[i].gateway)).round) takeBack(i);
      else settleClaim(i);
    }
    if (isOpen) c.estates.refund(who, channelsOf[CROOKED]);
  }

  function drainChannels(uint256 g) private {
    for (uint256 i = 0; i < channelsOf[g].length; ++i) {
      bytes32 id = channelsOf[g][i];
      if (c.channels.getChannel(id).closed) continue;
      if (c.channels.getChannel(id).thawEndsAt == 0) goAway(id);
    }
    vm.warp(block.timestamp + 1 days);
    for (uint256 i = 0; i < channelsOf[g].length; ++i) {
      if (!c.channels.getChannel(channelsOf[g][i]).closed) goAway(channelsOf[g][i]);
    }
  }
}
