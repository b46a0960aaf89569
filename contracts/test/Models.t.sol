// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IDatanets } from "../src/interfaces/IDatanets.sol";
import { IModels } from "../src/interfaces/IModels.sol";
import { ParameterValues } from "../src/types/ParameterValues.sol";
import { Deployment, Snapshot, TrainingRun } from "../src/types/Statements.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";

contract ModelsTest is LedgerFixture {
  bytes32 private constant BASE = keccak256("base");
  bytes32 private constant ADAPTER = keccak256("adapter");
  bytes32 private constant FOLDER = keccak256("folder");
  uint256 private datanetId;
  bytes32 private snapshotId;

  function setUp() public virtual override {
    super.setUp();
    datanetId = datanets.create(owner, 0, true, false, termsOf(6));
    Snapshot memory s = Snapshot(datanetId, 0, keccak256("root"), 5, 2, keccak256("file"));
    snapshotId = datanets.seal(s, sign(OWNER_KEY, address(datanets), hasher.hash(s)));
    vm.prank(owner);
    datanets.setBuilder(datanetId, other, true);
    vm.prank(gateway);
    models.registerBase(BASE, keccak256("weights"));
  }

  function run() private view returns (TrainingRun memory r) {
    r.trainer = other;
    r.baseId = BASE;
    r.snapshotIds = new bytes32[](1);
    r.snapshotIds[0] = snapshotId;
    r.recipeHash = keccak256("recipe");
    r.adapterId = ADAPTER;
    r.licence = "Apache-2.0";
  }

  function register(TrainingRun memory r) private {
    models.registerAdapter(r, FOLDER, sign(OTHER_KEY, address(models), hasher.hash(r)));
  }

  function refuses(TrainingRun memory r, bytes memory reason) private {
    bytes memory signature = sign(OTHER_KEY, address(models), hasher.hash(r));
    vm.expectRevert(reason);
    models.registerAdapter(r, FOLDER, signature);
  }

  function deployment() private view returns (Deployment memory) {
    return Deployment(other, ADAPTER, 10, 20, 400_000, 200_000, 50_000, 350_000, keccak256("m"), keccak256("t"), 1);
  }

  function signed(Deployment memory d, uint256 key) private view returns (bytes memory) {
    return sign(key, address(models), hasher.hash(d));
  }

  function deployed(Deployment memory d) private returns (bytes32) {
    approve(d.owner, address(models), 1 ether);
    return models.deploy(d, signed(d, OTHER_KEY));
  }

  function test_registerBase_once() public {
    assertEq(models.getBase(BASE).registrant, gateway, "registrant");
    assertEq(models.getBase(BASE).registeredAt, block.timestamp, "registered");
    vm.expectRevert(abi.encodeWithSelector(IModels.AlreadyRegistered.selector, BASE));
    models.registerBase(BASE, 0);
    vm.expectRevert(IModels.ZeroId.selector);
    models.registerBase(0, 0);
  }

  function test_registerAdapter_keepsLineage() public {
    register(run());
    IModels.AdapterState memory state = models.getAdapter(ADAPTER);
    assertEq(state.trainer, other, "trainer");
    assertEq(state.registeredAt, block.timestamp, "registered");
    assertEq(state.contentHash, FOLDER, "content");
    assertEq(state.baseId, BASE, "base");
    assertEq(state.runId, digestFor(address(models), hasher.hash(run())), "run");
    assertEq(state.snapshotIds.length, 1, "snapshots");
    assertEq(state.snapshotIds[0], snapshotId, "snapshot");
    refuses(run(), abi.encodeWithSelector(IModels.AlreadyRegistered.selector, ADAPTER));
  }

  function test_registerAdapter_needsBaseSnapshotsAndConsent() public {
    TrainingRun memory r = run();
    r.baseId = keccak256("none");
    refuses(r, abi.encodeWithSelector(IModels.UnknownBase.selector, r.baseId));
    r = run();
    r.snapshotIds = new bytes32[](0);
    refuses(r, abi.encodeWithSelector(IModels.NoSnapshots.selector));
    r.snapshotIds = new bytes32[](33);
    refuses(r, abi.encodeWithSelector(IModels.TooManySnapshots.selector, 33));
    r.snapshotIds = new bytes32[](2);
    r.snapshotIds[0] = snapshotId;
    r.snapshotIds[1] = snapshotId;
    refuses(r, abi.encodeWithSelector(IModels.DuplicateSnapshot.selector, snapshotId));
    r.snapshotIds[1] = keccak256("none");
    refuses(r, abi.encodeWithSelector(IDatanets.TrainingNotAllowed.selector, r.snapshotIds[1], other));
    r = run();
    r.adapterId = 0;
    refuses(r, abi.encodeWithSelector(IModels.ZeroId.selector));
    r.adapterId = BASE;
    refuses(r, abi.encodeWithSelector(IModels.AlreadyRegistered.selector, BASE));
    vm.prank(owner);
    datanets.setBuilder(datanetId, other, false);
    refuses(run(), abi.encodeWithSelector(IDatanets.TrainingNotAllowed.selector, snapshotId, other));
  }

  function test_registerAdapter_refusesForgery() public {
    TrainingRun memory r = run();
    bytes memory forged = sign(GATEWAY_KEY, address(models), hasher.hash(r));
    vm.expectRevert(abi.encodeWithSelector(IModels.BadStatementSignature.selector, other));
    models.registerAdapter(r, FOLDER, forged);
  }

  function test_deploy_takesTheFeeOnce() public {
    register(run());
    uint256 before = wopen.balanceOf(other);
    bytes32 id = deployed(deployment());
    assertEq(id, hasher.hash(deployment()), "id is the struct hash");
    assertEq(before - wopen.balanceOf(other), 1 ether, "fee paid");
    assertEq(wopen.balanceOf(treasury), 1 ether, "fee received");
    IModels.DeploymentState memory state = models.getDeployment(id);
    assertTrue(state.active, "active");
    assertEq(state.baseId, BASE, "base");
    assertEq(state.adapterId, ADAPTER, "adapter");
    assertEq(state.outputPrice, 20, "price");
    Deployment memory d = deployment();
    assertTrue(state.owner == d.owner && state.nonce == d.nonce && state.inputPrice == d.inputPrice, "whose");
    assertTrue(state.nodePpm == d.nodePpm && state.ownerPpm == d.ownerPpm, "the split");
    assertTrue(state.stakersPpm == d.stakersPpm && state.contributorsPpm == d.contributorsPpm, "the split");
    assertTrue(state.methodHash == d.methodHash && state.tableHash == d.tableHash, "by what");
    bytes memory signature = signed(deployment(), OTHER_KEY);
    vm.expectRevert(abi.encodeWithSelector(IModels.NonceUsed.selector, other, 1));
    models.deploy(deployment(), signature);
  }

  function test_deploy_withoutTheFeeIsNothing() public {
    register(run());
    bytes memory signature = signed(deployment(), OTHER_KEY);
    vm.expectPartialRevert(bytes4(keccak256("ERC20InsufficientAllowance(address,uint256,uint256)")));
    models.deploy(deployment(), signature);
    assertFalse(models.isNonceUsed(other, 1), "nonce kept");
  }

  function test_deploy_onlyByTheTrainer() public {
    register(run());
    Deployment memory d = deployment();
    d.owner = gateway;
    bytes memory signature = signed(d, GATEWAY_KEY);
    vm.expectRevert(abi.encodeWithSelector(IModels.NotModelOwner.selector, ADAPTER, gateway));
    models.deploy(d, signature);
    d = deployment();
    signature = signed(d, GATEWAY_KEY);
    vm.expectRevert(abi.encodeWithSelector(IModels.BadStatementSignature.selector, other));
    models.deploy(d, signature);
    d.adapterId = keccak256("none");
    vm.expectRevert(abi.encodeWithSelector(IModels.UnknownModel.selector, d.adapterId));
    models.deploy(d, "");
    d.adapterId = 0;
    vm.expectRevert(abi.encodeWithSelector(IModels.UnknownModel.selector, bytes32(0)));
    models.deploy(d, "");
  }

  function test_deploy_bareBaseByItsRegistrant() public {
    Deployment memory d = deployment();
    d.adapterId = BASE;
    vm.expectRevert(abi.encodeWithSelector(IModels.NotModelOwner.selector, BASE, other));
    models.deploy(d, "");
    d.owner = gateway;
    approve(gateway, address(models), 1 ether);
    bytes32 id = models.deploy(d, signed(d, GATEWAY_KEY));
    assertEq(models.getDeployment(id).baseId, BASE, "base");
    assertEq(models.getDeployment(id).adapterId, bytes32(0), "no adapter");
  }

  function testFuzz_deploy_splitSumsToTheWhole(uint32 a, uint32 b, uint32 c, uint32 d) public {
    uint256 sum = uint256(a) + b + c + d;
    vm.assume(sum != 1_000_000);
    Deployment memory deal = deployment();
    (deal.nodePpm, deal.ownerPpm, deal.stakersPpm, deal.contributorsPpm) = (a, b, c, d);
    vm.expectRevert(abi.encodeWithSelector(IModels.BadSplit.selector, sum));
    models.deploy(deal, "");
  }

  function test_setActive_onlyByTheOwner() public {
    register(run());
    bytes32 id = deployed(deployment());
    vm.expectRevert(abi.encodeWithSelector(IModels.NotModelOwner.selector, id, gateway));
    vm.prank(gateway);
    models.setActive(id, false);
    vm.prank(other);
    models.setActive(id, false);
    assertFalse(models.getDeployment(id).active, "off");
    vm.expectRevert(abi.encodeWithSelector(IModels.UnknownDeployment.selector, bytes32("x")));
    models.setActive("x", true);
  }

  function test_moveContent() public {
    register(run());
    vm.expectRevert(abi.encodeWithSelector(IModels.NotModelOwner.selector, ADAPTER, gateway));
    vm.prank(gateway);
    models.moveContent(ADAPTER, "new");
    vm.prank(other);
    models.moveContent(ADAPTER, "new");
    assertEq(models.getAdapter(ADAPTER).contentHash, "new", "adapter");
    vm.prank(gateway);
    models.moveContent(BASE, "new");
    assertEq(models.getBase(BASE).contentHash, "new", "base");
  }

  function test_deploy_forNothingWhereThereIsNoFee() public {
    register(run());
    ParameterValues memory v = defaults();
    v.deploymentFee = 0;
    parameters.set(v);
    uint256 before = wopen.balanceOf(other);
    bytes32 id = models.deploy(deployment(), signed(deployment(), OTHER_KEY));
    assertEq(wopen.balanceOf(other), before, "nothing was taken");
    assertTrue(models.getDeployment(id).owner == other, "deployed");
  }
}
