// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IChannels } from "../src/interfaces/IChannels.sol";
import { Balance, EpochHeader, LineOpening } from "../src/types/Ledger.sol";
import { Role } from "../src/types/Roles.sol";
import { Contribution, Deployment, Receipt, Snapshot, TrainingRun } from "../src/types/Statements.sol";
import { EpochFixture } from "./support/EpochFixture.sol";
import { OrderedTree } from "./support/OrderedTree.sol";

/// @dev What each transaction costs in all, and the budgets that must hold. Each call is a transaction of its own.
/// forge-config: default.isolate = true
contract GasTest is EpochFixture {
  string private constant GROUP = "transactions";
  bytes32 private constant SALT = keccak256("salt");

  function measure(string memory name) private returns (uint256) {
    return vm.snapshotGasLastCall(GROUP, name);
  }

  function manyBalances(uint256 count, uint256 each) private pure returns (bytes32[] memory leaves) {
    leaves = new bytes32[](count);
    for (uint256 i = 0; i < count; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(Balance(account(i), each)));
  }

  function postRoots(bytes32 balances) private returns (EpochHeader memory header) {
    header.index = epochs.getAccount(gateway).next;
    header.receiptsRoot = RECEIPTS_ROOT;
    header.linesRoot = keccak256("lines");
    header.balancesRoot = balances;
    header.total = 500;
    header.cumulative = epochs.getAccount(gateway).committed + 500;
    header.lineCount = 30_000;
    header.receiptCount = 10_000;
    header.dataHash = DATA_HASH;
    header.finalAt = uint64(block.timestamp) + 1 hours;
    vm.prank(gateway);
    epochs.post(header.index, RECEIPTS_ROOT, header.linesRoot, balances, 500, 30_000, 10_000, DATA_HASH);
  }

  function test_gas_epochs() public {
    postRoots(keccak256("balances"));
    assertLe(measure("post the first epoch"), 92_000, "post the first epoch");
    postRoots(keccak256("balances"));
    assertLe(measure("post an epoch"), 75_000, "post an epoch");
  }

  function test_gas_claims() public {
    claims(16, "16 payees", 62_000, 45_000);
  }

  function test_gas_claimsAmongMany() public {
    claims(1_024, "1,024 payees", 66_000, 49_000);
  }

  /// @dev A payee's first claim from a gateway and a later one. The budgets leave out what the token's transfer costs.
  function claims(uint256 payees, string memory size, uint256 firstBudget, uint256 laterBudget) private {
    bytes32[] memory leaves = manyBalances(payees, 10);
    EpochHeader memory header = postRoots(OrderedTree.root(leaves));
    vm.warp(header.finalAt);
    epochs.claim(gateway, briefOf(header), account(5), 10, OrderedTree.prove(leaves, 5));
    uint256 total = measure(string.concat("claim the first time, ", size));
    assertLe(total - transferCost(account(6)), firstBudget, "claim the first time, without the transfer");

    vm.prank(payer);
    epochs.credit(gateway, 1_000);
    leaves = manyBalances(payees, 15);
    header = postRoots(OrderedTree.root(leaves));
    vm.warp(header.finalAt);
    epochs.claim(gateway, briefOf(header), account(5), 15, OrderedTree.prove(leaves, 5));
    total = measure(string.concat("claim again, ", size));
    assertLe(total - transferCost(account(6)), laterBudget, "claim again, without the transfer");
  }

  /// @dev What a transfer costs inside another transaction: its own without the 21,000 and the calldata, plus a cold token.
  function transferCost(address to) private returns (uint256) {
    bool isNew = wopen.balanceOf(to) == 0;
    vm.prank(payer);
    wopen.transfer(to, 1);
    uint256 calldataCost = 16 * (4 + 2 + 1) + 4 * (18 + 12 + 31);
    string memory name = isNew ? "transfer WOPEN to a new holder" : "transfer WOPEN to a holder";
    return measure(name) - 21_000 - calldataCost + 2_600;
  }

  function test_gas_challenges() public {
    Epoch memory bad = firstEpoch();
    bad.lines[1].runningTotal = 16;
    EpochHeader memory header = post(bad);
    (LineOpening memory a, LineOpening memory b) = (openLine(bad.lines, 0), openLine(bad.lines, 1));
    vm.prank(other);
    epochs.challengeLines(gateway, header, a, b);
    assertLe(measure("convict a wrong running total"), 79_000, "convict a wrong running total");
    epochs.settle(gateway, header.index, other, 50 ether);
    measure("settle a conviction of an epoch");
  }

  /// @dev Two answers of one deployment: the model, its node and its gateway are the same, everything else differs.
  function test_gas_equivocation() public {
    (Receipt memory first, Receipt memory second) = (receipt("a"), receipt("b"));
    bytes memory firstSignature = sign(GATEWAY_KEY, address(epochs), hasher.hash(first));
    bytes memory secondSignature = sign(GATEWAY_KEY, address(epochs), hasher.hash(second));
    vm.prank(gateway);
    stakes.bondNative{ value: 10 ether }(Role.Node);
    vm.prank(other);
    equivocate(first, firstSignature, second, secondSignature);
    assertLe(measure("prove an equivocation"), 76_000, "prove an equivocation");
    settleEquivocation(gateway, first.nonce, other, 2.5 ether);
    measure("settle an equivocation");
  }

  function receipt(bytes32 seed) private view returns (Receipt memory r) {
    r.baseId = keccak256("base");
    r.adapterId = keccak256("adapter");
    r.snapshotsHash = keccak256("snapshots");
    r.deploymentId = keccak256("deployment");
    r.node = gateway;
    r.gateway = other;
    r.channelId = keccak256(abi.encode(seed, "channel"));
    r.requestHash = keccak256(abi.encode(seed, "request"));
    r.outputHash = keccak256(abi.encode(seed, "output"));
    r.samplingHash = keccak256(abi.encode(seed, "sampling"));
    (r.inputTokens, r.outputTokens) = seed == "a" ? (uint32(1_000), uint32(400)) : (uint32(700), uint32(500));
    r.fee = seed == "a" ? 0.001234567890123456 ether : 0.001034567890123456 ether;
    r.profileHash = keccak256("profile");
    r.fingerprintRoot = keccak256(abi.encode(seed, "fingerprint"));
    r.attributionRoot = keccak256(abi.encode(seed, "attribution"));
    r.shareRoot = keccak256(abi.encode(seed, "shares"));
    r.time = seed == "a" ? 1_700_000_123 : 1_700_000_456;
    r.nonce = 70_000;
  }

  function test_gas_channels() public {
    approve(payer, address(channels), type(uint256).max);
    vm.prank(payer);
    bytes32 id = channels.open(gateway, SALT, 1_000);
    measure("open a channel");
    vm.prank(payer);
    channels.depositNative{ value: 1_000 }(id);
    measure("add to a channel");
    bytes memory signature = voucher(id, 10);
    vm.prank(gateway);
    channels.collect(id, 10, signature);
    measure("collect the first voucher");
    signature = voucher(id, 20);
    vm.prank(gateway);
    channels.collect(id, 20, signature);
    measure("collect a voucher");
    IChannels.SignedVoucher[] memory vouchers = new IChannels.SignedVoucher[](10);
    for (uint128 i = 0; i < 10; ++i) {
      vm.prank(payer);
      bytes32 one = channels.open(gateway, bytes32(uint256(i)), 100);
      vouchers[i] = IChannels.SignedVoucher(one, 50, voucher(one, 50));
    }
    vm.prank(gateway);
    channels.collectMany(vouchers);
    measure("collect ten vouchers of new channels");
    vm.prank(payer);
    channels.startThaw(id);
    measure("start a thaw");
    vm.warp(block.timestamp + 2 hours);
    vm.prank(payer);
    channels.withdraw(id, true);
    measure("withdraw from a channel");
  }

  function test_gas_prepaid() public {
    bytes32[2] memory ids;
    for (uint256 i = 0; i < 2; ++i) {
      IChannels.Payment memory p = payment(bytes32(i));
      vm.prank(gateway);
      ids[i] = channels.openAuthorised(p, true);
      measure(i == 0 ? "take the first prepaid answer of a gateway" : "take a prepaid answer");
    }
    vm.prank(gateway);
    channels.collect(ids[0], 10, "");
    vm.prank(gateway);
    channels.collect(ids[1], 10, "");
    measure("collect a prepaid answer, rest back");
  }

  function payment(bytes32 nonce) private view returns (IChannels.Payment memory p) {
    (p.from, p.value, p.validBefore, p.nonce) = (payer, 100, block.timestamp + 60, nonce);
    bytes32 hash = keccak256(
      abi.encode(
        keccak256(
          "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        ),
        payer,
        channels.tillOf(gateway, true),
        uint256(100),
        uint256(0),
        p.validBefore,
        nonce
      )
    );
    (p.v, p.r, p.s) = vm.sign(PAYER_KEY, keccak256(abi.encodePacked(hex"1901", wopen.DOMAIN_SEPARATOR(), hash)));
  }

  function voucher(bytes32 id, uint128 cumulative) private view returns (bytes memory) {
    return sign(PAYER_KEY, address(channels), hasher.hashVoucher(id, cumulative));
  }

  function test_gas_datanetsAndModels() public {
    uint256 datanetId = datanets.create(owner, keccak256("meta"), true, true, termsOf(6));
    measure("create a datanet");
    Contribution memory c = Contribution(datanetId, other, keccak256("records"), 100, "CC-BY-4.0", 6, 1);
    bytes32 commitment = keccak256(abi.encode(digestFor(address(datanets), hasher.hash(c)), SALT));
    datanets.commit(datanetId, commitment);
    measure("commit a contribution");
    vm.roll(block.number + 1);
    bytes memory signature = sign(OTHER_KEY, address(datanets), hasher.hash(c));
    datanets.reveal(c, SALT, signature);
    measure("reveal a contribution");
    Snapshot memory s = Snapshot(datanetId, 0, keccak256("root"), 100, 1, keccak256("file"));
    signature = sign(OWNER_KEY, address(datanets), hasher.hash(s));
    bytes32 snapshotId = datanets.seal(s, signature);
    measure("seal a snapshot");
    models.registerBase(keccak256("base"), keccak256("weights"));
    measure("register a base");
    registerAndDeploy(snapshotId);
  }

  function registerAndDeploy(bytes32 snapshotId) private {
    TrainingRun memory r;
    r.trainer = other;
    r.baseId = keccak256("base");
    r.adapterId = keccak256("adapter");
    r.snapshotIds = new bytes32[](1);
    r.snapshotIds[0] = snapshotId;
    r.licence = "Apache-2.0";
    bytes memory signature = sign(OTHER_KEY, address(models), hasher.hash(r));
    models.registerAdapter(r, keccak256("folder"), signature);
    measure("register an adapter");
    Deployment memory d = Deployment(
      other,
      r.adapterId,
      10,
      20,
      400_000,
      200_000,
      50_000,
      350_000,
      keccak256("m"),
      keccak256("t"),
      1
    );
    signature = sign(OTHER_KEY, address(models), hasher.hash(d));
    approve(other, address(models), 1 ether);
    models.deploy(d, signature);
    measure("deploy a model");
  }

  function test_gas_stakes() public {
    vm.prank(other);
    stakes.bondNative{ value: 10 ether }(Role.Node);
    measure("bond");
    vm.prank(other);
    stakes.thaw(Role.Node, 1 ether);
    measure("thaw a bond");
    vm.prank(payer);
    wopen.transfer(address(stakes), 1 ether);
    stakes.distribute();
    measure("distribute rewards");
    stakes.claimRewards(other, Role.Node);
    measure("claim rewards");
  }
}
