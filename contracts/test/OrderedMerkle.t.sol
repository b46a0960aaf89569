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

  /// @dev Proofs of any shape, up to 2^256 leaves, against the definition read level by level.
  function testFuzz_agreesWithTheDefinition(
    uint256 index,
    uint256 count,
    uint8 bits,
    bytes32 seed,
    uint8 off
  ) public view {
    (index, count) = (index >> (bits % 255), count >> (bits % 255));
    if (off & 4 == 0 && count > 0) index %= count;
    bytes32[] memory siblings = leavesOf(seed, 258);
    (bytes32 top, uint256 needed) = climb(keccak256("leaf"), index, count, siblings);
    uint256 given =
      off % 4 == 0 && needed > 0
        ? needed - 1
        : off % 4 == 1
          ? needed + 1
          : needed;
    MerkleProof memory proof = MerkleProof(index, count, leavesOf(seed, given));
    bytes32 root = keccak256(abi.encodePacked(bytes1(0x02), top, count));
    bool stands = index < count && given == needed;
    assertTrue(verifier.verify(root, keccak256("leaf"), proof) == stands, "the definition");
  }

  /// @dev The top above a node, and how many siblings it took.
  function climb(
    bytes32 node,
    uint256 place,
    uint256 width,
    bytes32[] memory siblings
  ) private pure returns (bytes32, uint256 used) {
    while (width > 1) {
      bytes32 sibling = siblings[used];
      if (place % 2 == 1) (node, used) = (keccak256(abi.encodePacked(bytes1(0x01), sibling, node)), used + 1);
      else if (place < width - 1) (node, used) = (keccak256(abi.encodePacked(bytes1(0x01), node, sibling)), used + 1);
      (place, width) = (place / 2, width / 2 + (width % 2));
    }
    return (node, used);
  }

  function testFuzz_leavesAreHashedWhereTheyLie(bytes calldata encoded, bytes32 first, bytes32 second) public view {
    (bytes32 result, bytes memory left) = verifier.leafHash(encoded);
    assertEq(result, OrderedTree.leafHash(encoded), "hash of a leaf");
    assertEq(keccak256(left), keccak256(encoded), "the leaf afterwards");
    assertEq(verifier.leafHash(first, second), OrderedTree.leafHash(abi.encode(first, second)), "hash of two words");
  }

  function test_anEmptyLeaf() public view {
    (bytes32 result, bytes memory left) = verifier.leafHash("");
    assertEq(result, keccak256(hex"00"), "hash");
    assertEq(left.length, 0, "afterwards");
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
