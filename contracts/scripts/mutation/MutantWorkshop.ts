import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { mutate, type Mutant } from './findMutants.ts'

/** `killed`: a test failed or ran out of time. `stillborn`: it does not compile. `alive`: all tests passed. */
export type Fate = 'killed' | 'stillborn' | 'alive'

const contracts = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))))
const root = path.dirname(contracts)

/** A copy of the contracts and their tests in which mutants are tried, so that the real sources are never touched. */
export class MutantWorkshop {
  readonly #forge: string
  readonly #folder: string
  readonly #timeoutMs: number

  /**
   * @param forge the forge binary
   * @param folder where the copy lies; what was compiled there before is used again
   * @param timeoutMs after which a mutant counts as killed: its tests do not end
   */
  constructor(forge: string, folder: string, timeoutMs: number) {
    ;[this.#forge, this.#folder, this.#timeoutMs] = [forge, folder, timeoutMs]
    mkdirSync(folder, { recursive: true })
    for (const name of ['src', 'test', 'scripts', 'foundry.toml']) cpSync(path.join(contracts, name), path.join(folder, 'contracts', name), { recursive: true })
    if (!readdirSync(folder).includes('node_modules')) symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  }

  /** Compiles and runs all tests as they are. @returns whether all pass */
  check(): boolean {
    return this.#test() === 'alive'
  }

  /** Tries one mutant. @param text the file's true text, which stands there again afterwards */
  play(mutant: Mutant, text: string): Fate {
    const file = path.join(this.#folder, 'contracts', 'src', mutant.file)
    writeFileSync(file, mutate(text, mutant))
    try {
      return this.#test()
    } finally {
      writeFileSync(file, text)
    }
  }

  /** Fewer fuzz and invariant runs than usual: a survivor may be killed by the full suite, never the other way round. */
  #test(): Fate {
    const env = {
      ...process.env,
      ...{ FOUNDRY_CONFIG: 'contracts/foundry.toml', FOUNDRY_DISABLE_NIGHTLY_WARNING: '1', FOUNDRY_DYNAMIC_TEST_LINKING: 'true', FOUNDRY_FUZZ_RUNS: '64', FOUNDRY_INVARIANT_RUNS: '8' },
    }
    const { status, stdout } = spawnSync(this.#forge, ['test', '--fail-fast', '--root', this.#folder], { cwd: this.#folder, env, encoding: 'utf8', maxBuffer: 2 ** 28, timeout: this.#timeoutMs, killSignal: 'SIGKILL' })
    if (status === 0) return /[1-9]\d* tests? passed|[1-9]\d* passed/.test(stdout) ? 'alive' : 'stillborn'
    return status === null || /\d+ tests? passed|\[FAIL/.test(stdout) ? 'killed' : 'stillborn'
  }
}

/** The true text of a source file under `contracts/src`. */
export const sourceText = (file: string): string => readFileSync(path.join(contracts, 'src', file), 'utf8')

/** All Solidity files with code in them, interfaces and types aside. */
export function sourceFiles(): string[] {
  const list = (folder: string): string[] => readdirSync(path.join(contracts, 'src', folder)).filter((f) => f.endsWith('.sol')).map((f) => path.posix.join(folder, f))
  return [...list('.'), ...list('libraries')].sort()
}
