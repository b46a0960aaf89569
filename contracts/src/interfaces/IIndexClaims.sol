// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Case, RecordOwnerClaim, SuffixOrderClaim } from "../types/Dispute.sol";

/// @title Claims that the span index of an attribution is wrong
interface IIndexClaims {
  /// @notice A record of the index is another, or another contributor's, than the one at its place in the receipt's snapshots.
  function recordOwner(Case calldata c, RecordOwnerClaim calldata claim) external returns (bool proven);

  /// @notice Two entries of the suffix array contradict each other or the text.
  function suffixOrder(Case calldata c, SuffixOrderClaim calldata claim) external returns (bool proven);
}
