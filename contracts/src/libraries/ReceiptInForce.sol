// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { MessageHashUtils } from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import { SignatureChecker } from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import { IEpochCourt } from "../interfaces/IEpochCourt.sol";
import { Attribution, Receipt } from "../types/Statements.sol";
import { StatementHash } from "./StatementHash.sol";

/// @title Which shares of a receipt are in force
library ReceiptInForce {
  using StatementHash for Receipt;
  using StatementHash for Attribution;

  /// @notice A receipt's id: its digest in the domain of Epochs.
  function idOf(bytes32 domainSeparator, Receipt calldata receipt) internal pure returns (bytes32) {
    return MessageHashUtils.toTypedDataHash(domainSeparator, receipt.hash());
  }

  /// @notice The digest of an Attribution in the domain of Epochs.
  function digestOf(bytes32 domainSeparator, Attribution calldata attribution) internal pure returns (bytes32) {
    return MessageHashUtils.toTypedDataHash(domainSeparator, attribution.hash());
  }

  /// @notice Whether this is the receipt of this id and gateway, signed by its node, and `shareRoot` follows from it, or from the Attribution
  /// that closed it.
  function isInForce(
    bytes32 domainSeparator,
    address gateway,
    bytes32 receiptId,
    bytes32 shareRoot,
    IEpochCourt.SignedReceipt calldata signed
  ) internal view returns (bool) {
    Receipt calldata receipt = signed.receipt;
    if (idOf(domainSeparator, receipt) != receiptId || receipt.gateway != gateway) return false;
    if (!SignatureChecker.isValidSignatureNowCalldata(receipt.node, receiptId, signed.signature)) return false;
    if (signed.attributionSignature.length == 0) return receipt.shareRoot == shareRoot;
    return signed.attribution.shareRoot == shareRoot && isAttribution(domainSeparator, receiptId, signed);
  }

  /// @notice Whether the node of this receipt closed it with this Attribution.
  function isAttribution(
    bytes32 domainSeparator,
    bytes32 receiptId,
    IEpochCourt.SignedReceipt calldata signed
  ) internal view returns (bool) {
    Attribution calldata attribution = signed.attribution;
    if (
      attribution.receiptId != receiptId ||
      attribution.time > signed.deadline ||
      signed.receipt.attributionRoot != StatementHash.pendingAttributionRoot(signed.deadline)
    ) return false;
    bytes32 digest = digestOf(domainSeparator, attribution);
    return SignatureChecker.isValidSignatureNowCalldata(signed.receipt.node, digest, signed.attributionSignature);
  }
}
