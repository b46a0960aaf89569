// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IERC20 } from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Till
/// @notice The address that strangers pay to, one for each gateway. It has no functions: whatever lies in it can be moved by the channels
/// that made it and by nobody else, so what is paid to a gateway can only become a channel.
contract Till {
  constructor(IERC20 token) {
    // OpenZeppelin's ERC-20 returns true or reverts.
    // slither-disable-next-line unused-return
    token.approve(msg.sender, type(uint256).max);
  }
}
