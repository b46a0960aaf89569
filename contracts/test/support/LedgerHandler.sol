// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Channels } from "../../src/Channels.sol";
import { EpochCourt } from "../../src/EpochCourt.sol";
import { Epochs } from "../../src/Epochs.sol";
import { Estates } from "../../src/Estates.sol";
import { InclusionCourt } from "../../src/InclusionCourt.sol";
import { Stakes } from "../../src/Stakes.sol";
import { WOPEN } from "../../src/WOPEN.sol";
import { IEpochCourt } from "../../src/interfaces/IEpochCourt.sol";
import { Balance, EpochHeader, Line, SettledReceipt, Share } from "../../src/types/Ledger.sol";
import { Role } from "../../src/types/Roles.sol";
import { InclusionPromise } from "../../src/types/Statements.sol";
import { Assertions } from "./Assertions.sol";
import { StatementHasher } from "./LedgerFixture.sol";
import { OrderedTree } from "./OrderedTree.sol";

/// @dev Two gateways with their payers. Gateway 0 is honest: it settles everything at once and answers everybody. Gateway 1 lies in epochs,
/// answers nobody and may fall silent. Reverts are part of the game, so what must not happen is counted instead of reverted.
abstract contract LedgerHandler is Assertions {
  uint256 internal constant PAYEES = 3;
  uint256 internal constant HONEST = 0;
  uint256 internal constant CROOKED = 1;
  uint256 internal constant DEPOSIT = 0.5 ether;
  uint256 internal constant WINDOW = 1 hours;
  /// @dev Receipts of a gateway: every step looks at all of them.
  uint256 internal constant MOST = 40;
  uint256 private constant NODE_KEY = 0x40DE;
  bytes32 private constant DOMAIN_TYPEHASH = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
  );

  struct Contracts {
    WOPEN wopen;
    Stakes stakes;
    Epochs epochs;
    Channels channels;
    EpochCourt court;
    InclusionCourt inclusion;
    Estates estates;
  }

  /// @dev A promised receipt of one share. `epoch` is one more than the index of the epoch that settles it.
  struct Item {
    bytes32 id;
    bytes32 channelId;
    uint128 fee;
    uint64 nonce;
    uint8 payee;
    uint32 epoch;
    bool claimed;
  }

  /// @dev An epoch that stands. `lie`: 1 first running total, 2 total, 3 amount of a line.
  struct Book {
    EpochHeader header;
    uint256[] items;
    uint256[PAYEES] balances;
    uint8 lie;
  }

  Contracts internal c;
  StatementHasher private immutable hasher;
  address internal immutable accuser = vm.addr(0xACC);
  address public immutable node = vm.addr(NODE_KEY);

  bytes32[][2] internal channelsOf;
  Item[][2] internal items;
  Book[][2] internal books;
  uint64 private nonces;

  uint256 public deposited;
  uint256 public returned;
  uint256 public collected;
  uint256 public given;
  uint256 public claimed;
  uint256 public bonded;
  uint256 public accused;
  uint256 public convictions;
  uint256 public steps;
  /// @dev What must not happen, and the last of it.
  uint256 public violations;
  string public violation;

  constructor(Contracts memory contracts_) {
    c = contracts_;
    hasher = new StatementHasher();
    for (uint256 i = 0; i < 2; ++i) {
      supply(gateway(i));
      supply(payer(i));
      bond(i, 1_000_000 ether);
    }
    supply(accuser);
    supply(node);
    vm.prank(node);
    c.stakes.bond(Role.Node, 1_000 ether);
  }

  function supply(address account) private {
    vm.deal(account, 1e12 ether);
    vm.startPrank(account);
    c.wopen.deposit{ value: 1e11 ether }();
    c.wopen.approve(address(c.channels), type(uint256).max);
    c.wopen.approve(address(c.stakes), type(uint256).max);
    c.wopen.approve(address(c.epochs), type(uint256).max);
    c.wopen.approve(address(c.court), type(uint256).max);
    c.wopen.approve(address(c.inclusion), type(uint256).max);
    c.wopen.approve(address(c.estates), type(uint256).max);
    vm.stopPrank();
  }

  function bond(uint256 g, uint96 amount) private {
    vm.prank(gateway(g));
    c.stakes.bond(Role.Gateway, amount);
    bonded += amount;
  }

  function gateway(uint256 g) public pure returns (address) {
    return vm.addr(0x6A7E + g);
  }

  function payer(uint256 p) public pure returns (address) {
    return vm.addr(0xB0B + p);
  }

  function payee(uint256 i) public pure returns (address) {
    return address(uint160(0x1000 + i));
  }

  function channelCount(uint256 g) external view returns (uint256) {
    return channelsOf[g].length;
  }

  function channelAt(uint256 g, uint256 i) external view returns (bytes32) {
    return channelsOf[g][i];
  }

  function expect(bool condition, string memory what) internal {
    if (condition) return;
    ++violations;
    violation = what;
  }

  // ---- what payers and gateways do

  function openChannel(uint256 who, uint96 amount) external {
    enter(who % 2, (who / 2) % 2, amount);
    ++steps;
  }

  function enter(uint256 g, uint256 p, uint96 amount) internal {
    amount = uint96(1 + (amount % 100 ether));
    vm.prank(payer(p));
    channelsOf[g].push(c.channels.open(gateway(g), bytes32(channelsOf[g].length), amount));
    deposited += amount;
  }

  function topUp(uint256 which, uint96 amount) external {
    bytes32[] storage ids = channelsOf[which % 2];
    if (ids.length == 0) return;
    amount = uint96(1 + (amount % 100 ether));
    vm.prank(accuser);
    c.channels.deposit(ids[(which / 2) % ids.length], amount);
    deposited += amount;
    ++steps;
  }

  /// @dev Coins that no channel paid, for the crooked gateway.
  function give(uint96 amount) external {
    amount = uint96(amount % 1 ether);
    vm.prank(accuser);
    c.epochs.credit(gateway(CROOKED), amount);
    given += amount;
    ++steps;
  }

  /// @dev One answer: the voucher is collected, the receipt promised.
  function buy(uint256 which, uint128 fee, uint8 to) external {
    uint256 g = which % 2;
    if (channelsOf[g].length == 0 || items[g].length == MOST) return;
    sell(g, channelsOf[g][(which / 2) % channelsOf[g].length], fee, to);
    ++steps;
  }

  function sell(uint256 g, bytes32 id, uint128 fee, uint8 to) internal {
    uint96 before = c.channels.getChannel(id).collected;
    uint256 room = c.channels.getChannel(id).deposited - before;
    fee = uint128(1 + (fee % (room + 1)));
    bytes memory voucher = sign(
      keyOf(c.channels.getChannel(id).payer),
      address(c.channels),
      hasher.hashVoucher(id, before + fee)
    );
    vm.prank(gateway(g));
    c.channels.collect(id, before + fee, voucher);
    collected += fee;
    Item memory item = Item(0, id, fee, ++nonces, uint8(to % PAYEES), 0, false);
    item.id = digest(address(c.epochs), hasher.hash(signedOf(g, item).receipt));
    items[g].push(item);
  }

  function withdraw(uint256 which) external {
    bytes32[] storage ids = channelsOf[which % 2];
    if (ids.length == 0) return;
    goAway(ids[(which / 2) % ids.length]);
    ++steps;
  }

  function bondMore(uint96 amount) external {
    bond(CROOKED, uint96(1 + (amount % 100_000 ether)));
    ++steps;
  }

  /// @dev The crooked gateway divides some of what it collected, and perhaps lies.
  function post(uint8 lie) external {
    settleOpen(CROOKED, lie % 6);
    ++steps;
  }

  function claim(uint256 which, uint256 who) external {
    uint256 g = which % 2;
    if (books[g].length == 0) return;
    pay(g, (which / 2) % books[g].length, who % PAYEES);
    ++steps;
  }

  // ---- the trees of an epoch

  function hasOpen(uint256 g) internal view returns (bool) {
    for (uint256 i = 0; i < items[g].length; ++i) if (items[g][i].epoch == 0) return true;
    return false;
  }

  function settleOpen(uint256 g, uint8 lie) internal {
    uint256 open = 0;
    uint256[] memory chosen = new uint256[](6);
    for (uint256 i = 0; i < items[g].length && open < 6; ++i) if (items[g][i].epoch == 0) chosen[open++] = i;
    if (open == 0) return;
    assembly ("memory-safe") {
      mstore(chosen, open)
    }
    sort(g, chosen);
    Book memory book;
    (book.items, book.lie) = (chosen, lie > 3 ? 0 : lie);
    uint256 count = books[g].length;
    if (count != 0) book.balances = books[g][count - 1].balances;
    uint128 total = 0;
    for (uint256 i = 0; i < open; ++i) {
      book.balances[items[g][chosen[i]].payee] += items[g][chosen[i]].fee;
      total += items[g][chosen[i]].fee;
    }
    // A greater total than the lines' needs coins that nobody's receipt claims.
    uint256 room = c.epochs.credited(gateway(g)) - c.epochs.getAccount(gateway(g)).committed;
    if (book.lie == 2 && room <= total) book.lie = 0;
    if (book.lie == 2) ++total;
    describe(g, book, total);
    EpochHeader memory h = book.header;
    vm.prank(gateway(g));
    c.epochs.post(h.index, h.receiptsRoot, h.linesRoot, h.balancesRoot, total, h.lineCount, h.receiptCount, 0);
    books[g].push(book);
    for (uint256 i = 0; i < open; ++i) items[g][chosen[i]].epoch = uint32(count + 1);
  }

  function describe(uint256 g, Book memory book, uint128 total) private view {
    EpochHeader memory h = book.header;
    h.index = c.epochs.getAccount(gateway(g)).next;
    h.receiptsRoot = OrderedTree.root(receiptLeaves(receiptsOf(g, book)));
    h.linesRoot = OrderedTree.root(lineLeaves(linesOf(g, book)));
    h.balancesRoot = OrderedTree.root(balanceLeaves(book.balances));
    h.total = total;
    h.cumulative = c.epochs.getAccount(gateway(g)).committed + total;
    h.lineCount = uint32(book.items.length);
    h.receiptCount = uint32(book.items.length);
    h.finalAt = uint64(block.timestamp + WINDOW);
    uint64 last = c.epochs.getAccount(gateway(g)).lastFinalAt;
    if (last > h.finalAt) h.finalAt = last;
  }

  /// @dev The receipts in the order of their ids.
  function receiptsOf(uint256 g, Book memory book) internal view returns (SettledReceipt[] memory list) {
    list = new SettledReceipt[](book.items.length);
    for (uint256 i = 0; i < list.length; ++i) {
      Item memory item = items[g][book.items[i]];
      list[i] = SettledReceipt(item.id, shareRootOf(item));
    }
  }

  /// @dev Lines by payee, then by receipt, as the epoch says them: with its lie.
  function linesOf(uint256 g, Book memory book) internal view returns (Line[] memory lines) {
    lines = new Line[](book.items.length);
    (uint256 next, uint256 total) = (0, 0);
    for (uint256 p = 0; p < PAYEES; ++p) {
      uint256 running = 0;
      for (uint256 i = 0; i < book.items.length; ++i) {
        Item memory item = items[g][book.items[i]];
        if (item.payee != p) continue;
        uint256 amount = item.fee;
        if (book.lie == 3 && next == 0) amount = amount + 1;
        running += amount;
        total += amount;
        lines[next++] = Line(payee(p), item.id, amount, running, total);
      }
    }
    if (book.lie == 1) lines[0].runningTotal += 1;
  }

  function lineLeaves(Line[] memory lines) internal pure returns (bytes32[] memory leaves) {
    leaves = new bytes32[](lines.length);
    for (uint256 i = 0; i < lines.length; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(lines[i]));
  }

  function receiptLeaves(SettledReceipt[] memory list) internal pure returns (bytes32[] memory leaves) {
    leaves = new bytes32[](list.length);
    for (uint256 i = 0; i < list.length; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(list[i]));
  }

  function balanceLeaves(uint256[PAYEES] memory balances) internal pure returns (bytes32[] memory leaves) {
    leaves = new bytes32[](PAYEES);
    for (uint256 i = 0; i < PAYEES; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(Balance(payee(i), balances[i])));
  }

  function sharesOf(Item memory item) internal pure returns (Share[] memory shares) {
    shares = new Share[](1);
    shares[0] = Share(payee(item.payee), item.fee);
  }

  function shareRootOf(Item memory item) internal pure returns (bytes32) {
    bytes32[] memory leaves = new bytes32[](1);
    leaves[0] = OrderedTree.leafHash(abi.encode(sharesOf(item)[0]));
    return OrderedTree.root(leaves);
  }

  function signedOf(uint256 g, Item memory item) internal view returns (IEpochCourt.SignedReceipt memory s) {
    s.receipt.node = node;
    s.receipt.gateway = gateway(g);
    s.receipt.channelId = item.channelId;
    s.receipt.fee = item.fee;
    s.receipt.nonce = item.nonce;
    s.receipt.shareRoot = shareRootOf(item);
    s.signature = sign(NODE_KEY, address(c.epochs), hasher.hash(s.receipt));
  }

  function promiseOf(
    uint256 g,
    Item memory item
  ) internal view returns (InclusionPromise memory pledge, bytes memory signature) {
    pledge = InclusionPromise(gateway(g), item.id, item.fee, 1);
    signature = sign(0x6A7E + g, address(c.epochs), hasher.hash(pledge));
  }

  // ---- what all of them share

  function pay(uint256 g, uint256 epoch, uint256 p) internal {
    Book memory book = books[g][epoch];
    claimed += c.epochs.claim(
      gateway(g),
      c.epochs.briefOf(book.header),
      payee(p),
      book.balances[p],
      OrderedTree.prove(balanceLeaves(book.balances), p)
    );
  }

  /// @dev Starts a payer's thaw, or ends it.
  function goAway(bytes32 id) internal {
    bool thawing = c.channels.getChannel(id).thawEndsAt != 0;
    vm.prank(c.channels.getChannel(id).payer);
    if (thawing) returned += c.channels.withdraw(id, false);
    else c.channels.startThaw(id);
  }

  /// @dev A slash for an epoch that fell; `open` until it is settled.
  struct Fallen {
    uint8 gateway;
    uint64 index;
    uint96 taken;
    bool open;
  }

  Fallen[] internal fallen;

  /// @dev Anyone settles a slash, once.
  function settle(uint256 which) external {
    if (fallen.length == 0) return;
    settleFallen(which % fallen.length);
    ++steps;
  }

  function settleFallen(uint256 i) internal {
    Fallen memory f = fallen[i];
    uint256 before = c.wopen.balanceOf(accuser);
    // What is left of a bond that was halved is what was taken, or one more.
    try c.epochs.settle(gateway(f.gateway), f.index, accuser, f.taken) {} catch {
      c.epochs.settle(gateway(f.gateway), f.index, accuser, --f.taken);
    }
    expect(f.open, "a slash was settled twice");
    expect(c.wopen.balanceOf(accuser) == before + f.taken / 5, "the prover was not paid");
    fallen[i].open = false;
  }

  /// @notice How many slashes are not settled yet.
  function openCount() public view returns (uint256 count) {
    for (uint256 i = 0; i < fallen.length; ++i) if (fallen[i].open) ++count;
  }

  /// @dev Settles whatever can be settled: an award that nobody can pay is a violation.
  function settleAll() internal {
    for (uint256 i = 0; i < fallen.length; ++i) if (fallen[i].open) settleFallen(i);
  }

  /// @dev Books that an epoch fell, and with it all after it: their receipts are open again.
  function fallBack(uint256 g, uint256 epoch) internal {
    ++convictions;
    expect(g != HONEST, "an honest gateway's epoch fell");
    uint96 left = c.stakes.getPosition(gateway(g), Role.Gateway).bonded;
    if (c.stakes.getPosition(gateway(g), Role.Gateway).unsettled != openCount()) {
      fallen.push(Fallen(uint8(g), uint64(epoch), left, true));
    }
    while (books[g].length > epoch) books[g].pop();
    for (uint256 i = 0; i < items[g].length; ++i) if (items[g][i].epoch > epoch) items[g][i].epoch = 0;
  }

  function stakeOf(uint256 g) public view returns (uint256) {
    return
      uint256(c.stakes.getPosition(gateway(g), Role.Gateway).bonded) +
      c.stakes.getPosition(gateway(g), Role.Gateway).thawing;
  }

  function keyOf(address account) private pure returns (uint256) {
    return account == payer(0) ? 0xB0B : 0xB0C;
  }

  function sort(uint256 g, uint256[] memory list) private view {
    for (uint256 i = 1; i < list.length; ++i) {
      for (uint256 k = i; k > 0 && items[g][list[k - 1]].id > items[g][list[k]].id; --k) {
        (list[k - 1], list[k]) = (list[k], list[k - 1]);
      }
    }
  }

  function digest(address verifyingContract, bytes32 structHash) private view returns (bytes32) {
    bytes32 domain = keccak256(
      abi.encode(DOMAIN_TYPEHASH, keccak256("OpenLedger"), keccak256("1"), block.chainid, verifyingContract)
    );
    return keccak256(abi.encodePacked(hex"1901", domain, structHash));
  }

  function sign(uint256 key, address verifyingContract, bytes32 structHash) private view returns (bytes memory) {
    (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest(verifyingContract, structHash));
    return abi.encodePacked(r, s, v);
  }
}
