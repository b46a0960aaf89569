// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Seed } from "./BlockSeed.sol";

/// @notice A member's vote: 0 not revealed, 1 no, 2 yes; other values are for the contract that keeps it.
struct Ballot {
  bytes32 commitment;
  uint8 vote;
}

/// @notice A committee that draws itself: of those who commit, the ones with the smallest tickets are its members.
struct Panel {
  Seed seed;
  address[] members;
  mapping(address auditor => Ballot) ballots;
}

/// @title Committees by commit and reveal
library CommitteeDraw {
  uint8 internal constant NO = 1;
  uint8 internal constant YES = 2;

  /// @notice An auditor's ticket: the smaller, the sooner a member.
  function ticket(bytes32 seed, address auditor) internal pure returns (uint256) {
    return uint256(keccak256(abi.encode(seed, auditor)));
  }

  /// @notice Makes an auditor a member if there is room or its ticket is smaller than a member's, who then leaves with its ballot.
  /// @return drawn whether the auditor is a member now
  /// @return replaced who left; zero for nobody
  function admit(
    Panel storage panel,
    uint256 size,
    address auditor,
    bytes32 commitment
  ) internal returns (bool drawn, address replaced) {
    address[] storage members = panel.members;
    uint256 count = members.length;
    if (count < size) {
      members.push(auditor);
    } else {
      bytes32 seed = panel.seed.value;
      uint256 largest = 0;
      uint256 place = 0;
      for (uint256 i = 0; i < count; ++i) {
        uint256 one = ticket(seed, members[i]);
        if (one > largest) (largest, place) = (one, i);
      }
      if (ticket(seed, auditor) >= largest) return (false, address(0));
      replaced = members[place];
      members[place] = auditor;
      delete panel.ballots[replaced];
    }
    panel.ballots[auditor].commitment = commitment;
    return (true, replaced);
  }

  /// @notice Whether more than half of a committee voted and one side has more votes, and which.
  function decide(uint256 size, uint256 yes, uint256 no) internal pure returns (bool decided, bool isYes) {
    decided = 2 * (yes + no) > size && yes != no;
    isYes = yes > no;
  }
}
