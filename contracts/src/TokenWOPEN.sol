// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IERC20Metadata } from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { WrappedOpen } from "./WrappedOpen.sol";
import { IWOPEN } from "./interfaces/IWOPEN.sol";

/// @title Wrapped OPEN where OPEN is an ERC-20 and gas is paid in another coin
/// @notice An ERC-20 of 18 decimals, one to one. Whatever wants to wrap the native coin is refused, so that nobody takes that coin for OPEN. The
/// token must move exactly what it is told to and change no balance by itself.
contract TokenWOPEN is WrappedOpen {
  using SafeERC20 for IERC20Metadata;

  IERC20Metadata private immutable _token;

  error NativeCoinRefused();
  error WrongDecimals(uint8 decimals);
  /// @notice The token moved another amount than it was told to.
  error WrongAmountMoved(uint256 moved, uint256 amount);

  constructor(IERC20Metadata token) {
    uint8 found = token.decimals();
    if (found != decimals()) revert WrongDecimals(found);
    _token = token;
  }

  /// @notice Wraps tokens of the caller, who has approved them, for an account.
  function depositFor(address account, uint256 amount) external {
    uint256 before = _token.balanceOf(address(this));
    _token.safeTransferFrom(msg.sender, address(this), amount);
    uint256 moved = _token.balanceOf(address(this)) - before;
    if (moved != amount) revert WrongAmountMoved(moved, amount);
    _mint(account, amount);
    emit Deposit(account, amount);
  }

  /// @inheritdoc IWOPEN
  function underlying() external view override returns (address) {
    return address(_token);
  }

  /// @notice Refused: the native coin is not OPEN here.
  function deposit() external payable override {
    revert NativeCoinRefused();
  }

  function _payOut(address to, uint256 amount) internal override {
    _token.safeTransfer(to, amount);
  }
}
