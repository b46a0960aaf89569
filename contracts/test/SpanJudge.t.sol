// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SpanJudge } from "../src/SpanJudge.sol";
import { Case, IndexHeader, IndexRecord, SpanSourceClaim } from "../src/types/Dispute.sol";
import { Assertions } from "./support/Assertions.sol";
import { OrderedTree } from "./support/OrderedTree.sol";

/// @dev One span of one record: 10 symbols of prompt from place 100 on, a separator, 5 of completion.
contract SpanJudgeTest is Assertions {
  SpanJudge private judge = new SpanJudge();

  function honest(
    uint256 position,
    uint256 field,
    uint256 offset
  ) private pure returns (Case memory c, SpanSourceClaim memory claim) {
    claim.record.leaf = IndexRecord(keccak256("record"), address(0xC0), 1, 100, 10, 5);
    claim.span.leaf.recordId = keccak256("record");
    claim.span.leaf.contributor = address(0xC0);
    claim.span.leaf.length = 3;
    claim.span.leaf.position = position;
    (claim.span.leaf.field, claim.span.leaf.offset) = (field, offset);
    (claim.index.length, claim.index.recordCount) = (200, 1);
    c.header.spanCount = 1;
  }

  function isWrong(Case memory c, SpanSourceClaim memory claim) private view returns (bool) {
    return judge.spanSource(c, bound(c, claim));
  }

  /// @dev Commits to the claim's leaves.
  function bound(Case memory c, SpanSourceClaim memory claim) private pure returns (SpanSourceClaim memory) {
    bytes32[] memory leaves = new bytes32[](1);
    leaves[0] = OrderedTree.leafHash(abi.encode(claim.span.leaf));
    c.header.spansRoot = OrderedTree.root(leaves);
    claim.span.proof = OrderedTree.prove(leaves, 0);
    leaves[0] = OrderedTree.leafHash(abi.encode(claim.record.leaf));
    claim.index.recordsRoot = OrderedTree.root(leaves);
    claim.record.proof = OrderedTree.prove(leaves, 0);
    c.header.indexRoot = rootOf(claim.index);
    return claim;
  }

  function rootOf(IndexHeader memory h) private pure returns (bytes32) {
    return keccak256(abi.encode(keccak256("openledger/commitment/index/1"), h));
  }

  function checkPlace(uint256 position, uint256 field, uint256 offset, bool wrong) private view {
    (Case memory c, SpanSourceClaim memory claim) = honest(position, field, offset);
    assertTrue(isWrong(c, claim) == wrong, "the place");
  }

  function test_places() public view {
    checkPlace(100, 0, 0, false);
    checkPlace(109, 0, 9, false);
    checkPlace(109, 0, 8, true);
    checkPlace(109, 1, 9, true);
    checkPlace(111, 1, 0, false);
    checkPlace(115, 1, 4, false);
    checkPlace(115, 1, 3, true);
    checkPlace(115, 0, 4, true);
    checkPlace(99, 1, 4, false);
    checkPlace(117, 1, 4, false);
  }

  function test_owners() public view {
    (Case memory c, SpanSourceClaim memory claim) = honest(100, 0, 0);
    assertFalse(isWrong(c, claim), "its own");
    claim.span.leaf.contributor = address(0xBAD);
    assertTrue(isWrong(c, claim), "another contributor");
    (c, claim) = honest(100, 0, 0);
    claim.span.leaf.recordId = keccak256("another");
    assertTrue(isWrong(c, claim), "another record");
  }

  /// @dev The accuser brings an index of its own, in which the record is somebody else's.
  function test_anotherIndexProvesNothing() public view {
    (Case memory c, SpanSourceClaim memory claim) = honest(100, 0, 0);
    claim.record.leaf.contributor = address(0xBAD);
    claim = bound(c, claim);
    assertTrue(judge.spanSource(c, claim), "of this index");
    c.header.indexRoot = keccak256("another index");
    assertFalse(judge.spanSource(c, claim), "of another index");
  }

  function test_anotherSpanProvesNothing() public view {
    (Case memory c, SpanSourceClaim memory claim) = honest(100, 0, 0);
    claim.span.leaf.contributor = address(0xBAD);
    claim = bound(c, claim);
    c.header.spansRoot = keccak256("other spans");
    assertFalse(judge.spanSource(c, claim), "of other spans");
  }
}
