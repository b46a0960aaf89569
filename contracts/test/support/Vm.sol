// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @dev The part of forge's cheat codes that the tests use.
interface Vm {
  function addr(uint256 privateKey) external pure returns (address);
  function setBlockhash(uint256 blockNumber, bytes32 blockHash) external;
  function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);
  function deal(address account, uint256 balance) external;
  function etch(address target, bytes calldata code) external;
  function store(address target, bytes32 slot, bytes32 value) external;
  function warp(uint256 timestamp) external;
  function roll(uint256 blockNumber) external;
  function getNonce(address account) external view returns (uint64);
  function computeCreateAddress(address from, uint256 nonce) external pure returns (address);
  function chainId(uint256 id) external;
  function prank(address sender) external;
  function startPrank(address sender) external;
  function stopPrank() external;
  function expectRevert() external;
  function expectRevert(bytes calldata data) external;
  function expectRevert(bytes4 selector) external;
  function expectPartialRevert(bytes4 selector) external;
  function expectEmit(bool topic1, bool topic2, bool topic3, bool data, address emitter) external;
  function assume(bool condition) external pure;
  function readFile(string calldata path) external view returns (string memory);
  function parseJsonBytes32(string calldata json, string calldata key) external pure returns (bytes32);
  function parseJsonBytes32Array(string calldata json, string calldata key) external pure returns (bytes32[] memory);
  function parseJsonUint(string calldata json, string calldata key) external pure returns (uint256);
  function parseJsonAddress(string calldata json, string calldata key) external pure returns (address);
  function parseJsonBytes(string calldata json, string calldata key) external pure returns (bytes memory);
  function parseJsonString(string calldata json, string calldata key) external pure returns (string memory);
  function mockCall(address target, bytes calldata data, bytes calldata answer) external;
  function snapshotGasLastCall(string calldata group, string calldata name) external returns (uint256);
  function snapshotValue(string calldata group, string calldata name, uint256 value) external;
}
