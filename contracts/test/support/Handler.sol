// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Channels } from "../../src/Channels.sol";
import { Epochs } from "../../src/Epochs.sol";
import { Stakes } from "../../src/Stakes.sol";
import { WOPEN } from "../../src/WOPEN.sol";
import { IChannels } from "../../src/interfaces/IChannels.sol";
import { Balance, EpochHeader, Line, LineOpening } from "../../src/types/Ledger.sol";
import { Role } from "../../src/types/Roles.sol";
import { Assertions } from "./Assertions.sol";
import { StatementHasher } from "./LedgerFixture.sol";
import { OrderedTree } from "./OrderedTree.sol";

/// @dev Drives a ledger by random but well-formed steps, among them a gateway that lies, and keeps its own books.
contract Handler is Assertions {
  uint256 private constant PAYER_KEY = 0xB0B;
  uint256 private constant PAYEES = 4;
  bytes32 private constant DOMAIN_TYPEHASH = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
  );

  bytes32 private constant TRANSFER_TYPEHASH = keccak256(
    "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
  );

  WOPEN private immutable wopen;
  Stakes private immutable stakes;
  Epochs private immutable epochs;
  Channels private immutable channels;
  StatementHasher private immutable hasher;

  address public immutable payer = vm.addr(PAYER_KEY);
  address public immutable gateway = address(0x6A7E);
  address public immutable prover = address(0x9999);

  bytes32[] public channelIds;
  uint256 public deposited;
  uint256 public returned;
  uint256 public collected;
  uint256 public claimed;
  uint256 public rewardsIn;
  uint256 public rewardsOut;
  uint256 public bonded;
  uint256 public unbonded;
  uint256 public slashed;
  /// @dev Slashes that were left to be settled, and how many of them are.
  Fallen[] private fallen;
  uint256 private settled;

  struct Fallen {
    uint64 index;
    uint96 taken;
    bool open;
  }

  uint256 public provers;
  uint256 public lostDeposits;
  uint256 public steps;
  /// @notice Lies that stood, and honest epochs that were convicted.
  uint256 public wrongVerdicts;

  /// @dev What each epoch that stands promised each payee.
  EpochHeader[] private headers;
  uint256[PAYEES][] private promised;
  bool[] private lies;

  constructor(WOPEN wopen_, Stakes stakes_, Epochs epochs_, Channels channels_) {
    (wopen, stakes, epochs, channels) = (wopen_, stakes_, epochs_, channels_);
    hasher = new StatementHasher();
    supply(payer);
    supply(gateway);
    supply(prover);
  }

  function supply(address account) private {
    vm.deal(account, 1e9 ether);
    vm.startPrank(account);
    wopen.deposit{ value: 1e8 ether }();
    wopen.approve(address(channels), type(uint256).max);
    wopen.approve(address(stakes), type(uint256).max);
    wopen.approve(address(epochs), type(uint256).max);
    vm.stopPrank();
  }

  function payee(uint256 i) public pure returns (address) {
    return address(uint160(0x1000 + i));
  }

  function promisedTo(uint256 i) public view returns (uint256) {
    return promised.length == 0 ? 0 : promised[promised.length - 1][i];
  }

  function open(uint96 amount) external {
    amount = uint96(1 + (amount % 100 ether));
    vm.prank(payer);
    channelIds.push(channels.open(gateway, bytes32(channelIds.length), amount));
    deposited += amount;
    ++steps;
  }

  function topUp(uint256 which, uint96 amount) external {
    if (channelIds.length == 0) return;
    amount = uint96(1 + (amount % 100 ether));
    bytes32 id = channelIds[which % channelIds.length];
    vm.prank(payer);
    channels.depositNative{ value: amount }(id);
    deposited += amount;
    ++steps;
  }

  function collect(uint256 which, uint128 cumulative) external {
    if (channelIds.length == 0) return;
    bytes32 id = channelIds[which % channelIds.length];
    uint96 total = channels.getChannel(id).deposited;
    uint96 before = channels.getChannel(id).collected;
    cumulative = uint128(before + 1 + (cumulative % (uint256(total - before) + 1)));
    bytes memory signature = voucher(id, cumulative);
    bool prepaid = channels.getChannel(id).prepaid;
    vm.prank(gateway);
    channels.collect(id, cumulative, signature);
    collected += cumulative - before;
    if (prepaid) returned += total - cumulative;
    ++steps;
  }

  function openPrepaid(uint96 amount) external {
    IChannels.Payment memory p;
    p.from = payer;
    p.value = uint96(1 + (amount % 100 ether));
    p.validBefore = type(uint256).max >> 128;
    p.nonce = bytes32(channelIds.length);
    address till = channels.tillOf(gateway, true);
    bytes32 hash = keccak256(abi.encode(TRANSFER_TYPEHASH, payer, till, p.value, p.validAfter, p.validBefore, p.nonce));
    bytes32 digest = keccak256(abi.encodePacked(hex"1901", wopen.DOMAIN_SEPARATOR(), hash));
    (p.v, p.r, p.s) = vm.sign(PAYER_KEY, digest);
    vm.prank(gateway);
    channelIds.push(channels.openAuthorised(p, true));
    deposited += p.value;
    ++steps;
  }

  /// @dev Collects without a voucher, which only prepaid channels allow: the rest goes back at once.
  function collectPrepaid(uint256 which, uint128 cumulative) external {
    if (channelIds.length == 0) return;
    bytes32 id = channelIds[which % channelIds.length];
    uint96 total = channels.getChannel(id).deposited;
    uint96 before = channels.getChannel(id).collected;
    cumulative = uint128(before + 1 + (cumulative % (uint256(total - before) + 1)));
    vm.prank(gateway);
    channels.collect(id, cumulative, "");
    collected += cumulative - before;
    returned += total - cumulative;
    ++steps;
  }

  function close(uint256 which, bool byGateway) external {
    if (channelIds.length == 0) return;
    bytes32 id = channelIds[which % channelIds.length];
    vm.prank(byGateway ? gateway : prover);
    returned += channels.close(id);
    ++steps;
  }

  function payOut(uint256 which, bool unwrap) external {
    if (channelIds.length == 0) return;
    bytes32 id = channelIds[which % channelIds.length];
    bool thawing = channels.getChannel(id).thawEndsAt != 0;
    vm.prank(payer);
    if (thawing) returned += channels.withdraw(id, unwrap);
    else channels.startThaw(id);
    ++steps;
  }

  function wait_(uint32 time) external {
    vm.warp(block.timestamp + (time % 2 hours));
    ++steps;
  }

  function bond(uint96 amount, bool more) external {
    amount = uint96(1 + (amount % 1_000 ether)) + (more ? 50 ether : 0);
    vm.prank(gateway);
    stakes.bond(Role.Gateway, amount);
    bonded += amount;
    ++steps;
  }

  function unbond(uint96 amount) external {
    uint96 held = stakes.getPosition(gateway, Role.Gateway).bonded;
    bool thawing = stakes.getPosition(gateway, Role.Gateway).thawing != 0;
    vm.prank(gateway);
    if (thawing) unbonded += stakes.withdraw(Role.Gateway);
    else stakes.thaw(Role.Gateway, 1 + (amount % (held / 8 + 1)));
    ++steps;
  }

  /// @dev Posts an epoch that divides some of what was collected; a lying one promises one unit more than its line says.
  function post(uint128 total, uint256 split, bool lie) external {
    uint256 room = epochs.credited(gateway) - epochs.getAccount(gateway).committed;
    total = uint128(total % (room + 1));
    uint256[PAYEES] memory next;
    uint256[PAYEES] memory parts;
    uint256 left = total;
    for (uint256 i = 0; i < PAYEES; ++i) {
      parts[i] = i == PAYEES - 1 ? left : uint256(uint32(split >> (32 * i))) % (left + 1);
      left -= parts[i];
      next[i] = promisedTo(i) + parts[i];
    }
    EpochHeader memory header = describe(total, parts, next, lie);
    vm.prank(gateway);
    epochs.post(
      header.index,
      header.receiptsRoot,
      header.linesRoot,
      header.balancesRoot,
      total,
      header.lineCount,
      1,
      0
    );
    headers.push(header);
    promised.push(next);
    lies.push(lie);
    ++steps;
  }

  function describe(
    uint128 total,
    uint256[PAYEES] memory parts,
    uint256[PAYEES] memory next,
    bool lie
  ) private view returns (EpochHeader memory header) {
    header.index = epochs.getAccount(gateway).next;
    header.linesRoot = OrderedTree.root(lineLeaves(parts, lie));
    header.balancesRoot = OrderedTree.root(balanceLeaves(next));
    header.total = total;
    header.cumulative = epochs.getAccount(gateway).committed + total;
    header.lineCount = uint32(PAYEES);
    header.receiptCount = 1;
    header.finalAt = uint64(block.timestamp) + 1 hours;
    uint64 last = epochs.getAccount(gateway).lastFinalAt;
    if (last > header.finalAt) header.finalAt = last;
  }

  function lineOf(uint256 i, uint256[PAYEES] memory parts, bool lie) private pure returns (Line memory) {
    uint256 total = 0;
    for (uint256 p = 0; p <= i; ++p) total += parts[p];
    return Line(payee(i), bytes32(uint256(1)), parts[i], lie && i == 0 ? parts[i] + 1 : parts[i], total);
  }

  function lineLeaves(uint256[PAYEES] memory parts, bool lie) private pure returns (bytes32[] memory leaves) {
    leaves = new bytes32[](PAYEES);
    for (uint256 i = 0; i < PAYEES; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(lineOf(i, parts, lie)));
  }

  function balanceLeaves(uint256[PAYEES] memory next) private pure returns (bytes32[] memory leaves) {
    leaves = new bytes32[](PAYEES);
    for (uint256 i = 0; i < PAYEES; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(Balance(payee(i), next[i])));
  }

  /// @dev Accuses an epoch of its first line: a lie is convicted, an honest epoch stands and the deposit is lost.
  function challenge(uint256 which) external {
    if (headers.length == 0) return;
    uint256 i = which % headers.length;
    uint256[PAYEES] memory parts;
    for (uint256 p = 0; p < PAYEES; ++p) parts[p] = promised[i][p] - (i == 0 ? 0 : promised[i - 1][p]);
    LineOpening memory opening = LineOpening(
      lineOf(0, parts, lies[i]),
      OrderedTree.prove(lineLeaves(parts, lies[i]), 0)
    );
    uint256 bond_ = stakeOf(gateway);
    uint256 funds = wopen.balanceOf(prover);
    vm.prank(prover);
    bool proven = epochs.challengeFirstLine(gateway, headers[i], opening);
    // A refusal here would only undo this step: an invariant looks at the count.
    if (proven != lies[i]) ++wrongVerdicts;
    if (proven) {
      slashed += bond_ - stakeOf(gateway);
      provers += wopen.balanceOf(prover) - funds;
      if (stakes.getPosition(gateway, Role.Gateway).unsettled > fallen.length - settled) {
        fallen.push(Fallen(uint64(i), uint96(bond_ - stakeOf(gateway)), true));
      }
      while (headers.length > i) {
        headers.pop();
        promised.pop();
        lies.pop();
      }
    } else {
      lostDeposits += 0.5 ether;
    }
    ++steps;
  }

  /// @dev Anyone settles a slash; it pays once, and what was promised.
  function settle(uint256 which) external {
    if (fallen.length == 0) return;
    settleFallen(which % fallen.length);
    ++steps;
  }

  /// @notice How many slashes are not settled yet.
  function unsettled() external view returns (uint256) {
    return fallen.length - settled;
  }

  /// @notice Settles whatever can be settled; reverts where an award cannot be paid.
  function settleAll() external {
    for (uint256 i = 0; i < fallen.length; ++i) if (fallen[i].open) settleFallen(i);
  }

  function settleFallen(uint256 i) private {
    Fallen memory f = fallen[i];
    uint256 funds = wopen.balanceOf(prover);
    epochs.settle(gateway, f.index, prover, f.taken);
    uint256 paid = wopen.balanceOf(prover) - funds;
    if (!f.open || paid != f.taken / 5) ++wrongVerdicts;
    provers += paid;
    fallen[i].open = false;
    ++settled;
  }

  function stakeOf(address account) public view returns (uint256) {
    return
      uint256(stakes.getPosition(account, Role.Gateway).bonded) + stakes.getPosition(account, Role.Gateway).thawing;
  }

  function claim(uint256 which, uint256 who) external {
    if (headers.length == 0) return;
    uint256 i = which % headers.length;
    uint256 p = who % PAYEES;
    uint256 amount = epochs.claim(
      gateway,
      epochs.briefOf(headers[i]),
      payee(p),
      promised[i][p],
      OrderedTree.prove(balanceLeaves(promised[i]), p)
    );
    claimed += amount;
    ++steps;
  }

  function reward(uint96 amount) external {
    amount = amount % 10 ether;
    vm.prank(payer);
    wopen.transfer(address(stakes), amount);
    rewardsIn += amount;
    ++steps;
  }

  function takeRewards() external {
    rewardsOut += stakes.claimRewards(gateway, Role.Gateway);
    ++steps;
  }

  function voucher(bytes32 id, uint128 cumulative) private view returns (bytes memory) {
    bytes32 domain = keccak256(
      abi.encode(DOMAIN_TYPEHASH, keccak256("OpenLedger"), keccak256("1"), block.chainid, address(channels))
    );
    bytes32 digest = keccak256(abi.encodePacked(hex"1901", domain, hasher.hashVoucher(id, cumulative)));
    (uint8 v, bytes32 r, bytes32 s) = vm.sign(PAYER_KEY, digest);
    return abi.encodePacked(r, s, v);
  }
}
