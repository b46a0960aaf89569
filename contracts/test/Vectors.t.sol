// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { OrderedMerkle } from "../src/libraries/OrderedMerkle.sol";
import { StatementHash } from "../src/libraries/StatementHash.sol";
import { Guarantee } from "../src/types/Agents.sol";
import { Balance, Line, MerkleProof, SettledReceipt } from "../src/types/Ledger.sol";
import {
  Attribution,
  Contribution,
  Deployment,
  InclusionPromise,
  Receipt,
  Snapshot,
  TrainingRun
} from "../src/types/Statements.sol";
import { Assertions } from "./support/Assertions.sol";
import { StatementHasher } from "./support/LedgerFixture.sol";
import { MerkleVerifier } from "./support/MerkleVerifier.sol";

/// @dev The contracts against vectors made by packages/protocol.
contract VectorsTest is Assertions {
  StatementHasher private hasher = new StatementHasher();
  MerkleVerifier private verifier = new MerkleVerifier();

  function read(string memory name) private view returns (string memory) {
    return vm.readFile(string.concat("contracts/test/vectors/", name));
  }

  function item(string memory key, uint256 index) private pure returns (string memory) {
    return string.concat(key, "[", decimal(index), "]");
  }

  function decimal(uint256 value) private pure returns (string memory) {
    if (value < 10) return string(abi.encodePacked(uint8(48 + value)));
    return string.concat(decimal(value / 10), decimal(value % 10));
  }

  function statement(string memory json, string memory name) private pure returns (bytes memory encoded, bytes32 hash) {
    encoded = vm.parseJsonBytes(json, string.concat(".", name, ".encoded"));
    hash = vm.parseJsonBytes32(json, string.concat(".", name, ".structHash"));
  }

  function test_statementHashes() public view {
    string memory json = read("statements.json");
    (bytes memory encoded, bytes32 expected) = statement(json, "Contribution");
    assertEq(hasher.hash(abi.decode(encoded, (Contribution))), expected, "Contribution");
    (encoded, expected) = statement(json, "Snapshot");
    assertEq(hasher.hash(abi.decode(encoded, (Snapshot))), expected, "Snapshot");
    (encoded, expected) = statement(json, "TrainingRun");
    assertEq(hasher.hash(abi.decode(encoded, (TrainingRun))), expected, "TrainingRun");
    (encoded, expected) = statement(json, "Deployment");
    assertEq(hasher.hash(abi.decode(encoded, (Deployment))), expected, "Deployment");
    (encoded, expected) = statement(json, "Receipt");
    assertEq(hasher.hash(abi.decode(encoded, (Receipt))), expected, "Receipt");
    (encoded, expected) = statement(json, "Attribution");
    assertEq(hasher.hash(abi.decode(encoded, (Attribution))), expected, "Attribution");
    (encoded, expected) = statement(json, "InclusionPromise");
    assertEq(hasher.hash(abi.decode(encoded, (InclusionPromise))), expected, "InclusionPromise");
    (encoded, expected) = statement(json, "Guarantee");
    assertEq(hasher.hash(abi.decode(encoded, (Guarantee))), expected, "Guarantee");
    (encoded, expected) = statement(json, "Release");
    (bytes32 guaranteeId, bytes32 resultHash) = abi.decode(encoded, (bytes32, bytes32));
    assertEq(StatementHash.hashRelease(guaranteeId, resultHash), expected, "Release");
    (encoded, expected) = statement(json, "Voucher");
    (bytes32 channelId, uint128 cumulative) = abi.decode(encoded, (bytes32, uint128));
    assertEq(hasher.hashVoucher(channelId, cumulative), expected, "Voucher");
  }

  function test_pendingAttributionRoot() public view {
    string memory json = read("attribution.json");
    uint64 deadline = uint64(vm.parseJsonUint(json, ".deadline"));
    assertEq(StatementHash.pendingAttributionRoot(deadline), vm.parseJsonBytes32(json, ".pendingRoot"), "pending");
    assertTrue(
      StatementHash.pendingAttributionRoot(deadline + 1) != vm.parseJsonBytes32(json, ".pendingRoot"),
      "another"
    );
  }

  function test_leafEncodings() public view {
    string memory json = read("leaves.json");
    address account = address(0xc0);
    checkLeaf(json, "record", abi.encode(keccak256("record")));
    checkLeaf(json, "snapshot", abi.encode(keccak256("record"), account, uint32(3)));
    checkLeaf(json, "share", abi.encode(account, uint256(5)));
    checkLeaf(json, "line", abi.encode(Line(account, keccak256("receipt"), 5, 8, 13)));
    checkLeaf(json, "balance", abi.encode(Balance(account, 11)));
    checkLeaf(json, "receipt", abi.encode(SettledReceipt(keccak256("receipt"), keccak256("shares"))));
  }

  function checkLeaf(string memory json, string memory kind, bytes memory encoded) private pure {
    assertEq(keccak256(vm.parseJsonBytes(json, string.concat(".", kind, ".encoded"))), keccak256(encoded), kind);
    bytes32 root = keccak256(abi.encodePacked(bytes1(0x02), OrderedMerkle.leafHash(encoded), uint256(1)));
    assertEq(root, vm.parseJsonBytes32(json, string.concat(".", kind, ".root")), kind);
  }

  function test_trees() public view {
    string memory json = read("trees.json");
    assertEq(vm.parseJsonBytes32(json, ".trees[0].root"), OrderedMerkle.EMPTY_ROOT, "empty");
    uint256 checked = 0;
    for (uint256 t = 1; t < 12; ++t) checked += checkTree(json, item(".trees", t));
    assertEq(checked, 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 16 + 17, "proofs checked");
  }

  function checkTree(string memory json, string memory key) private view returns (uint256 count) {
    count = vm.parseJsonUint(json, string.concat(key, ".count"));
    bytes32 root = vm.parseJsonBytes32(json, string.concat(key, ".root"));
    bytes32[] memory leaves = vm.parseJsonBytes32Array(json, string.concat(key, ".leaves"));
    for (uint256 i = 0; i < count; ++i) {
      bytes32[] memory siblings = vm.parseJsonBytes32Array(
        json,
        string.concat(item(string.concat(key, ".proofs"), i), ".siblings")
      );
      bytes32 leaf = OrderedMerkle.leafHash(abi.encode(leaves[i]));
      assertTrue(verifier.verify(root, leaf, MerkleProof(i, count, siblings)), "verifies");
      for (uint256 j = 0; j < count; ++j) {
        if (j != i) assertFalse(verifier.verify(root, leaf, MerkleProof(j, count, siblings)), "another place");
      }
      assertFalse(verifier.verify(root, leaf, MerkleProof(i, count + 1, siblings)), "another count");
      assertFalse(verifier.verify(root, keccak256("x"), MerkleProof(i, count, siblings)), "another leaf");
    }
  }
}
