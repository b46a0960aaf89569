// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { EpochHash } from "../src/libraries/EpochHash.sol";
import { EpochBrief } from "../src/types/Ledger.sol";
import { Assertions } from "./support/Assertions.sol";

/// @dev Gives the hash that reads calldata a place to be called from.
contract EpochHasher {
  function hashShown(address gateway, EpochBrief calldata brief) external pure returns (bytes32) {
    return EpochHash.hashShown(gateway, brief);
  }
}

contract EpochHashTest is Assertions {
  EpochHasher private hasher = new EpochHasher();

  function testFuzz_aShownEpochHasItsHash(address gateway, EpochBrief calldata brief) public view {
    assertEq(hasher.hashShown(gateway, brief), EpochHash.hash(gateway, brief), "the same hash");
  }

  /// @dev A word above its type is neither cut nor believed.
  function testFuzz_aWordThatIsNoFieldGivesAnotherHash(
    address gateway,
    EpochBrief calldata brief,
    uint8 which
  ) public view {
    uint256[3] memory places = [uint256(0), 2, 3];
    uint256[6] memory words = abi.decode(abi.encode(gateway, brief), (uint256[6]));
    words[1 + places[which % 3]] |= 1 << 128;
    (bool ok, bytes memory answer) = address(hasher).staticcall(abi.encodePacked(hasher.hashShown.selector, words));
    if (ok) assertTrue(abi.decode(answer, (bytes32)) != EpochHash.hash(gateway, brief), "another hash");
  }
}
