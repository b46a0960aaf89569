// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AnchoredReceipt, AuditTerms } from "../types/Execution.sol";
import { EpochHeader } from "../types/Ledger.sol";

/// @title Which receipts of an epoch must be opened
/// @notice Once an epoch stands, anyone announces its draw. The hash of the block after the announcement is the seed (see `BlockSeed` for what a
/// maker of blocks can do about it), and a receipt is drawn when `keccak(abi.encode(seed, receiptId))` modulo a million lies below the rate. Node and
/// gateway signed and posted the receipt before the seed was known, so neither can choose.
interface ISamplingBeacon {
  /// @dev The rate is that of the announcement.
  struct Draw {
    bytes32 seed;
    uint64 seedBlock;
    uint32 ratePpm;
  }

  event TermsChanged(AuditTerms terms);
  event DrawAnnounced(
    address indexed gateway,
    uint64 indexed index,
    bytes32 epochHash,
    uint64 seedBlock,
    uint32 ratePpm
  );
  event DrawMoved(bytes32 indexed epochHash, uint64 seedBlock);
  event DrawFixed(bytes32 indexed epochHash, bytes32 seed);

  error NotOwner(address caller);
  error TermsOutOfBounds();
  error EpochNotOpen(address gateway, uint64 index);
  error AlreadyAnnounced(bytes32 epochHash);
  error NotAnnounced(bytes32 epochHash);
  error SeedAhead(uint64 seedBlock);
  error WindowClosed(uint256 finalAt);
  error NotIncluded(address gateway, bytes32 receiptId);
  error NotSigned(address node);
  error AnswerTooLong(bytes32 receiptId);

  /// @notice Sets how answers are sampled and judged; by the owner of Parameters. Draws and cases keep the terms that they began with.
  function setTerms(AuditTerms calldata next) external;

  /// @notice Asks for the seed of an epoch that stands and whose window is open, once; anyone may.
  function announce(address gateway, EpochHeader calldata epoch) external;

  /// @notice Takes the seed once its block is there; anyone may. Whoever wants this block's hash takes it within 256 blocks: then the seed comes from
  /// another block.
  /// @return taken false when the seed was moved to another block
  function fix(bytes32 epochHash) external returns (bool taken);

  /// @notice The EIP-712 domain of receipts: they are addressed to Epochs.
  function domainSeparator() external view returns (bytes32);

  /// @notice The terms for what begins now.
  function terms() external view returns (AuditTerms memory);

  /// @notice An epoch's draw, by the hash that `Epochs` keeps; all zero when it was not announced.
  function drawOf(bytes32 epochHash) external view returns (Draw memory);

  /// @notice Checks that an epoch which stands and whose window is open settles a receipt, that its node signed it, and that prompt and answer
  /// together have at most `MAX_TOKENS` tokens: what is longer does not fit a transaction, so nobody can be asked to open it.
  /// @return epochHash the hash that `Epochs` keeps
  function requireAnchored(AnchoredReceipt calldata anchored) external view returns (bytes32 epochHash);

  /// @notice Whether a receipt of an epoch must be opened; false while the seed is not fixed.
  function isDrawn(bytes32 epochHash, bytes32 receiptId) external view returns (bool);
}
