// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The validation registry of ERC-8004: requests for checks of an agent's work, and what validators answered
interface IValidationRegistry {
  event ValidationRequest(
    address indexed validatorAddress,
    uint256 indexed agentId,
    string requestURI,
    bytes32 indexed requestHash
  );
  event ValidationResponse(
    address indexed validatorAddress,
    uint256 indexed agentId,
    bytes32 indexed requestHash,
    uint8 response,
    string responseURI,
    bytes32 responseHash,
    string tag
  );

  error ZeroValidator();
  error AlreadyRequested(bytes32 requestHash);
  error NotAgentOwner(uint256 agentId, address caller);
  error UnknownRequest(bytes32 requestHash);
  error NotTheValidator(address validator, address caller);
  error ResponseTooLarge(uint8 response);

  /// @notice The identity registry whose agents are validated.
  function getIdentityRegistry() external view returns (address identityRegistry);

  /// @notice Asks a validator for a check; by the agent's owner or an operator.
  function validationRequest(
    address validatorAddress,
    uint256 agentId,
    string calldata requestURI,
    bytes32 requestHash
  ) external;

  /// @notice Answers a request, 0 (failed) to 100 (passed); by its validator, as often as it likes.
  function validationResponse(
    bytes32 requestHash,
    uint8 response,
    string calldata responseURI,
    bytes32 responseHash,
    string calldata tag
  ) external;

  /// @notice The last answer to a request.
  function getValidationStatus(
    bytes32 requestHash
  )
    external
    view
    returns (
      address validatorAddress,
      uint256 agentId,
      uint8 response,
      bytes32 responseHash,
      string memory tag,
      uint256 lastUpdate
    );

  /// @notice How many requests of an agent were answered, and the mean of the answers; an empty list or tag means any.
  function getSummary(
    uint256 agentId,
    address[] calldata validatorAddresses,
    string calldata tag
  ) external view returns (uint64 count, uint8 averageResponse);

  /// @notice All requests about an agent.
  function getAgentValidations(uint256 agentId) external view returns (bytes32[] memory requestHashes);

  /// @notice All requests to a validator.
  function getValidatorRequests(address validatorAddress) external view returns (bytes32[] memory requestHashes);
}
