// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { ERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import { ERC20Votes } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import { ERC3009 } from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import { Nonces } from "@openzeppelin/contracts/utils/Nonces.sol";
import { Time } from "@openzeppelin/contracts/utils/types/Time.sol";
import { IWOPEN } from "./interfaces/IWOPEN.sol";

/// @title Wrapped OPEN, whatever OPEN is on the chain
/// @notice OPEN as ERC-20 with permit (ERC-2612), authorised transfers (ERC-3009) and votes (ERC-5805).
abstract contract WrappedOpen is IWOPEN, ERC20Permit, ERC20Votes, ERC3009 {
  constructor() ERC20("Wrapped OPEN", "WOPEN") ERC20Permit("Wrapped OPEN") {}

  /// @inheritdoc IWOPEN
  function withdraw(uint256 amount) external override {
    withdrawTo(msg.sender, amount);
  }

  /// @inheritdoc IWOPEN
  function withdrawTo(address to, uint256 amount) public override {
    _burn(msg.sender, amount);
    emit Withdrawal(msg.sender, amount);
    _payOut(to, amount);
  }

  /// @notice Votes are counted by time, so that they mean the same on chains with other block times.
  function clock() public view override returns (uint48) {
    return Time.timestamp();
  }

  // solhint-disable-next-line func-name-mixedcase
  function CLOCK_MODE() public pure override returns (string memory) {
    return "mode=timestamp";
  }

  /// @notice The next permit and delegation nonce of an account.
  function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
    return super.nonces(owner);
  }

  function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
    super._update(from, to, value);
  }

  /// @dev Gives OPEN that was wrapped to somebody.
  function _payOut(address to, uint256 amount) internal virtual;
}
