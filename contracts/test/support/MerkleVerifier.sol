// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { OrderedMerkle } from "../../src/libraries/OrderedMerkle.sol";
import { MerkleProof } from "../../src/types/Ledger.sol";

/// @dev Gives the verifier, which takes calldata, a place to be called from.
contract MerkleVerifier {
  function verify(bytes32 root, bytes32 leaf, MerkleProof calldata proof) external pure returns (bool) {
    return OrderedMerkle.verify(root, leaf, proof);
  }

  /// @return result the hash of the leaf
  /// @return left what its encoding is afterwards
  function leafHash(bytes memory encoded) external pure returns (bytes32 result, bytes memory left) {
    result = OrderedMerkle.leafHash(encoded);
    left = encoded;
  }

  function leafHash(bytes32 first, bytes32 second) external pure returns (bytes32) {
    return OrderedMerkle.leafHash(first, second);
  }
}
