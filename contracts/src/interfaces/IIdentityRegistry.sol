// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The identity registry of ERC-8004: agents as ERC-721 tokens
interface IIdentityRegistry {
  struct MetadataEntry {
    string metadataKey;
    bytes metadataValue;
  }

  event Registered(uint256 indexed agentId, string agentURI, address indexed owner);
  event MetadataSet(
    uint256 indexed agentId,
    string indexed indexedMetadataKey,
    string metadataKey,
    bytes metadataValue
  );
  event URIUpdated(uint256 indexed agentId, string newURI, address indexed updatedBy);

  error NotAgentOwner(uint256 agentId, address caller);
  error ReservedKey(string metadataKey);
  error ZeroWallet();
  error WalletProofExpired(uint256 deadline);
  error WalletProofTooLate(uint256 deadline);
  error BadWalletSignature(address wallet);

  /// @notice Registers the caller's agent without a registration file.
  function register() external returns (uint256 agentId);

  /// @notice Registers the caller's agent with the address of its registration file.
  function register(string calldata agentURI) external returns (uint256 agentId);

  /// @notice The same, with metadata.
  function register(string calldata agentURI, MetadataEntry[] calldata metadata) external returns (uint256 agentId);

  /// @notice Says where the registration file lies now; by the owner or an operator.
  function setAgentURI(uint256 agentId, string calldata newURI) external;

  /// @notice A piece of metadata; empty when it was never set.
  function getMetadata(uint256 agentId, string calldata metadataKey) external view returns (bytes memory);

  /// @notice Sets a piece of metadata; by the owner or an operator. The key `agentWallet` is reserved.
  function setMetadata(uint256 agentId, string calldata metadataKey, bytes calldata metadataValue) external;

  /// @notice The account that signs and is paid for the agent; zero after a transfer until the new owner sets one.
  function getAgentWallet(uint256 agentId) external view returns (address);

  /// @notice Sets the wallet, which has signed `AgentWalletSet` for it; by the owner or an operator.
  /// @param deadline when the signature expires; at most five minutes away
  function setAgentWallet(uint256 agentId, address newWallet, uint256 deadline, bytes calldata signature) external;

  /// @notice Clears the wallet; by the owner or an operator.
  function unsetAgentWallet(uint256 agentId) external;

  /// @notice Whether an account owns the agent or may act for its owner.
  function isAuthorizedOrOwner(address spender, uint256 agentId) external view returns (bool);
}
