// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { CommitteeVerifier } from "../../src/CommitteeVerifier.sol";
import { ExecutionCourt } from "../../src/ExecutionCourt.sol";
import { SamplingBeacon } from "../../src/SamplingBeacon.sol";
import { AnchoredReceipt, AuditTerms, ExecutionOpening, Verdict } from "../../src/types/Execution.sol";
import { EpochHeader, ReceiptOpening, SettledReceipt } from "../../src/types/Ledger.sol";
import { Role } from "../../src/types/Roles.sol";
import { Receipt } from "../../src/types/Statements.sol";
import { EpochFixture } from "./EpochFixture.sol";
import { OrderedTree } from "./OrderedTree.sol";

/// @dev The court of answers with a node, auditors, and an epoch of receipts whose openings are known.
abstract contract ExecutionFixture is EpochFixture {
  uint256 internal constant NODE_KEY = 0x40DE;
  uint256 internal constant DEPOSIT = 0.5 ether;
  uint96 internal constant FEE = 1 ether;
  uint256 internal constant RECEIPTS = 40;
  uint256 internal constant AUDITORS = 12;
  uint256 internal constant NODE_BOND = 100 ether;
  uint256 internal constant STAGE = 20 minutes;

  address internal node = vm.addr(NODE_KEY);
  CommitteeVerifier internal roll;
  SamplingBeacon internal beacon;
  ExecutionCourt internal court;
  EpochHeader internal header;
  bytes32 internal epochHash;
  Receipt[] internal settled;
  SettledReceipt[] internal leaves;

  function setUp() public virtual override {
    super.setUp();
    roll = new CommitteeVerifier(wopen, parameters, stakes, address(1));
    beacon = new SamplingBeacon(Ownable(address(parameters)), epochs, AuditTerms(100_000, 3, FEE));
    court = new ExecutionCourt(wopen, parameters, stakes, beacon, roll);
    parameters.setCourt(address(court), true);
    vm.warp(block.timestamp + 1 days);
    fund(node);
    vm.prank(node);
    stakes.bondNative{ value: NODE_BOND }(Role.Node);
    for (uint256 i = 0; i < AUDITORS; ++i) enrol(auditor(i));
    approve(other, address(court), type(uint256).max);
    approve(node, address(court), type(uint256).max);
    approve(payer, address(court), type(uint256).max);
    for (uint256 i = 0; i < RECEIPTS; ++i) settled.push(receiptOf(i));
    vm.warp(block.timestamp + 10);
    settleReceipts();
    header = post(firstEpoch());
    epochHash = epochs.epochHash(gateway, 0);
  }

  /// @dev Makes the receipts, as they are now, those that `post` speaks of.
  function settleReceipts() private {
    sortReceipts();
    bytes32[] memory hashes = new bytes32[](RECEIPTS);
    delete leaves;
    for (uint256 i = 0; i < RECEIPTS; ++i) {
      leaves.push(SettledReceipt(idOf(settled[i]), bytes32(0)));
      hashes[i] = OrderedTree.leafHash(abi.encode(leaves[i]));
    }
    receiptsRoot = OrderedTree.root(hashes);
    receiptCount = uint32(RECEIPTS);
  }

  /// @dev Posts another epoch, in which a receipt stands instead of the first one. @return place where
  function replaceFirst(Receipt memory r) internal returns (uint256 place) {
    settled[0] = r;
    settleReceipts();
    while (leaves[place].receiptId != idOf(r)) ++place;
    header = post(secondEpoch());
    epochHash = epochs.epochHash(gateway, 1);
  }

  function auditor(uint256 i) internal pure returns (address) {
    return vm.addr(0xA0D0 + i);
  }

  function enrol(address account) internal {
    fund(account);
    vm.prank(account);
    stakes.bondNative{ value: 20 ether }(Role.Auditor);
    vm.prank(account);
    roll.enrol();
  }

  function openingOf(uint256 nonce) internal pure returns (ExecutionOpening memory o) {
    o.salt = keccak256(abi.encode("salt", nonce));
    o.promptTokens = abi.encodePacked(uint32(1), uint32(nonce), uint32(70_000));
    o.answerTokens = abi.encodePacked(uint32(7), uint32(nonce));
    o.sampling = bytes('{"seed":"0x01","temperature":0}');
    o.profile = bytes('{"isaVariant":"haswell"}');
    o.clientNonce = bytes32(nonce);
    o.nodeCommitment = bytes32(uint256(5));
  }

  /// @dev Who signs a receipt.
  function keyOf(uint256) internal view virtual returns (uint256) {
    return NODE_KEY;
  }

  function receiptOf(uint256 nonce) internal view returns (Receipt memory r) {
    ExecutionOpening memory o = openingOf(nonce);
    r.baseId = keccak256("base");
    (r.node, r.gateway) = (vm.addr(keyOf(nonce)), gateway);
    r.requestHash = keccak256(abi.encodePacked(o.salt, o.promptTokens));
    r.outputHash = keccak256(abi.encodePacked(o.salt, o.answerTokens));
    r.samplingHash = keccak256(o.sampling);
    r.profileHash = keccak256(o.profile);
    (r.inputTokens, r.outputTokens) = (3, 2);
    r.fee = 25;
    r.time = 1_700_000_000;
    r.nonce = uint64(nonce);
  }

  function idOf(Receipt memory r) internal view returns (bytes32) {
    return digestFor(address(epochs), hasher.hash(r));
  }

  function sortReceipts() private {
    for (uint256 i = 1; i < settled.length; ++i) {
      for (uint256 k = i; k > 0 && idOf(settled[k]) < idOf(settled[k - 1]); --k) {
        Receipt memory left = settled[k - 1];
        settled[k - 1] = settled[k];
        settled[k] = left;
      }
    }
  }

  function anchored(uint256 i) internal view returns (AnchoredReceipt memory a) {
    bytes32[] memory hashes = new bytes32[](RECEIPTS);
    for (uint256 k = 0; k < RECEIPTS; ++k) hashes[k] = OrderedTree.leafHash(abi.encode(leaves[k]));
    a.gateway = gateway;
    a.epoch = header;
    a.opening = ReceiptOpening(leaves[i], OrderedTree.prove(hashes, i));
    a.receipt = settled[i];
    a.signature = sign(keyOf(settled[i].nonce), address(epochs), hasher.hash(settled[i]));
  }

  /// @dev Announces the draw and lets its block pass.
  function draw() internal {
    beacon.announce(gateway, header);
    vm.roll(block.number + 2);
    beacon.fix(epochHash);
  }

  /// @dev The first receipt that is drawn, or is not.
  function find(bool drawn) internal view returns (uint256 i) {
    while (beacon.isDrawn(epochHash, leaves[i].receiptId) != drawn) ++i;
  }

  function id(uint256 i) internal view returns (bytes32) {
    return leaves[i].receiptId;
  }

  function challenge(uint256 i) internal {
    AnchoredReceipt memory a = anchored(i);
    vm.prank(other);
    court.challenge(a);
  }

  function open(uint256 i) internal {
    court.open(settled[i], openingOf(settled[i].nonce));
    vm.roll(block.number + 2);
  }

  function salt(address who) internal pure returns (bytes32) {
    return keccak256(abi.encode("vote", who));
  }

  function commitmentOf(uint256 i, address who, Verdict verdict) internal view returns (bytes32) {
    uint256 number = court.getCase(id(i)).number;
    uint8 round = court.getCase(id(i)).round;
    return keccak256(abi.encode(id(i), number, round, who, verdict, salt(who)));
  }

  function commit(uint256 i, address who, Verdict verdict) internal {
    bytes32 commitment = commitmentOf(i, who, verdict);
    vm.prank(who);
    court.commit(id(i), commitment);
  }

  /// @dev The auditors whom the draw will pick, written apart from the contract: the smallest hashes of seed and account.
  function drawnAuditors(uint256 i, uint256 size) internal view returns (address[] memory drawn) {
    uint8 round = court.getCase(id(i)).round;
    bytes32 blockHash = blockhash(court.getRound(id(i), round).seedBlock);
    bytes32 seed = keccak256(abi.encode(blockHash, keccak256(abi.encode(id(i), round))));
    drawn = new address[](size);
    bytes32 last = 0;
    for (uint256 n = 0; n < size; ++n) {
      bytes32 best = bytes32(type(uint256).max);
      for (uint256 k = 0; k < AUDITORS; ++k) {
        bytes32 ticket = keccak256(abi.encode(seed, auditor(k)));
        if (ticket > last && ticket < best) (best, drawn[n]) = (ticket, auditor(k));
      }
      last = best;
    }
  }

  /// @dev The committee is drawn and votes: the first `wrong` say Wrong, the last `silent` nothing, the others Right. Ends after the reveals.
  function vote(uint256 i, uint256 size, uint256 wrong, uint256 silent) internal returns (address[] memory members) {
    uint8 round = court.getCase(id(i)).round;
    members = drawnAuditors(i, size);
    for (uint256 k = 0; k < size; ++k) commit(i, members[k], k < wrong ? Verdict.Wrong : Verdict.Right);
    vm.warp(uint256(court.getRound(id(i), round).commitBy) + 1);
    for (uint256 k = 0; k + silent < size; ++k) {
      vm.prank(members[k]);
      court.reveal(id(i), k < wrong ? Verdict.Wrong : Verdict.Right, salt(members[k]));
    }
    vm.warp(uint256(court.getRound(id(i), round).revealBy) + 1);
  }

  function nodeBond() internal view returns (uint256) {
    return stakes.getPosition(node, Role.Node).bonded;
  }

  function finish(uint256 i) internal {
    vm.warp(uint256(court.getRound(id(i), court.getCase(id(i)).round).appealBy) + 1);
    court.settle(id(i));
  }
}
