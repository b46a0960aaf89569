// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { ERC20 } from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import { IERC20Errors } from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import { Channels } from "../src/Channels.sol";
import { Epochs } from "../src/Epochs.sol";
import { Stakes } from "../src/Stakes.sol";
import { TokenWOPEN } from "../src/TokenWOPEN.sol";
import { IWOPEN } from "../src/interfaces/IWOPEN.sol";
import { Role } from "../src/types/Roles.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";

/// @dev Takes a fee of each transfer, in the way of some tokens, when it is told to; calls the receiver's guest before it moves anything.
contract Token is ERC20 {
  uint8 private immutable _decimals;
  uint256 public fee;
  function() external private guest;
  bool private invited;

  constructor(uint8 decimals_) ERC20("Open", "OPEN") {
    _decimals = decimals_;
  }

  function decimals() public view override returns (uint8) {
    return _decimals;
  }

  function mint(address to, uint256 amount) external {
    _mint(to, amount);
  }

  function setFee(uint256 fee_) external {
    fee = fee_;
  }

  function invite(function() external guest_) external {
    guest = guest_;
    invited = true;
  }

  function _update(address from, address to, uint256 value) internal override {
    if (invited) {
      invited = false;
      guest();
    }
    super._update(from, to, value);
    if (fee != 0 && from != address(0) && to != address(0)) super._update(to, address(0), fee);
  }
}

/// @dev A ledger where OPEN is an ERC-20.
contract TokenWOPENTest is LedgerFixture {
  Token private token;
  TokenWOPEN private wrapped;

  function setUp() public override {
    super.setUp();
    token = new Token(18);
    wrapped = new TokenWOPEN(token);
    token.mint(payer, 1_000 ether);
    vm.startPrank(payer);
    token.approve(address(wrapped), type(uint256).max);
    vm.stopPrank();
  }

  function wrap(address account, uint256 amount) private {
    vm.prank(payer);
    wrapped.depositFor(account, amount);
  }

  function testFuzz_isOneToOne(uint96 amount, uint96 back) public {
    amount = uint96(amount % 1_000 ether);
    back = amount == 0 ? 0 : uint96(back % amount);
    wrap(other, amount);
    assertEq(wrapped.balanceOf(other), amount, "wrapped");
    vm.prank(other);
    wrapped.withdrawTo(owner, back);
    assertEq(token.balanceOf(owner), back, "unwrapped");
    assertEq(wrapped.totalSupply(), token.balanceOf(address(wrapped)), "backed");
    uint256 rest = amount - back;
    vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, other, rest, rest + 1));
    vm.prank(other);
    wrapped.withdraw(rest + 1);
  }

  function test_saysWhatItWraps() public view {
    assertEq(wrapped.underlying(), address(token), "the token");
    assertEq(wopen.underlying(), address(0), "the native coin");
  }

  function test_theNativeCoinIsRefused() public {
    vm.expectRevert(TokenWOPEN.NativeCoinRefused.selector);
    wrapped.deposit{ value: 1 }();
    (bool sent, ) = address(wrapped).call{ value: 1 }("");
    assertFalse(sent, "nor by a mere transfer");
  }

  function test_refusesOtherDecimals_andTokensThatTakeAFee() public {
    Token six = new Token(6);
    vm.expectRevert(abi.encodeWithSelector(TokenWOPEN.WrongDecimals.selector, 6));
    new TokenWOPEN(six);
    token.setFee(3);
    vm.expectRevert(abi.encodeWithSelector(TokenWOPEN.WrongAmountMoved.selector, 97, 100));
    vm.prank(payer);
    wrapped.depositFor(payer, 100);
  }

  /// @dev Called by the token in the middle of a transfer to `wrapped`.
  function guest() external {
    vm.stopPrank();
    token.mint(address(this), 50);
    token.approve(address(wrapped), 50);
    wrapped.depositFor(address(this), 50);
  }

  function test_aDepositWithinADepositIsNotCountedTwice() public {
    token.invite(this.guest);
    vm.expectRevert(abi.encodeWithSelector(TokenWOPEN.WrongAmountMoved.selector, 150, 100));
    vm.startPrank(payer);
    wrapped.depositFor(payer, 100);
    vm.stopPrank();
    assertEq(wrapped.totalSupply(), 0, "nothing was wrapped");
  }

  function test_bondsAndChannelsTakeIt_andNothingTakesTheNativeCoinForIt() public {
    Stakes bonds = new Stakes(wrapped, parameters, address(epochs));
    Channels tills = new Channels(wrapped, parameters, new Epochs(wrapped, parameters, bonds, address(estates), address(channels)));
    wrap(payer, 100 ether);
    vm.startPrank(payer);
    wrapped.approve(address(bonds), 30 ether);
    wrapped.approve(address(tills), 20 ether);
    bonds.bond(Role.Node, 30 ether);
    bytes32 channel = tills.open(gateway, "salt", 20 ether);
    vm.expectRevert(TokenWOPEN.NativeCoinRefused.selector);
    bonds.bondNative{ value: 1 }(Role.Node);
    vm.expectRevert(TokenWOPEN.NativeCoinRefused.selector);
    tills.depositNative{ value: 1 }(channel);
    bonds.thaw(Role.Node, 30 ether);
    vm.warp(block.timestamp + 1 days);
    assertEq(bonds.withdraw(Role.Node), 30 ether, "out again");
    wrapped.withdraw(80 ether);
    vm.stopPrank();
    assertEq(token.balanceOf(payer), 980 ether, "but what is in the channel");
  }

  function test_aDepositIsAnnounced() public {
    vm.startPrank(payer);
    token.approve(address(wrapped), 100);
    vm.expectEmit(true, true, true, true, address(wrapped));
    emit IWOPEN.Deposit(other, 100);
    wrapped.depositFor(other, 100);
    vm.stopPrank();
  }
}
