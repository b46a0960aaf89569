// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IChannels } from "./interfaces/IChannels.sol";
import { IParameters } from "./interfaces/IParameters.sol";
import { IPaymentClaims } from "./interfaces/IPaymentClaims.sol";
import { FeeSplit } from "./libraries/FeeSplit.sol";
import { OrderedMerkle } from "./libraries/OrderedMerkle.sol";
import { StatementHash } from "./libraries/StatementHash.sol";
import { AttributionHeader, Case, ContributorShare, InputsClaim, SplitClaim } from "./types/Dispute.sol";
import { Share } from "./types/Ledger.sol";
import { Deployment, Receipt } from "./types/Statements.sol";

/// @title PaymentJudge
/// @notice Answers claims about inputs and payments; holds nothing. The case must be the one that the node signed: the court sees to that.
contract PaymentJudge is IPaymentClaims {
  using StatementHash for Deployment;

  IParameters public immutable parameters;
  IChannels public immutable channels;
  /// @notice The contract that is paid for stakers.
  address public immutable stakers;

  constructor(IParameters parameters_, IChannels channels_, address stakers_) {
    parameters = parameters_;
    channels = channels_;
    stakers = stakers_;
  }

  /// @inheritdoc IPaymentClaims
  function inputs(Case calldata c, InputsClaim calldata claim) external pure override returns (bool) {
    (AttributionHeader calldata h, Receipt calldata r) = (c.header, c.receipt);
    Deployment calldata d = claim.deployment;
    if (d.hash() != r.deploymentId) return false;
    return
      h.tableRoot != d.tableHash ||
      h.methodHash != d.methodHash ||
      h.baseId != r.baseId ||
      h.adapterId != r.adapterId ||
      h.answerKey != r.outputHash ||
      h.answerTokens != r.outputTokens;
  }

  /// @inheritdoc IPaymentClaims
  function split(Case calldata c, SplitClaim calldata claim) external view override returns (bool) {
    Receipt calldata r = c.receipt;
    Deployment calldata d = claim.deployment;
    if (d.hash() != r.deploymentId || _rootOf(claim.shares) != c.header.sharesRoot) return false;
    bytes32 paidRoot = c.completion.length == 0 ? r.shareRoot : c.completion[0].attribution.shareRoot;
    if (_rootOf(claim.paid) != paidRoot) return false;
    uint256 metered = FeeSplit.metered(d, r.inputTokens, r.outputTokens);
    if (r.fee < metered || !FeeSplit.areSharesPayable(claim.shares)) return true;
    if (uint256(d.nodePpm) + d.ownerPpm + d.stakersPpm + d.contributorsPpm != FeeSplit.WHOLE_PPM) return true;
    return !_isPaid(claim.paid, _owed(r, d, claim.shares, metered), r.fee - metered);
  }

  function _owed(
    Receipt calldata r,
    Deployment calldata d,
    ContributorShare[] calldata shares,
    uint256 metered
  ) private view returns (Share[] memory) {
    address payer = channels.getChannel(r.channelId).payer;
    // Whoever sells an answer and pays for it pays no influence: see `payableShares` of packages/protocol.
    bool subsidised = payer == d.owner || payer == r.node || payer == r.gateway;
    return FeeSplit.divide(metered, d, r.node, stakers, shares, subsidised);
  }

  /// @dev Whether the payments are what is owed, and the platform's fee goes to an account that was the treasury at some time: a
  /// receipt does not say when the treasury moved, so none is held against its node.
  function _isPaid(Share[] calldata paid, Share[] memory owed, uint256 platformFee) private view returns (bool) {
    uint256 next = 0;
    uint256 toTreasury = 0;
    address treasury = address(0);
    for (uint256 i = 0; i < paid.length; ++i) if (paid[i].amount == 0) return false;
    for (uint256 i = 0; i < owed.length; ++i) {
      if (next < paid.length && paid[next].payee < owed[i].payee && toTreasury == 0) {
        (treasury, toTreasury) = (paid[next].payee, paid[next].amount);
        ++next;
      }
      bool isNamed = next < paid.length && paid[next].payee == owed[i].payee;
      uint256 amount = isNamed ? paid[next].amount : 0;
      if (isNamed) ++next;
      if (amount == owed[i].amount) continue;
      if (amount < owed[i].amount || toTreasury != 0) return false;
      (treasury, toTreasury) = (owed[i].payee, amount - owed[i].amount);
    }
    if (next < paid.length && toTreasury == 0) (treasury, toTreasury) = (paid[next].payee, paid[next++].amount);
    if (next != paid.length || toTreasury != platformFee) return false;
    return platformFee == 0 || parameters.wasTreasury(treasury);
  }

  function _rootOf(ContributorShare[] calldata shares) private pure returns (bytes32) {
    bytes32[] memory leaves = new bytes32[](shares.length);
    for (uint256 i = 0; i < shares.length; ++i) leaves[i] = OrderedMerkle.leafHash(abi.encode(shares[i]));
    return OrderedMerkle.rootOf(leaves);
  }

  function _rootOf(Share[] calldata shares) private pure returns (bytes32) {
    bytes32[] memory leaves = new bytes32[](shares.length);
    for (uint256 i = 0; i < shares.length; ++i) leaves[i] = OrderedMerkle.leafHash(abi.encode(shares[i]));
    return OrderedMerkle.rootOf(leaves);
  }
}
