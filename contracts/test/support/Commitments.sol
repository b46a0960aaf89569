// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IndexHeader, QueryHeader, SymbolsOpening, TableHeader } from "../../src/types/Dispute.sol";
import { MerkleProof } from "../../src/types/Ledger.sol";
import { OrderedTree } from "./OrderedTree.sol";

/// @dev What nodes and datanets commit to, built apart from what the judges read it with.
library Commitments {
  uint256 private constant SYMBOLS = 64;

  function root(IndexHeader memory h) internal pure returns (bytes32) {
    return keccak256(abi.encode(keccak256("openledger/commitment/index/1"), h));
  }

  function root(TableHeader memory h) internal pure returns (bytes32) {
    return keccak256(abi.encode(keccak256("openledger/commitment/table/1"), h));
  }

  function root(QueryHeader memory h) internal pure returns (bytes32) {
    return keccak256(abi.encode(keccak256("openledger/commitment/query/1"), h));
  }

  /// @dev The pieces of a text of so many symbols, each of which is its place and `first`.
  function text(uint256 length, uint256 first) internal pure returns (bytes[] memory pieces) {
    pieces = new bytes[]((length + SYMBOLS - 1) / SYMBOLS);
    for (uint256 p = 0; p < pieces.length; ++p) {
      uint256 left = length - p * SYMBOLS;
      pieces[p] = new bytes(4 * (left > SYMBOLS ? SYMBOLS : left));
    }
    for (uint256 i = 0; i < length; ++i) set(pieces, i, first + i);
  }

  function set(bytes[] memory pieces, uint256 place, uint256 symbol) internal pure {
    bytes4 word = bytes4(uint32(symbol));
    for (uint256 k = 0; k < 4; ++k) pieces[place / SYMBOLS][4 * (place % SYMBOLS) + k] = word[k];
  }

  /// @dev Leaves of dynamic bytes.
  function leaves(bytes[] memory pieces) internal pure returns (bytes32[] memory hashes) {
    hashes = new bytes32[](pieces.length);
    for (uint256 i = 0; i < pieces.length; ++i) hashes[i] = OrderedTree.leafHash(abi.encode(pieces[i]));
  }

  /// @dev Opens the piece in which a place lies.
  function open(bytes[] memory pieces, uint256 place) internal pure returns (SymbolsOpening memory) {
    uint256 piece = place / SYMBOLS;
    return SymbolsOpening(pieces[piece], OrderedTree.prove(leaves(pieces), piece));
  }

  /// @dev With other leaves around it, one leaf's root and proof.
  function among(bytes32 leaf, uint256 index, uint256 count) internal pure returns (bytes32, MerkleProof memory) {
    bytes32[] memory all = new bytes32[](count);
    for (uint256 i = 0; i < count; ++i) all[i] = keccak256(abi.encode("another leaf", i));
    all[index] = leaf;
    return (OrderedTree.root(all), OrderedTree.prove(all, index));
  }

  /// @dev A proof that shows nothing: it has a sibling too many.
  function broken(MerkleProof memory proof) internal pure returns (MerkleProof memory) {
    bytes32[] memory siblings = new bytes32[](proof.siblings.length + 1);
    for (uint256 i = 0; i < proof.siblings.length; ++i) siblings[i] = proof.siblings[i];
    return MerkleProof(proof.index, proof.count, siblings);
  }
}
