// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { EpochCourt } from "../src/EpochCourt.sol";
import { InclusionCourt } from "../src/InclusionCourt.sol";
import { WOPEN } from "../src/WOPEN.sol";
import { IEpochs } from "../src/interfaces/IEpochs.sol";
import { IEstates } from "../src/interfaces/IEstates.sol";
import { Share } from "../src/types/Ledger.sol";
import { Fault, Role } from "../src/types/Roles.sol";
import { EstateHandler } from "./support/EstateHandler.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";
import { LedgerHandler } from "./support/LedgerHandler.sol";
import { Planted } from "./support/Planted.sol";

/// @dev Pays a unit more than a share.
contract GenerousEstates {
  WOPEN private immutable wopen;

  constructor(WOPEN wopen_) {
    wopen = wopen_;
  }

  function pay(address, bytes32, Share[] calldata shares, uint256) external {
    wopen.transfer(shares[0].payee, shares[0].amount + 1);
  }
}

/// @dev An honest and a crooked gateway under every accusation in any order: each contract holds what came in and has not gone out, the
/// honest one loses nothing, and in the end every coin comes out.
contract LedgerInvariantsTest is LedgerFixture, Planted {
  EstateHandler private handler;
  EpochCourt private court;
  InclusionCourt private inclusion;

  function setUp() public override {
    super.setUp();
    court = new EpochCourt(wopen, parameters, epochs);
    inclusion = new InclusionCourt(wopen, parameters, stakes, epochs);
    parameters.setCourt(address(court), true);
    parameters.setCourt(address(inclusion), true);
    vm.warp(block.timestamp + 3 days);
    handler = new EstateHandler(LedgerHandler.Contracts(wopen, stakes, epochs, channels, court, inclusion, estates));
  }

  function targetContracts() public view returns (address[] memory targets) {
    targets = new address[](1);
    targets[0] = address(handler);
  }

  /// @dev The way out is walked once, at the end.
  function excludeSelectors() public view returns (FuzzSelector[] memory excluded) {
    excluded = new FuzzSelector[](1);
    excluded[0].addr = address(handler);
    excluded[0].selectors = new bytes4[](1);
    excluded[0].selectors[0] = EstateHandler.drain.selector;
  }

  struct FuzzSelector {
    address addr;
    bytes4[] selectors;
  }

  function invariant_everyCoinIsAccountedForAndNobodyHonestIsSlashed() public view {
    if (handler.violations() != 0) revert Untrue(handler.violation());
    uint256 released = 0;
    uint256 paid = 0;
    uint256 undivided = 0;
    for (uint256 g = 0; g < 2; ++g) {
      address who = handler.gateway(g);
      released += epochs.released(who);
      paid += epochs.getAccount(who).paid;
      undivided += epochs.credited(who) - epochs.getAccount(who).paid;
      assertLe(epochs.getAccount(who).committed, epochs.credited(who), "promised at most what is there");
      assertLe(epochs.getAccount(who).paid, epochs.getAccount(who).committed, "claimed at most what stands");
      assertLe(estates.claimsOf(who), epochs.collectedBy(who), "claims at most what was collected");
    }
    assertEq(
      released + paid + undivided,
      handler.collected() + handler.given(),
      "released + paid + undivided = credited"
    );
    assertEq(wopen.balanceOf(address(epochs)), undivided, "epochs hold what was not paid");
    assertEq(paid, handler.claimed(), "paid is what was claimed");
    assertEq(
      wopen.balanceOf(address(channels)),
      handler.deposited() - handler.returned() - handler.collected(),
      "channels: in = out + held"
    );
    assertEq(handler.stakeOf(0), 1_000_000 ether, "the honest bond");
    assertEq(stakes.getPosition(handler.node(), Role.Node).bonded, 1_000 ether, "the honest node's bond");
    assertEq(estates.getEstate(handler.gateway(0)).openedAt, 0, "the honest gateway is not closed");
    IEstates.Estate memory estate = estates.getEstate(handler.gateway(1));
    uint256 held = estate.settled ? uint256(estate.claimPool) + estate.restLeft : estate.coins;
    assertLe(held, wopen.balanceOf(address(estates)), "an estate is there");
    assertLe(held, released, "never above what was collected");
    assertLe(stakes.held(), wopen.balanceOf(address(stakes)), "bonds are there");
    uint256 unsettled = stakes.getPosition(handler.gateway(1), Role.Gateway).unsettled;
    assertEq(unsettled, handler.openCount(), "slashes that are not settled");
    assertTrue(unsettled == 0 || stakes.coverOf(handler.gateway(1), Role.Gateway) == 0, "and cover nothing");
  }

  function afterInvariant() public {
    assertTrue(handler.steps() > 0, "steps were taken");
    handler.drain();
    if (handler.violations() != 0) revert Untrue(handler.violation());
    assertEq(wopen.balanceOf(address(channels)), 0, "nothing stays in channels");
    assertEq(wopen.balanceOf(address(epochs)), 0, "nothing stays in epochs");
    assertEq(wopen.balanceOf(address(court)), 0, "nothing stays in the court of epochs");
    assertEq(wopen.balanceOf(address(inclusion)), 0, "nothing stays in the court of inclusion");
    assertEq(wopen.balanceOf(address(estates)), 0, "nothing stays in estates");
    assertEq(handler.stakeOf(0) + handler.stakeOf(1), 0, "no bond stays");
  }

  /// @dev The handler's own books: the second claim of a receipt ends, whichever of the two is named.
  function test_aReceiptThatIsClaimedAgainAfterARefutation() public {
    handler.openChannel(1, 10 ether);
    handler.buy(1, 2 ether, 0);
    handler.post(0);
    handler.give(1_000);
    handler.fallSilent(5);
    for (uint256 i = 0; i < 2; ++i) {
      handler.file(1, 2);
      handler.refute(0);
    }
    assertEq(estates.claimsOf(handler.gateway(1)), 0, "no claim stands");
    this.afterInvariant();
  }

  // ---- planted violations

  bytes4 private constant CHECK = this.invariant_everyCoinIsAccountedForAndNobodyHonestIsSlashed.selector;

  /// @dev Both gateways have sold an answer, and the honest one has settled it.
  function begin() private {
    for (uint256 g = 0; g < 2; ++g) {
      handler.openChannel(g, 10 ether);
      handler.buy(g, 2 ether, 0);
    }
    handler.pass(1, false);
    this.invariant_everyCoinIsAccountedForAndNobodyHonestIsSlashed();
  }

  function steal(address from, uint256 amount) private {
    vm.prank(from);
    wopen.transfer(address(0xBAD), amount);
  }

  function pretendEstate(uint256 g, uint40 openedAt, uint96 coins) private {
    IEstates.Estate memory estate;
    (estate.openedAt, estate.coins) = (openedAt, coins);
    vm.mockCall(address(estates), abi.encodeCall(estates.getEstate, (handler.gateway(g))), abi.encode(estate));
  }

  function pretendAccount(uint96 committed, uint96 paid) private {
    IEpochs.Account memory account = epochs.getAccount(handler.gateway(0));
    (account.committed, account.paid) = (committed, paid);
    vm.mockCall(address(epochs), abi.encodeCall(epochs.getAccount, (handler.gateway(0))), abi.encode(account));
  }

  function test_planted_aCoinThatIsMissing() public {
    begin();
    steal(address(channels), 1);
    assertCaught(CHECK, "channels: in = out + held");
    handler.topUp(0, 0);
    steal(address(epochs), 1);
    assertCaught(CHECK, "epochs hold what was not paid");
  }

  function test_planted_aBondThatIsMissing() public {
    begin();
    steal(address(stakes), 1);
    assertCaught(CHECK, "bonds are there");
  }

  function test_planted_anEstateThatIsNotThere() public {
    begin();
    pretendEstate(1, 1, 1);
    assertCaught(CHECK, "an estate is there");
    vm.prank(payer);
    wopen.transfer(address(estates), 1);
    assertCaught(CHECK, "never above what was collected");
    pretendEstate(0, 1, 0);
    assertCaught(CHECK, "the honest gateway is not closed");
  }

  function test_planted_aReleaseThatTookTooMuch() public {
    begin();
    pretend(address(epochs), abi.encodeCall(epochs.released, (handler.gateway(1))), 1);
    assertCaught(CHECK, "released + paid + undivided = credited");
  }

  function test_planted_promisesAboveWhatIsThere() public {
    begin();
    pretend(address(epochs), abi.encodeCall(epochs.credited, (handler.gateway(0))), 0);
    assertCaught(CHECK, "promised at most what is there");
  }

  function test_planted_claimsAboveWhatStands() public {
    begin();
    pretendAccount(1, 2);
    assertCaught(CHECK, "claimed at most what stands");
    pretendAccount(1, 1);
    steal(address(epochs), 1);
    assertCaught(CHECK, "paid is what was claimed");
  }

  function test_planted_claimsAboveWhatWasCollected() public {
    begin();
    pretend(address(estates), abi.encodeCall(estates.claimsOf, (handler.gateway(1))), 100 ether);
    assertCaught(CHECK, "claims at most what was collected");
  }

  function test_planted_aCourtThatSlashesTheHonest() public {
    begin();
    parameters.setCourt(address(this), true);
    vm.warp(block.timestamp + 3 days);
    stakes.slash(handler.node(), Role.Node, Fault.Equivocation, address(this));
    assertCaught(CHECK, "the honest node's bond");
    stakes.slash(handler.gateway(0), Role.Gateway, Fault.BrokenPromise, address(this));
    assertCaught(CHECK, "the honest bond");
  }

  function test_planted_aCourtThatBelievesEverything() public {
    begin();
    pretend(address(court), abi.encodeWithSelector(court.challengeTotal.selector), 1);
    handler.accuseHonest(0);
    assertCaught(CHECK, "an honest gateway's epoch fell");
  }

  function test_planted_aCourtThatAnswersNobody() public {
    begin();
    approve(vm.addr(0xACC), address(court), 0);
    handler.accuseHonest(0);
    assertCaught(CHECK, "an accusation got no verdict");
  }

  function test_planted_epochsThatConvictAnyNode() public {
    begin();
    vm.mockCall(address(stakes), abi.encodeWithSelector(stakes.proveEquivocation.selector), "");
    handler.accuseHonest(0);
    assertCaught(CHECK, "an honest node signed twice");
  }

  function test_planted_aGatewayThatDoesNotAnswer() public {
    begin();
    handler.summon(0);
    vm.warp(block.timestamp + 2 hours);
    handler.convictPromise(0);
    assertCaught(CHECK, "an honest gateway broke a pledge");
  }

  function test_planted_aLieThatStands() public {
    begin();
    handler.post(1);
    pretend(address(epochs), abi.encodeWithSelector(epochs.challengeFirstLine.selector), 0);
    handler.pass(1, false);
    assertCaught(CHECK, "a lie stood");
  }

  function test_planted_anEstateThatTakesMadeUpClaims() public {
    begin();
    vm.mockCall(address(estates), abi.encodeWithSelector(estates.file.selector), "");
    handler.file(1, 0);
    assertCaught(CHECK, "a made-up claim was taken");
  }

  function test_planted_anEstateThatClosesAnybody() public {
    begin();
    pretend(address(estates), abi.encodeWithSelector(estates.open.selector), 0);
    handler.open(0);
    assertCaught(CHECK, "the estate of a gateway that owes nothing");
  }

  function test_planted_anEstateThatPaysTwice() public {
    begin();
    vm.mockCall(address(estates), abi.encodeWithSelector(estates.file.selector), "");
    vm.mockCall(address(estates), abi.encodeWithSelector(estates.pay.selector), "");
    handler.file(1, 2);
    handler.payClaim(0);
    this.invariant_everyCoinIsAccountedForAndNobodyHonestIsSlashed();
    handler.payClaim(0);
    assertCaught(CHECK, "a receipt was paid twice");
  }

  function test_planted_anEstateThatPaysTooMuch() public {
    begin();
    vm.mockCall(address(estates), abi.encodeWithSelector(estates.file.selector), "");
    handler.file(1, 2);
    vm.prank(payer);
    wopen.transfer(address(estates), 100 ether);
    IEstates.Watch memory seen = estates.getWatch(handler.gateway(1));
    vm.mockCall(address(estates), abi.encodeWithSelector(estates.getWatch.selector), abi.encode(seen));
    vm.etch(address(estates), address(new GenerousEstates(wopen)).code);
    handler.payClaim(0);
    assertCaught(CHECK, "more than its share");
  }

  function test_planted_anEstateThatPaysWhatAnEpochPaid() public {
    begin();
    vm.mockCall(address(estates), abi.encodeWithSelector(estates.file.selector), "");
    vm.mockCall(address(estates), abi.encodeWithSelector(estates.pay.selector), "");
    handler.file(0, 2);
    handler.payClaim(0);
    assertCaught(CHECK, "a receipt was paid by its epoch and by the estate");
  }

  function test_planted_coinsWithoutAWayOut() public {
    begin();
    address[5] memory places = [
      address(channels),
      address(epochs),
      address(court),
      address(inclusion),
      address(estates)
    ];
    string[5] memory words = [
      "nothing stays in channels",
      "nothing stays in epochs",
      "nothing stays in the court of epochs",
      "nothing stays in the court of inclusion",
      "nothing stays in estates"
    ];
    for (uint256 i = 5; i > 0; --i) {
      vm.prank(payer);
      wopen.transfer(places[i - 1], 1);
      assertCaughtInTheEnd(words[i - 1]);
    }
  }

  function test_planted_aBondWithoutAWayOut() public {
    begin();
    vm.mockCall(address(stakes), abi.encodeWithSelector(stakes.thaw.selector), "");
    pretend(address(stakes), abi.encodeWithSelector(stakes.withdraw.selector), 0);
    assertCaughtInTheEnd("no bond stays");
  }

  /// @dev The drain takes everything out, so the end comes once: it is undone by its failure.
  function assertCaughtInTheEnd(string memory what) private {
    assertCaught(this.afterInvariant.selector, what);
  }
}
