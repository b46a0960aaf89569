// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IGuarantees } from "./interfaces/IGuarantees.sol";
import { IValidationRegistry } from "./interfaces/IValidationRegistry.sol";
import { Status } from "./types/Agents.sol";

/// @title GuaranteeValidator
/// @notice Answers requests of the validation registry about guarantees, so that every reader of ERC-8004 sees how a promise ended: the
/// agent names this contract as validator and the guarantee's id as the request's hash; then anyone may ask for the answer.
contract GuaranteeValidator {
  uint8 private constant PASSED = 100;

  IGuarantees public immutable guarantees;
  IValidationRegistry public immutable validation;

  error WrongAgent(bytes32 guaranteeId, uint256 agentId);
  error NotDecided(bytes32 guaranteeId, Status status);

  constructor(IGuarantees guarantees_, IValidationRegistry validation_) {
    guarantees = guarantees_;
    validation = validation_;
  }

  /// @notice Answers the request about a guarantee that was kept (100) or broken (0). An undecided one gets no answer.
  function respond(bytes32 guaranteeId) external {
    IGuarantees.State memory state = guarantees.getGuarantee(guaranteeId);
    (, uint256 agentId, , , , ) = validation.getValidationStatus(guaranteeId);
    if (state.guarantee.agentId != agentId) revert WrongAgent(guaranteeId, agentId);
    if (state.status != Status.Kept && state.status != Status.Broken) revert NotDecided(guaranteeId, state.status);
    uint8 response = state.status == Status.Kept ? PASSED : 0;
    validation.validationResponse(guaranteeId, response, "", state.guarantee.taskHash, "guarantee");
  }
}
