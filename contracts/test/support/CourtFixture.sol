// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { AttributionCourt } from "../../src/AttributionCourt.sol";
import { IndexJudge } from "../../src/IndexJudge.sol";
import { PaymentJudge } from "../../src/PaymentJudge.sol";
import { ScoreJudge } from "../../src/ScoreJudge.sol";
import { SpanJudge } from "../../src/SpanJudge.sol";
import { ParameterValues } from "../../src/types/ParameterValues.sol";
import { Fault, Role } from "../../src/types/Roles.sol";
import { Receipt } from "../../src/types/Statements.sol";
import { LedgerFixture } from "./LedgerFixture.sol";

/// @dev The court of attributions for the world in which the dispute vectors play: their node, their treasury, their Epochs.
abstract contract CourtFixture is LedgerFixture {
  uint256 internal constant NODE_KEY = uint256(keccak256("node"));
  uint256 internal constant DEPOSIT = 0.5 ether;
  address internal constant EPOCHS_OF_VECTORS = address(0xe);
  address internal constant STAKERS_OF_VECTORS = address(0xbb);

  address internal node = vm.addr(NODE_KEY);
  AttributionCourt internal court;

  function setUp() public virtual override {
    super.setUp();
    ParameterValues memory v = defaults();
    v.treasury = address(0xaa);
    parameters.set(v);
    AttributionCourt.Judges memory judges;
    judges.score = address(new ScoreJudge());
    judges.span = address(new SpanJudge());
    judges.index = address(new IndexJudge());
    judges.payment = address(new PaymentJudge(parameters, channels, STAKERS_OF_VECTORS));
    court = new AttributionCourt(wopen, parameters, stakes, EPOCHS_OF_VECTORS, judges);
    parameters.setCourt(address(court), true);
    vm.warp(block.timestamp + 1 days);
    fund(node);
    vm.prank(node);
    stakes.bondNative{ value: 100 ether }(Role.Node);
    approve(other, address(court), type(uint256).max);
  }

  function bonded() internal view returns (uint256) {
    return stakes.getPosition(node, Role.Node).bonded;
  }

  /// @dev Pays `other` for a conviction.
  function settleSlash(bytes32 receiptId, Fault fault, uint96 taken) internal {
    stakes.settleCase(address(court), receiptId, node, Role.Node, fault, other, taken);
  }

  /// @dev Brings a call before the court as `other`.
  function accuse(bytes memory call) internal returns (bool ok, bool proven) {
    bytes memory answer;
    vm.prank(other);
    (ok, answer) = address(court).call(call);
    proven = ok && abi.decode(answer, (bool));
  }

  /// @dev A case begins with its receipt.
  /// @param offset where the case begins in the call's arguments
  function receiptIdOf(bytes memory call, uint256 offset) internal view returns (bytes32) {
    bytes memory words = new bytes(19 * 32);
    for (uint256 i = 0; i < words.length; ++i) words[i] = call[4 + offset + i];
    return digestFor(EPOCHS_OF_VECTORS, hasher.hash(abi.decode(words, (Receipt))));
  }

  function read(string memory list, uint256 index, string memory field) internal pure returns (string memory) {
    return string.concat(".", list, "[", decimal(index), "].", field);
  }

  function decimal(uint256 value) internal pure returns (string memory) {
    if (value < 10) return string(abi.encodePacked(uint8(48 + value)));
    return string.concat(decimal(value / 10), decimal(value % 10));
  }
}
