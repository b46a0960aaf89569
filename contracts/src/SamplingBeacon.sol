// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Ownable } from "@openzeppelin/contracts/access/Ownable.sol";
import { IEpochs } from "./interfaces/IEpochs.sol";
import { ISamplingBeacon } from "./interfaces/ISamplingBeacon.sol";
import { BlockSeed, Seed, SeedStep } from "./libraries/BlockSeed.sol";
import { EpochHash } from "./libraries/EpochHash.sol";
import { AuditTerms } from "./types/Execution.sol";
import { EpochHeader } from "./types/Ledger.sol";

/// @title SamplingBeacon
/// @notice Draws the receipts that nodes must open, and keeps the terms of audits.
contract SamplingBeacon is ISamplingBeacon {
  using BlockSeed for Seed;

  /// @notice Nobody can switch sampling off: at least one answer in 10,000.
  uint256 public constant MIN_RATE_PPM = 100;
  /// @notice An opening costs the node gas and shows a prompt to everybody: at most one answer in ten.
  uint256 public constant MAX_RATE_PPM = 100_000;
  /// @notice Two appeals from the largest first committee are still counted in one transaction.
  uint256 public constant MIN_SIZE = 3;
  uint256 public constant MAX_SIZE = 7;
  uint256 public constant MAX_FEE = 100e18;

  uint256 private constant WHOLE_PPM = 1_000_000;

  /// @notice Whose owner sets the terms.
  Ownable public immutable parameters;
  IEpochs public immutable epochs;

  AuditTerms private _terms;
  mapping(bytes32 epochHash => Seed) private _seeds;
  mapping(bytes32 epochHash => uint32) private _rates;

  constructor(Ownable parameters_, IEpochs epochs_, AuditTerms memory initial) {
    parameters = parameters_;
    epochs = epochs_;
    _store(initial);
  }

  /// @inheritdoc ISamplingBeacon
  function setTerms(AuditTerms calldata next) external override {
    if (msg.sender != parameters.owner()) revert NotOwner(msg.sender);
    _store(next);
  }

  /// @inheritdoc ISamplingBeacon
  function announce(address gateway, EpochHeader calldata epoch) external override {
    bytes32 hash = EpochHash.hash(gateway, epoch);
    if (epochs.epochHash(gateway, epoch.index) != hash || block.timestamp >= epoch.finalAt) {
      revert EpochNotOpen(gateway, epoch.index);
    }
    if (_rates[hash] != 0) revert AlreadyAnnounced(hash);
    uint32 rate = _terms.ratePpm;
    _rates[hash] = rate;
    Seed storage seed = _seeds[hash];
    seed.ask();
    emit DrawAnnounced(gateway, epoch.index, hash, seed.seedBlock, rate);
  }

  /// @inheritdoc ISamplingBeacon
  function fix(bytes32 epochHash) external override returns (bool taken) {
    if (_rates[epochHash] == 0) revert NotAnnounced(epochHash);
    Seed storage seed = _seeds[epochHash];
    SeedStep step = seed.take(epochHash);
    if (step == SeedStep.Ahead) revert SeedAhead(seed.seedBlock);
    if (step == SeedStep.Moved) emit DrawMoved(epochHash, seed.seedBlock);
    if (step == SeedStep.Fixed) emit DrawFixed(epochHash, seed.value);
    return step != SeedStep.Moved;
  }

  /// @inheritdoc ISamplingBeacon
  function terms() external view override returns (AuditTerms memory) {
    return _terms;
  }

  /// @inheritdoc ISamplingBeacon
  function drawOf(bytes32 epochHash) external view override returns (Draw memory) {
    Seed storage seed = _seeds[epochHash];
    return Draw(seed.value, seed.seedBlock, _rates[epochHash]);
  }

  /// @inheritdoc ISamplingBeacon
  function isDrawn(bytes32 epochHash, bytes32 receiptId) external view override returns (bool) {
    bytes32 seed = _seeds[epochHash].value;
    return seed != bytes32(0) && uint256(keccak256(abi.encode(seed, receiptId))) % WHOLE_PPM < _rates[epochHash];
  }

  function _store(AuditTerms memory next) private {
    bool isInside =
      next.ratePpm >= MIN_RATE_PPM &&
        next.ratePpm <= MAX_RATE_PPM &&
        next.size >= MIN_SIZE &&
        next.size <= MAX_SIZE &&
        next.size & 1 == 1 &&
        next.fee <= MAX_FEE;
    if (!isInside) revert TermsOutOfBounds();
    _terms = next;
    emit TermsChanged(next);
  }
}
