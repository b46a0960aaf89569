// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { SafeERC20 } from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import { Math } from "@openzeppelin/contracts/utils/math/Math.sol";
import { SafeCast } from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import { ReentrancyGuardTransient } from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import { MessageHashUtils } from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import { ICommitteeVerifier } from "./interfaces/ICommitteeVerifier.sol";
import { IExecutionCourt } from "./interfaces/IExecutionCourt.sol";
import { IParameters } from "./interfaces/IParameters.sol";
import { ISamplingBeacon } from "./interfaces/ISamplingBeacon.sol";
import { IStakes } from "./interfaces/IStakes.sol";
import { IWOPEN } from "./interfaces/IWOPEN.sol";
import { BlockSeed, Seed, SeedStep } from "./libraries/BlockSeed.sol";
import { CommitteeDraw, Panel } from "./libraries/CommitteeDraw.sol";
import { ExecutionHash } from "./libraries/ExecutionHash.sol";
import { StatementHash } from "./libraries/StatementHash.sol";
import { AnchoredReceipt, AuditTerms, CaseStage, ExecutionOpening, Verdict } from "./types/Execution.sol";
import { Fault, Role } from "./types/Roles.sol";
import { Receipt } from "./types/Statements.sol";

/// @title ExecutionCourt
/// @notice Slashes nodes for answers that were not computed as their receipts say, by the verdict of auditors who execute them again. What a member is
/// paid does not depend on which verdict it is, and nobody is slashed for a vote: only for hiding one.
/// Stages last a third of the dispute window each. A node's bond, and those of members, cannot leave while a stage of theirs can still come.
contract ExecutionCourt is IExecutionCourt, ReentrancyGuardTransient {
  using SafeERC20 for IWOPEN;
  using BlockSeed for Seed;
  using CommitteeDraw for Panel;
  using StatementHash for Receipt;

  /// @notice A first committee and two appeals.
  uint8 public constant MAX_ROUNDS = 3;
  uint8 private constant SILENT = 3;
  uint256 private constant THIRDS = 3;

  IWOPEN public immutable wopen;
  IParameters public immutable parameters;
  IStakes public immutable stakes;
  ISamplingBeacon public immutable beacon;
  /// @notice Where auditors enrol, for this court and for agents' promises alike.
  ICommitteeVerifier public immutable roll;
  /// @notice The EIP-712 domain of receipts: they are addressed to Epochs.
  bytes32 public immutable domainSeparator;

  struct Round {
    address appellant;
    uint96 bond;
    uint64 commitBy;
    uint64 revealBy;
    uint64 appealBy;
    uint8 size;
    uint8 right;
    uint8 wrong;
    Verdict side;
    Panel panel;
  }

  mapping(bytes32 receiptId => Case) private _cases;
  mapping(uint256 number => mapping(uint256 round => Round)) private _rounds;

  /// @notice How many cases there were.
  uint64 public caseCount;
  /// @inheritdoc IExecutionCourt
  uint256 public override fund;
  /// @inheritdoc IExecutionCourt
  mapping(address account => uint256) public override owed;

  constructor(
    IWOPEN wopen_,
    IParameters parameters_,
    IStakes stakes_,
    ISamplingBeacon beacon_,
    ICommitteeVerifier roll_
  ) {
    (wopen, parameters, stakes) = (wopen_, parameters_, stakes_);
    (beacon, roll) = (beacon_, roll_);
    domainSeparator = beacon_.domainSeparator();
  }

  /// @inheritdoc IExecutionCourt
  function sample(AnchoredReceipt calldata anchored) external override nonReentrant {
    bytes32 epochHash = beacon.requireAnchored(anchored);
    bytes32 receiptId = anchored.opening.leaf.receiptId;
    if (!beacon.isDrawn(epochHash, receiptId)) revert NotSampled(receiptId);
    AuditTerms memory terms = beacon.terms();
    // A fee that the fund cannot pay in full to all is smaller for all, whatever they will say.
    uint96 fee = uint96(Math.min(terms.fee, fund / terms.size));
    Case storage c = _begin(anchored, terms.size, fee);
    c.drawn = true;
    c.reserve = fee * terms.size;
    fund -= c.reserve;
    _announce(receiptId, anchored.epoch.index, c);
  }

  /// @inheritdoc IExecutionCourt
  function challenge(AnchoredReceipt calldata anchored) external override nonReentrant {
    beacon.requireAnchored(anchored);
    AuditTerms memory terms = beacon.terms();
    Case storage c = _begin(anchored, terms.size, terms.fee);
    uint96 deposit = parameters.challengeDeposit() + terms.fee * terms.size;
    c.deposit = deposit;
    _announce(anchored.opening.leaf.receiptId, anchored.epoch.index, c);
    wopen.safeTransferFrom(msg.sender, address(this), deposit);
  }

  /// @inheritdoc IExecutionCourt
  function open(Receipt calldata receipt, ExecutionOpening calldata opening) external override nonReentrant {
    bytes32 receiptId = _idOf(receipt);
    Case storage c = _at(receiptId, CaseStage.Summoned);
    if (block.timestamp > c.until) revert TooLate(c.until);
    if (!ExecutionHash.opens(receipt, opening)) revert WrongOpening(receiptId);
    c.stage = CaseStage.Judged;
    emit ExecutionOpened(receiptId, c.number, receipt, opening);
    Round storage first = _rounds[c.number][0];
    (first.appellant, first.bond, first.side) = (c.accuser, c.deposit, Verdict.Wrong);
    _ask(receiptId, c, first, c.size);
  }

  /// @inheritdoc IExecutionCourt
  function convictSilence(bytes32 receiptId) external override nonReentrant {
    Case storage c = _at(receiptId, CaseStage.Summoned);
    if (block.timestamp <= c.until) revert TooEarly(c.until);
    _close(receiptId, c, Verdict.Wrong, true);
    owed[c.accuser] += c.deposit;
    fund += c.reserve;
    // A court that a decision has removed slashes nobody, and still gives back what was put down.
    if (_inForce()) stakes.slash(c.node, Role.Node, Fault.WithheldExecution, c.accuser);
  }

  /// @inheritdoc IExecutionCourt
  function commit(bytes32 receiptId, bytes32 commitment) external override nonReentrant returns (bool committed) {
    Case storage c = _at(receiptId, CaseStage.Judged);
    Round storage r = _rounds[c.number][c.round];
    if (block.timestamp > r.commitBy) revert TooLate(r.commitBy);
    if (!_isEligible(c, msg.sender)) revert NotOnCommittee(receiptId, msg.sender);
    if (!_takeSeed(receiptId, c.round, r.panel.seed)) return false;
    if (r.panel.ballots[msg.sender].commitment != bytes32(0) || commitment == bytes32(0)) {
      revert AlreadyVoted(receiptId, msg.sender);
    }
    (bool drawn, address replaced) = r.panel.admit(r.size, msg.sender, commitment);
    if (!drawn) revert NotOnCommittee(receiptId, msg.sender);
    emit VerdictCommitted(receiptId, c.round, msg.sender, replaced);
    _hold(msg.sender, Role.Auditor, r.revealBy);
    return true;
  }

  /// @inheritdoc IExecutionCourt
  function reveal(bytes32 receiptId, Verdict verdict, bytes32 salt) external override nonReentrant {
    Case storage c = _at(receiptId, CaseStage.Judged);
    Round storage r = _rounds[c.number][c.round];
    if (block.timestamp <= r.commitBy) revert TooEarly(r.commitBy);
    if (block.timestamp > r.revealBy) revert TooLate(r.revealBy);
    bytes32 commitment = r.panel.ballots[msg.sender].commitment;
    if (commitment == bytes32(0)) revert NotOnCommittee(receiptId, msg.sender);
    if (r.panel.ballots[msg.sender].vote != 0) revert AlreadyVoted(receiptId, msg.sender);
    bytes32 said = keccak256(abi.encode(receiptId, c.number, c.round, msg.sender, verdict, salt));
    if (commitment != said || verdict == Verdict.Undecided) revert WrongVote(receiptId, msg.sender);
    bool isRight = verdict == Verdict.Right;
    r.panel.ballots[msg.sender].vote = isRight ? CommitteeDraw.YES : CommitteeDraw.NO;
    if (isRight) ++r.right;
    else ++r.wrong;
    emit VerdictRevealed(receiptId, c.round, msg.sender, verdict);
  }

  /// @inheritdoc IExecutionCourt
  function appeal(bytes32 receiptId) external override nonReentrant {
    Case storage c = _at(receiptId, CaseStage.Judged);
    Round storage r = _rounds[c.number][c.round];
    if (block.timestamp <= r.revealBy) revert TooEarly(r.revealBy);
    if (block.timestamp > r.appealBy) revert TooLate(r.appealBy);
    uint96 bond = SafeCast.toUint96(appealBond(receiptId));
    Verdict side = _standing(c) == Verdict.Wrong ? Verdict.Right : Verdict.Wrong;
    uint8 size = 2 * r.size + 1;
    Round storage next = _rounds[c.number][++c.round];
    (next.appellant, next.bond, next.side) = (msg.sender, bond, side);
    emit Appealed(receiptId, c.round, msg.sender, side, bond);
    _ask(receiptId, c, next, size);
    wopen.safeTransferFrom(msg.sender, address(this), bond);
  }

  /// @inheritdoc IExecutionCourt
  function settle(bytes32 receiptId) external override nonReentrant {
    Case storage c = _at(receiptId, CaseStage.Judged);
    uint64 end = _rounds[c.number][c.round].appealBy;
    if (block.timestamp <= end) revert TooEarly(end);
    Verdict verdict = _standing(c);
    _close(receiptId, c, verdict, false);
    uint256 pot = c.reserve + _refund(c, verdict);
    if (verdict == Verdict.Wrong && _inForce()) {
      uint256 before = wopen.balanceOf(address(this));
      stakes.slash(c.node, Role.Node, Fault.WrongExecution, address(this));
      pot += wopen.balanceOf(address(this)) - before;
    }
    pot -= _payMembers(c, verdict, pot);
    // What the fund lent and nobody earned goes back to it first; the rest is the winner's.
    uint256 unspent = Math.min(pot, c.reserve);
    fund += unspent;
    if (pot != unspent) owed[verdict == Verdict.Right ? c.node : c.accuser] += pot - unspent;
  }

  /// @inheritdoc IExecutionCourt
  function convictAuditor(bytes32 receiptId, uint8 round, address auditor) external override nonReentrant {
    Round storage r = _rounds[_cases[receiptId].number][round];
    if (r.size == 0 || r.panel.ballots[auditor].commitment == bytes32(0)) revert NotOnCommittee(receiptId, auditor);
    if (block.timestamp <= r.revealBy) revert TooEarly(r.revealBy);
    if (r.panel.ballots[auditor].vote != 0) revert AlreadyVoted(receiptId, auditor);
    r.panel.ballots[auditor].vote = SILENT;
    emit AuditorSilent(receiptId, round, auditor, msg.sender);
    stakes.slash(auditor, Role.Auditor, Fault.SilentAuditor, msg.sender);
  }

  /// @inheritdoc IExecutionCourt
  function addFunds(uint96 amount) external override nonReentrant {
    fund += amount;
    emit AuditsFunded(msg.sender, amount);
    wopen.safeTransferFrom(msg.sender, address(this), amount);
  }

  /// @inheritdoc IExecutionCourt
  function withdraw(address account) external override nonReentrant returns (uint256 amount) {
    amount = owed[account];
    if (amount == 0) revert NothingOwed(account);
    owed[account] = 0;
    emit AuditPaid(account, amount);
    wopen.safeTransfer(account, amount);
  }

  /// @inheritdoc IExecutionCourt
  function getCase(bytes32 receiptId) external view override returns (Case memory) {
    return _cases[receiptId];
  }

  /// @inheritdoc IExecutionCourt
  function getRound(bytes32 receiptId, uint8 round) external view override returns (RoundState memory state) {
    Round storage r = _rounds[_cases[receiptId].number][round];
    (state.appellant, state.bond, state.side) = (r.appellant, r.bond, r.side);
    (state.size, state.right, state.wrong) = (r.size, r.right, r.wrong);
    (state.commitBy, state.revealBy, state.appealBy) = (r.commitBy, r.revealBy, r.appealBy);
    (state.seed, state.seedBlock, state.members) = (r.panel.seed.value, r.panel.seed.seedBlock, r.panel.members);
  }

  /// @inheritdoc IExecutionCourt
  function ballotOf(
    bytes32 receiptId,
    uint8 round,
    address auditor
  ) external view override returns (bytes32 commitment, uint8 vote) {
    Round storage r = _rounds[_cases[receiptId].number][round];
    return (r.panel.ballots[auditor].commitment, r.panel.ballots[auditor].vote);
  }

  /// @inheritdoc IExecutionCourt
  function isEligible(bytes32 receiptId, address auditor) external view override returns (bool) {
    Case storage c = _cases[receiptId];
    return c.stage == CaseStage.Judged && _isEligible(c, auditor);
  }

  /// @inheritdoc IExecutionCourt
  function appealBond(bytes32 receiptId) public view override returns (uint256) {
    Case storage c = _at(receiptId, CaseStage.Judged);
    uint256 next = uint256(c.round) + 1;
    if (next >= MAX_ROUNDS) revert LastInstance(receiptId);
    uint256 size = 2 * uint256(_rounds[c.number][c.round].size) + 1;
    return (uint256(parameters.challengeDeposit()) << next) + size * c.fee;
  }

  function _begin(AnchoredReceipt calldata anchored, uint8 size, uint96 fee) private returns (Case storage c) {
    bytes32 receiptId = anchored.opening.leaf.receiptId;
    c = _cases[receiptId];
    // Only what ended undecided comes again, under a new number.
    bool isNew = c.stage == CaseStage.None || (c.stage == CaseStage.Closed && c.verdict == Verdict.Undecided);
    if (!isNew) revert AlreadyTried(receiptId);
    uint64 stage = _stageTime();
    c.node = anchored.receipt.node;
    c.gateway = anchored.gateway;
    c.accuser = msg.sender;
    (c.deposit, c.fee, c.reserve, c.size) = (0, fee, 0, size);
    c.number = ++caseCount;
    c.summonedAt = uint64(block.timestamp);
    c.until = uint64(block.timestamp) + stage;
    (c.round, c.drawn) = (0, false);
    (c.stage, c.verdict) = (CaseStage.Summoned, Verdict.Undecided);
    _hold(c.node, Role.Node, c.until);
  }

  function _announce(bytes32 receiptId, uint64 index, Case storage c) private {
    emit ExecutionSummoned(receiptId, c.node, c.accuser, c.gateway, index, c.number, c.drawn, c.until);
  }

  function _ask(bytes32 receiptId, Case storage c, Round storage r, uint8 size) private {
    uint64 stage = _stageTime();
    r.size = size;
    r.commitBy = uint64(block.timestamp) + stage;
    r.revealBy = r.commitBy + stage;
    // From the last instance there is no appeal to wait for.
    r.appealBy = c.round + 1 < MAX_ROUNDS ? r.revealBy + stage : r.revealBy;
    r.panel.seed.ask();
    emit CommitteeAsked(receiptId, c.number, c.round, size, r.commitBy, r.revealBy, r.appealBy);
    _hold(c.node, Role.Node, r.appealBy);
  }

  function _takeSeed(bytes32 receiptId, uint8 round, Seed storage seed) private returns (bool) {
    SeedStep step = seed.take(keccak256(abi.encode(receiptId, round)));
    if (step == SeedStep.Ahead) revert SeedAhead(seed.seedBlock);
    if (step == SeedStep.Fixed) emit SeedTaken(receiptId, round, seed.value);
    if (step == SeedStep.Moved) emit SeedPostponed(receiptId, round, seed.seedBlock);
    return step != SeedStep.Moved;
  }

  function _close(bytes32 receiptId, Case storage c, Verdict verdict, bool silent) private {
    (c.stage, c.verdict) = (CaseStage.Closed, verdict);
    emit ExecutionJudged(receiptId, c.node, c.number, verdict, silent);
  }

  /// @dev Gives the bonds of those back who were right, or whose committee said nothing.
  /// @return forfeited what the others put down
  function _refund(Case storage c, Verdict verdict) private returns (uint256 forfeited) {
    for (uint256 i = 0; i <= c.round; ++i) {
      Round storage r = _rounds[c.number][i];
      bool isLost = verdict != Verdict.Undecided && r.side != verdict && _outcome(r) != Verdict.Undecided;
      // An accuser whose first committee said nothing answers for what a later one says.
      if (i == 0 && verdict == Verdict.Right) isLost = true;
      if (isLost) forfeited += r.bond;
      else owed[r.appellant] += r.bond;
    }
  }

  /// @dev Pays those who voted as the verdict is, the same to each, at most the fee.
  /// @return paid all that was paid
  function _payMembers(Case storage c, Verdict verdict, uint256 pot) private returns (uint256 paid) {
    uint256 fee = c.fee;
    if (verdict == Verdict.Undecided || fee == 0) return 0;
    bool isRight = verdict == Verdict.Right;
    uint256 count = 0;
    for (uint256 i = 0; i <= c.round; ++i) {
      Round storage r = _rounds[c.number][i];
      count += isRight ? r.right : r.wrong;
    }
    if (count == 0) return 0;
    uint256 each = Math.min(fee, pot / count);
    uint8 vote = isRight ? CommitteeDraw.YES : CommitteeDraw.NO;
    for (uint256 i = 0; i <= c.round; ++i) _payRound(_rounds[c.number][i].panel, vote, each);
    return each * count;
  }

  function _payRound(Panel storage panel, uint8 vote, uint256 each) private {
    uint256 count = panel.members.length;
    for (uint256 i = 0; i < count; ++i) {
      address member = panel.members[i];
      if (panel.ballots[member].vote == vote) owed[member] += each;
    }
  }

  /// @dev A stage that follows is entered within a dispute window, so what is held then is still there.
  function _hold(address account, Role role, uint64 until) private {
    if (_inForce()) stakes.hold(account, role, until + parameters.disputeWindow());
  }

  function _inForce() private view returns (bool) {
    uint64 since = parameters.courtSince(address(this));
    return since != 0 && block.timestamp >= since;
  }

  function _stageTime() private view returns (uint64) {
    return uint64(Math.max(1, parameters.disputeWindow() / THIRDS));
  }

  function _at(bytes32 receiptId, CaseStage stage) private view returns (Case storage c) {
    c = _cases[receiptId];
    if (c.stage != stage) revert WrongStage(receiptId, c.stage);
  }

  function _isEligible(Case storage c, address auditor) private view returns (bool) {
    (uint64 since, uint64 until) = roll.enrolment(auditor);
    return
      auditor != c.node &&
      auditor != c.gateway &&
      auditor != c.accuser &&
      auditor != _rounds[c.number][c.round].appellant &&
      since != 0 &&
      since < c.summonedAt &&
      c.summonedAt <= until &&
      stakes.isStaked(auditor, Role.Auditor);
  }

  /// @dev What the latest committee that decided has said.
  function _standing(Case storage c) private view returns (Verdict verdict) {
    for (uint256 i = uint256(c.round) + 1; i != 0; --i) {
      verdict = _outcome(_rounds[c.number][i - 1]);
      if (verdict != Verdict.Undecided) return verdict;
    }
  }

  function _idOf(Receipt calldata receipt) private view returns (bytes32) {
    return MessageHashUtils.toTypedDataHash(domainSeparator, receipt.hash());
  }

  function _outcome(Round storage r) private view returns (Verdict) {
    (bool decided, bool isRight) = CommitteeDraw.decide(r.size, r.right, r.wrong);
    if (!decided) return Verdict.Undecided;
    return isRight ? Verdict.Right : Verdict.Wrong;
  }
}
