// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IDatanets } from "../src/interfaces/IDatanets.sol";
import { IModels } from "../src/interfaces/IModels.sol";
import { SealedRecord } from "../src/types/Dispute.sol";
import { MerkleProof } from "../src/types/Ledger.sol";
import { DatanetTerms } from "../src/types/Rights.sol";
import { Contribution, Deployment, Snapshot, TrainingRun } from "../src/types/Statements.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";
import { OrderedTree } from "./support/OrderedTree.sol";

/// @dev What datanets and models announce, from terms to a revocation: contributors learn of it by nothing else.
contract RightsEventsTest is LedgerFixture {
  bytes32 private constant SALT = keccak256("salt");
  bytes32 private constant RECORD = keccak256("record");
  uint256 private datanetId;

  function setUp() public override {
    super.setUp();
    datanetId = datanets.create(owner, keccak256("meta"), true, true, termsOf(6));
  }

  function from(address emitter) private {
    vm.expectEmit(true, true, true, true, emitter);
  }

  function test_creation() public {
    DatanetTerms memory terms = termsOf(2);
    from(address(datanets));
    emit IDatanets.DatanetCreated(2, other, keccak256("meta"), true, false);
    datanets.create(other, keccak256("meta"), true, false, terms);
    from(address(datanets));
    emit IDatanets.TermsSet(3, 2, 7 days, keccak256("terms"), terms.licences);
    datanets.create(other, keccak256("meta"), true, false, terms);
  }

  function test_settings() public {
    string[] memory licences = new string[](1);
    licences[0] = "CC-BY-4.0";
    vm.startPrank(owner);
    from(address(datanets));
    emit IDatanets.TermsNarrowed(datanetId, 2, licences);
    datanets.narrowTerms(datanetId, 2, licences);
    from(address(datanets));
    emit IDatanets.MetadataChanged(datanetId, keccak256("next"));
    datanets.setMetadata(datanetId, keccak256("next"));
    from(address(datanets));
    emit IDatanets.PolicyChanged(datanetId, false, true);
    datanets.setPolicy(datanetId, false, true);
    from(address(datanets));
    emit IDatanets.CuratorChanged(datanetId, other, true);
    datanets.setCurator(datanetId, other, true);
    from(address(datanets));
    emit IDatanets.ContributorChanged(datanetId, payer, true);
    datanets.setContributor(datanetId, payer, true);
    from(address(datanets));
    emit IDatanets.BuilderChanged(datanetId, payer, true);
    datanets.setBuilder(datanetId, payer, true);
    from(address(datanets));
    emit IDatanets.OwnershipOffered(datanetId, owner, other);
    datanets.offerOwnership(datanetId, other);
    vm.stopPrank();
    from(address(datanets));
    emit IDatanets.OwnershipTransferred(datanetId, owner, other);
    vm.prank(other);
    datanets.acceptOwnership(datanetId);
  }

  /// @dev One record, whose contributor does not let it be kept.
  function contribute() private returns (bytes32 id, MerkleProof memory proof) {
    bytes32[] memory leaves = new bytes32[](1);
    leaves[0] = OrderedTree.leafHash(abi.encode(RECORD));
    proof = OrderedTree.prove(leaves, 0);
    Contribution memory c = Contribution(datanetId, other, OrderedTree.root(leaves), 1, "Apache-2.0", 6, 1);
    id = digestFor(address(datanets), hasher.hash(c));
    bytes memory signature = sign(OTHER_KEY, address(datanets), hasher.hash(c));
    bytes32 commitment = keccak256(abi.encode(id, SALT));
    uint64 time = uint64(block.timestamp);
    from(address(datanets));
    emit IDatanets.ContributionCommitted(datanetId, commitment, 1);
    datanets.commit(datanetId, commitment);
    vm.roll(block.number + 1);
    vm.warp(time + 12);
    from(address(datanets));
    emit IDatanets.ContributionRevealed(id, datanetId, other, c.recordsRoot, 1, "Apache-2.0", 6, 1, time, 1);
    datanets.reveal(c, SALT, signature);
  }

  function test_contributions() public {
    (bytes32 id, MerkleProof memory proof) = contribute();
    bytes32[] memory leaves = new bytes32[](1);
    leaves[0] = OrderedTree.leafHash(abi.encode(SealedRecord(RECORD, other, 1)));
    Snapshot memory s = Snapshot(datanetId, 0, OrderedTree.root(leaves), 1, 1, keccak256("file"));
    bytes memory signature = sign(OWNER_KEY, address(datanets), hasher.hash(s));
    bytes32 snapshotId = hasher.hash(s);
    from(address(datanets));
    emit IDatanets.SnapshotSealed(snapshotId, datanetId, 0, s.root, 1, 1, s.contentHash, 1);
    datanets.seal(s, signature);
    from(address(datanets));
    emit IDatanets.RecordRevoked(datanetId, RECORD, other, id);
    vm.prank(other);
    datanets.revoke(id, RECORD, proof);
    MerkleProof memory place = OrderedTree.prove(leaves, 0);
    from(address(datanets));
    emit IDatanets.SnapshotMarked(snapshotId, RECORD, other, 1, uint40(block.timestamp + 7 days));
    datanets.mark(snapshotId, SealedRecord(RECORD, other, 1), place);
  }

  function test_models() public {
    bytes32 snapshotId = snapshot();
    from(address(models));
    emit IModels.BaseRegistered("base", payer, "weights");
    vm.prank(payer);
    models.registerBase("base", "weights");
    from(address(models));
    emit IModels.ContentMoved("base", "elsewhere");
    vm.prank(payer);
    models.moveContent("base", "elsewhere");
    TrainingRun memory run;
    (run.trainer, run.baseId, run.adapterId, run.licence) = (other, "base", "adapter", "Apache-2.0");
    run.snapshotIds = new bytes32[](1);
    run.snapshotIds[0] = snapshotId;
    bytes memory signature = sign(OTHER_KEY, address(models), hasher.hash(run));
    bytes32 runId = digestFor(address(models), hasher.hash(run));
    vm.warp(block.timestamp + 12);
    from(address(models));
    emit IModels.AdapterRegistered("adapter", "base", other, runId, "folder", run);
    models.registerAdapter(run, "folder", signature);
    assertEq(models.getAdapter("adapter").registeredAt, block.timestamp, "when");
  }

  function test_deployments() public {
    vm.prank(other);
    models.registerBase("base", "weights");
    Deployment memory d = Deployment(other, "base", 10, 20, 600_000, 200_000, 200_000, 0, "m", "t", 1);
    bytes memory signature = sign(OTHER_KEY, address(models), hasher.hash(d));
    bytes32 id = hasher.hash(d);
    approve(other, address(models), 1 ether);
    from(address(models));
    emit IModels.Deployed(id, "base", other, d, 1 ether);
    models.deploy(d, signature);
    from(address(models));
    emit IModels.ActiveChanged(id, false);
    vm.prank(other);
    models.setActive(id, false);
  }

  function snapshot() private returns (bytes32) {
    Snapshot memory s = Snapshot(datanetId, 0, keccak256("root"), 5, 2, keccak256("file"));
    return datanets.seal(s, sign(OWNER_KEY, address(datanets), hasher.hash(s)));
  }
}
