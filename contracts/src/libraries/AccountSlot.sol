// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IEpochs } from "../interfaces/IEpochs.sol";

/// @title The slot of a gateway's account
/// @notice The slot as one word, so that a claim reads it once and writes it without reading it again: `paid` stands in its lowest 96 bits,
/// `next` in its highest 24.
library AccountSlot {
  uint256 private constant PAID_MASK = type(uint96).max;

  /// @notice The slot of an account.
  function load(IEpochs.Account storage account) internal view returns (uint256 word) {
    assembly ("memory-safe") {
      word := sload(account.slot)
    }
  }

  /// @notice Writes the slot of an account.
  function store(IEpochs.Account storage account, uint256 word) internal {
    assembly ("memory-safe") {
      sstore(account.slot, word)
    }
  }

  /// @notice The index of the next epoch.
  function nextOf(uint256 word) internal pure returns (uint256) {
    return word >> 232;
  }

  /// @notice What all payees have claimed.
  function paidOf(uint256 word) internal pure returns (uint256) {
    return word & PAID_MASK;
  }

  /// @notice The slot with another sum of what all payees have claimed.
  function withPaid(uint256 word, uint96 paid) internal pure returns (uint256) {
    return (word & ~PAID_MASK) | paid;
  }
}
