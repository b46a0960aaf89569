/** A test contract, `File.t.sol:Contract`, and the calls of its tests: calldata in hexadecimal digits, of which 8 are the selector. */
export type Suite = { name: string; hasSetUp: boolean; calls: readonly string[] }
/** One run of suites, given by their places in a list, with the block's producer at an address. */
export type Trial = { code: number; order: readonly number[] }

const bytesOf = (numbers: readonly number[]): string => numbers.map((n) => n.toString(16).padStart(2, '0')).join('')

/**
 * The calls of a test by its signature: one without arguments; several draws with arguments of one word each; none with others, which only forge can make up.
 * @param signature as in `test(uint256,bytes32)`
 * @param word whatever it is for, a word of 64 digits
 */
export function callsOf(signature: string, selector: string, draws: number, word: (what: string) => string): string[] {
  const types = signature.slice(signature.indexOf('(') + 1, -1).split(',').filter((type) => type !== '')
  if (types.length === 0) return [selector]
  const widths = types.map((type) => (type === 'bool' ? 1 : type === 'address' ? 160 : Number(/^u?int(\d+)$/.exec(type)?.[1] ?? (type === 'bytes32' ? 256 : Number.NaN))))
  if (widths.some((width) => Number.isNaN(width)) || types.some((type) => type.startsWith('int') && type !== 'int256')) return []
  return Array.from({ length: draws }, (_, draw) => {
    // Every other draw has small numbers.
    const bits = (width: number): bigint => BigInt(draw % 2 === 1 && width > 8 ? 8 : width)
    const words = widths.map((width, k) => (BigInt(`0x${word(`${signature} ${draw} ${k}`)}`) % (1n << bits(width))).toString(16).padStart(64, '0'))
    return selector + words.join('')
  })
}

/**
 * The source of a test contract that runs suites of other test contracts, each on its own state, for one mutant after the other: so one process tries many of them.
 * `test_trial_<code>` fails at the first test that does; `test_base_<k>` tries the k-th suite without a mutant and fails with the selectors of all tests that do, which
 * need to be the contract that is run.
 * @param suites at most 256 of them
 * @param first the producer's address for code 0
 */
export function trialSource(suites: readonly Suite[], trials: readonly Trial[], first: number): string {
  const packed = (calls: readonly string[]): string => calls.map((call) => (call.length / 2).toString(16).padStart(4, '0') + call).join('')
  const rows = suites.map(({ name, hasSetUp, calls }, k) => `    if (k == ${k}) return ("${name}", ${hasSetUp}, hex"${packed(calls)}");`)
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
    (string memory name, bool hasSetUp, bytes memory all) = suite(k);
    uint256 before = vm.snapshotState();
    vm.coinbase(producer);
    address tests = vm.deployCode(name);
    vm.deal(tests, type(uint96).max);
    if (hasSetUp && !passes(tests, hex"0a9254e4")) {
      if (!goesOn) revert Killed(name, 0x0a9254e4);
      return hex"0a9254e4";
    }
    uint256 state = vm.snapshotState();
    for (uint256 i = 0; i < all.length; ) {
      bytes memory call;
      (call, i) = next(all, i);
      vm.coinbase(producer);
      if (!passes(tests, call)) {
        if (!goesOn) revert Killed(name, bytes4(call));
        failing = abi.encodePacked(failing, bytes4(call));
      }
      vm.clearMockedCalls();
      vm.revertToState(state);
    }
    vm.revertToState(before);
  }

  /// @dev The call at a place, after its length in two bytes, and the place after it.
  function next(bytes memory all, uint256 i) private pure returns (bytes memory call, uint256 end) {
    uint256 length = (uint256(uint8(all[i])) << 8) | uint8(all[i + 1]);
    call = new bytes(length);
    for (uint256 j = 0; j < length; ++j) call[j] = all[i + 2 + j];
    end = i + 2 + length;
  }

  /// @dev A test that assumes something else of its arguments passes.
  function passes(address tests, bytes memory call) private returns (bool) {
    (bool ok, bytes memory answer) = tests.call{ gas: GAS }(call);
    return ok || keccak256(answer) == keccak256("FOUNDRY::ASSUME");
  }

${[...bases, ...tests].join('\n\n')}
}
`
}
