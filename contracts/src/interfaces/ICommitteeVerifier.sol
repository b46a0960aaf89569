// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IVerifier } from "./IVerifier.sol";
import { CommitteeTerms } from "../types/Agents.sol";

/// @title Deliveries judged by a committee of staked auditors
interface ICommitteeVerifier is IVerifier {
  /// @dev `seed` comes from the hash of the block after the delivery; until it is fixed, `seedBlock` says which.
  struct Case {
    address agent;
    address client;
    uint96 fee;
    uint8 size;
    uint8 approvals;
    uint8 refusals;
    bool paid;
    uint64 requestedAt;
    uint64 commitBy;
    uint64 revealBy;
    uint64 seedBlock;
    bytes32 seed;
  }

  event Enrolled(address indexed auditor, uint64 since, uint64 until);
  event CommitteeCalled(
    bytes32 indexed guaranteeId,
    bytes32 resultHash,
    string resultURI,
    CommitteeTerms terms,
    uint64 commitBy,
    uint64 revealBy
  );
  event SeedFixed(bytes32 indexed guaranteeId, bytes32 seed);
  event SeedMoved(bytes32 indexed guaranteeId, uint64 seedBlock);
  event Committed(bytes32 indexed guaranteeId, address indexed auditor, address replaced);
  event Revealed(bytes32 indexed guaranteeId, address indexed auditor, bool approves);
  event FeesShared(bytes32 indexed guaranteeId, uint256 toAuditors, uint256 toAgent);
  event FeesWithdrawn(address indexed account, uint256 amount);

  error NotGuarantees(address caller);
  error BadCommittee();
  error NotStakedAuditor(address account);
  error UnknownCase(bytes32 guaranteeId);
  error NotEligible(bytes32 guaranteeId, address account);
  error SeedAhead(uint64 seedBlock);
  error AlreadyCommitted(bytes32 guaranteeId, address auditor);
  error NotDrawn(bytes32 guaranteeId, address auditor);
  error NotAMember(bytes32 guaranteeId, address auditor);
  error WrongReveal(bytes32 guaranteeId, address auditor);
  error CommitsClosed(uint64 commitBy);
  error RevealsClosed(uint64 revealBy);
  error TooEarly(uint64 from);
  error AlreadyShared(bytes32 guaranteeId);
  error NothingOwed(address account);

  /// @notice Offers the caller, a staked auditor, for committees of deliveries to come. It holds for one stake thaw and must be renewed
  /// before it ends: so a bond that moves on cannot stand for two accounts.
  function enrol() external;

  /// @notice Commits to a vote: `keccak(abi.encode(guaranteeId, auditor, approves, salt))`. Of those who commit, the members are those
  /// with the smallest tickets. When the seed's block has become too old to be read, this moves it on and commits nothing.
  /// @return committed false when the seed was moved on
  function commit(bytes32 guaranteeId, bytes32 commitment) external returns (bool committed);

  /// @notice Opens a member's vote, after the commits are closed.
  function reveal(bytes32 guaranteeId, bool approves, bytes32 salt) external;

  /// @notice Shares the fees after the reveals: among those who voted as the majority did, or among all who voted when nothing was
  /// decided; what is left goes back to the agent. Anyone may.
  function shareFees(bytes32 guaranteeId) external;

  /// @notice Pays an account what it is owed; anyone may call it for the account.
  /// @return amount what was paid
  function withdraw(address account) external returns (uint256 amount);

  /// @notice A case; all zero for an unknown one.
  function getCase(bytes32 guaranteeId) external view returns (Case memory);

  /// @notice The members so far.
  function membersOf(bytes32 guaranteeId) external view returns (address[] memory);

  /// @notice An auditor's ticket: the smaller, the sooner a member.
  function ticketOf(bytes32 guaranteeId, address auditor) external view returns (uint256);

  /// @notice From when until when an auditor has offered itself.
  function enrolment(address auditor) external view returns (uint64 since, uint64 until);

  /// @notice What an account can withdraw.
  function owed(address account) external view returns (uint256);
}
