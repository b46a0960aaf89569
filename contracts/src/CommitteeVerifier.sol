// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { ICommitteeVerifier } from "./interfaces/ICommitteeVerifier.sol";
import { IParameters } from "./interfaces/IParameters.sol";
import { IStakes } from "./interfaces/IStakes.sol";
import { IVerifier } from "./interfaces/IVerifier.sol";
import { IWOPEN } from "./interfaces/IWOPEN.sol";
import { BlockSeed, Seed, SeedStep } from "./libraries/BlockSeed.sol";
import { Ballot, CommitteeDraw, Panel } from "./libraries/CommitteeDraw.sol";
import { CommitteeTerms, Guarantee, Outcome } from "./types/Agents.sol";
import { Role } from "./types/Roles.sol";

/// @title CommitteeVerifier
/// @notice A delivery is judged by auditors who were staked before it, drawn by the hash of the block after it, and who vote by commit and
/// reveal. It decides when more than half of the committee reveals and one side has more votes.
contract CommitteeVerifier is ICommitteeVerifier, ReentrancyGuardTransient {
  using SafeERC20 for IWOPEN;
  using BlockSeed for Seed;
  using CommitteeDraw for Panel;

  uint256 public constant MAX_SIZE = 15;
  /// @notice Both windows fit the time that a verifier has to answer.
  uint256 public constant MAX_WINDOW = 7 days;

  IWOPEN public immutable wopen;
  IParameters public immutable parameters;
  IStakes public immutable stakes;
  address public immutable guarantees;

  struct Enrolment {
    uint64 since;
    uint64 until;
  }

  mapping(bytes32 guaranteeId => Case) private _cases;
  mapping(bytes32 guaranteeId => Panel) private _panels;

  /// @inheritdoc ICommitteeVerifier
  mapping(address auditor => Enrolment) public override enrolment;
  /// @inheritdoc ICommitteeVerifier
  mapping(address account => uint256) public override owed;

  constructor(IWOPEN wopen_, IParameters parameters_, IStakes stakes_, address guarantees_) {
    wopen = wopen_;
    parameters = parameters_;
    stakes = stakes_;
    guarantees = guarantees_;
  }

  /// @inheritdoc IVerifier
  /// @dev `evidence` is `abi.encode(CommitteeTerms, bytes32 resultHash, string resultURI)`. Takes the fees from the agent, who is the caller
  /// of `deliver` and has approved them here.
  function verify(
    bytes32 guaranteeId,
    Guarantee calldata guarantee,
    uint64,
    bytes calldata evidence
  ) external override nonReentrant returns (Outcome) {
    if (msg.sender != guarantees) revert NotGuarantees(msg.sender);
    (CommitteeTerms memory terms, bytes32 resultHash, string memory resultURI) = abi.decode(
      evidence,
      (CommitteeTerms, bytes32, string)
    );
    if (keccak256(abi.encode(terms)) != guarantee.criterion) revert UnknownTerms(guarantee.criterion);
    if (
      terms.size & 1 == 0 ||
      terms.size > MAX_SIZE ||
      terms.commitTime == 0 ||
      terms.commitTime > MAX_WINDOW ||
      terms.revealTime == 0 ||
      terms.revealTime > MAX_WINDOW
    ) revert BadCommittee();
    Case storage c = _cases[guaranteeId];
    (c.agent, c.client, c.fee, c.size) = (guarantee.agent, guarantee.client, terms.fee, terms.size);
    c.requestedAt = uint64(block.timestamp);
    c.commitBy = uint64(block.timestamp) + terms.commitTime;
    c.revealBy = c.commitBy + terms.revealTime;
    _panels[guaranteeId].seed.ask();
    emit CommitteeCalled(guaranteeId, resultHash, resultURI, terms, c.commitBy, c.revealBy);
    // Only Guarantees calls this, and only for an agent that is calling it.
    // slither-disable-next-line arbitrary-send-erc20
    wopen.safeTransferFrom(guarantee.agent, address(this), uint256(terms.fee) * terms.size);
    return Outcome.Pending;
  }

  /// @inheritdoc ICommitteeVerifier
  function enrol() external override {
    if (!stakes.isStaked(msg.sender, Role.Auditor)) revert NotStakedAuditor(msg.sender);
    Enrolment memory mine = enrolment[msg.sender];
    if (block.timestamp > mine.until) mine.since = uint64(block.timestamp);
    mine.until = uint64(block.timestamp) + parameters.stakeThaw();
    enrolment[msg.sender] = mine;
    emit Enrolled(msg.sender, mine.since, mine.until);
  }

  /// @inheritdoc ICommitteeVerifier
  function commit(bytes32 guaranteeId, bytes32 commitment) external override returns (bool committed) {
    Case storage c = _known(guaranteeId);
    if (block.timestamp > c.commitBy) revert CommitsClosed(c.commitBy);
    if (!_isEligible(c, msg.sender)) revert NotEligible(guaranteeId, msg.sender);
    Panel storage panel = _panels[guaranteeId];
    if (!_fixSeed(guaranteeId, panel.seed)) return false;
    if (panel.ballots[msg.sender].commitment != bytes32(0) || commitment == bytes32(0)) {
      revert AlreadyCommitted(guaranteeId, msg.sender);
    }
    (bool drawn, address replaced) = panel.admit(c.size, msg.sender, commitment);
    if (!drawn) revert NotDrawn(guaranteeId, msg.sender);
    emit Committed(guaranteeId, msg.sender, replaced);
    return true;
  }

  /// @inheritdoc ICommitteeVerifier
  function reveal(bytes32 guaranteeId, bool approves, bytes32 salt) external override {
    Case storage c = _known(guaranteeId);
    if (block.timestamp <= c.commitBy) revert TooEarly(c.commitBy);
    if (block.timestamp > c.revealBy) revert RevealsClosed(c.revealBy);
    Ballot storage ballot = _panels[guaranteeId].ballots[msg.sender];
    if (ballot.commitment == bytes32(0) || ballot.vote != 0) revert NotAMember(guaranteeId, msg.sender);
    if (ballot.commitment != keccak256(abi.encode(guaranteeId, msg.sender, approves, salt))) {
      revert WrongReveal(guaranteeId, msg.sender);
    }
    ballot.vote = approves ? CommitteeDraw.YES : CommitteeDraw.NO;
    if (approves) ++c.approvals;
    else ++c.refusals;
    emit Revealed(guaranteeId, msg.sender, approves);
  }

  /// @inheritdoc ICommitteeVerifier
  function shareFees(bytes32 guaranteeId) external override {
    Case storage c = _known(guaranteeId);
    if (block.timestamp <= c.revealBy) revert TooEarly(c.revealBy);
    if (c.paid) revert AlreadyShared(guaranteeId);
    c.paid = true;
    Outcome outcome = _decided(c);
    Panel storage panel = _panels[guaranteeId];
    address[] memory members = panel.members;
    uint256 fee = c.fee;
    uint256 left = fee * c.size;
    for (uint256 i = 0; i < members.length; ++i) {
      uint8 vote = panel.ballots[members[i]].vote;
      if (vote == 0) continue;
      if (outcome == Outcome.Kept && vote != CommitteeDraw.YES) continue;
      if (outcome == Outcome.Broken && vote != CommitteeDraw.NO) continue;
      owed[members[i]] += fee;
      left -= fee;
    }
    owed[c.agent] += left;
    emit FeesShared(guaranteeId, fee * c.size - left, left);
  }

  /// @inheritdoc ICommitteeVerifier
  function withdraw(address account) external override nonReentrant returns (uint256 amount) {
    amount = owed[account];
    if (amount == 0) revert NothingOwed(account);
    owed[account] = 0;
    emit FeesWithdrawn(account, amount);
    wopen.safeTransfer(account, amount);
  }

  /// @inheritdoc IVerifier
  function outcomeOf(bytes32 guaranteeId) external view override returns (Outcome) {
    Case storage c = _cases[guaranteeId];
    return c.size == 0 || block.timestamp <= c.revealBy ? Outcome.Pending : _decided(c);
  }

  /// @inheritdoc ICommitteeVerifier
  function getCase(bytes32 guaranteeId) external view override returns (Case memory found) {
    found = _cases[guaranteeId];
    Seed storage seed = _panels[guaranteeId].seed;
    (found.seed, found.seedBlock) = (seed.value, seed.seedBlock);
  }

  /// @inheritdoc ICommitteeVerifier
  function membersOf(bytes32 guaranteeId) external view override returns (address[] memory) {
    return _panels[guaranteeId].members;
  }

  /// @inheritdoc ICommitteeVerifier
  function ticketOf(bytes32 guaranteeId, address auditor) external view override returns (uint256) {
    return CommitteeDraw.ticket(_panels[guaranteeId].seed.value, auditor);
  }

  /// @dev Fixes the seed once its block is there; false when it was moved to another block.
  function _fixSeed(bytes32 guaranteeId, Seed storage seed) private returns (bool) {
    SeedStep step = seed.take(guaranteeId);
    if (step == SeedStep.Ahead) revert SeedAhead(seed.seedBlock);
    if (step == SeedStep.Fixed) emit SeedFixed(guaranteeId, seed.value);
    if (step == SeedStep.Moved) emit SeedMoved(guaranteeId, seed.seedBlock);
    return step != SeedStep.Moved;
  }

  function _known(bytes32 guaranteeId) private view returns (Case storage c) {
    c = _cases[guaranteeId];
    if (c.size == 0) revert UnknownCase(guaranteeId);
  }

  function _isEligible(Case storage c, address auditor) private view returns (bool) {
    Enrolment memory e = enrolment[auditor];
    return
      auditor != c.agent &&
      auditor != c.client &&
      e.since != 0 &&
      e.since < c.requestedAt &&
      c.requestedAt <= e.until &&
      stakes.isStaked(auditor, Role.Auditor);
  }

  function _decided(Case storage c) private view returns (Outcome) {
    (bool decided, bool approved) = CommitteeDraw.decide(c.size, c.approvals, c.refusals);
    if (!decided) return Outcome.Undecided;
    return approved ? Outcome.Kept : Outcome.Broken;
  }
}
