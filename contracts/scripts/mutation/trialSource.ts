/** A test contract whose tests without arguments are tried: `File.t.sol:Contract`, and their selectors of 8 digits. */
export type Suite = { name: string; hasSetUp: boolean; selectors: readonly string[] }
/** One run of suites, given by their places in a list, with the block's producer at an address. */
export type Trial = { code: number; order: readonly number[] }

const bytesOf = (numbers: readonly number[]): string => numbers.map((n) => n.toString(16).padStart(2, '0')).join('')

/**
 * The source of a test contract that runs suites of other test contracts, each on its own state, for one mutant after the other: so one process tries many of them.
 * `test_trial_<code>` fails at the first test that does; `test_base_<k>` tries the k-th suite without a mutant and fails with the selectors of all tests that do, which
 * need to be the contract that is run.
 * @param suites at most 256 of them
 * @param first the producer's address for code 0
 */
export function trialSource(suites: readonly Suite[], trials: readonly Trial[], first: number): string {
  const rows = suites.map(({ name, hasSetUp, selectors }, k) => `    if (k == ${k}) return ("${name}", ${hasSetUp}, hex"${selectors.join('')}");`)
  const bases = suites.map((_, k) => `  function test_base_${k}() external {\n    bytes memory failing = run(${k}, address(0), true);\n    if (failing.length != 0) revert Failing(failing);\n  }`)
  const tests = trials.map(({ code, order }) => `  function test_trial_${code}() external {\n    runAll(hex"${bytesOf(order)}", address(uint160(${first + code})));\n  }`)
  return `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

interface Cheats {
  function coinbase(address producer) external;
  function deployCode(string calldata name) external returns (address);
  function deal(address account, uint256 balance) external;
  function snapshotState() external returns (uint256);
  function revertToState(uint256 state) external returns (bool);
  function clearMockedCalls() external;
}

contract MutantTrials {
  Cheats private constant vm = Cheats(address(uint160(uint256(keccak256("hevm cheat code")))));
  uint256 private constant GAS = 1_000_000_000;
  error Failing(bytes selectors);
  error Killed(string suite, bytes4 selector);

  function suite(uint256 k) private pure returns (string memory, bool, bytes memory) {
${rows.join('\n')}
    revert();
  }

  function runAll(bytes memory order, address producer) private {
    for (uint256 i = 0; i < order.length; ++i) run(uint8(order[i]), producer, false);
  }

  function run(uint256 k, address producer, bool goesOn) private returns (bytes memory failing) {
    (string memory name, bool hasSetUp, bytes memory selectors) = suite(k);
    uint256 before = vm.snapshotState();
    vm.coinbase(producer);
    address tests = vm.deployCode(name);
    vm.deal(tests, type(uint96).max);
    if (hasSetUp && !calls(tests, 0x0a9254e4)) {
      if (!goesOn) revert Killed(name, 0x0a9254e4);
      return abi.encodePacked(bytes4(0x0a9254e4));
    }
    uint256 state = vm.snapshotState();
    for (uint256 i = 0; i < selectors.length; i += 4) {
      bytes4 selector;
      assembly ("memory-safe") {
        selector := mload(add(add(selectors, 32), i))
      }
      vm.coinbase(producer);
      if (!calls(tests, selector)) {
        if (!goesOn) revert Killed(name, selector);
        failing = abi.encodePacked(failing, selector);
      }
      vm.clearMockedCalls();
      vm.revertToState(state);
    }
    vm.revertToState(before);
  }

  function calls(address tests, bytes4 selector) private returns (bool ok) {
    (ok, ) = tests.call{ gas: GAS }(abi.encodeWithSelector(selector));
  }

${[...bases, ...tests].join('\n\n')}
}
`
}
