// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What a contributor allows, in one byte
/// @notice Bits 0 and 1: who may train (0 nobody, 1 builders whom the datanet's owner allows, 2 anyone). Bit 2: answers may be
/// sold. Bit 3: an adapter that was registered before a revocation may go on earning. What is not said is not allowed.
library Consent {
  uint8 internal constant TRAINING_MASK = 3;
  uint8 internal constant TRAINING_BY_ALLOWED = 1;
  uint8 internal constant TRAINING_BY_ANYONE = 2;
  uint8 internal constant PAID_USE = 4;
  uint8 internal constant KEPT_WHEN_REVOKED = 8;
  uint8 private constant USES_MASK = PAID_USE | KEPT_WHEN_REVOKED;

  /// @notice Whether these are terms at all.
  function isValid(uint8 consent) internal pure returns (bool) {
    return consent <= (TRAINING_MASK | USES_MASK) && consent & TRAINING_MASK <= TRAINING_BY_ANYONE;
  }

  /// @notice Whether `wide` allows all that `narrow` allows; both valid.
  function covers(uint8 wide, uint8 narrow) internal pure returns (bool) {
    return wide & TRAINING_MASK >= narrow & TRAINING_MASK && narrow & USES_MASK & ~wide == 0;
  }
}
