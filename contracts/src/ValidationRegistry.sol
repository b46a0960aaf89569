// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IIdentityRegistry } from "./interfaces/IIdentityRegistry.sol";
import { IValidationRegistry } from "./interfaces/IValidationRegistry.sol";

/// @title ValidationRegistry
/// @notice Checks of agents' work by ERC-8004. `GuaranteeValidator` answers for guarantees.
contract ValidationRegistry is IValidationRegistry {
  uint8 private constant MAX_RESPONSE = 100;

  IIdentityRegistry private immutable _identity;

  struct Validation {
    address validator;
    uint8 response;
    bool answered;
    uint64 lastUpdate;
    uint256 agentId;
    bytes32 responseHash;
    string tag;
  }

  mapping(bytes32 requestHash => Validation) private _validations;
  mapping(uint256 agentId => bytes32[]) private _ofAgent;
  mapping(address validator => bytes32[]) private _ofValidator;

  constructor(IIdentityRegistry identity) {
    _identity = identity;
  }

  /// @inheritdoc IValidationRegistry
  function validationRequest(
    address validatorAddress,
    uint256 agentId,
    string calldata requestURI,
    bytes32 requestHash
  ) external override {
    if (validatorAddress == address(0)) revert ZeroValidator();
    if (!_identity.isAuthorizedOrOwner(msg.sender, agentId)) revert NotAgentOwner(agentId, msg.sender);
    Validation storage validation = _validations[requestHash];
    if (validation.validator != address(0)) revert AlreadyRequested(requestHash);
    (validation.validator, validation.agentId) = (validatorAddress, agentId);
    validation.lastUpdate = uint64(block.timestamp);
    _ofAgent[agentId].push(requestHash);
    _ofValidator[validatorAddress].push(requestHash);
    emit ValidationRequest(validatorAddress, agentId, requestURI, requestHash);
  }

  /// @inheritdoc IValidationRegistry
  function validationResponse(
    bytes32 requestHash,
    uint8 response,
    string calldata responseURI,
    bytes32 responseHash,
    string calldata tag
  ) external override {
    Validation storage validation = _known(requestHash);
    address validator = validation.validator;
    if (msg.sender != validator) revert NotTheValidator(validator, msg.sender);
    if (response > MAX_RESPONSE) revert ResponseTooLarge(response);
    (validation.response, validation.answered) = (response, true);
    validation.lastUpdate = uint64(block.timestamp);
    validation.responseHash = responseHash;
    validation.tag = tag;
    emit ValidationResponse(validator, validation.agentId, requestHash, response, responseURI, responseHash, tag);
  }

  /// @inheritdoc IValidationRegistry
  function getIdentityRegistry() external view override returns (address identityRegistry) {
    return address(_identity);
  }

  /// @inheritdoc IValidationRegistry
  function getValidationStatus(
    bytes32 requestHash
  )
    external
    view
    override
    returns (
      address validatorAddress,
      uint256 agentId,
      uint8 response,
      bytes32 responseHash,
      string memory tag,
      uint256 lastUpdate
    )
  {
    Validation storage v = _known(requestHash);
    return (v.validator, v.agentId, v.response, v.responseHash, v.tag, v.lastUpdate);
  }

  /// @inheritdoc IValidationRegistry
  function getSummary(
    uint256 agentId,
    address[] calldata validatorAddresses,
    string calldata tag
  ) external view override returns (uint64 count, uint8 averageResponse) {
    bytes32[] storage requests = _ofAgent[agentId];
    uint256 total = 0;
    for (uint256 i = 0; i < requests.length; ++i) {
      Validation storage v = _validations[requests[i]];
      if (!v.answered || !_isAmong(v.validator, validatorAddresses)) continue;
      if (bytes(tag).length != 0 && keccak256(bytes(tag)) != keccak256(bytes(v.tag))) continue;
      total += v.response;
      ++count;
    }
    if (count != 0) averageResponse = uint8(total / count);
  }

  /// @inheritdoc IValidationRegistry
  function getAgentValidations(uint256 agentId) external view override returns (bytes32[] memory requestHashes) {
    return _ofAgent[agentId];
  }

  /// @inheritdoc IValidationRegistry
  function getValidatorRequests(
    address validatorAddress
  ) external view override returns (bytes32[] memory requestHashes) {
    return _ofValidator[validatorAddress];
  }

  function _known(bytes32 requestHash) private view returns (Validation storage validation) {
    validation = _validations[requestHash];
    if (validation.validator == address(0)) revert UnknownRequest(requestHash);
  }

  function _isAmong(address account, address[] calldata accounts) private pure returns (bool) {
    for (uint256 i = 0; i < accounts.length; ++i) if (accounts[i] == account) return true;
    return accounts.length == 0;
  }
}
