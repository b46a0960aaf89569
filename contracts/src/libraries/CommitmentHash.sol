// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AttributionHeader, IndexHeader, QueryHeader, TableHeader } from "../types/Dispute.sol";
import { CalldataHash } from "./CalldataHash.sol";

/// @title The roots that an attribution binds, as hashes of their headers
/// @notice `keccak(abi.encode(kind, header))`, by the rules of packages/protocol/src/dispute/headers.
library CommitmentHash {
  bytes32 internal constant ATTRIBUTION_KIND = keccak256("openledger/commitment/attribution/1");
  bytes32 internal constant INDEX_KIND = keccak256("openledger/commitment/index/1");
  bytes32 internal constant QUERY_KIND = keccak256("openledger/commitment/query/1");
  bytes32 internal constant TABLE_KIND = keccak256("openledger/commitment/table/1");

  /// @notice The `attributionRoot` of a document.
  function root(AttributionHeader calldata h) internal pure returns (bytes32) {
    return CalldataHash.hash(ATTRIBUTION_KIND, h);
  }

  /// @notice The root of a span index.
  function root(IndexHeader calldata h) internal pure returns (bytes32) {
    return CalldataHash.hash(INDEX_KIND, h);
  }

  /// @notice The root of a query vector.
  function root(QueryHeader calldata h) internal pure returns (bytes32) {
    return CalldataHash.hash(QUERY_KIND, h);
  }

  /// @notice The root of an influence table: the `tableHash` of deployments.
  function root(TableHeader calldata h) internal pure returns (bytes32) {
    return CalldataHash.hash(TABLE_KIND, h);
  }
}
