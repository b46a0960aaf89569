// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { EpochBrief, EpochHeader } from "../types/Ledger.sol";

/// @title The hash that the chain keeps of an epoch
/// @notice `keccak(abi.encode(gateway, brief))`, where the brief holds what a claim needs and the hash of the rest:
/// `keccak(abi.encode(receiptsRoot, linesRoot, total, lineCount, receiptCount, dataHash))`. So a claim carries five words instead of ten.
library EpochHash {
  /// @notice The hash of an epoch of a gateway.
  function hash(address gateway, EpochBrief memory brief) internal pure returns (bytes32) {
    return keccak256(abi.encode(gateway, brief));
  }

  /// @notice The hash of an epoch of a gateway, as a claim shows it. Words that are no valid fields give a hash that no epoch has.
  function hashShown(address gateway, EpochBrief calldata brief) internal pure returns (bytes32 result) {
    assembly ("memory-safe") {
      let free := mload(0x40)
      mstore(free, shr(96, shl(96, gateway)))
      calldatacopy(add(free, 32), brief, 160)
      result := keccak256(free, 192)
    }
  }

  /// @notice The index, as it is shown: a word that is no valid index gives a hash that no epoch has.
  function indexOf(EpochBrief calldata brief) internal pure returns (uint256 index) {
    assembly ("memory-safe") {
      index := calldataload(brief)
    }
  }

  /// @notice The sum of all totals up to and with this epoch, as it is shown; to be used once the hash was compared.
  function cumulativeOf(EpochBrief calldata brief) internal pure returns (uint256 cumulative) {
    assembly ("memory-safe") {
      cumulative := calldataload(add(brief, 64))
    }
  }

  /// @notice When the dispute window closes, as it is shown; to be used once the hash was compared.
  function finalAtOf(EpochBrief calldata brief) internal pure returns (uint256 finalAt) {
    assembly ("memory-safe") {
      finalAt := calldataload(add(brief, 96))
    }
  }

  /// @notice The brief of an epoch.
  function briefOf(EpochHeader memory epoch) internal pure returns (EpochBrief memory) {
    bytes32 restHash = keccak256(
      abi.encode(epoch.receiptsRoot, epoch.linesRoot, epoch.total, epoch.lineCount, epoch.receiptCount, epoch.dataHash)
    );
    return EpochBrief(epoch.index, epoch.balancesRoot, epoch.cumulative, epoch.finalAt, restHash);
  }

  /// @notice The hash of an epoch of a gateway.
  function hash(address gateway, EpochHeader memory epoch) internal pure returns (bytes32) {
    return hash(gateway, briefOf(epoch));
  }
}
