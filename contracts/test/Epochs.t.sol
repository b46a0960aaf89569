// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IEpochs } from "../src/interfaces/IEpochs.sol";
import { Balance, EpochHeader, MerkleProof } from "../src/types/Ledger.sol";
import { ParameterValues } from "../src/types/ParameterValues.sol";
import { Role } from "../src/types/Roles.sol";
import { EpochFixture } from "./support/EpochFixture.sol";

contract EpochsTest is EpochFixture {
  function finish(EpochHeader memory header) private {
    vm.warp(header.finalAt);
  }

  function claim(EpochHeader memory header, Balance[] memory balances, uint256 i) private returns (uint256) {
    return epochs.claim(gateway, briefOf(header), balances[i].payee, balances[i].cumulative, balanceProof(balances, i));
  }

  function refuses(EpochHeader memory header, Balance[] memory balances, uint256 i, bytes memory reason) private {
    MerkleProof memory proof = balanceProof(balances, i);
    vm.expectRevert(reason);
    epochs.claim(gateway, briefOf(header), balances[i].payee, balances[i].cumulative, proof);
  }

  function test_post_keepsTheHash() public {
    EpochHeader memory header = post(firstEpoch());
    assertEq(epochs.epochHash(gateway, 0), epochs.hashEpoch(gateway, header), "hash");
    assertEq(epochs.epochHash(gateway, 0), keccak256(abi.encode(gateway, briefOf(header))), "rule of the hash");
    assertEq(epochs.epochHash(gateway, 1), bytes32(0), "no next one");
    assertEq(epochs.getAccount(gateway).committed, 25, "committed");
    assertEq(epochs.getAccount(gateway).next, 1, "next");
  }

  function test_post_refusals() public {
    vm.expectRevert(abi.encodeWithSelector(IEpochs.NotStakedGateway.selector, other));
    vm.prank(other);
    epochs.post(0, 0, 0, 0, 0, 0, 1, 0);
    vm.startPrank(gateway);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.WrongIndex.selector, 1, 0));
    epochs.post(1, 0, 0, 0, 0, 0, 1, 0);
    vm.expectRevert(IEpochs.EmptyEpoch.selector);
    epochs.post(0, 0, 0, 0, 0, 0, 0, 0);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.TotalAboveCredit.selector, 1_001, 1_000));
    epochs.post(0, 0, 0, 0, 1_001, 1, 1, 0);
    epochs.post(0, 0, 0, 0, 600, 1, 1, 0);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.TotalAboveCredit.selector, 1_001, 1_000));
    epochs.post(1, 0, 0, 0, 401, 1, 1, 0);
    stakes.thaw(Role.Gateway, 91 ether);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.NotStakedGateway.selector, gateway));
    epochs.post(1, 0, 0, 0, 400, 1, 1, 0);
    vm.stopPrank();
  }

  function test_claim_onceAndOnlyWhenFinal() public {
    Balance[] memory balances = firstEpoch().balances;
    EpochHeader memory header = post(firstEpoch());
    refuses(header, balances, 0, abi.encodeWithSelector(IEpochs.NotFinal.selector, header.finalAt));
    finish(header);
    assertEq(claim(header, balances, 0), 15, "paid");
    assertEq(wopen.balanceOf(account(1)), 15, "received");
    refuses(header, balances, 0, abi.encodeWithSelector(IEpochs.NothingToClaim.selector, account(1), 15));
    assertEq(claim(header, balances, 1), 7, "another payee");
    assertEq(epochs.getAccount(gateway).paid, 22, "paid in all");
  }

  function test_claim_skipsEpochs() public {
    Balance[] memory first = firstEpoch().balances;
    Balance[] memory second = secondEpoch().balances;
    EpochHeader memory one = post(firstEpoch());
    EpochHeader memory two = post(secondEpoch());
    finish(two);
    assertEq(claim(one, first, 2), 3, "an earlier one will do");
    refuses(two, second, 3, abi.encodeWithSelector(IEpochs.NothingToClaim.selector, account(4), 3));
    assertEq(claim(two, second, 0), 19, "both epochs at once");
    refuses(one, first, 0, abi.encodeWithSelector(IEpochs.NothingToClaim.selector, account(1), 19));
    refuses(one, first, 1, abi.encodeWithSelector(IEpochs.ClaimsAboveEpoch.selector, 29, 25));
    assertEq(claim(two, second, 1), 7, "the latest final one always will");
  }

  function test_claim_refusesAnythingElse() public {
    Balance[] memory balances = firstEpoch().balances;
    EpochHeader memory header = post(firstEpoch());
    finish(header);
    MerkleProof memory proof = balanceProof(balances, 0);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.BadBalanceProof.selector, account(1)));
    epochs.claim(gateway, briefOf(header), account(1), 16, proof);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.BadBalanceProof.selector, account(2)));
    epochs.claim(gateway, briefOf(header), account(2), 15, proof);
    EpochHeader memory forged = header;
    forged.balancesRoot = keccak256("mine");
    vm.expectRevert(abi.encodeWithSelector(IEpochs.UnknownEpoch.selector, gateway, 0));
    epochs.claim(gateway, briefOf(forged), account(1), 15, proof);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.UnknownEpoch.selector, other, 0));
    epochs.claim(other, briefOf(header), account(1), 15, proof);
  }

  function testFuzz_claim_refusesAChangedHeader(uint8 field, uint256 noise) public {
    Balance[] memory balances = firstEpoch().balances;
    EpochHeader memory header = post(firstEpoch());
    finish(header);
    bytes32 hash = keccak256(abi.encode(header));
    uint256 which = field % 10;
    if (which == 0) header.index = uint64(noise);
    if (which == 1) header.receiptsRoot = bytes32(noise);
    if (which == 2) header.linesRoot = bytes32(noise);
    if (which == 3) header.balancesRoot = bytes32(noise);
    if (which == 4) header.total = uint128(noise);
    if (which == 5) header.cumulative = uint128(noise);
    if (which == 6) header.lineCount = uint32(noise);
    if (which == 7) header.receiptCount = uint32(noise);
    if (which == 8) header.dataHash = bytes32(noise);
    if (which == 9) header.finalAt = uint64(noise);
    vm.assume(hash != keccak256(abi.encode(header)));
    refuses(header, balances, 0, abi.encodeWithSelector(IEpochs.UnknownEpoch.selector, gateway, header.index));
  }

  function test_claimNative_onlyForOneself() public {
    Balance[] memory balances = new Balance[](1);
    balances[0] = Balance(other, 15);
    Epoch memory e = firstEpoch();
    e.balances = balances;
    EpochHeader memory header = post(e);
    finish(header);
    MerkleProof memory proof = balanceProof(balances, 0);
    vm.expectRevert(abi.encodeWithSelector(IEpochs.BadBalanceProof.selector, payer));
    vm.prank(payer);
    epochs.claimNative(gateway, briefOf(header), 15, proof);
    uint256 before = other.balance;
    vm.prank(other);
    epochs.claimNative(gateway, briefOf(header), 15, proof);
    assertEq(other.balance - before, 15, "in coin");
    refuses(header, balances, 0, abi.encodeWithSelector(IEpochs.NothingToClaim.selector, other, 15));
  }

  function test_claim_neverPaysMoreThanWasPosted() public {
    Epoch memory e = firstEpoch();
    e.balances[0].cumulative = 20;
    e.balances[1].cumulative = 6;
    EpochHeader memory header = post(e);
    vm.prank(payer);
    epochs.credit(gateway, 1_000);
    finish(header);
    claim(header, e.balances, 0);
    refuses(header, e.balances, 1, abi.encodeWithSelector(IEpochs.ClaimsAboveEpoch.selector, 26, 25));
    assertEq(claim(header, e.balances, 2), 3, "what is left");
  }

  function test_claim_oneGatewayCannotSpendAnothersCredit() public {
    vm.prank(payer);
    epochs.credit(other, 500);
    Epoch memory e = firstEpoch();
    e.balances[0].cumulative = 1_400;
    e.total = 1_000;
    EpochHeader memory header = post(e);
    finish(header);
    refuses(header, e.balances, 0, abi.encodeWithSelector(IEpochs.ClaimsAboveEpoch.selector, 1_400, 1_000));
  }

  function test_window_neverClosesBeforeAnEarlierOne() public {
    EpochHeader memory one = post(firstEpoch());
    ParameterValues memory values = defaults();
    values.disputeWindow /= 4;
    parameters.set(values);
    EpochHeader memory two = post(secondEpoch());
    assertEq(two.finalAt, one.finalAt, "waits for the earlier window");
    assertEq(epochs.epochHash(gateway, 1), epochs.hashEpoch(gateway, two), "and says so");
  }

  function test_credit_anyoneMayAdd() public {
    vm.expectEmit(true, true, false, true, address(epochs));
    emit IEpochs.Credited(gateway, payer, 5);
    vm.prank(payer);
    epochs.credit(gateway, 5);
    assertEq(epochs.credited(gateway), 1_005, "credited");
  }

  function test_epochsOfTheProtocolPackage() public {
    string memory json = vm.readFile("contracts/test/vectors/epochs.json");
    vm.prank(payer);
    epochs.credit(gateway, 10_000_000);
    uint256 paid = 0;
    uint256 total = 0;
    for (uint256 index = 0; index < 2; ++index) {
      string memory key = index == 0 ? ".epochs[0]" : ".epochs[1]";
      Epoch memory e;
      e.total = uint128(vm.parseJsonUint(json, string.concat(key, ".total")));
      total += e.total;
      EpochHeader memory header = postRoots(
        vm.parseJsonBytes32(json, string.concat(key, ".linesRoot")),
        vm.parseJsonBytes32(json, string.concat(key, ".balancesRoot")),
        e.total
      );
      finish(header);
      paid += claimAll(header, json, key);
    }
    assertEq(paid, total, "all of it was paid");
  }

  function claimAll(EpochHeader memory header, string memory json, string memory key) private returns (uint256 paid) {
    string[11] memory places = ["[0]", "[1]", "[2]", "[3]", "[4]", "[5]", "[6]", "[7]", "[8]", "[9]", "[10]"];
    for (uint256 i = 0; i < 11; ++i) {
      MerkleProof memory proof;
      proof.index = i;
      proof.count = 11;
      proof.siblings = vm.parseJsonBytes32Array(json, string.concat(key, ".proofs", places[i], ".siblings"));
      address payee = vm.parseJsonAddress(json, string.concat(key, ".payees", places[i]));
      uint256 cumulative = vm.parseJsonUint(json, string.concat(key, ".cumulative", places[i]));
      if (epochs.claimed(gateway, payee) < cumulative)
        paid += epochs.claim(gateway, briefOf(header), payee, cumulative, proof);
    }
  }

  function postRoots(bytes32 lines, bytes32 balances, uint128 total) private returns (EpochHeader memory header) {
    header.index = epochs.getAccount(gateway).next;
    header.linesRoot = lines;
    header.balancesRoot = balances;
    header.total = total;
    header.cumulative = epochs.getAccount(gateway).committed + total;
    header.lineCount = 20;
    header.receiptCount = 5;
    header.finalAt = uint64(block.timestamp) + 1 hours;
    vm.prank(gateway);
    epochs.post(header.index, 0, lines, balances, total, 20, 5, 0);
  }
}
