// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Randomness that nobody knows when it is asked for. `value` is zero until it is taken; until then `seedBlock` says from which block.
struct Seed {
  bytes32 value;
  uint64 seedBlock;
}

/// @notice What taking a seed came to.
enum SeedStep {
  Ahead,
  Moved,
  Fixed,
  Known
}

/// @title Seeds from the hash of the block after the one that asks
/// @notice Whoever asks cannot know the hash, and whoever takes it cannot choose among hashes: the block is fixed by the asking. Whoever
/// makes that very block can: it sees the hash that its block would have, and can keep the block to itself, at the price of the block's
/// reward and fees, to have the next maker's hash instead. With a part p of all blocks it can do so once with probability p, twice with p²;
/// an event of probability r, such as being sampled, happens to it with r(1 − p + p·r) instead of r for one try. A chain whose blocks are all made by one sequencer
/// trusts that sequencer with the choice: it can look for a hash that it likes at no price.
/// A chain remembers 256 hashes. When nobody took the seed till then, the hash of another block is waited for, so whoever wants the first one to
/// stand takes it in time; anyone may.
library BlockSeed {
  /// @notice Asks: the seed will come from the next block.
  function ask(Seed storage seed) internal {
    seed.seedBlock = uint64(block.number) + 1;
  }

  /// @notice Takes the seed once its block is there.
  /// @param subject what the seed is for, so that two subjects of one block have different seeds
  function take(Seed storage seed, bytes32 subject) internal returns (SeedStep) {
    if (seed.value != bytes32(0)) return SeedStep.Known;
    if (block.number <= seed.seedBlock) return SeedStep.Ahead;
    bytes32 blockHash = blockhash(seed.seedBlock);
    if (blockHash == bytes32(0)) {
      ask(seed);
      return SeedStep.Moved;
    }
    seed.value = keccak256(abi.encode(blockHash, subject));
    return SeedStep.Fixed;
  }
}
