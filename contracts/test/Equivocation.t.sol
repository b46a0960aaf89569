// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import { IStakes } from "../src/interfaces/IStakes.sol";
import { Role } from "../src/types/Roles.sol";
import { Receipt } from "../src/types/Statements.sol";
import { LedgerFixture } from "./support/LedgerFixture.sol";

contract EquivocationTest is LedgerFixture {
  uint256 private constant NODE_KEY = 0x0DE;
  address private node = vm.addr(NODE_KEY);

  function setUp() public virtual override {
    super.setUp();
    fund(node);
    vm.prank(node);
    stakes.bondNative{ value: 100 ether }(Role.Node);
  }

  function receipt(bytes32 outputHash, uint64 nonce) private view returns (Receipt memory r) {
    r.node = node;
    r.gateway = gateway;
    r.outputHash = outputHash;
    r.fee = 5;
    r.nonce = nonce;
  }

  function signed(Receipt memory r) private view returns (bytes memory) {
    return sign(NODE_KEY, address(epochs), hasher.hash(r));
  }

  function refuses(Receipt memory a, bytes memory aSignature, Receipt memory b, bytes memory bSignature) private {
    vm.expectRevert(IStakes.NoEquivocation.selector);
    vm.prank(other);
    equivocate(a, aSignature, b, bSignature);
    assertEq(stakes.getPosition(node, Role.Node).bonded, 100 ether, "not slashed");
  }

  function test_false_oneReceiptTwice() public {
    Receipt memory r = receipt("a", 1);
    refuses(r, signed(r), r, signed(r));
  }

  function test_false_anotherNonce() public {
    (Receipt memory a, Receipt memory b) = (receipt("a", 1), receipt("b", 2));
    refuses(a, signed(a), b, signed(b));
  }

  function test_false_notSignedByTheNode() public {
    (Receipt memory a, Receipt memory b) = (receipt("a", 1), receipt("b", 1));
    bytes memory forged = sign(OTHER_KEY, address(epochs), hasher.hash(b));
    refuses(a, signed(a), b, forged);
    refuses(b, forged, a, signed(a));
    refuses(a, signed(a), b, signed(a));
    refuses(a, signed(a), b, "");
  }

  function test_false_anotherNode() public {
    (Receipt memory a, Receipt memory b) = (receipt("a", 1), receipt("b", 1));
    b.node = other;
    refuses(a, signed(a), b, sign(OTHER_KEY, address(epochs), hasher.hash(b)));
  }

  function test_false_anotherChain() public {
    (Receipt memory a, Receipt memory b) = (receipt("a", 1), receipt("b", 1));
    vm.chainId(999);
    bytes memory elsewhere = signed(b);
    vm.chainId(31337);
    refuses(a, signed(a), b, elsewhere);
  }

  function test_slashesOnce() public {
    (Receipt memory a, Receipt memory b) = (receipt("a", 1), receipt("b", 1));
    (bytes memory aSignature, bytes memory bSignature) = (signed(a), signed(b));
    uint256 before = wopen.balanceOf(other);
    vm.prank(other);
    equivocate(a, aSignature, b, bSignature);
    assertEq(stakes.getPosition(node, Role.Node).bonded, 75 ether, "a quarter of the bond");
    settleEquivocation(node, 1, other, 25 ether);
    assertEq(wopen.balanceOf(other) - before, 5 ether, "the prover's part");
    assertTrue(stakes.isEquivocationProven(node, 1), "kept");
    vm.expectRevert(abi.encodeWithSelector(IStakes.AlreadyDecided.selector, address(stakes), caseOf(node, 1)));
    equivocate(b, bSignature, a, aSignature);
  }

  function testFuzz_anyTwoReceiptsOfOneNonce(bytes32 x, bytes32 y, uint64 nonce) public {
    vm.assume(x != y);
    (Receipt memory a, Receipt memory b) = (receipt(x, nonce), receipt(y, nonce));
    (bytes memory aSignature, bytes memory bSignature) = (signed(a), signed(b));
    equivocate(a, aSignature, b, bSignature);
    assertTrue(stakes.isEquivocationProven(node, nonce), "proven");
  }
}
