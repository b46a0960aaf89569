// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ClientVerifier } from "../src/ClientVerifier.sol";
import { HashVerifier } from "../src/HashVerifier.sol";
import { IChannels } from "../src/interfaces/IChannels.sol";
import { IDatanets } from "../src/interfaces/IDatanets.sol";
import { IStakes } from "../src/interfaces/IStakes.sol";
import { Outcome } from "../src/types/Agents.sol";
import {
  Balance,
  BalanceOpening,
  EpochHeader,
  Line,
  LineOpening,
  ReceiptOpening,
  ShareOpening
} from "../src/types/Ledger.sol";
import { Fault, Role } from "../src/types/Roles.sol";
import { EpochCourtFixture } from "./support/EpochCourtFixture.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";

/// @dev The edges that the tests of whole stories pass by: zeros, ends of ranges, and who asks before anything is there.
contract EdgesTest is LedgerFixture {
  function bond(address account, Role role, uint256 amount) private {
    vm.prank(account);
    stakes.bondNative{ value: amount }(role);
  }

  function slashed(Fault fault) private returns (uint256) {
    vm.prank(address(epochs));
    return stakes.slash(gateway, Role.Node, fault, other);
  }

  function test_stakes_thawOfNothing() public {
    bond(gateway, Role.Node, 20 ether);
    vm.expectRevert(IStakes.ZeroAmount.selector);
    vm.prank(gateway);
    stakes.thaw(Role.Node, 0);
  }

  function test_stakes_everyFaultHasItsPart() public {
    bond(gateway, Role.Node, 64 ether);
    assertEq(slashed(Fault.WrongExecution), 32 ether, "half for a wrong answer");
    assertEq(slashed(Fault.WithheldExecution), 16 ether, "half for silence about one");
    assertEq(slashed(Fault.WrongAttribution), 4 ether, "a quarter for a wrong attribution");
    assertEq(slashed(Fault.SilentAuditor), 0.6 ether, "a twentieth for a hidden vote");
    assertEq(slashed(Fault.MissingAttribution), 0.57 ether, "a twentieth for a missing attribution");
    assertEq(slashed(Fault.BrokenPromise), 0.5415 ether, "a twentieth for a broken promise");
  }

  function test_stakes_withoutAnyBondNothingIsPending() public {
    vm.prank(other);
    wopen.transfer(address(stakes), 1 ether);
    assertEq(stakes.pendingRewards(gateway, Role.Node), 0, "no bond, no share");
  }

  function test_delegation_aPoolWithoutSharesIsWorthNothing() public {
    bond(gateway, Role.Node, 20 ether);
    vm.prank(gateway);
    stakes.setPool(Role.Node, 100_000, true);
    IStakes.DelegationState memory state = stakes.getDelegation(payer, gateway, Role.Node);
    assertEq(state.bonded, 0, "worth");
    assertEq(state.rewards, 0, "rewards");
    vm.prank(other);
    wopen.transfer(address(stakes), 1 ether);
    assertEq(stakes.pendingRewards(gateway, Role.Node), 1 ether, "all of it is the node's own");
  }

  function test_delegation_aShareThatIsWorthNothingCannotLeave() public {
    bond(gateway, Role.Node, 20 ether);
    vm.prank(gateway);
    stakes.setPool(Role.Node, 100_000, true);
    approve(payer, address(stakes), 10);
    vm.prank(payer);
    uint256 shares = stakes.delegate(gateway, Role.Node, 10, 100_000);
    slashed(Fault.WrongEpoch);
    vm.startPrank(payer);
    vm.expectRevert(IStakes.ZeroAmount.selector);
    stakes.undelegate(gateway, Role.Node, 1);
    vm.stopPrank();
    assertEq(stakes.getDelegation(payer, gateway, Role.Node).shares, shares, "it stays");
  }

  function test_datanets_termsThatAreNone() public {
    uint256 id = datanets.create(owner, keccak256("meta"), true, true, termsOf(5));
    string[] memory none = new string[](0);
    vm.startPrank(owner);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.BadConsent.selector, 3));
    datanets.narrowTerms(id, 3, none);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.BadConsent.selector, 16));
    datanets.narrowTerms(id, 16, none);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.TermsNotNarrower.selector, id, 2));
    datanets.narrowTerms(id, 2, none);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.TermsNotNarrower.selector, id, 9));
    datanets.narrowTerms(id, 9, none);
    datanets.narrowTerms(id, 4, none);
    vm.stopPrank();
    assertEq(datanets.getDatanet(id).consent, 4, "narrower");
  }

  function test_datanets_ownerIsCurator_andNamesTheMetadata() public {
    uint256 id = datanets.create(owner, keccak256("meta"), true, true, termsOf(2));
    assertTrue(datanets.isCurator(id, owner), "the owner");
    assertFalse(datanets.isCurator(id, other), "nobody else");
    vm.prank(owner);
    datanets.setMetadata(id, keccak256("other"));
    assertEq(datanets.getDatanet(id).metadataHash, keccak256("other"), "set");
    assertEq(datanets.getCommitment(id, keccak256("nothing")).blockNumber, 0, "nothing was committed");
  }

  function test_channels_collectFromNone() public {
    vm.expectRevert(abi.encodeWithSelector(IChannels.UnknownChannel.selector, keccak256("none")));
    vm.prank(gateway);
    channels.collect(keccak256("none"), 1, "");
  }

  function test_wopen_countsBySeconds_andEachPermitOnce() public view {
    assertEq(keccak256(bytes(wopen.CLOCK_MODE())), keccak256("mode=timestamp"), "clock");
    assertEq(wopen.clock(), block.timestamp, "seconds");
    assertEq(wopen.nonces(payer), 0, "no permit yet");
  }

  function test_epochs_briefIsTheHeaderInShort() public view {
    EpochHeader memory header;
    header.index = 3;
    header.lineCount = 5;
    bytes32 found = keccak256(abi.encode(epochs.briefOf(header)));
    header.lineCount = 6;
    assertTrue(found != keccak256(abi.encode(epochs.briefOf(header))), "every field counts");
  }

  function test_verifiers_thatAnswerAtOnceHaveNothingLater() public {
    assertTrue(new HashVerifier().outcomeOf(keccak256("g")) == Outcome.Pending, "content");
    assertTrue(new ClientVerifier().outcomeOf(keccak256("g")) == Outcome.Pending, "the client");
  }
}

/// @dev Openings of an honest epoch of which one was changed, or too many: they show nothing, and cost the deposit.
contract FalseOpeningsTest is EpochCourtFixture {
  EpochHeader private header;

  function setUp() public override {
    super.setUp();
    header = post(firstEpoch());
  }

  function lines() private pure returns (Line[] memory) {
    return firstEpoch().lines;
  }

  function balances() private pure returns (Balance[] memory) {
    return firstEpoch().balances;
  }

  function foreign(ReceiptOpening[] memory receipt, ShareOpening[] memory share, uint256 line_) private {
    LineOpening memory opening = openLine(lines(), line_);
    uint256 funds = wopen.balanceOf(other);
    vm.prank(other);
    acquitted(header, court.challengeForeignLine(gateway, header, opening, receipt, share), funds);
  }

  function missing(LineOpening[] memory openings) private {
    uint256 funds = wopen.balanceOf(other);
    ReceiptOpening memory receipt = openReceipt(1);
    ShareOpening memory share = openShare(2, 0);
    vm.prank(other);
    acquitted(header, court.challengeMissingLine(gateway, header, receipt, share, openings), funds);
  }

  function balance(
    address payee,
    BalanceOpening[] memory before,
    LineOpening[] memory earned,
    BalanceOpening[] memory afterwards
  ) private {
    EpochHeader memory none;
    uint256 funds = wopen.balanceOf(other);
    vm.prank(other);
    acquitted(header, epochs.challengeBalance(gateway, header, none, payee, before, earned, afterwards), funds);
  }

  function test_firstLine() public {
    LineOpening memory opening = openLine(lines(), 0);
    opening.line.amount += 1;
    uint256 funds = wopen.balanceOf(other);
    vm.prank(other);
    acquitted(header, epochs.challengeFirstLine(gateway, header, opening), funds);
  }

  function test_receipts() public {
    (ReceiptOpening memory first, ReceiptOpening memory second) = (openReceipt(0), openReceipt(1));
    second.leaf.receiptId = 0;
    uint256 funds = wopen.balanceOf(other);
    vm.prank(other);
    acquitted(header, court.challengeReceipts(gateway, header, first, second), funds);
  }

  function test_orderOfBalances() public {
    (BalanceOpening memory first, BalanceOpening memory second) = (
      openBalance(balances(), 0),
      openBalance(balances(), 1)
    );
    uint256 funds = wopen.balanceOf(other);
    second.balance.payee = account(0);
    vm.prank(other);
    acquitted(header, epochs.challengeBalanceOrder(gateway, header, first, second), funds);
    first.balance.payee = account(9);
    vm.prank(other);
    acquitted(header, epochs.challengeBalanceOrder(gateway, header, first, second), funds);
  }

  function test_gapAmongReceipts() public {
    ReceiptOpening[] memory around = new ReceiptOpening[](2);
    (around[0], around[1]) = (openReceipt(0), openReceipt(1));
    around[1].leaf.receiptId = bytes32(uint256(9));
    foreign(around, new ShareOpening[](0), 1);
  }

  function test_gapAmongShares() public {
    ReceiptOpening[] memory receipt = lookUpReceipt(bytes32(uint256(1)));
    ShareOpening[] memory shares = new ShareOpening[](2);
    (shares[0], shares[1]) = (openShare(1, 0), openShare(1, 1));
    shares[1].share.payee = account(9);
    foreign(receipt, shares, 2);
    shares = new ShareOpening[](3);
    for (uint256 i = 0; i < 3; ++i) shares[i] = openShare(1, i);
    foreign(receipt, shares, 2);
  }

  function test_gapAmongLines() public {
    LineOpening[] memory around = new LineOpening[](2);
    (around[0], around[1]) = (openLine(lines(), 0), openLine(lines(), 1));
    around[1].line.payee = account(9);
    missing(around);
    around[0].line.amount += 1;
    missing(around);
    around = new LineOpening[](3);
    for (uint256 i = 0; i < 3; ++i) around[i] = openLine(lines(), i);
    missing(around);
  }

  function test_gapAmongBalances() public {
    BalanceOpening[] memory none = new BalanceOpening[](0);
    BalanceOpening[] memory around = lookUp(balances(), account(3));
    LineOpening[] memory earned = lookUp(lines(), account(3));
    around[1].balance.payee = account(5);
    balance(account(3), none, earned, around);
  }

  function test_whatWasEarned() public {
    BalanceOpening[] memory none = new BalanceOpening[](0);
    BalanceOpening[] memory its = lookUp(balances(), account(3));
    LineOpening[] memory around = lookUp(lines(), account(3));
    balance(account(2), none, around, lookUp(balances(), account(2)));
    balance(account(1), none, around, lookUp(balances(), account(1)));
    around[1].line.payee = account(5);
    balance(account(3), none, around, its);
    around[0].line.amount += 1;
    balance(account(3), none, around, its);
    around = new LineOpening[](3);
    for (uint256 i = 0; i < 3; ++i) around[i] = openLine(lines(), i);
    balance(account(3), none, around, its);
  }
}
