// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { WrappedOpen } from "./WrappedOpen.sol";
import { IWOPEN } from "./interfaces/IWOPEN.sol";

/// @title Wrapped OPEN where OPEN is the native coin
/// @notice The native coin as ERC-20, one to one.
contract WOPEN is WrappedOpen {
  receive() external payable {
    deposit();
  }

  /// @inheritdoc IWOPEN
  function underlying() external pure override returns (address) {
    return address(0);
  }

  /// @inheritdoc IWOPEN
  function deposit() public payable override {
    _mint(msg.sender, msg.value);
    emit Deposit(msg.sender, msg.value);
  }

  function _payOut(address to, uint256 amount) internal override {
    // slither-disable-next-line arbitrary-send-eth
    (bool sent, ) = to.call{ value: amount }("");
    if (!sent) revert CoinTransferFailed(to, amount);
  }
}
