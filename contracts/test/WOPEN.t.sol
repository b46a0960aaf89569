// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ERC3009 } from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";
import { ERC20Permit } from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import { IWOPEN } from "../src/interfaces/IWOPEN.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";

contract Refuser {
  receive() external payable {
    revert("no");
  }
}

contract WOPENTest is LedgerFixture {
  bytes32 private constant PERMIT = keccak256(
    "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
  );
  bytes32 private constant TRANSFER = keccak256(
    "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
  );
  bytes32 private constant RECEIVE = keccak256(
    "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
  );
  bytes32 private constant CANCEL = keccak256("CancelAuthorization(address authorizer,bytes32 nonce)");

  function tokenDigest(bytes32 structHash) private view returns (bytes32) {
    return keccak256(abi.encodePacked(hex"1901", wopen.DOMAIN_SEPARATOR(), structHash));
  }

  function test_receive_wraps() public {
    vm.prank(payer);
    (bool sent, ) = address(wopen).call{ value: 1 ether }("");
    assertTrue(sent, "sent");
    assertEq(wopen.balanceOf(payer), 1_001 ether, "wrapped");
  }

  function testFuzz_wrapIsOneToOne(uint96 wrap, uint96 unwrap) public {
    vm.deal(other, type(uint96).max);
    vm.startPrank(other);
    wopen.deposit{ value: wrap }();
    uint256 held = wopen.balanceOf(other);
    vm.stopPrank();
    vm.assume(unwrap <= held);
    uint256 before = payer.balance;
    vm.prank(other);
    wopen.withdrawTo(payer, unwrap);
    assertEq(payer.balance - before, unwrap, "unwrapped");
    assertEq(wopen.totalSupply(), address(wopen).balance, "backed");
  }

  function test_withdraw_refusedCoinChangesNothing() public {
    Refuser refuser = new Refuser();
    vm.expectRevert(abi.encodeWithSelector(IWOPEN.CoinTransferFailed.selector, address(refuser), 1 ether));
    vm.prank(payer);
    wopen.withdrawTo(address(refuser), 1 ether);
    assertEq(wopen.balanceOf(payer), 1_000 ether, "kept");
  }

  function test_permit() public {
    bytes32 digest = tokenDigest(keccak256(abi.encode(PERMIT, payer, other, 5, 0, block.timestamp)));
    (uint8 v, bytes32 r, bytes32 s) = vm.sign(PAYER_KEY, digest);
    wopen.permit(payer, other, 5, block.timestamp, v, r, s);
    assertEq(wopen.allowance(payer, other), 5, "allowance");
    vm.expectPartialRevert(ERC20Permit.ERC2612InvalidSigner.selector);
    wopen.permit(payer, other, 5, block.timestamp, v, r, s);
  }

  function test_transferWithAuthorization_once() public {
    bytes32 nonce = keccak256("n");
    uint256 end = block.timestamp + 60;
    (uint8 v, bytes32 r, bytes32 s) = vm.sign(
      PAYER_KEY,
      tokenDigest(keccak256(abi.encode(TRANSFER, payer, other, 7, 0, end, nonce)))
    );
    vm.expectRevert(ERC3009.ERC3009InvalidSignature.selector);
    wopen.transferWithAuthorization(payer, other, 8, 0, end, nonce, v, r, s);
    wopen.transferWithAuthorization(payer, other, 7, 0, end, nonce, v, r, s);
    assertEq(wopen.balanceOf(other), 1_000 ether + 7, "moved");
    vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009UsedAuthorization.selector, payer, nonce));
    wopen.transferWithAuthorization(payer, other, 7, 0, end, nonce, v, r, s);
  }

  function test_transferWithAuthorization_expires() public {
    bytes32 nonce = keccak256("n");
    uint256 end = block.timestamp;
    (uint8 v, bytes32 r, bytes32 s) = vm.sign(
      PAYER_KEY,
      tokenDigest(keccak256(abi.encode(TRANSFER, payer, other, 7, 0, end, nonce)))
    );
    vm.expectRevert(abi.encodeWithSelector(ERC3009.ERC3009InvalidAuthorizationTime.selector, 0, end));
    wopen.transferWithAuthorization(payer, other, 7, 0, end, nonce, v, r, s);
  }

  function test_receiveWithAuthorization_onlyByReceiver() public {
    bytes32 nonce = keccak256("n");
    uint256 end = block.timestamp + 60;
    (uint8 v, bytes32 r, bytes32 s) = vm.sign(
      PAYER_KEY,
      tokenDigest(keccak256(abi.encode(RECEIVE, payer, other, 7, 0, end, nonce)))
    );
    vm.expectPartialRevert(bytes4(keccak256("ERC20InvalidReceiver(address)")));
    wopen.receiveWithAuthorization(payer, other, 7, 0, end, nonce, v, r, s);
    vm.prank(other);
    wopen.receiveWithAuthorization(payer, other, 7, 0, end, nonce, v, r, s);
    assertEq(wopen.balanceOf(other), 1_000 ether + 7, "moved");
  }

  function test_cancelAuthorization() public {
    bytes32 nonce = keccak256("n");
    (uint8 v, bytes32 r, bytes32 s) = vm.sign(PAYER_KEY, tokenDigest(keccak256(abi.encode(CANCEL, payer, nonce))));
    wopen.cancelAuthorization(payer, nonce, v, r, s);
    assertTrue(wopen.authorizationState(payer, nonce), "used up");
  }

  function test_votesFollowDelegation() public {
    vm.prank(payer);
    wopen.delegate(other);
    assertEq(wopen.getVotes(other), 1_000 ether, "votes");
    vm.prank(payer);
    wopen.transfer(gateway, 400 ether);
    assertEq(wopen.getVotes(other), 600 ether, "votes after a transfer");
  }
}
