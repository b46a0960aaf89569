// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IStakes } from "../interfaces/IStakes.sol";

/// @title The first slot of a position
/// @notice The slot as one word, so that a slash reads and writes it once: bonded in its lowest 96 bits, thawing in the next 96, the number of
/// unsettled slashes in bits 232 to 247, and above them whether there is a pool.
library PositionSlot {
  uint256 private constant AMOUNT_MASK = type(uint96).max;
  uint256 private constant WHOLE_PPM = 1_000_000;

  /// @notice As many slashes of the position as can be counted are not settled: one has to be first.
  error TooManyUnsettled();

  /// @notice The first slot of a position.
  function load(IStakes.Position storage position) internal view returns (uint256 word) {
    assembly ("memory-safe") {
      word := sload(position.slot)
    }
  }

  /// @notice Writes the first slot of a position.
  function store(IStakes.Position storage position, uint256 word) internal {
    assembly ("memory-safe") {
      sstore(position.slot, word)
    }
  }

  /// @notice Takes a part of bond and thawing bond together, of what is bonded first.
  /// @return taken what is taken in all
  /// @return fromBonded what of it was bonded
  /// @return cut_ the slot without it
  function cut(uint256 word, uint256 ppm) internal pure returns (uint256 taken, uint256 fromBonded, uint256 cut_) {
    uint256 bonded = word & AMOUNT_MASK;
    // Amounts of 96 bits times a million: nothing overflows, and neither part is more than its field holds.
    unchecked {
      taken = ((bonded + ((word >> 96) & AMOUNT_MASK)) * ppm) / WHOLE_PPM;
      fromBonded = taken < bonded ? taken : bonded;
      cut_ = word - fromBonded - ((taken - fromBonded) << 96);
    }
  }

  /// @notice The slot with one more unsettled slash.
  function withUnsettled(uint256 word) internal pure returns (uint256) {
    if (uint16(word >> 232) == type(uint16).max) revert TooManyUnsettled();
    return word + (1 << 232);
  }

  /// @notice Whether others could ever delegate to the position.
  function hasPool(uint256 word) internal pure returns (bool) {
    return word >> 248 != 0;
  }
}
