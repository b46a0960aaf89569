// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IDatanets } from "../src/interfaces/IDatanets.sol";
import { MerkleProof } from "../src/types/Ledger.sol";
import { Contribution, Snapshot } from "../src/types/Statements.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";
import { OrderedTree } from "./support/OrderedTree.sol";

contract DatanetsTest is LedgerFixture {
  bytes32 private constant SALT = keccak256("salt");
  uint256 private datanetId;
  bytes32[] private leaves;

  function setUp() public override {
    super.setUp();
    datanetId = datanets.create(owner, keccak256("meta"), true, false, termsOf(2));
    for (uint256 i = 0; i < 5; ++i) leaves.push(OrderedTree.leafHash(abi.encode(record(i))));
  }

  function record(uint256 i) private pure returns (bytes32) {
    return keccak256(abi.encode("record", i));
  }

  function contribution() private view returns (Contribution memory) {
    return Contribution(datanetId, other, OrderedTree.root(leaves), 5, "CC-BY-4.0", 2, 1);
  }

  function digest(Contribution memory c) private view returns (bytes32) {
    return digestFor(address(datanets), hasher.hash(c));
  }

  function signed(Contribution memory c, uint256 key) private view returns (bytes memory) {
    return sign(key, address(datanets), hasher.hash(c));
  }

  function commitment(Contribution memory c) private view returns (bytes32) {
    return keccak256(abi.encode(digest(c), SALT));
  }

  function committed(Contribution memory c) private returns (bytes memory signature) {
    datanets.commit(c.datanetId, commitment(c));
    vm.roll(block.number + 1);
    return signed(c, OTHER_KEY);
  }

  function snapshotAfter(bytes32 parent) private view returns (Snapshot memory) {
    return Snapshot(datanetId, parent, keccak256("root"), 5, 2, keccak256("file"));
  }

  function sealedAfter(bytes32 parent) private returns (bytes32) {
    Snapshot memory s = snapshotAfter(parent);
    return datanets.seal(s, sign(OWNER_KEY, address(datanets), hasher.hash(s)));
  }

  function test_create_countsFromOne() public {
    assertEq(datanetId, 1, "first id");
    assertEq(datanets.create(other, 0, false, false, termsOf(0)), 2, "second id");
    assertEq(datanets.getDatanet(2).owner, other, "owner");
    vm.expectRevert(IDatanets.ZeroOwner.selector);
    datanets.create(address(0), 0, false, false, termsOf(0));
    vm.expectRevert(abi.encodeWithSelector(IDatanets.UnknownDatanet.selector, 3));
    datanets.getDatanet(3);
  }

  function test_reveal_keepsTheContribution() public {
    Contribution memory c = contribution();
    vm.warp(1_800_000_000);
    bytes memory signature = committed(c);
    vm.warp(1_900_000_000);
    bytes32 id = datanets.reveal(c, SALT, signature);
    assertEq(id, digest(c), "id is the digest");
    IDatanets.ContributionState memory state = datanets.getContribution(id);
    assertEq(state.contributor, other, "contributor");
    assertEq(state.committedAt, 1_800_000_000, "time of the commit, not of the reveal");
    assertEq(state.recordsRoot, c.recordsRoot, "root");
    assertEq(state.order, 1, "order");
  }

  function test_commit_firstWins() public {
    Contribution memory c = contribution();
    bytes32 hash = commitment(c);
    datanets.commit(datanetId, hash);
    vm.warp(block.timestamp + 10);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.AlreadyCommitted.selector, hash));
    vm.prank(gateway);
    datanets.commit(datanetId, hash);
    vm.expectRevert(IDatanets.ZeroCommitment.selector);
    datanets.commit(datanetId, 0);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.UnknownDatanet.selector, 9));
    datanets.commit(9, hash);
  }

  function test_reveal_notInTheBlockOfTheCommit() public {
    Contribution memory c = contribution();
    bytes memory signature = signed(c, OTHER_KEY);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.NotCommitted.selector, commitment(c)));
    datanets.reveal(c, SALT, signature);
    datanets.commit(datanetId, commitment(c));
    vm.expectRevert(abi.encodeWithSelector(IDatanets.RevealTooEarly.selector, block.number));
    datanets.reveal(c, SALT, signature);
  }

  function test_reveal_refusesForgeryAndReplay() public {
    Contribution memory c = contribution();
    bytes memory signature = committed(c);
    bytes memory forged = signed(c, GATEWAY_KEY);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.BadStatementSignature.selector, other));
    datanets.reveal(c, SALT, forged);
    datanets.reveal(c, SALT, signature);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.NonceUsed.selector, other, 1));
    datanets.reveal(c, SALT, signature);
  }

  function test_reveal_refusesAnotherChain() public {
    Contribution memory c = contribution();
    vm.chainId(999);
    bytes memory signature = signed(c, OTHER_KEY);
    vm.chainId(31337);
    committed(c);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.BadStatementSignature.selector, other));
    datanets.reveal(c, SALT, signature);
  }

  function test_reveal_refusesBadFields() public {
    Contribution memory c = contribution();
    c.count = 0;
    vm.expectRevert(IDatanets.EmptyContribution.selector);
    datanets.reveal(c, SALT, "");
    c = contribution();
    c.consent = 3;
    vm.expectRevert(abi.encodeWithSelector(IDatanets.BadConsent.selector, 3));
    datanets.reveal(c, SALT, "");
    c = contribution();
    c.licence = "";
    vm.expectRevert(IDatanets.BadLicence.selector);
    datanets.reveal(c, SALT, "");
    c.licence = "a licence name that is much longer than sixty-four bytes of text is";
    vm.expectRevert(IDatanets.BadLicence.selector);
    datanets.reveal(c, SALT, "");
  }

  function testFuzz_reveal_anyChangedFieldBreaksTheCommit(uint8 field, uint256 noise) public {
    Contribution memory c = contribution();
    bytes memory signature = committed(c);
    uint256 which = field % 5;
    if (which == 0) c.recordsRoot = bytes32(noise);
    if (which == 1) c.count = uint32(noise);
    if (which == 2) c.consent = uint8(noise % 3);
    if (which == 3) c.nonce = noise;
    if (which == 4) c.contributor = address(uint160(noise));
    vm.assume(digest(c) != digest(contribution()) && c.count != 0);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.NotCommitted.selector, commitment(c)));
    datanets.reveal(c, SALT, signature);
  }

  function test_allowList() public {
    vm.prank(owner);
    datanets.setPolicy(datanetId, false, false);
    Contribution memory c = contribution();
    bytes memory signature = committed(c);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.ContributorNotAllowed.selector, datanetId, other));
    datanets.reveal(c, SALT, signature);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.NotDatanetCurator.selector, datanetId, gateway));
    vm.prank(gateway);
    datanets.setContributor(datanetId, other, true);
    vm.prank(owner);
    datanets.setCurator(datanetId, gateway, true);
    vm.prank(gateway);
    datanets.setContributor(datanetId, other, true);
    datanets.reveal(c, SALT, signature);
  }

  function test_seal_chainsVersions() public {
    bytes32 first = sealedAfter(0);
    assertEq(first, hasher.hash(snapshotAfter(0)), "id is the struct hash");
    Snapshot memory again = snapshotAfter(0);
    bytes memory signature = sign(OWNER_KEY, address(datanets), hasher.hash(again));
    vm.expectRevert(abi.encodeWithSelector(IDatanets.WrongParent.selector, bytes32(0), first));
    datanets.seal(again, signature);
    bytes32 second = sealedAfter(first);
    assertEq(datanets.getDatanet(datanetId).latestSnapshot, second, "latest");
    assertEq(datanets.getSnapshot(second).number, 2, "number");
    assertEq(datanets.getSnapshot(second).parent, first, "parent");
  }

  function test_seal_refusesOthersAndEmptyCounts() public {
    Snapshot memory s = snapshotAfter(0);
    bytes memory forged = sign(OTHER_KEY, address(datanets), hasher.hash(s));
    vm.expectRevert(abi.encodeWithSelector(IDatanets.BadStatementSignature.selector, owner));
    datanets.seal(s, forged);
    s.contributorCount = 0;
    vm.expectRevert(abi.encodeWithSelector(IDatanets.BadSnapshotCounts.selector, 5, 0));
    datanets.seal(s, forged);
    s.contributorCount = 6;
    vm.expectRevert(abi.encodeWithSelector(IDatanets.BadSnapshotCounts.selector, 5, 6));
    datanets.seal(s, forged);
    s.datanetId = 77;
    vm.expectRevert(abi.encodeWithSelector(IDatanets.UnknownDatanet.selector, 77));
    datanets.seal(s, forged);
  }

  function test_consent_deniesByDefault() public {
    bytes32 id = sealedAfter(0);
    assertFalse(datanets.isTrainingAllowed(id, other), "other");
    assertFalse(datanets.isTrainingAllowed(id, owner), "not even the owner");
    assertFalse(datanets.isTrainingAllowed(keccak256("unknown"), other), "unknown snapshot");
    vm.prank(owner);
    datanets.setBuilder(datanetId, other, true);
    assertTrue(datanets.isTrainingAllowed(id, other), "allowed");
    assertFalse(datanets.isTrainingAllowed(id, gateway), "only the one");
    vm.prank(owner);
    datanets.setBuilder(datanetId, other, false);
    assertFalse(datanets.isTrainingAllowed(id, other), "taken back");
    vm.prank(owner);
    datanets.setPolicy(datanetId, true, true);
    assertTrue(datanets.isTrainingAllowed(id, gateway), "open to all");
  }

  function test_onlyTheOwnerGrants() public {
    bytes memory refusal = abi.encodeWithSelector(IDatanets.NotDatanetOwner.selector, datanetId, other);
    vm.startPrank(other);
    vm.expectRevert(refusal);
    datanets.setBuilder(datanetId, other, true);
    vm.expectRevert(refusal);
    datanets.setPolicy(datanetId, true, true);
    vm.expectRevert(refusal);
    datanets.setCurator(datanetId, other, true);
    vm.expectRevert(refusal);
    datanets.setMetadata(datanetId, 0);
    vm.expectRevert(refusal);
    datanets.offerOwnership(datanetId, other);
    vm.stopPrank();
  }

  function test_ownershipMovesInTwoSteps() public {
    vm.prank(owner);
    datanets.offerOwnership(datanetId, other);
    assertEq(datanets.getDatanet(datanetId).owner, owner, "not yet");
    vm.expectRevert(abi.encodeWithSelector(IDatanets.NotPendingOwner.selector, datanetId, gateway));
    vm.prank(gateway);
    datanets.acceptOwnership(datanetId);
    vm.prank(other);
    datanets.acceptOwnership(datanetId);
    assertEq(datanets.getDatanet(datanetId).owner, other, "moved");
    assertEq(datanets.getDatanet(datanetId).pendingOwner, address(0), "no offer left");
  }

  function test_revoke() public {
    Contribution memory c = contribution();
    bytes32 id = datanets.reveal(c, SALT, committed(c));
    MerkleProof memory proof = OrderedTree.prove(leaves, 3);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.UnknownContribution.selector, bytes32("x")));
    datanets.revoke("x", record(3), proof);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.NotContributor.selector, id, owner));
    vm.prank(owner);
    datanets.revoke(id, record(3), proof);
    vm.startPrank(other);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.BadRecordProof.selector, record(2)));
    datanets.revoke(id, record(2), proof);
    datanets.revoke(id, record(3), proof);
    assertEq(datanets.revokedAt(datanetId, record(3), other), block.timestamp, "when");
    assertEq(datanets.revokedAt(datanetId, record(3), owner), 0, "nobody else's");
    vm.expectRevert(abi.encodeWithSelector(IDatanets.AlreadyRevoked.selector, datanetId, record(3)));
    datanets.revoke(id, record(3), proof);
    vm.stopPrank();
  }

  function test_revoke_refusesAWrongCount() public {
    Contribution memory c = contribution();
    c.count = 6;
    bytes32 id = datanets.reveal(c, SALT, committed(c));
    MerkleProof memory proof = OrderedTree.prove(leaves, 3);
    vm.expectRevert(abi.encodeWithSelector(IDatanets.BadRecordProof.selector, record(3)));
    vm.prank(other);
    datanets.revoke(id, record(3), proof);
  }
}
