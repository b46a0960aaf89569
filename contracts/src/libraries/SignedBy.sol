// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";

/// @title Who signed a digest
library SignedBy {
  /// @dev Half of the order of secp256k1: of two signatures that say the same, the one with the smaller `s` counts.
  uint256 private constant HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

  /// @notice Whether an account signed a digest: by its key, or else as `SignatureChecker` says, which reads the account's code.
  function isSigned(address account, bytes32 digest, bytes calldata signature) internal view returns (bool) {
    if (signature.length == 65) {
      bytes32 r;
      uint256 s;
      uint256 v;
      assembly ("memory-safe") {
        r := calldataload(signature.offset)
        s := calldataload(add(signature.offset, 32))
        v := shr(248, calldataload(add(signature.offset, 64)))
      }
      address signer = ecrecover(digest, uint8(v), r, bytes32(s));
      // No key has the zero address, which stands for no signer.
      if (signer == account && s <= HALF_ORDER && signer != address(0)) return true;
    }
    return SignatureChecker.isValidSignatureNowCalldata(account, digest, signature);
  }
}
