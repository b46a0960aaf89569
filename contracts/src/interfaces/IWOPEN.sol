// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IERC3009 } from "@openzeppelin/contracts/interfaces/draft-IERC3009.sol";
import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title OPEN as an ERC-20 token with votes and authorised transfers, one to one
interface IWOPEN is IERC20, IERC3009 {
  event Deposit(address indexed account, uint256 amount);
  event Withdrawal(address indexed account, uint256 amount);

  /// @notice The receiver refused the coin.
  error CoinTransferFailed(address to, uint256 amount);

  /// @notice The ERC-20 that is wrapped; the zero address when it is the native coin.
  function underlying() external view returns (address);

  /// @notice Wraps the coin that was sent; where OPEN is an ERC-20, refused.
  function deposit() external payable;

  /// @notice Unwraps to the caller.
  function withdraw(uint256 amount) external;

  /// @notice Unwraps the caller's tokens and sends the OPEN to `to`.
  function withdrawTo(address to, uint256 amount) external;
}
