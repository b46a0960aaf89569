import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { mutate, type Mutant } from './findMutants.ts'
import { producerOf, switchFile, switchMutants, switchSource, type Switched } from './switchMutants.ts'
import { testsOf } from './testsOf.ts'
import { callsOf, trialSource, type Suite, type Trial } from './trialSource.ts'

/** `killed`: a test failed. `timeout`: the tests did not end. `stillborn`: it does not compile. `alive`: all tests passed. */
export type Fate = 'killed' | 'timeout' | 'stillborn' | 'alive'

const contracts = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))))
const root = path.dirname(contracts)
/** Tests of budgets measure the contracts as they are deployed, which a choice of mutants makes dearer; campaigns take longer than all the rest. */
const allTests = ['--no-match-path', 'contracts/test/*{Invariants,Gas}.t.sol']
const rounds = 12
/** Of the arguments of a fuzz test, in a trial. */
const draws = 4
/** Codes that no mutant of a layer has. */
const firstControl = 1_000_000
/** Compiles as `test` does and runs nothing; `build` would search for style, too. */
const build = ['test', '--list', ...allTests]
const buildMs = 3_600_000
/** Trials are many tests in one. */
const trialSettings = { FOUNDRY_GAS_LIMIT: '9223372036854775807' }

/** A copy of the contracts and their tests in which mutants are tried, so that the real sources are never touched. */
export class MutantWorkshop {
  readonly #forge: string
  readonly #folder: string
  readonly #timeoutMs: number
  /** For each file of the copy that does not stand there as it should: its true text. */
  readonly #changed = new Map<string, string>()
  #suites: Suite[] | undefined
  /** Whether all suites pass in an order. */
  readonly #orders = new Map<string, boolean>()
  /** How many calls of tests `notice` makes. */
  tests = 0
  /** Those that it leaves out, as they fail where another contract calls them. */
  readonly leftOut: string[] = []

  /**
   * @param forge the forge binary
   * @param folder where the copy lies; what was compiled there before is used again
   * @param timeoutMs after which the tests of a mutant do not end
   */
  constructor(forge: string, folder: string, timeoutMs: number) {
    ;[this.#forge, this.#folder, this.#timeoutMs] = [forge, folder, timeoutMs]
    mkdirSync(folder, { recursive: true })
    for (const name of ['src', 'test', 'scripts', 'foundry.toml']) {
      rmSync(path.join(folder, 'contracts', name), { recursive: true, force: true })
      cpSync(path.join(contracts, name), path.join(folder, 'contracts', name), { recursive: true })
    }
    writeFileSync(path.join(folder, 'contracts', 'src', switchFile), switchSource)
    // Trials read what was compiled, and deploy it.
    const settings = path.join(folder, 'contracts', 'foundry.toml')
    writeFileSync(settings, readFileSync(settings, 'utf8').replace('path = "contracts/test/vectors"', 'path = "contracts"'))
    if (!readdirSync(folder).includes('node_modules')) symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  }

  /** Compiles and runs all tests as they are. @returns whether all pass */
  check(): boolean {
    this.#restore()
    return this.#run(build, {}, buildMs).status === 0 && this.#test(allTests) === 'alive'
  }

  /**
   * Compiles a layer of mutants at once. Where the compiler finds no room for the choices in a function, that function's mutants are left out.
   * @returns the mutants that can be chosen now, or none where the tests fail with none of them chosen
   */
  lay(mutants: readonly Mutant[]): Switched[] {
    this.#restore()
    let switched = mutants.map((mutant, code) => ({ mutant, code }))
    for (let round = 0; round < rounds && switched.length > 0; round++) {
      for (const file of new Set(mutants.map((mutant) => mutant.file))) {
        const own = switched.filter(({ mutant }) => mutant.file === file)
        this.#write(file, own.length === 0 ? sourceText(file) : switchMutants(file, sourceText(file), own))
      }
      const { status, output } = this.#run(build, {}, buildMs)
      if (status === 0) return this.#test(allTests) === 'alive' ? switched : []
      const errors = [...output.matchAll(/--> contracts\/src\/([\w/]+\.sol):(\d+):/g)].map(([, file, line]) => ({ file: path.posix.normalize(file!), line: Number(line) }))
      const fits = ({ mutant: { file, choice } }: Switched): boolean =>
        !errors.some((error) => error.file === path.posix.normalize(file) && error.line >= choice!.lines[0] && error.line <= choice!.lines[1])
      const left = switched.filter(fits)
      if (left.length === switched.length) return []
      switched = left
    }
    return []
  }

  /**
   * Tries mutants of the layer that was compiled last by most tests, many in one process: first those of tests that name the contract.
   * @returns those that a test noticed; the others may still be noticed by `choose`
   */
  notice(switched: readonly Switched[]): Set<Switched> {
    this.#suites ??= this.#findSuites()
    const suites = this.#suites
    if (this.tests === 0) return new Set()
    const rank = (near: readonly string[], { name }: Suite): number => (near.includes(name.slice(0, name.indexOf('.t.sol'))) ? 0 : 1)
    const trials = switched.map(({ mutant, code }) => {
      const near = this.#near(mutant)
      return { code, order: suites.map((_, k) => k).sort((a, b) => rank(near, suites[a]!) - rank(near, suites[b]!) || a - b) }
    })
    // Without a mutant the suites must pass in every order that is taken, or a failure says nothing.
    const controls = [...new Map(trials.map(({ order }) => [order.join(), order]))].filter(([key]) => !this.#orders.has(key)).map(([, order], k) => ({ code: firstControl + k, order }))
    const output = this.#runTrials(suites, [...trials, ...controls], 'test_trial_')
    const failed = new Set([...output.matchAll(/\[FAIL[^\n]*\] test_trial_(\d+)\(\)/g)].map(([, code]) => Number(code)))
    for (const { code, order } of controls) this.#orders.set(order.join(), !failed.has(code))
    const isSure = ({ code, order }: Trial): boolean => failed.has(code) && this.#orders.get(order.join()) === true
    const noticed = new Set(trials.filter(isSure).map(({ code }) => code))
    return new Set(switched.filter(({ code }) => noticed.has(code)))
  }

  /** Tries a mutant of the layer that was compiled last by all tests. */
  choose({ mutant, code }: Switched): Fate {
    return this.#tryTests(mutant, { FOUNDRY_BLOCK_COINBASE: producerOf(code) })
  }

  /** Tries a mutant in a compilation of its own. */
  play(mutant: Mutant): Fate {
    this.#restore()
    this.#write(mutant.file, mutate(sourceText(mutant.file), mutant))
    return this.#run(build, {}, buildMs).status === 0 ? this.#tryTests(mutant) : 'stillborn'
  }

  /** First the tests that name the contract, then all but campaigns and budgets. */
  #tryTests(mutant: Mutant, environment: Record<string, string> = {}): Fate {
    const near = this.#near(mutant)
    const first = near.length === 0 ? 'alive' : this.#test(['--match-path', `contracts/test/{${near.join(',')},-}.t.sol`], environment)
    return first === 'alive' ? this.#test(allTests, environment) : first
  }

  #near(mutant: Mutant): string[] {
    return testsOf(mutant.file, path.join(contracts, 'src'), path.join(contracts, 'test'))
  }

  /** The test contracts that were compiled, less the tests that fail where another contract calls them. */
  #findSuites(): Suite[] {
    const out = path.join(this.#folder, 'contracts', 'out')
    const isTest = (file: string): boolean => existsSync(path.join(contracts, 'test', file)) && !/(Invariants|Gas)\.t\.sol$/.test(file)
    const suites = readdirSync(out).filter((f) => f.endsWith('.t.sol') && isTest(f)).flatMap((file) => readdirSync(path.join(out, file)).flatMap((artefact): Suite[] => {
      const { methodIdentifiers: found } = JSON.parse(readFileSync(path.join(out, file, artefact), 'utf8')) as { methodIdentifiers: Record<string, string> }
      const name = `${file}:${path.basename(artefact, '.json')}`
      const word = (what: string): string => createHash('sha256').update(`${name} ${what}`).digest('hex')
      const calls = Object.entries(found).flatMap(([signature, selector]) => (signature.startsWith('test') ? callsOf(signature, selector, draws, word) : []))
      return calls.length === 0 ? [] : [{ name, hasSetUp: 'setUp()' in found, calls }]
    }))
    const failing = new Map([...this.#runTrials(suites, [], 'test_base_').matchAll(/\[FAIL: (?:Failing\(0x([0-9a-f]+)\))?[^\n]*\] test_base_(\d+)\(\)/g)].map(([, selectors, k]) => [Number(k), selectors]))
    return suites.flatMap((suite, k) => {
      const left = suite.calls.filter((call) => !failing.get(k)?.match(/.{8}/g)?.includes(call.slice(0, 8)))
      const isLost = left.length === 0 || (failing.has(k) && (failing.get(k) === undefined || failing.get(k) === '0a9254e4'))
      this.tests += isLost ? 0 : left.length
      if (isLost || left.length < suite.calls.length) this.leftOut.push(`${suite.name} ${isLost ? 'all' : failing.get(k)}`)
      return isLost ? [] : [{ ...suite, calls: left }]
    })
  }

  #runTrials(suites: readonly Suite[], trials: readonly Trial[], prefix: string): string {
    const file = path.join(this.#folder, 'contracts', 'test', 'MutantTrials.t.sol')
    writeFileSync(file, trialSource(suites, trials, Number(producerOf(0))))
    try {
      const { output } = this.#run(['test', '--match-path', 'contracts/test/MutantTrials.t.sol', '--match-test', prefix], trialSettings, buildMs)
      return output
    } finally {
      rmSync(file)
    }
  }

  #write(file: string, text: string): void {
    this.#changed.set(file, sourceText(file))
    writeFileSync(path.join(this.#folder, 'contracts', 'src', file), text)
  }

  #restore(): void {
    for (const [file, text] of this.#changed) writeFileSync(path.join(this.#folder, 'contracts', 'src', file), text)
    this.#changed.clear()
  }

  #run(options: readonly string[], environment: Record<string, string> = {}, timeout = this.#timeoutMs): { status: number | null; output: string } {
    const env = { ...process.env, FOUNDRY_CONFIG: 'contracts/foundry.toml', FOUNDRY_DISABLE_NIGHTLY_WARNING: '1', FOUNDRY_DYNAMIC_TEST_LINKING: 'true', ...environment }
    const { status, stdout, stderr } = spawnSync(this.#forge, [...options, '--root', this.#folder], { cwd: this.#folder, env, encoding: 'utf8', maxBuffer: 2 ** 28, timeout, killSignal: 'SIGKILL' })
    return { status, output: `${stdout}\n${stderr}` }
  }

  /** Fewer fuzz runs than usual: a survivor may be killed by the full suite, never the other way round. */
  #test(options: readonly string[], environment: Record<string, string> = {}): Fate {
    const { status, output } = this.#run(['test', '--fail-fast', ...options], { FOUNDRY_FUZZ_RUNS: '32', ...environment })
    if (status === 0) return /[1-9]\d* tests? passed|[1-9]\d* passed/.test(output) ? 'alive' : 'stillborn'
    if (status === null) return 'timeout'
    return /\d+ tests? passed|\[FAIL/.test(output) ? 'killed' : 'stillborn'
  }
}

/** The true text of a source file under `contracts/src`. */
export const sourceText = (file: string): string => readFileSync(path.join(contracts, 'src', file), 'utf8')

/** All Solidity files with code in them, interfaces and types aside. */
export function sourceFiles(): string[] {
  const list = (folder: string): string[] => readdirSync(path.join(contracts, 'src', folder)).filter((f) => f.endsWith('.sol')).map((f) => path.posix.join(folder, f))
  return [...list('.'), ...list('libraries')].sort()
}
