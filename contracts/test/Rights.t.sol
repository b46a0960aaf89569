// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IDatanets } from "../src/interfaces/IDatanets.sol";
import { IModels } from "../src/interfaces/IModels.sol";
import { SealedRecord } from "../src/types/Dispute.sol";
import { MerkleProof } from "../src/types/Ledger.sol";
import { DatanetTerms, Revocations } from "../src/types/Rights.sol";
import { Contribution, Deployment, Snapshot, TrainingRun } from "../src/types/Statements.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";
import { OrderedTree } from "./support/OrderedTree.sol";

/// @dev What contributors allow, from the contribution to the deployment. Refusals first: nobody freezes another's adapter falsely.
/// forge-config: default.isolate = true
contract RightsTest is LedgerFixture {
  bytes32 private constant SALT = keccak256("salt");
  bytes32 private constant BASE = keccak256("base");
  bytes32 private constant ADAPTER = keccak256("adapter");
  uint8 private constant SOLD = 4;
  uint8 private constant KEPT = 8;
  uint256 private constant COUNT = 5;

  uint256 private nonces;

  function setUp() public override {
    super.setUp();
    models.registerBase(BASE, keccak256("weights"));
  }

  // What a world is made of: a datanet with records 0 to 4 of `other`, of which the last weighs nothing, and its snapshot.

  function record(uint256 i) private pure returns (bytes32) {
    return keccak256(abi.encode("record", i));
  }

  function sealedRecord(uint256 i) private view returns (SealedRecord memory) {
    return SealedRecord(record(i), other, i == COUNT - 1 ? 0 : 1);
  }

  function recordLeaves() private pure returns (bytes32[] memory leaves) {
    leaves = new bytes32[](COUNT);
    for (uint256 i = 0; i < COUNT; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(record(i)));
  }

  function sealedLeaves() private view returns (bytes32[] memory leaves) {
    leaves = new bytes32[](COUNT);
    for (uint256 i = 0; i < COUNT; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(sealedRecord(i)));
  }

  function create(uint8 consent) private returns (uint256) {
    return datanets.create(owner, keccak256("meta"), true, true, termsOf(consent));
  }

  function contribution(uint256 datanetId, uint8 consent) private returns (Contribution memory c) {
    c = Contribution(datanetId, other, OrderedTree.root(recordLeaves()), uint32(COUNT), "CC0-1.0", consent, ++nonces);
    bytes32 digest = digestFor(address(datanets), hasher.hash(c));
    datanets.commit(datanetId, keccak256(abi.encode(digest, SALT)));
    vm.roll(block.number + 1);
  }

  function reveal(Contribution memory c) private returns (bytes32) {
    return datanets.reveal(c, SALT, sign(OTHER_KEY, address(datanets), hasher.hash(c)));
  }

  function snapshotOf(uint256 datanetId) private returns (bytes32) {
    bytes32 parent = datanets.getDatanet(datanetId).latestSnapshot;
    Snapshot memory s =
      Snapshot(datanetId, parent, OrderedTree.root(sealedLeaves()), uint32(COUNT), 1, keccak256("file"));
    return datanets.seal(s, sign(OWNER_KEY, address(datanets), hasher.hash(s)));
  }

  function revoke(bytes32 contributionId, uint256 i) private {
    vm.prank(other);
    datanets.revoke(contributionId, record(i), OrderedTree.prove(recordLeaves(), i));
  }

  function mark(bytes32 snapshotId, uint256 i) private {
    vm.prank(payer);
    datanets.mark(snapshotId, sealedRecord(i), OrderedTree.prove(sealedLeaves(), i));
  }

  function runOn(bytes32 first, bytes32 second) private view returns (TrainingRun memory r) {
    r.trainer = gateway;
    r.baseId = BASE;
    r.snapshotIds = new bytes32[](second == 0 ? 1 : 2);
    r.snapshotIds[0] = first;
    if (second != 0) r.snapshotIds[1] = second;
    r.adapterId = ADAPTER;
    r.licence = "Apache-2.0";
  }

  function register(TrainingRun memory r) private {
    models.registerAdapter(r, keccak256("folder"), sign(GATEWAY_KEY, address(models), hasher.hash(r)));
  }

  function refuses(TrainingRun memory r, bytes memory reason) private {
    bytes memory signature = sign(GATEWAY_KEY, address(models), hasher.hash(r));
    vm.expectRevert(reason);
    models.registerAdapter(r, keccak256("folder"), signature);
  }

  function offer(bytes32 adapterId, uint128 price) private returns (Deployment memory d) {
    d.owner = gateway;
    d.adapterId = adapterId;
    d.outputPrice = price;
    (d.nodePpm, d.contributorsPpm, d.nonce) = (600_000, 400_000, ++nonces);
    approve(gateway, address(models), 1 ether);
  }

  function deploy(Deployment memory d) private returns (bytes32) {
    return models.deploy(d, sign(GATEWAY_KEY, address(models), hasher.hash(d)));
  }

  function refuses(Deployment memory d, bytes memory reason) private {
    bytes memory signature = sign(GATEWAY_KEY, address(models), hasher.hash(d));
    vm.expectRevert(reason);
    models.deploy(d, signature);
  }

  /// @dev A datanet with a contribution, sealed and trained on.
  function trained(uint8 consent) private returns (bytes32 contributionId, bytes32 snapshotId) {
    uint256 datanetId = create(consent);
    contributionId = reveal(contribution(datanetId, consent));
    snapshotId = snapshotOf(datanetId);
    register(runOn(snapshotId, 0));
  }

  // Terms

  function test_terms_deniedByDefault() public {
    DatanetTerms memory none;
    uint256 datanetId = datanets.create(owner, 0, true, true, none);
    bytes32 snapshotId = snapshotOf(datanetId);
    refuses(
      runOn(snapshotId, 0),
      abi.encodeWithSelector(IDatanets.TrainingNotAllowed.selector, snapshotId, gateway)
    );
    vm.prank(owner);
    datanets.setBuilder(datanetId, gateway, true);
    refuses(
      runOn(snapshotId, 0),
      abi.encodeWithSelector(IDatanets.TrainingNotAllowed.selector, snapshotId, gateway)
    );
    assertFalse(datanets.isLicenceAllowed(datanetId, "Apache-2.0"), "no licence");
  }

  function test_terms_listedBuildersOnly() public {
    uint256 datanetId = create(1);
    bytes32 snapshotId = snapshotOf(datanetId);
    assertFalse(datanets.isTrainingAllowed(snapshotId, gateway), "the owner cannot open what contributors did not");
    vm.prank(owner);
    datanets.setBuilder(datanetId, gateway, true);
    assertTrue(datanets.isTrainingAllowed(snapshotId, gateway), "listed");
    register(runOn(snapshotId, 0));
  }

  function test_terms_bounds() public {
    DatanetTerms memory terms = termsOf(3);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.BadConsent.selector, 3));
    datanets.create(owner, 0, true, true, terms);
    terms.consent = 16;
    vm.expectRevert(abi.encodeWithSelector(IDatanets.BadConsent.selector, 16));
    datanets.create(owner, 0, true, true, terms);
    terms = termsOf(2);
    terms.graceSeconds = 30 days + 1;
    vm.expectRevert(abi.encodeWithSelector(IDatanets.GraceTooLong.selector, 30 days + 1));
    datanets.create(owner, 0, true, true, terms);
    terms = termsOf(2);
    terms.licences[1] = "";
    vm.expectRevert(IDatanets.BadLicence.selector);
    datanets.create(owner, 0, true, true, terms);
    terms.licences = new string[](17);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.TooManyLicences.selector, 17));
    datanets.create(owner, 0, true, true, terms);
  }

  /// @dev An independent reading of the bits: each right by itself.
  function isWithin(uint8 narrow, uint8 wide) private pure returns (bool) {
    bool training = narrow % 4 <= wide % 4;
    bool sold = (narrow / 4) % 2 <= (wide / 4) % 2;
    bool kept = narrow / 8 <= wide / 8;
    return training && sold && kept;
  }

  function testFuzz_reveal_grantsAllThatTheDatanetPromises(uint8 promised, uint8 given) public {
    (promised, given) = (promised % 16, given % 16);
    vm.assume(promised % 4 != 3 && given % 4 != 3);
    uint256 datanetId = create(promised);
    Contribution memory c = contribution(datanetId, given);
    bytes memory signature = sign(OTHER_KEY, address(datanets), hasher.hash(c));
    if (!isWithin(promised, given)) {
      vm.expectRevert(abi.encodeWithSelector(IDatanets.ConsentTooNarrow.selector, datanetId, given, promised));
    }
    datanets.reveal(c, SALT, signature);
  }

  function testFuzz_narrowTerms_neverWidens(uint8 before, uint8 next) public {
    (before, next) = (before % 16, next % 20);
    vm.assume(before % 4 != 3);
    uint256 datanetId = create(before);
    string[] memory licences = new string[](0);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.NotDatanetOwner.selector, datanetId, other));
    vm.prank(other);
    datanets.narrowTerms(datanetId, next, licences);
    bool allowed = next < 16 && next % 4 != 3 && isWithin(next, before);
    if (next >= 16 || next % 4 == 3) vm.expectRevert(abi.encodeWithSelector(IDatanets.BadConsent.selector, next));
    else if (!allowed) {
      vm.expectRevert(abi.encodeWithSelector(IDatanets.TermsNotNarrower.selector, datanetId, next));
    }
    vm.prank(owner);
    datanets.narrowTerms(datanetId, next, licences);
    assertEq(datanets.getDatanet(datanetId).consent, allowed ? next : before, "terms");
  }

  // Licences and paid use

  function test_licence_mustBeAllowedByEveryDatanet() public {
    bytes32 first = snapshotOf(create(2));
    uint256 strict = create(2);
    bytes32 second = snapshotOf(strict);
    string[] memory gone = new string[](1);
    gone[0] = "Apache-2.0";
    vm.prank(owner);
    datanets.narrowTerms(strict, 2, gone);
    refuses(runOn(first, second), abi.encodeWithSelector(IDatanets.LicenceNotAllowed.selector, strict, "Apache-2.0"));
    TrainingRun memory r = runOn(first, second);
    r.licence = "MIT";
    refuses(r, abi.encodeWithSelector(IDatanets.LicenceNotAllowed.selector, 1, "MIT"));
    r.licence = "";
    refuses(r, abi.encodeWithSelector(IDatanets.LicenceNotAllowed.selector, 1, ""));
    r.licence = "CC-BY-4.0";
    register(r);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.LicenceNotAllowed.selector, strict, "Apache-2.0"));
    vm.prank(owner);
    datanets.narrowTerms(strict, 2, gone);
  }

  function test_licence_isSigned() public {
    bytes32 snapshotId = snapshotOf(create(2));
    TrainingRun memory r = runOn(snapshotId, 0);
    bytes memory signature = sign(GATEWAY_KEY, address(models), hasher.hash(r));
    r.licence = "CC-BY-4.0";
    vm.expectRevert(abi.encodeWithSelector(IModels.BadStatementSignature.selector, gateway));
    models.registerAdapter(r, keccak256("folder"), signature);
  }

  function test_paidUse_needsEveryDatanet() public {
    register(runOn(snapshotOf(create(2 + SOLD)), snapshotOf(create(2))));
    assertFalse(models.getAdapter(ADAPTER).isPaidUseAllowed, "one does not allow it");
    refuses(offer(ADAPTER, 1), abi.encodeWithSelector(IModels.PaidUseNotAllowed.selector, ADAPTER));
    Deployment memory d = offer(ADAPTER, 0);
    d.inputPrice = 1;
    refuses(d, abi.encodeWithSelector(IModels.PaidUseNotAllowed.selector, ADAPTER));
    deploy(offer(ADAPTER, 0));
  }

  function test_paidUse_isFixedAtRegistration() public {
    uint256 datanetId = create(2 + SOLD);
    register(runOn(snapshotOf(datanetId), 0));
    vm.prank(owner);
    datanets.narrowTerms(datanetId, 0, new string[](0));
    deploy(offer(ADAPTER, 1));
    TrainingRun memory r = runOn(datanets.getDatanet(datanetId).latestSnapshot, 0);
    r.adapterId = keccak256("another");
    refuses(r, abi.encodeWithSelector(IDatanets.TrainingNotAllowed.selector, r.snapshotIds[0], gateway));
  }

  // Revocation: what must not be possible

  function test_mark_refusesWhatWasNotRevoked() public {
    (bytes32 contributionId, bytes32 snapshotId) = trained(2 + SOLD);
    uint256 datanetId = datanets.getSnapshot(snapshotId).datanetId;
    SealedRecord memory leaf = sealedRecord(1);
    MerkleProof memory proof = OrderedTree.prove(sealedLeaves(), 1);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.NotRevoked.selector, datanetId, leaf.recordId, other));
    datanets.mark(snapshotId, leaf, proof);
    revoke(contributionId, 0);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.NotRevoked.selector, datanetId, leaf.recordId, other));
    datanets.mark(snapshotId, leaf, proof);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.UnknownSnapshot.selector, bytes32("x")));
    datanets.mark("x", leaf, proof);
    assertEq(models.revocationsOf(ADAPTER).revokedRecords, 0, "nothing marked");
  }

  function test_mark_refusesWhatIsNotInTheSnapshot() public {
    (bytes32 contributionId, bytes32 snapshotId) = trained(2 + SOLD);
    revoke(contributionId, 0);
    MerkleProof memory proof = OrderedTree.prove(sealedLeaves(), 1);
    bytes memory refusal = abi.encodeWithSelector(IDatanets.BadRecordProof.selector, record(0));
    vm.expectRevert(refusal);
    datanets.mark(snapshotId, sealedRecord(0), proof);
    proof = OrderedTree.prove(sealedLeaves(), 0);
    SealedRecord memory leaf = sealedRecord(0);
    leaf.weight = 2;
    vm.expectRevert(refusal);
    datanets.mark(snapshotId, leaf, proof);
    proof.count = COUNT + 1;
    leaf = sealedRecord(0);
    vm.expectRevert(refusal);
    datanets.mark(snapshotId, leaf, proof);
  }

  /// @dev The same text given by somebody else, or to another datanet, is not this record.
  function test_mark_isByDatanetAndContributor() public {
    (bytes32 contributionId, bytes32 snapshotId) = trained(2 + SOLD);
    uint256 elsewhere = create(2 + SOLD);
    bytes32 there = snapshotOf(elsewhere);
    revoke(contributionId, 0);
    SealedRecord memory leaf = sealedRecord(0);
    MerkleProof memory proof = OrderedTree.prove(sealedLeaves(), 0);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.NotRevoked.selector, elsewhere, record(0), other));
    datanets.mark(there, leaf, proof);
    leaf.contributor = gateway;
    vm.expectRevert(abi.encodeWithSelector(IDatanets.NotRevoked.selector, 1, record(0), gateway));
    datanets.mark(snapshotId, leaf, proof);
  }

  function test_mark_refusesACopyOfWeightZero() public {
    (bytes32 contributionId, bytes32 snapshotId) = trained(2 + SOLD);
    revoke(contributionId, COUNT - 1);
    SealedRecord memory leaf = sealedRecord(COUNT - 1);
    MerkleProof memory proof = OrderedTree.prove(sealedLeaves(), COUNT - 1);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.NotTrainedOn.selector, leaf.recordId));
    datanets.mark(snapshotId, leaf, proof);
  }

  // Revocation: what must be possible

  function test_mark_freezesAfterTheGrace() public {
    (bytes32 contributionId, bytes32 snapshotId) = trained(2 + SOLD);
    bytes32 deploymentId = deploy(offer(ADAPTER, 1));
    revoke(contributionId, 2);
    vm.warp(block.timestamp + 90 days);
    mark(snapshotId, 2);
    Revocations memory found = models.revocationsOf(ADAPTER);
    assertEq(found.revokedRecords, 1, "one record");
    assertEq(found.freezeAt, block.timestamp + 7 days, "the whole grace, from the mark on");
    uint256 freezeAt = found.freezeAt;
    SealedRecord memory leaf = sealedRecord(2);
    MerkleProof memory proof = OrderedTree.prove(sealedLeaves(), 2);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.AlreadyMarked.selector, snapshotId, record(2)));
    datanets.mark(snapshotId, leaf, proof);

    vm.warp(block.timestamp + 1 days);
    revoke(contributionId, 0);
    mark(snapshotId, 0);
    assertEq(models.revocationsOf(ADAPTER).revokedRecords, 2, "two records");
    assertEq(models.revocationsOf(ADAPTER).freezeAt, freezeAt, "a second one moves nothing");
    assertTrue(models.getDeployment(deploymentId).active, "the deployment itself is its owner's");
    refuses(offer(ADAPTER, 1), abi.encodeWithSelector(IModels.AdapterFrozen.selector, ADAPTER, freezeAt));
    refuses(offer(ADAPTER, 0), abi.encodeWithSelector(IModels.AdapterFrozen.selector, ADAPTER, freezeAt));
  }

  function test_mark_reachesEveryAdapterOfTheSnapshotAndNoOther() public {
    (bytes32 contributionId, bytes32 snapshotId) = trained(2 + SOLD);
    bytes32 clean = snapshotOf(create(2 + SOLD));
    TrainingRun memory r = runOn(clean, snapshotId);
    r.adapterId = keccak256("mixed");
    register(r);
    r = runOn(clean, 0);
    r.adapterId = keccak256("clean");
    register(r);
    revoke(contributionId, 3);
    mark(snapshotId, 3);
    assertEq(models.revocationsOf(ADAPTER).revokedRecords, 1, "its own");
    assertEq(models.revocationsOf(keccak256("mixed")).revokedRecords, 1, "with another snapshot");
    assertEq(models.revocationsOf(keccak256("mixed")).freezeAt, block.timestamp + 7 days, "freezes too");
    assertEq(models.revocationsOf(keccak256("clean")).revokedRecords, 0, "another lineage");
    assertEq(models.revocationsOf(keccak256("clean")).freezeAt, 0, "goes on");
  }

  function test_mark_onlyMarksWhereContributorsAllowedIt() public {
    (bytes32 contributionId, bytes32 snapshotId) = trained(2 + SOLD + KEPT);
    revoke(contributionId, 0);
    mark(snapshotId, 0);
    assertEq(models.revocationsOf(ADAPTER).revokedRecords, 1, "marked");
    assertEq(models.revocationsOf(ADAPTER).freezeAt, 0, "goes on earning");
    deploy(offer(ADAPTER, 1));
  }

  /// @dev Of one datanet: who allowed adapters to go on is held to it, who did not is not.
  function test_mark_freezesByTheRevokedContribution() public {
    uint256 datanetId = create(2 + SOLD);
    bytes32 generous = reveal(contribution(datanetId, 2 + SOLD + KEPT));
    bytes32 strict = reveal(contribution(datanetId, 2 + SOLD));
    bytes32 snapshotId = snapshotOf(datanetId);
    register(runOn(snapshotId, 0));
    revoke(generous, 0);
    mark(snapshotId, 0);
    assertEq(models.revocationsOf(ADAPTER).freezeAt, 0, "kept");
    revoke(strict, 1);
    mark(snapshotId, 1);
    assertEq(models.revocationsOf(ADAPTER).freezeAt, block.timestamp + 7 days, "not kept");
  }

  function test_mark_endsRegistrationsOnTheSnapshot() public {
    (bytes32 contributionId, bytes32 snapshotId) = trained(2 + SOLD + KEPT);
    revoke(contributionId, 0);
    mark(snapshotId, 0);
    assertFalse(datanets.isTrainingAllowed(snapshotId, gateway), "no training");
    TrainingRun memory r = runOn(snapshotId, 0);
    r.adapterId = keccak256("late");
    refuses(r, abi.encodeWithSelector(IDatanets.SnapshotRevoked.selector, snapshotId, 1));
  }

  /// @dev The way out: the next version without the record, an adapter trained on it, a deployment of that.
  function test_freeze_endsWithARetrainedAdapter() public {
    (bytes32 contributionId, bytes32 snapshotId) = trained(2 + SOLD);
    revoke(contributionId, 0);
    mark(snapshotId, 0);
    Snapshot memory s = Snapshot(1, snapshotId, keccak256("without"), 4, 1, keccak256("file"));
    bytes32 next = datanets.seal(s, sign(OWNER_KEY, address(datanets), hasher.hash(s)));
    TrainingRun memory r = runOn(next, 0);
    r.adapterId = keccak256("retrained");
    register(r);
    deploy(offer(r.adapterId, 1));
    assertEq(models.revocationsOf(r.adapterId).revokedRecords, 0, "clean");
  }

  function testFuzz_mark_isTheEarliestOfAll(uint32 firstGrace, uint32 secondGrace, uint32 between) public {
    (firstGrace, secondGrace, between) = (firstGrace % (30 days + 1), secondGrace % (30 days + 1), between % 60 days);
    bytes32[2] memory contributions;
    bytes32[2] memory snapshots;
    for (uint256 i = 0; i < 2; ++i) {
      DatanetTerms memory terms = termsOf(2 + SOLD);
      terms.graceSeconds = i == 0 ? firstGrace : secondGrace;
      uint256 datanetId = datanets.create(owner, 0, true, true, terms);
      contributions[i] = reveal(contribution(datanetId, 2 + SOLD));
      snapshots[i] = snapshotOf(datanetId);
    }
    register(runOn(snapshots[0], snapshots[1]));
    revoke(contributions[0], 0);
    mark(snapshots[0], 0);
    uint256 first = block.timestamp + firstGrace;
    vm.warp(block.timestamp + between);
    revoke(contributions[1], 0);
    mark(snapshots[1], 0);
    uint256 second = block.timestamp + secondGrace;
    assertEq(models.revocationsOf(ADAPTER).freezeAt, first < second ? first : second, "earliest");
    assertEq(models.revocationsOf(ADAPTER).revokedRecords, 2, "both");
  }

  // Lineage

  function test_lineage_walksToTheRecordRoots() public {
    vm.expectRevert(abi.encodeWithSelector(IModels.UnknownModel.selector, ADAPTER));
    models.getLineage(ADAPTER);
    uint256 sold = create(2 + SOLD);
    bytes32 contributionId = reveal(contribution(sold, 2 + SOLD));
    (bytes32 first, bytes32 second) = (snapshotOf(sold), snapshotOf(create(2)));
    register(runOn(first, second));
    revoke(contributionId, 0);
    mark(first, 0);
    IModels.Lineage memory lineage = models.getLineage(ADAPTER);
    assertEq(lineage.adapter.trainer, gateway, "trainer");
    assertEq(lineage.base.contentHash, keccak256("weights"), "base");
    assertEq(lineage.revocations.revokedRecords, 1, "revoked");
    assertEq(lineage.sources.length, 2, "sources");
    assertEq(lineage.sources[0].snapshotId, first, "first snapshot");
    assertEq(lineage.sources[0].snapshot.root, OrderedTree.root(sealedLeaves()), "record root");
    assertEq(lineage.sources[0].snapshot.revokedRecords, 1, "marked snapshot");
    assertEq(lineage.sources[0].datanet.consent, 2 + SOLD, "terms");
    assertEq(lineage.sources[0].datanet.termsHash, keccak256("terms"), "document");
    assertEq(lineage.sources[1].snapshot.datanetId, 2, "second datanet");
    assertEq(lineage.sources[1].datanet.owner, owner, "owner");
  }

  function test_gas_rights() public {
    (bytes32 contributionId, bytes32 snapshotId) = trained(2 + SOLD);
    revoke(contributionId, 0);
    vm.snapshotGasLastCall("transactions", "revoke a record");
    mark(snapshotId, 0);
    vm.snapshotGasLastCall("transactions", "mark a snapshot of five records");
  }
}
