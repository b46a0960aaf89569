// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AnchoredReceipt, CaseStage, ExecutionOpening, Verdict } from "../types/Execution.sol";
import { Receipt } from "../types/Statements.sol";

/// @title The court for answers: was this computed as its receipt says?
/// @notice A case begins with a receipt that the beacon drew, or with a deposit. The node opens the answer, silence is a fault as grave as a wrong
/// one. A committee of staked auditors, drawn by the hash of the block after the opening, executes the answer again and votes by commit and
/// reveal. Whoever disagrees appeals to one twice as large, for twice the bond. Every stage has an end after which anyone can go on.
interface IExecutionCourt {
  /// @notice A case about a receipt. `until` is when the node's time to open it ends; `fee` and `reserve` (what the fund pays, for a receipt that was
  /// drawn) are in the smallest unit. `number` counts cases: a receipt whose case ended undecided can come again.
  struct Case {
    address node;
    uint96 deposit;
    address gateway;
    uint96 fee;
    address accuser;
    uint96 reserve;
    uint64 number;
    uint64 summonedAt;
    uint64 until;
    uint8 size;
    uint8 round;
    bool drawn;
    CaseStage stage;
    Verdict verdict;
  }

  /// @notice One committee's turn. `side` is the verdict that the appellant wants; for the first one that is the accuser's.
  struct RoundState {
    address appellant;
    uint96 bond;
    Verdict side;
    uint8 size;
    uint8 right;
    uint8 wrong;
    uint64 commitBy;
    uint64 revealBy;
    uint64 appealBy;
    bytes32 seed;
    uint64 seedBlock;
    address[] members;
  }

  event ExecutionSummoned(
    bytes32 indexed receiptId,
    address indexed node,
    address indexed accuser,
    address gateway,
    uint64 index,
    uint64 number,
    bool drawn,
    uint64 answerBy
  );
  event ExecutionOpened(bytes32 indexed receiptId, uint64 number, Receipt receipt, ExecutionOpening opening);
  event CommitteeAsked(
    bytes32 indexed receiptId,
    uint64 number,
    uint8 round,
    uint8 size,
    uint64 commitBy,
    uint64 revealBy,
    uint64 appealBy
  );
  event SeedTaken(bytes32 indexed receiptId, uint8 round, bytes32 seed);
  event SeedPostponed(bytes32 indexed receiptId, uint8 round, uint64 seedBlock);
  event VerdictCommitted(bytes32 indexed receiptId, uint8 round, address indexed auditor, address replaced);
  event VerdictRevealed(bytes32 indexed receiptId, uint8 round, address indexed auditor, Verdict verdict);
  event Appealed(bytes32 indexed receiptId, uint8 round, address indexed appellant, Verdict side, uint96 bond);
  event ExecutionJudged(bytes32 indexed receiptId, address indexed node, uint64 number, Verdict verdict, bool silent);
  event AuditorSilent(bytes32 indexed receiptId, uint8 round, address indexed auditor, address prover);
  event AuditsFunded(address indexed from, uint256 amount);
  event AuditPaid(address indexed account, uint256 amount);

  error NotSampled(bytes32 receiptId);
  error AlreadyTried(bytes32 receiptId);
  error WrongStage(bytes32 receiptId, CaseStage stage);
  error WrongOpening(bytes32 receiptId);
  error TooEarly(uint256 from);
  error TooLate(uint256 until);
  error NotOnCommittee(bytes32 receiptId, address auditor);
  error SeedAhead(uint64 seedBlock);
  error AlreadyVoted(bytes32 receiptId, address auditor);
  error WrongVote(bytes32 receiptId, address auditor);
  error LastInstance(bytes32 receiptId);
  error NothingOwed(address account);

  /// @notice Calls upon a node to open an answer that the beacon drew, while the epoch's window is open; anyone may, for nothing. If the
  /// node stays silent or the answer is wrong, the caller has the prover's part.
  function sample(AnchoredReceipt calldata anchored) external;

  /// @notice Calls upon a node to open any answer of an epoch whose window is open. The caller puts the challenge deposit and the first committee's fees down:
  /// they come back if the answer is wrong or nothing is decided, else pay the committee and the node.
  function challenge(AnchoredReceipt calldata anchored) external;

  /// @notice Opens an answer; anyone who has the content may. The court checks every hash: only what was signed can be shown.
  function open(Receipt calldata receipt, ExecutionOpening calldata opening) external;

  /// @notice Slashes a node that did not open its answer in time; anyone may send it.
  function convictSilence(bytes32 receiptId) external;

  /// @notice Commits an enrolled auditor to a verdict: `keccak(abi.encode(receiptId, number, round, auditor, verdict, salt))`, `verdict` as uint8. When the seed's block
  /// is too old to be read, this moves it on and commits nothing.
  /// @return committed false when the seed was moved on
  function commit(bytes32 receiptId, bytes32 commitment) external returns (bool committed);

  /// @notice Opens a member's vote, after the commits are closed.
  function reveal(bytes32 receiptId, Verdict verdict, bytes32 salt) external;

  /// @notice Asks for a committee twice as large, against what the last one said, or for `Wrong` where it said nothing; for twice the bond.
  function appeal(bytes32 receiptId) external;

  /// @notice Ends a case when nobody appealed, or nobody can: slashes or acquits, and divides what was put down. Anyone may.
  function settle(bytes32 receiptId) external;

  /// @notice Slashes a member who did not reveal; anyone may, once for each vote, and has the prover's part.
  function convictAuditor(bytes32 receiptId, uint8 round, address auditor) external;

  /// @notice Adds WOPEN of the caller, who has approved it, to what pays committees for receipts that the beacon drew.
  function addFunds(uint96 amount) external;

  /// @notice Pays an account what it is owed; anyone may call it for the account.
  /// @return amount what was paid
  function withdraw(address account) external returns (uint256 amount);

  /// @notice A receipt's latest case; all zero for none.
  function getCase(bytes32 receiptId) external view returns (Case memory);

  /// @notice One committee's turn in a receipt's latest case.
  function getRound(bytes32 receiptId, uint8 round) external view returns (RoundState memory);

  /// @notice A member's vote in the latest case: 0 none, 1 wrong, 2 right, 3 slashed for silence.
  function ballotOf(
    bytes32 receiptId,
    uint8 round,
    address auditor
  ) external view returns (bytes32 commitment, uint8 vote);

  /// @notice Whether an auditor may commit in the round that is open: enrolled before the case began, and no party to it.
  function isEligible(bytes32 receiptId, address auditor) external view returns (bool);

  /// @notice What an appeal costs now: twice the deposit of the round before, and the fees of the new committee.
  function appealBond(bytes32 receiptId) external view returns (uint256);

  /// @notice What pays committees for receipts that the beacon drew.
  function fund() external view returns (uint256);

  /// @notice What an account can withdraw.
  function owed(address account) external view returns (uint256);
}
