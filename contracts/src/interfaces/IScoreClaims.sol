// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Case, DotProductClaim, ScoreClaim } from "../types/Dispute.sol";

/// @title Claims that the scores of an attribution are wrong
/// @notice The court takes them at a stake, the judge answers them; both have the same functions, so anyone can ask the judge first, for nothing.
interface IScoreClaims {
  /// @notice A step of an atom's running sum is not the dot product of that chunk, or the files have another form than their headers say.
  function dotProduct(Case calldata c, DotProductClaim calldata claim) external returns (bool proven);

  /// @notice A score is not minus its atom's last running sum.
  function score(Case calldata c, ScoreClaim calldata claim) external returns (bool proven);
}
