// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Channels } from "../../src/Channels.sol";
import { Datanets } from "../../src/Datanets.sol";
import { Epochs } from "../../src/Epochs.sol";
import { Estates } from "../../src/Estates.sol";
import { Models } from "../../src/Models.sol";
import { Parameters } from "../../src/Parameters.sol";
import { Stakes } from "../../src/Stakes.sol";
import { WOPEN } from "../../src/WOPEN.sol";
import { StatementHash } from "../../src/libraries/StatementHash.sol";
import { Guarantee } from "../../src/types/Agents.sol";
import { ParameterValues } from "../../src/types/ParameterValues.sol";
import { DatanetTerms } from "../../src/types/Rights.sol";
import { Fault, Role } from "../../src/types/Roles.sol";
import {
  Attribution,
  Contribution,
  Deployment,
  InclusionPromise,
  Receipt,
  Snapshot,
  TrainingRun
} from "../../src/types/Statements.sol";
import { Assertions } from "./Assertions.sol";
import { ReceiptChanges } from "./ReceiptChanges.sol";

/// @dev Gives libraries that take calldata a place to be called from.
contract StatementHasher {
  function hash(Contribution calldata s) external pure returns (bytes32) {
    return StatementHash.hash(s);
  }

  function hash(Snapshot calldata s) external pure returns (bytes32) {
    return StatementHash.hash(s);
  }

  function hash(TrainingRun calldata s) external pure returns (bytes32) {
    return StatementHash.hash(s);
  }

  function hash(Deployment calldata s) external pure returns (bytes32) {
    return StatementHash.hash(s);
  }

  function hash(Receipt calldata s) external pure returns (bytes32) {
    return StatementHash.hash(s);
  }

  function hash(Attribution calldata s) external pure returns (bytes32) {
    return StatementHash.hash(s);
  }

  function hash(InclusionPromise calldata s) external pure returns (bytes32) {
    return StatementHash.hash(s);
  }

  function hash(Guarantee calldata s) external pure returns (bytes32) {
    return StatementHash.hash(s);
  }

  function hashVoucher(bytes32 channelId, uint128 cumulative) external pure returns (bytes32) {
    return StatementHash.hashVoucher(channelId, cumulative);
  }
}

/// @dev A whole ledger with a few accounts that have keys and coins.
abstract contract LedgerFixture is Assertions {
  uint256 internal constant OWNER_KEY = 0xA11CE;
  uint256 internal constant GATEWAY_KEY = 0x6A7E;
  uint256 internal constant PAYER_KEY = 0xB0B;
  uint256 internal constant OTHER_KEY = 0xE7E;
  bytes32 private constant DOMAIN_TYPEHASH = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
  );

  address internal treasury = address(0xFEE);
  address internal owner = vm.addr(OWNER_KEY);
  address internal gateway = vm.addr(GATEWAY_KEY);
  address internal payer = vm.addr(PAYER_KEY);
  address internal other = vm.addr(OTHER_KEY);

  WOPEN internal wopen;
  Parameters internal parameters;
  Stakes internal stakes;
  Epochs internal epochs;
  Channels internal channels;
  Estates internal estates;
  Datanets internal datanets;
  Models internal models;
  StatementHasher internal hasher;

  function setUp() public virtual {
    hasher = new StatementHasher();
    wopen = new WOPEN();
    parameters = new Parameters(address(this), defaults());
    uint256 nonce = vm.getNonce(address(this));
    stakes = new Stakes(wopen, parameters, vm.computeCreateAddress(address(this), nonce + 1));
    address channels_ = vm.computeCreateAddress(address(this), nonce + 2);
    address estates_ = vm.computeCreateAddress(address(this), nonce + 3);
    epochs = new Epochs(wopen, parameters, stakes, estates_, channels_);
    channels = new Channels(wopen, parameters, epochs);
    estates = new Estates(wopen, parameters, epochs, channels);
    datanets = new Datanets();
    models = new Models(wopen, parameters, datanets);
    parameters.setCourt(address(epochs), true);
    fund(owner);
    fund(gateway);
    fund(payer);
    fund(other);
  }

  function defaults() internal view returns (ParameterValues memory) {
    return
      ParameterValues({
        disputeWindow: 1 hours,
        channelThaw: 2 hours,
        stakeThaw: 1 days,
        minimumStake: 10 ether,
        deploymentFee: 1 ether,
        platformFee: 0.001 ether,
        challengeDeposit: 0.5 ether,
        treasury: treasury
      });
  }

  /// @dev 1,000 coins and 1,000 WOPEN.
  function fund(address account) internal {
    vm.deal(account, 2_000 ether);
    vm.prank(account);
    wopen.deposit{ value: 1_000 ether }();
  }

  /// @dev Terms with a consent, a grace of a week and two licences.
  function termsOf(uint8 consent) internal pure returns (DatanetTerms memory terms) {
    terms.consent = consent;
    terms.graceSeconds = 7 days;
    terms.termsHash = keccak256("terms");
    terms.licences = new string[](2);
    terms.licences[0] = "Apache-2.0";
    terms.licences[1] = "CC-BY-4.0";
  }

  /// @dev Makes this contract the guardian and pauses for as long as possible.
  function pauseLedger() internal {
    parameters.setGuardian(address(this));
    parameters.pause(7 days);
  }

  function digestFor(address verifyingContract, bytes32 structHash) internal view returns (bytes32) {
    bytes32 domain = keccak256(
      abi.encode(DOMAIN_TYPEHASH, keccak256("OpenLedger"), keccak256("1"), block.chainid, verifyingContract)
    );
    return keccak256(abi.encodePacked(hex"1901", domain, structHash));
  }

  function sign(uint256 key, address verifyingContract, bytes32 structHash) internal view returns (bytes memory) {
    (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digestFor(verifyingContract, structHash));
    return abi.encodePacked(r, s, v);
  }

  /// @dev Shows two receipts of one nonce, as whoever was pranked.
  function equivocate(Receipt memory a, bytes memory aSignature, Receipt memory b, bytes memory bSignature) internal {
    (uint256 runs, bytes memory evidence) = ReceiptChanges.between(a, aSignature, b, bSignature);
    stakes.proveEquivocation(a, runs, evidence);
  }

  function settleEquivocation(address node, uint64 nonce, address prover, uint96 taken) internal {
    stakes.settleCase(address(stakes), caseOf(node, nonce), node, Role.Node, Fault.Equivocation, prover, taken);
  }

  function caseOf(address node, uint64 nonce) internal pure returns (bytes32) {
    return bytes32((uint256(uint160(node)) << 64) | nonce);
  }

  function approve(address account, address spender, uint256 amount) internal {
    vm.prank(account);
    wopen.approve(spender, amount);
  }
}
