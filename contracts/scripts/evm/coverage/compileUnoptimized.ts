import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { compileSources, type Compilation } from '../artifacts/compileSources.ts'

/**
 * The compiler without what merges, moves or turns code: each jump is then where its condition is written. Only what the code generator
 * needs to fit its own routines on the stack stays on.
 */
export const unoptimized = {
  enabled: false,
  details: {
    peephole: false, inliner: false, jumpdestRemover: false, orderLiterals: false, deduplicate: false, cse: false, constantOptimizer: false,
    yul: true, yulDetails: { stackAllocation: true, optimizerSteps: 'u' },
  },
}

/** The paths of the Solidity files of a folder, from the repository's root. */
export const solidityIn = (root: string, folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.sol')).map((file) => `${folder}/${file.replaceAll('\\', '/')}`).sort()

/**
 * Compiles contracts and tests for the measuring of coverage; the last result is kept in Forge's cache folder.
 * @param root the repository's
 */
export function compileUnoptimized(root: string): Compilation {
  const read = (path: string): string => readFileSync(join(root, path), 'utf8')
  const paths = ['contracts/src', 'contracts/test'].flatMap((folder) => solidityIn(root, folder))
  const sources = Object.fromEntries(paths.map((path) => [path, read(path)]))
  const id = createHash('sha256').update(JSON.stringify([sources, unoptimized])).digest('hex')
  const kept = join(root, 'contracts/cache/unoptimized.bin')
  if (existsSync(kept)) {
    const last = deserialize(readFileSync(kept)) as { id: string; compilation: Compilation }
    if (last.id === id) return last.compilation
  }
  const compilation = compileSources(sources, unoptimized, read, paths.filter((path) => path.startsWith('contracts/src/')))
  mkdirSync(dirname(kept), { recursive: true })
  writeFileSync(kept, serialize({ id, compilation }))
  return compilation
}
