// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { PaymentJudge } from "../src/PaymentJudge.sol";
import { Case, Completion, ContributorShare, InputsClaim, SplitClaim } from "../src/types/Dispute.sol";
import { Share } from "../src/types/Ledger.sol";
import { ParameterValues } from "../src/types/ParameterValues.sol";
import { Deployment, Receipt } from "../src/types/Statements.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";
import { OrderedTree } from "./support/OrderedTree.sol";

/// @dev Payments of one answer of which one thing is not as it should be. 1,000 is for node 400, owner 200, stakers 50, contributors 350: half of
/// that by influence, 105 and 70, half by weight, 43¾ and 131¼. The platform gets 10.
contract PaymentJudgeTest is LedgerFixture {
  address private constant NODE = address(0x30);
  address private constant OWNER = address(0x50);
  address private constant STAKERS = address(0x70);
  address private constant FIRST = address(0x20);
  address private constant SECOND = address(0x60);

  /// @dev `amounts`: of the payees in the order node, owner, stakers, first and second contributor.
  struct World {
    Receipt receipt;
    Deployment deployment;
    ContributorShare[] shares;
    uint256[5] amounts;
    address treasury;
    uint256 platformFee;
  }

  PaymentJudge private judge;
  bytes32 private channelId;

  function setUp() public override {
    super.setUp();
    judge = new PaymentJudge(parameters, channels, STAKERS);
    vm.prank(payer);
    channelId = channels.openNative{ value: 1 ether }(gateway, keccak256("channel"));
  }

  function world() private view returns (World memory w) {
    (w.receipt.node, w.receipt.gateway, w.receipt.channelId) = (NODE, gateway, channelId);
    (w.receipt.inputTokens, w.receipt.outputTokens, w.receipt.fee) = (1000, 2000, 1010);
    w.deployment.owner = OWNER;
    (w.deployment.inputPrice, w.deployment.outputPrice) = (100, 450);
    (w.deployment.nodePpm, w.deployment.ownerPpm) = (400_000, 200_000);
    (w.deployment.stakersPpm, w.deployment.contributorsPpm) = (50_000, 350_000);
    w.shares = new ContributorShare[](2);
    w.shares[0] = ContributorShare(FIRST, 300_000, 1);
    w.shares[1] = ContributorShare(SECOND, 200_000, 3);
    w.amounts = [uint256(400), 200, 50, 149, 201];
    (w.treasury, w.platformFee) = (treasury, 10);
  }

  function move(address next) private {
    ParameterValues memory v = defaults();
    v.treasury = next;
    parameters.set(v);
  }

  // ---- what is claimed

  function rootOf(ContributorShare[] memory shares) private pure returns (bytes32) {
    bytes32[] memory leaves = new bytes32[](shares.length);
    for (uint256 i = 0; i < leaves.length; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(shares[i]));
    return OrderedTree.root(leaves);
  }

  function rootOf(Share[] memory shares) private pure returns (bytes32) {
    bytes32[] memory leaves = new bytes32[](shares.length);
    for (uint256 i = 0; i < leaves.length; ++i) leaves[i] = OrderedTree.leafHash(abi.encode(shares[i]));
    return OrderedTree.root(leaves);
  }

  /// @dev All amounts above 0, added up by payee, payees rising.
  function paidIn(World memory w) private pure returns (Share[] memory paid) {
    Share[] memory all = new Share[](6);
    all[0] = Share(w.receipt.node, w.amounts[0]);
    all[1] = Share(w.deployment.owner, w.amounts[1]);
    all[2] = Share(STAKERS, w.amounts[2]);
    all[3] = Share(w.shares[0].contributor, w.amounts[3]);
    all[4] = Share(w.shares[1].contributor, w.amounts[4]);
    all[5] = Share(w.treasury, w.platformFee);
    for (uint256 i = 0; i < 6; ++i) {
      for (uint256 j = i + 1; j < 6; ++j) {
        if (all[j].payee < all[i].payee) (all[i], all[j]) = (all[j], all[i]);
        if (all[j].payee == all[i].payee) (all[i].amount, all[j].amount) = (all[i].amount + all[j].amount, 0);
      }
    }
    uint256 count = 0;
    for (uint256 i = 0; i < 6; ++i) if (all[i].amount != 0) all[count++] = all[i];
    paid = new Share[](count);
    for (uint256 i = 0; i < count; ++i) paid[i] = all[i];
  }

  function claimOf(World memory w, Share[] memory paid) private view returns (Case memory c, SplitClaim memory claim) {
    c.receipt = w.receipt;
    c.receipt.deploymentId = hasher.hash(w.deployment);
    c.receipt.shareRoot = rootOf(paid);
    c.header.sharesRoot = rootOf(w.shares);
    (claim.deployment, claim.shares, claim.paid) = (w.deployment, w.shares, paid);
  }

  function isWrong(World memory w, Share[] memory paid) private view returns (bool) {
    (Case memory c, SplitClaim memory claim) = claimOf(w, paid);
    return judge.split(c, claim);
  }

  function isWrong(World memory w) private view returns (bool) {
    return isWrong(w, paidIn(w));
  }

  function liar() private view returns (Case memory c, SplitClaim memory claim) {
    World memory w = world();
    ++w.amounts[0];
    return claimOf(w, paidIn(w));
  }

  // ---- what is owed

  function test_split_asItIs() public view {
    assertFalse(isWrong(world()), "as owed");
    for (uint256 i = 0; i < 5; ++i) {
      for (uint256 j = 0; j < 5; ++j) {
        World memory w = world();
        (w.amounts[i], w.amounts[j]) = (w.amounts[i] + 1, w.amounts[j] - 1);
        assertTrue(i == j || isWrong(w), "one taken from another");
      }
      World memory less = world();
      --less.amounts[i];
      assertTrue(isWrong(less), "one too little");
      less.amounts[i] = 0;
      assertTrue(isWrong(less), "nothing");
    }
  }

  function test_split_roundsUpOnce() public view {
    World memory w = world();
    w.receipt.inputTokens = 1001;
    // 1,000.1 is 1,001: the node's 400.4 has the largest rest, as the first contributor's 43¾ has.
    (w.amounts[0], w.receipt.fee) = (401, 1011);
    assertFalse(isWrong(w), "up");
    w.receipt.inputTokens = 1010;
    assertFalse(isWrong(w), "1,001 exactly");
    w.receipt.inputTokens = 1011;
    assertTrue(isWrong(w), "1,001.1");
    w.receipt.inputTokens = 1000;
    assertTrue(isWrong(w), "1,000");
  }

  function test_split_whereARoleIsAContributor() public view {
    World memory w = world();
    w.receipt.node = FIRST;
    assertFalse(isWrong(w), "the node");
    w.deployment.owner = SECOND;
    assertFalse(isWrong(w), "the owner too");
    w.receipt.node = SECOND;
    assertFalse(isWrong(w), "node and owner");
    w.shares[1].contributor = STAKERS;
    assertFalse(isWrong(w), "the stakers");
    w.deployment.owner = STAKERS;
    w.receipt.node = STAKERS;
    assertFalse(isWrong(w), "all but the first");
    w.amounts[0] -= 1;
    assertTrue(isWrong(w), "one too little");
  }

  function test_split_ofNobodysWeight() public view {
    World memory w = world();
    (w.shares[0].trainingWeight, w.shares[1].trainingWeight) = (0, 0);
    w.amounts = [uint256(400), 375, 50, 105, 70];
    assertFalse(isWrong(w), "the rest is the owner's");
    (w.shares[0].sharePpm, w.shares[1].sharePpm) = (0, 0);
    w.amounts = [uint256(400), 550, 50, 0, 0];
    assertFalse(isWrong(w), "all of it");
    (w.shares[0].sharePpm, w.shares[1].sharePpm) = (1_000_000, 0);
    w.amounts = [uint256(400), 200, 50, 350, 0];
    assertFalse(isWrong(w), "all is one contributor's");
  }

  function test_split_withoutContributors() public view {
    World memory w = world();
    w.amounts = [uint256(400), 550, 50, 0, 0];
    Share[] memory paid = paidIn(w);
    w.shares = new ContributorShare[](0);
    assertFalse(isWrong(w, paid), "the owner has it all");
    paid[1].amount -= 1;
    assertTrue(isWrong(w, paid), "one too little");
  }

  /// @dev Who pays for what it sells is no proof of influence: weight divides it all, 87½ and 262½.
  function test_split_ofSubsidisedAnswers() public view {
    for (uint256 i = 0; i < 3; ++i) {
      World memory w = world();
      if (i == 0) w.deployment.owner = payer;
      else if (i == 1) w.receipt.node = payer;
      else w.receipt.gateway = payer;
      assertTrue(isWrong(w), "by influence");
      (w.amounts[3], w.amounts[4]) = (88, 262);
      assertFalse(isWrong(w), "by weight");
    }
    World memory other_ = world();
    (other_.amounts[3], other_.amounts[4]) = (88, 262);
    assertTrue(isWrong(other_), "paid by somebody else");
  }

  // ---- shares and prices

  function test_split_sharesOutOfOrder() public view {
    World memory w = world();
    (w.shares[0], w.shares[1]) = (w.shares[1], w.shares[0]);
    Share[] memory paid = new Share[](5);
    (paid[0], paid[1]) = (Share(NODE, 400), Share(OWNER, 200));
    (paid[2], paid[3], paid[4]) = (Share(SECOND, 201), Share(FIRST, 149), Share(STAKERS, 50));
    w.receipt.fee = 1000;
    assertTrue(isWrong(w, paid), "falling");
    w = world();
    w.shares[1].contributor = FIRST;
    (paid[0], paid[1]) = (Share(FIRST, 149), Share(FIRST, 201));
    (paid[2], paid[3]) = (Share(NODE, 400), Share(OWNER, 200));
    w.receipt.fee = 1000;
    assertTrue(isWrong(w, paid), "one contributor twice");
    w = world();
    w.shares[0].contributor = address(0);
    assertFalse(isWrong(w), "the least account may be the first");
  }

  function test_split_sharesBeyondTheWhole() public view {
    World memory w = world();
    w.shares[0].sharePpm = 800_001;
    assertTrue(isWrong(w), "more than the whole together");
    w.shares[0].sharePpm = 1_000_001;
    w.shares[1].sharePpm = 0;
    assertTrue(isWrong(w), "more than the whole");
    w.shares[0].sharePpm = type(uint256).max;
    w.shares[1].sharePpm = 1;
    assertTrue(isWrong(w), "more than a sum can be");
  }

  function test_split_weightsBeyondCounts() public view {
    World memory w = world();
    (w.shares[0].trainingWeight, w.shares[1].trainingWeight) = (1 << 32, 0);
    (w.amounts[3], w.amounts[4]) = (280, 70);
    assertTrue(isWrong(w), "beyond counts");
    --w.shares[0].trainingWeight;
    assertFalse(isWrong(w), "the largest");
  }

  function test_split_partsOfAnotherWhole() public view {
    World memory w = world();
    ++w.deployment.nodePpm;
    assertTrue(isWrong(w), "more than the whole");
    w.deployment.nodePpm -= 2;
    assertTrue(isWrong(w), "less than the whole");
  }

  function test_split_aFeeBelowThePrice() public view {
    World memory w = world();
    w.receipt.fee = 999;
    assertTrue(isWrong(w), "below the price");
    (w.receipt.fee, w.platformFee) = (1000, 0);
    assertFalse(isWrong(w), "the price");
  }

  // ---- the platform's part

  /// @dev First, between any two, last, and one of the payees.
  function test_split_anyTreasury() public {
    address[11] memory places = [
      address(0x10),
      FIRST,
      address(0x25),
      NODE,
      address(0x40),
      OWNER,
      address(0x55),
      SECOND,
      address(0x65),
      STAKERS,
      address(0x90)
    ];
    for (uint256 i = 0; i < 11; ++i) {
      World memory w = world();
      w.treasury = places[i];
      assertTrue(isWrong(w), "never a treasury");
      move(places[i]);
      assertFalse(isWrong(w), "a treasury");
      move(treasury);
      assertFalse(isWrong(w), "a treasury of before");
      --w.platformFee;
      assertTrue(isWrong(w), "one too little");
      w.platformFee += 2;
      assertTrue(isWrong(w), "one too much");
      w.platformFee = 0;
      assertTrue(isWrong(w), "nothing");
      w.receipt.fee = 1000;
      assertFalse(isWrong(w), "nothing of nothing");
    }
  }

  function test_split_twoTreasuries() public {
    address[4] memory places = [address(0x10), OWNER, address(0x55), address(0x90)];
    for (uint256 i = 0; i < 4; ++i) move(places[i]);
    move(treasury);
    for (uint256 i = 0; i < 4; ++i) {
      for (uint256 j = 0; j < 4; ++j) {
        if (i == j) continue;
        World memory w = world();
        w.treasury = places[i];
        if (places[j] == OWNER) w.amounts[1] += 7;
        else w.deployment.nonce = j;
        Share[] memory paid = paidIn(w);
        assertTrue(
          places[j] == OWNER ? isWrong(w, paid) : isWrong(w, withOne(paid, places[j], 7)),
          "7 more for another"
        );
        if (places[j] == OWNER) continue;
        w.platformFee = 3;
        assertTrue(isWrong(w, withOne(paidIn(w), places[j], 7)), "10 in two parts");
      }
    }
    World memory both = world();
    (both.amounts[1], both.amounts[0], both.platformFee) = (205, 405, 0);
    assertTrue(isWrong(both), "two payees with more than is owed");
  }

  function withOne(Share[] memory paid, address payee, uint256 amount) private pure returns (Share[] memory more) {
    more = new Share[](paid.length + 1);
    uint256 place = 0;
    while (place < paid.length && paid[place].payee < payee) ++place;
    for (uint256 i = 0; i < more.length; ++i) more[i] = i == place ? Share(payee, amount) : paid[i < place ? i : i - 1];
  }

  function test_split_paymentsOfNothing() public view {
    World memory w = world();
    (w.receipt.fee, w.platformFee) = (1000, 0);
    assertTrue(isWrong(w, withOne(paidIn(w), address(0x10), 0)), "before all");
    assertTrue(isWrong(w, withOne(paidIn(w), address(0x90), 0)), "after all");
    (w.deployment.nodePpm, w.deployment.stakersPpm) = (450_000, 0);
    (w.amounts[0], w.amounts[2]) = (450, 0);
    assertFalse(isWrong(w), "nothing for stakers");
    assertTrue(isWrong(w, withOne(paidIn(w), STAKERS, 0)), "and no payment of it");
    assertTrue(isWrong(w, new Share[](0)), "no payments at all");
  }

  function test_split_nothingForTheLastPayee() public {
    move(address(0x10));
    World memory w = world();
    (w.deployment.nodePpm, w.deployment.stakersPpm) = (450_000, 0);
    (w.amounts[0], w.amounts[2]) = (450, 0);
    w.treasury = address(0x10);
    assertFalse(isWrong(w), "the treasury first");
    w.treasury = STAKERS;
    assertTrue(isWrong(w), "stakers were never the treasury");
    move(STAKERS);
    assertFalse(isWrong(w), "stakers are the treasury");
  }

  // ---- which lists count

  function test_split_whatDoesNotOpen() public view {
    (Case memory c, SplitClaim memory claim) = liar();
    assertTrue(judge.split(c, claim), "a lie");
    ++claim.deployment.nonce;
    assertFalse(judge.split(c, claim), "another deployment");
    (c, claim) = liar();
    ++claim.shares[0].trainingWeight;
    assertFalse(judge.split(c, claim), "other shares");
    (c, claim) = liar();
    ++claim.paid[0].amount;
    assertFalse(judge.split(c, claim), "other payments");
  }

  function test_split_ofAnAttributionMadeLater() public view {
    (Case memory c, SplitClaim memory claim) = liar();
    Completion[] memory completion = new Completion[](1);
    (completion[0].attribution.shareRoot, c.receipt.shareRoot) = (c.receipt.shareRoot, keccak256("later"));
    assertFalse(judge.split(c, claim), "the receipt's payments are others");
    c.completion = completion;
    assertTrue(judge.split(c, claim), "the attribution's payments");
    c.completion[0].attribution.shareRoot = keccak256("others");
    assertFalse(judge.split(c, claim), "the attribution's are others");
  }

  // ---- inputs

  function sameInputs() private view returns (Case memory c, InputsClaim memory claim) {
    claim.deployment = world().deployment;
    (claim.deployment.tableHash, claim.deployment.methodHash) = (keccak256("table"), keccak256("method"));
    c.receipt.deploymentId = hasher.hash(claim.deployment);
    (c.receipt.baseId, c.receipt.adapterId, c.receipt.outputHash) = (keccak256("b"), keccak256("a"), keccak256("o"));
    c.receipt.outputTokens = 9;
    (c.header.tableRoot, c.header.methodHash) = (keccak256("table"), keccak256("method"));
    (c.header.baseId, c.header.adapterId, c.header.answerKey) = (keccak256("b"), keccak256("a"), keccak256("o"));
    c.header.answerTokens = 9;
  }

  function test_inputs() public view {
    for (uint256 k = 0; k < 7; ++k) {
      (Case memory c, InputsClaim memory claim) = sameInputs();
      if (k == 1) c.header.tableRoot = 0;
      else if (k == 2) c.header.methodHash = 0;
      else if (k == 3) c.header.baseId = 0;
      else if (k == 4) c.header.adapterId = 0;
      else if (k == 5) c.header.answerKey = 0;
      else if (k == 6) ++c.header.answerTokens;
      assertTrue(judge.inputs(c, claim) == (k != 0), "one of the inputs");
      ++claim.deployment.nonce;
      assertFalse(judge.inputs(c, claim), "another deployment");
    }
  }
}
