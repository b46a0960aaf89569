// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title The EIP-712 domain of statements that are addressed to another contract of the ledger
library LedgerDomain {
  bytes32 private constant TYPEHASH = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
  );

  /// @notice The domain separator of statements to a contract, on this chain.
  function separator(address verifyingContract) internal view returns (bytes32) {
    return keccak256(abi.encode(TYPEHASH, keccak256("OpenLedger"), keccak256("1"), block.chainid, verifyingContract));
  }
}
