// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ERC721 } from "@openzeppelin/contracts/token/ERC721/ERC721.sol";
import { ERC721URIStorage } from "@openzeppelin/contracts/token/ERC721/extensions/ERC721URIStorage.sol";
import { ECDSA } from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import { EIP712 } from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import { IIdentityRegistry } from "./interfaces/IIdentityRegistry.sol";

/// @title IdentityRegistry
/// @notice Agents by ERC-8004: a token for each, with the address of its registration file, its wallet, and metadata. Ids count from 1.
contract IdentityRegistry is IIdentityRegistry, ERC721URIStorage, EIP712 {
  uint256 private constant MAX_PROOF_AGE = 5 minutes;
  bytes32 private constant WALLET_TYPEHASH = keccak256(
    "AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)"
  );
  string private constant WALLET_KEY = "agentWallet";
  bytes32 private constant WALLET_KEY_HASH = keccak256(bytes(WALLET_KEY));

  uint256 private _lastId;
  mapping(uint256 agentId => mapping(string metadataKey => bytes)) private _metadata;

  modifier onlyAuthorized(uint256 agentId) {
    if (!_isAuthorized(ownerOf(agentId), msg.sender, agentId)) revert NotAgentOwner(agentId, msg.sender);
    _;
  }

  constructor() ERC721("AgentIdentity", "AGENT") EIP712("ERC8004IdentityRegistry", "1") {}

  /// @inheritdoc IIdentityRegistry
  function register() external override returns (uint256 agentId) {
    return _register("", new MetadataEntry[](0));
  }

  /// @inheritdoc IIdentityRegistry
  function register(string calldata agentURI) external override returns (uint256 agentId) {
    return _register(agentURI, new MetadataEntry[](0));
  }

  /// @inheritdoc IIdentityRegistry
  function register(
    string calldata agentURI,
    MetadataEntry[] calldata metadata
  ) external override returns (uint256 agentId) {
    return _register(agentURI, metadata);
  }

  /// @inheritdoc IIdentityRegistry
  function setAgentURI(uint256 agentId, string calldata newURI) external override onlyAuthorized(agentId) {
    _setTokenURI(agentId, newURI);
    emit URIUpdated(agentId, newURI, msg.sender);
  }

  /// @inheritdoc IIdentityRegistry
  function setMetadata(
    uint256 agentId,
    string calldata metadataKey,
    bytes calldata metadataValue
  ) external override onlyAuthorized(agentId) {
    _requireUnreserved(metadataKey);
    _set(agentId, metadataKey, metadataValue);
  }

  /// @inheritdoc IIdentityRegistry
  function setAgentWallet(
    uint256 agentId,
    address newWallet,
    uint256 deadline,
    bytes calldata signature
  ) external override onlyAuthorized(agentId) {
    if (newWallet == address(0)) revert ZeroWallet();
    if (block.timestamp > deadline) revert WalletProofExpired(deadline);
    if (deadline > block.timestamp + MAX_PROOF_AGE) revert WalletProofTooLate(deadline);
    bytes32 digest = _hashTypedDataV4(
      keccak256(abi.encode(WALLET_TYPEHASH, agentId, newWallet, ownerOf(agentId), deadline))
    );
    // An account that delegates its code still signs by its key, so the key is tried before the code.
    (address signer, ECDSA.RecoverError failure, ) = ECDSA.tryRecoverCalldata(digest, signature);
    bool signed = failure == ECDSA.RecoverError.NoError && signer == newWallet;
    if (!signed && !SignatureChecker.isValidERC1271SignatureNow(newWallet, digest, signature)) {
      revert BadWalletSignature(newWallet);
    }
    _set(agentId, WALLET_KEY, abi.encodePacked(newWallet));
  }

  /// @inheritdoc IIdentityRegistry
  function unsetAgentWallet(uint256 agentId) external override onlyAuthorized(agentId) {
    _set(agentId, WALLET_KEY, "");
  }

  /// @inheritdoc IIdentityRegistry
  function getMetadata(uint256 agentId, string calldata metadataKey) external view override returns (bytes memory) {
    return _metadata[agentId][metadataKey];
  }

  /// @inheritdoc IIdentityRegistry
  function getAgentWallet(uint256 agentId) external view override returns (address) {
    return address(bytes20(_metadata[agentId][WALLET_KEY]));
  }

  /// @inheritdoc IIdentityRegistry
  function isAuthorizedOrOwner(address spender, uint256 agentId) external view override returns (bool) {
    return _isAuthorized(ownerOf(agentId), spender, agentId);
  }

  /// @dev A wallet belongs to the owner who proved it, so a transfer clears it.
  function _update(address to, uint256 agentId, address auth) internal override(ERC721) returns (address) {
    if (_ownerOf(agentId) != address(0)) _set(agentId, WALLET_KEY, "");
    return super._update(to, agentId, auth);
  }

  function _register(string memory agentURI, MetadataEntry[] memory metadata) private returns (uint256 agentId) {
    agentId = ++_lastId;
    _set(agentId, WALLET_KEY, abi.encodePacked(msg.sender));
    for (uint256 i = 0; i < metadata.length; ++i) {
      _requireUnreserved(metadata[i].metadataKey);
      _set(agentId, metadata[i].metadataKey, metadata[i].metadataValue);
    }
    if (bytes(agentURI).length != 0) _setTokenURI(agentId, agentURI);
    emit Registered(agentId, agentURI, msg.sender);
    _safeMint(msg.sender, agentId);
  }

  function _set(uint256 agentId, string memory key, bytes memory value) private {
    _metadata[agentId][key] = value;
    emit MetadataSet(agentId, key, key, value);
  }

  function _requireUnreserved(string memory key) private pure {
    if (keccak256(bytes(key)) == WALLET_KEY_HASH) revert ReservedKey(key);
  }
}
