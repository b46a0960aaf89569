// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { BalanceOpening, EpochHeader, LineOpening, ReceiptOpening, Share, ShareOpening } from "../types/Ledger.sol";
import { Attribution, Receipt } from "../types/Statements.sol";

/// @title The court for epochs: faults that need receipts and shares to show, and data that is withheld
/// @notice As with `IEpochs`, a challenge that fails costs the accuser's deposit; one that holds needs none.
interface IEpochCourt {
  /// @notice Which list of an epoch a demand is about.
  enum List {
    Receipts,
    Lines,
    Balances
  }

  /// @notice A gateway that is called upon to show one entry of an epoch. `answerBy` is when silence becomes the fault.
  struct Demand {
    address accuser;
    uint96 deposit;
    uint48 answerBy;
  }

  /// @notice What a node signed about an answer, as a gateway must be able to show it.
  /// @dev `attribution` counts when `attributionSignature` is not empty; then the receipt carries the mark of `deadline`.
  struct SignedReceipt {
    Receipt receipt;
    bytes signature;
    uint64 deadline;
    Attribution attribution;
    bytes attributionSignature;
  }

  event ChallengeFailed(address indexed gateway, uint64 indexed index, bytes4 claim, address indexed accuser);
  event Demanded(
    address indexed gateway,
    uint64 indexed index,
    List list,
    uint256 place,
    uint256 answerBy,
    address indexed accuser
  );
  event Revealed(address indexed gateway, uint64 indexed index, List list, uint256 place);

  error UnknownEpoch(address gateway, uint64 index);
  error WindowClosed(uint256 finalAt);
  error DepositMissing(uint256 deposit);
  error NoSuchEntry(uint256 place);
  error AlreadyDemanded(bytes32 id);
  error NotDemanded(bytes32 id);
  error TooEarly(uint256 from);
  error TooLate(uint256 answerBy);
  error NotTheEntry(bytes32 id);

  /// @notice Accuses an epoch of a total that its last line does not carry. `last` is empty for an epoch without lines.
  function challengeTotal(
    address gateway,
    EpochHeader calldata epoch,
    LineOpening[] calldata last
  ) external returns (bool proven);

  /// @notice Accuses an epoch of two neighbouring receipts in the wrong order or twice, or of another number of receipts.
  function challengeReceipts(
    address gateway,
    EpochHeader calldata epoch,
    ReceiptOpening calldata first,
    ReceiptOpening calldata second
  ) external returns (bool proven);

  /// @notice Accuses an epoch of a receipt that stands in an earlier epoch too.
  function challengeRepeatedReceipt(
    address gateway,
    EpochHeader calldata epoch,
    ReceiptOpening calldata here,
    EpochHeader calldata earlier,
    ReceiptOpening calldata there
  ) external returns (bool proven);

  /// @notice Accuses an epoch of a receipt of another gateway, or with other shares than the receipt names; a receipt that left its attribution
  /// open can have others by an Attribution: who doubts those demands the entry.
  function challengeMisplacedReceipt(
    address gateway,
    EpochHeader calldata epoch,
    ReceiptOpening calldata opening,
    Receipt calldata receipt
  ) external returns (bool proven);

  /// @notice Accuses an epoch of a line that no receipt of it contains: the receipt is not there, or its shares say something else.
  /// @param receipt the receipt, or the neighbours around the gap where it would stand
  /// @param share the payee's share in it, or the neighbours around the gap; ignored when there is no receipt
  function challengeForeignLine(
    address gateway,
    EpochHeader calldata epoch,
    LineOpening calldata line,
    ReceiptOpening[] calldata receipt,
    ShareOpening[] calldata share
  ) external returns (bool proven);

  /// @notice Accuses an epoch of a share of one of its receipts that no line pays, or another amount.
  /// @param lines the line, or the neighbours around the gap where it would stand
  function challengeMissingLine(
    address gateway,
    EpochHeader calldata epoch,
    ReceiptOpening calldata receipt,
    ShareOpening calldata share,
    LineOpening[] calldata lines
  ) external returns (bool proven);

  /// @notice Calls a gateway upon to show one entry of an epoch. Takes the deposit; the gateway gets it if it answers. Possible in the first third
  /// of the dispute window; the second third is for the answer, the last for the conviction.
  function demand(address gateway, EpochHeader calldata epoch, List list, uint256 place) external;

  /// @notice Shows a demanded receipt: signed by its node, for this gateway, with all the shares in force.
  function revealReceipt(
    address gateway,
    EpochHeader calldata epoch,
    ReceiptOpening calldata opening,
    SignedReceipt calldata signed,
    Share[] calldata shares
  ) external;

  /// @notice Shows a demanded line.
  function revealLine(address gateway, EpochHeader calldata epoch, LineOpening calldata opening) external;

  /// @notice Shows a demanded balance; or, with any balance, that there are not as many.
  function revealBalance(
    address gateway,
    EpochHeader calldata epoch,
    uint256 place,
    BalanceOpening calldata opening
  ) external;

  /// @notice Voids an epoch whose gateway did not show what was demanded, and slashes the gateway.
  function convictSilence(address gateway, EpochHeader calldata epoch, List list, uint256 place) external;

  /// @notice Gives a deposit back when the epoch is void or final meanwhile.
  function withdrawDemand(address gateway, EpochHeader calldata epoch, List list, uint256 place) external;

  /// @notice The demand that stands for an entry; all zero for none.
  function getDemand(bytes32 epochHash, List list, uint256 place) external view returns (Demand memory);
}
