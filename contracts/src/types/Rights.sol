// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What every contribution to a datanet grants at least, and so what builders may count on.
/// @dev `consent` as in a Contribution; `licences` are the SPDX identifiers under which an adapter may be passed on;
/// `termsHash` names the document that says all this in words.
struct DatanetTerms {
  uint8 consent;
  uint32 graceSeconds;
  bytes32 termsHash;
  string[] licences;
}

/// @notice What became of the consent behind an adapter or a snapshot.
/// @dev `revokedRecords` counts the records shown to be in it and withdrawn; from `freezeAt` on, Unix seconds, no new answer
/// may be sold; 0 when nothing freezes it.
struct Revocations {
  uint32 revokedRecords;
  uint40 freezeAt;
}
