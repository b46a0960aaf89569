// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Dot products of signed bytes
/// @notice Eight products of bytes cost one multiplication: bytes are made unsigned by adding 128, every fourth byte of a word is laid
/// into lanes of 32 bits, and the product of one word with the mirror image of the other holds the sum of the eight products in its highest
/// lane (8 · 255² is below 2³², so no lane spills into the next). The 128s are taken off once per block.
library Int8Dot {
  uint256 private constant BYTES_OF_LANES = 0x000000ff000000ff000000ff000000ff000000ff000000ff000000ff000000ff;
  uint256 private constant ONE_IN_LANES = 0x0000000100000001000000010000000100000001000000010000000100000001;
  uint256 private constant SIGNS = 0x8080808080808080808080808080808080808080808080808080808080808080;
  uint256 private constant LOW_LANES_OF_TWO = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
  uint256 private constant LOW_PAIRS_OF_TWO = 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;

  /// @notice The exact dot product of 1,024 signed bytes at each of two places in memory.
  function block1024(uint256 a, uint256 b) internal pure returns (int256 sum) {
    assembly ("memory-safe") {
      let lanes := BYTES_OF_LANES
      let products := 0
      let totals := 0
      for {
        let end := add(a, 1024)
      } lt(a, end) {
        a := add(a, 32)
        b := add(b, 32)
      } {
        let x := xor(mload(a), SIGNS)
        let y := xor(mload(b), SIGNS)
        // The eight groups of four bytes of y in reverse order.
        y := or(shl(128, y), shr(128, y))
        y := or(shl(64, and(y, LOW_PAIRS_OF_TWO)), and(shr(64, y), LOW_PAIRS_OF_TWO))
        y := or(shl(32, and(y, LOW_LANES_OF_TWO)), and(shr(32, y), LOW_LANES_OF_TWO))
        let u := and(x, lanes)
        let v := and(y, lanes)
        products := add(products, shr(224, mul(u, v)))
        totals := add(totals, add(u, v))
        u := and(shr(8, x), lanes)
        v := and(shr(8, y), lanes)
        products := add(products, shr(224, mul(u, v)))
        totals := add(totals, add(u, v))
        u := and(shr(16, x), lanes)
        v := and(shr(16, y), lanes)
        products := add(products, shr(224, mul(u, v)))
        totals := add(totals, add(u, v))
        u := and(shr(24, x), lanes)
        v := and(shr(24, y), lanes)
        products := add(products, shr(224, mul(u, v)))
        totals := add(totals, add(u, v))
      }
      // Σab = Σ(a+128)(b+128) − 128·Σ((a+128) + (b+128)) + 1,024·128².
      sum := add(sub(products, shl(7, shr(224, mul(totals, ONE_IN_LANES)))), 16777216)
    }
  }
}
