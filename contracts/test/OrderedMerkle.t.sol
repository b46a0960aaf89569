// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { MerkleProof } from "../src/types/Ledger.sol";
import { Assertions } from "./support/Assertions.sol";
import { MerkleVerifier } from "./support/MerkleVerifier.sol";
import { OrderedTree } from "./support/OrderedTree.sol";

contract OrderedMerkleTest is Assertions {
  MerkleVerifier private verifier = new MerkleVerifier();

  function leavesOf(bytes32 seed, uint256 count) private pure returns (bytes32[] memory leaves) {
    leaves = new bytes32[](count);
    for (uint256 i = 0; i < count; ++i) leaves[i] = keccak256(abi.encode(seed, i));
  }

  function testFuzz_everyLeafVerifies(bytes32 seed, uint8 size, uint8 place) public view {
    uint256 count = uint256(size) + 1;
    uint256 index = uint256(place) % count;
    bytes32[] memory leaves = leavesOf(seed, count);
    MerkleProof memory proof = OrderedTree.prove(leaves, index);
    assertTrue(verifier.verify(OrderedTree.root(leaves), leaves[index], proof), "verifies");
  }

  function testFuzz_noOtherPlace(bytes32 seed, uint8 size, uint8 place, uint256 claimed) public view {
    uint256 count = uint256(size) + 2;
    uint256 index = uint256(place) % count;
    vm.assume(claimed != index);
    bytes32[] memory leaves = leavesOf(seed, count);
    MerkleProof memory proof = OrderedTree.prove(leaves, index);
    proof.index = claimed;
    assertFalse(verifier.verify(OrderedTree.root(leaves), leaves[index], proof), "another place");
    proof.index = claimed % count;
    if (proof.index != index) {
      assertFalse(verifier.verify(OrderedTree.root(leaves), leaves[index], proof), "another place inside");
    }
  }

  function testFuzz_noOtherCount(bytes32 seed, uint8 size, uint8 place, uint256 count) public view {
    uint256 actual = uint256(size) + 1;
    vm.assume(count != actual);
    uint256 index = uint256(place) % actual;
    bytes32[] memory leaves = leavesOf(seed, actual);
    MerkleProof memory proof = OrderedTree.prove(leaves, index);
    proof.count = count;
    assertFalse(verifier.verify(OrderedTree.root(leaves), leaves[index], proof), "another count");
  }

  function testFuzz_changedSiblingFails(bytes32 seed, uint8 size, uint8 place, uint8 which, bytes32 other) public view {
    uint256 count = uint256(size) + 2;
    uint256 index = uint256(place) % count;
    bytes32[] memory leaves = leavesOf(seed, count);
    MerkleProof memory proof = OrderedTree.prove(leaves, index);
    uint256 changed = uint256(which) % proof.siblings.length;
    vm.assume(other != proof.siblings[changed]);
    proof.siblings[changed] = other;
    assertFalse(verifier.verify(OrderedTree.root(leaves), leaves[index], proof), "changed sibling");
  }

  function testFuzz_anythingIsAnsweredNotReverted(bytes32 root, bytes32 leaf, MerkleProof calldata proof) public view {
    assertFalse(verifier.verify(root, leaf, proof), "noise");
  }

  function test_extraAndMissingSiblings() public view {
    bytes32[] memory leaves = leavesOf("x", 5);
    MerkleProof memory proof = OrderedTree.prove(leaves, 1);
    bytes32[] memory longer = new bytes32[](proof.siblings.length + 1);
    for (uint256 i = 0; i < proof.siblings.length; ++i) longer[i] = proof.siblings[i];
    assertFalse(verifier.verify(OrderedTree.root(leaves), leaves[1], MerkleProof(1, 5, longer)), "one more");
    bytes32[] memory shorter = new bytes32[](proof.siblings.length - 1);
    for (uint256 i = 0; i < shorter.length; ++i) shorter[i] = proof.siblings[i];
    assertFalse(verifier.verify(OrderedTree.root(leaves), leaves[1], MerkleProof(1, 5, shorter)), "one less");
  }

  function test_promotedLeafNeedsNoSibling() public view {
    bytes32[] memory leaves = leavesOf("x", 3);
    MerkleProof memory proof = OrderedTree.prove(leaves, 2);
    assertEq(proof.siblings.length, 1, "siblings of a promoted leaf");
    assertTrue(verifier.verify(OrderedTree.root(leaves), leaves[2], proof), "verifies");
  }

  function test_innerNodeIsNoLeaf() public view {
    bytes32[] memory leaves = leavesOf("x", 4);
    bytes32 inner = keccak256(abi.encodePacked(bytes1(0x01), leaves[0], leaves[1]));
    bytes32[] memory siblings = new bytes32[](1);
    siblings[0] = keccak256(abi.encodePacked(bytes1(0x01), leaves[2], leaves[3]));
    assertFalse(verifier.verify(OrderedTree.root(leaves), inner, MerkleProof(0, 2, siblings)), "an inner node");
  }
}
