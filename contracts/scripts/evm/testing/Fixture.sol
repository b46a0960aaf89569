// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { Assertions } from "../../../test/support/Assertions.sol";

/// @dev What the tests below call.
contract Subject {
  error Refused(uint256 code);

  event Moved(address indexed from, uint256 amount);

  uint256 public count;
  address public last;
  address public immutable maker = msg.sender;

  function add() external returns (address) {
    ++count;
    last = msg.sender;
    return this.who();
  }

  function who() external view returns (address) {
    return msg.sender;
  }

  function refuse(uint256 code) external pure {
    revert Refused(code);
  }

  function move(uint256 amount) external {
    emit Moved(msg.sender, amount);
  }
}

/// @dev Every test passes.
contract GoodTest is Assertions {
  event Moved(address indexed from, uint256 amount);

  Subject private subject;
  uint256 private mine;

  receive() external payable {}

  function setUp() public {
    subject = new Subject();
    mine = 1;
  }

  function test_prank_isForTheNextCallAlone() public {
    vm.prank(address(7));
    address inner = subject.add();
    assertEq(subject.last(), address(7), "the next call");
    assertEq(inner, address(subject), "and not those inside");
    subject.add();
    assertEq(subject.last(), address(this), "nor the one after");
  }

  function test_prank_passesOverCheatCodes_andMakesCreators() public {
    address predicted = vm.computeCreateAddress(address(9), vm.getNonce(address(9)));
    uint64 nonce = vm.getNonce(address(this));
    vm.prank(address(9));
    vm.warp(5);
    Subject made = new Subject();
    assertEq(made.maker(), address(9), "the maker");
    assertEq(address(made), predicted, "whose nonce counts");
    assertEq(vm.getNonce(address(this)), nonce, "and not mine");
  }

  function test_prank_paysWithTheOthersCoins() public {
    vm.deal(address(7), 5);
    vm.deal(address(this), 0);
    vm.prank(address(7));
    (bool ok, ) = address(0xBEEF).call{ value: 5 }("");
    assertTrue(ok, "the other can pay");
    assertEq(address(0xBEEF).balance, 5, "it arrived");
    assertEq(address(this).balance, 0, "not from here");
    vm.prank(address(7));
    (ok, ) = address(0xBEEF).call{ value: 1 }("");
    assertFalse(ok, "the other has nothing left");
  }

  function test_startPrank_lastsUntilStopped() public {
    vm.startPrank(address(7));
    subject.add();
    subject.add();
    assertEq(subject.who(), address(7), "all of them");
    vm.stopPrank();
    assertEq(subject.who(), address(this), "no more");
  }

  function test_state_leaksNowhereA() public {
    ++mine;
    subject.add();
    assertEq(mine, 2, "as set up");
    assertEq(subject.count(), 1, "as set up");
    assertEq(block.timestamp, 1_700_000_000, "as it begins");
    assertEq(block.chainid, 31337, "as it begins");
    vm.warp(9);
    vm.chainId(9);
    vm.mockCall(address(subject), abi.encodeCall(subject.count, ()), abi.encode(77));
    assertEq(subject.count(), 77, "what was said for it");
  }

  function test_state_leaksNowhereB() public {
    test_state_leaksNowhereA();
  }

  function test_expectRevert() public {
    vm.expectRevert(abi.encodeWithSelector(Subject.Refused.selector, 4));
    subject.refuse(4);
    vm.expectPartialRevert(Subject.Refused.selector);
    subject.refuse(5);
    vm.expectRevert();
    subject.refuse(6);
    subject.add();
  }

  function test_expectEmit() public {
    vm.expectEmit(true, false, false, true, address(subject));
    emit Moved(address(this), 3);
    subject.move(3);
  }

  function testFuzz_inputsAreInTheirTypes(uint8 small, int16 signed, bool[3] memory three, bytes4 four) public pure {
    vm.assume(small != 0);
    assertLe(small, 255, "uint8");
    assertLe(uint256(int256(signed) + 32_768), 65_535, "int16");
    assertEq(three.length, 3, "three");
    assertEq(uint256(uint32(four)), uint256(bytes32(four)) >> 224, "bytes4");
  }
}

/// @dev Every test fails.
contract BadTest is Assertions {
  event Moved(address indexed from, uint256 amount);

  Subject private subject = new Subject();

  function test_assertion() public pure {
    assertEq(uint256(1), 2, "one is two");
  }

  function test_panic() public view {
    assert(address(subject) == address(0));
  }

  function test_expectRevert_ofWhatSucceeds() public {
    vm.expectRevert();
    subject.add();
  }

  function test_expectRevert_ofNothing() public {
    subject.add();
    vm.expectRevert();
  }

  function test_expectRevert_ofOtherData() public {
    vm.expectRevert(abi.encodeWithSelector(Subject.Refused.selector, 4));
    subject.refuse(5);
  }

  function test_expectRevert_bySelectorOfAnErrorWithValues() public {
    vm.expectRevert(Subject.Refused.selector);
    subject.refuse(5);
  }

  function test_expectPartialRevert_ofAnotherError() public {
    vm.expectPartialRevert(Untrue.selector);
    subject.refuse(5);
  }

  function test_expectEmit_ofNothing() public {
    vm.expectEmit(true, false, false, true, address(subject));
    emit Moved(address(this), 3);
    subject.add();
  }

  function test_expectEmit_ofOtherData() public {
    vm.expectEmit(true, false, false, true, address(subject));
    emit Moved(address(this), 3);
    subject.move(4);
  }

  function test_prank_twice() public {
    vm.prank(address(1));
    vm.prank(address(2));
    subject.add();
  }

  function test_assume_nothing() public pure {
    vm.assume(false);
  }

  function test_aFileThatIsNotThere() public view {
    vm.readFile("contracts/test/vectors/nothing.json");
  }

  function testFuzz_ends(uint64 x) public pure {
    assertTrue(x < type(uint64).max - 1, "never so large");
  }
}

contract Counter {
  uint256 public count;
  uint256 public refused;

  function add(uint8 n) external {
    count += n;
  }

  function refuse() external {
    ++refused;
    revert("refused");
  }
}

abstract contract CounterTest is Assertions {
  Counter internal counter = new Counter();

  struct FuzzSelector {
    address addr;
    bytes4[] selectors;
  }

  function targetContracts() public view returns (address[] memory targets) {
    targets = new address[](1);
    targets[0] = address(counter);
  }
}

/// @dev Holds, and counts that the calls really came and that those that fail leave nothing.
contract HeldInvariantTest is CounterTest {
  function invariant_nothingRefusedStays() public view {
    assertEq(counter.refused(), 0, "refused");
  }

  function afterInvariant() public view {
    assertTrue(counter.count() > 0, "something was added");
  }
}

contract BrokenInvariantTest is CounterTest {
  function invariant_staysSmall() public view {
    assertLe(counter.count(), 300, "the sum");
  }
}

contract BrokenEndTest is CounterTest {
  function invariant_holds() public view {}

  function afterInvariant() public view {
    assertEq(counter.count(), 0, "nothing was added");
  }
}

/// @dev Nothing that fails may be called.
/// forge-config: default.invariant.fail-on-revert = true
contract NoRevertTest is CounterTest {
  function invariant_holds() public view {}
}

/// @dev The same, without the one that fails.
/// forge-config: default.invariant.fail-on-revert = true
contract ChosenTest is CounterTest {
  function excludeSelectors() public view returns (FuzzSelector[] memory excluded) {
    excluded = new FuzzSelector[](1);
    bytes4[] memory selectors = new bytes4[](1);
    selectors[0] = counter.refuse.selector;
    excluded[0] = FuzzSelector(address(counter), selectors);
  }

  function invariant_holds() public view {}
}
