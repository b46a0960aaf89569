// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Case, InputsClaim, SplitClaim } from "../types/Dispute.sol";

/// @title Claims that an answer was attributed from other inputs, or paid otherwise, than was signed
interface IPaymentClaims {
  /// @notice The document's table, method, base, adapter or answer is another than the receipt and its deployment say.
  function inputs(Case calldata c, InputsClaim calldata claim) external returns (bool proven);

  /// @notice The payments are not the split of the fee by the deployment and the document's shares.
  function split(Case calldata c, SplitClaim calldata claim) external returns (bool proven);
}
