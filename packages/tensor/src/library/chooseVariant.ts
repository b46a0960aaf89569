import koffi from 'koffi'
import { UnavailableError } from '@openledger/protocol'

/**
 * Picks the CPU build that suits this processor best, by the score that each build computes about itself
 * (0 means that the processor lacks an instruction set the build needs).
 * @param cpu library path by variant name
 * @param wanted a variant name to insist on, or undefined for the best
 * @throws UnavailableError `VARIANT_UNKNOWN` or `VARIANT_UNSUPPORTED`
 */
export function chooseVariant(cpu: Map<string, string>, wanted: string | undefined): string {
  if (wanted !== undefined && !cpu.has(wanted)) {
    throw new UnavailableError('VARIANT_UNKNOWN', `there is no CPU build named ${wanted}`, {
      action: 'fix',
      fix: `choose one of ${[...cpu.keys()].sort().join(', ')}`,
    })
  }
  const scored = [...cpu].filter(([name]) => wanted === undefined || name === wanted).map(([name, path]) => ({ name, score: scoreOf(path) }))
  scored.sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1))
  const best = scored[0]
  if (!best || best.score === 0) {
    throw new UnavailableError('VARIANT_UNSUPPORTED', `this processor cannot run the CPU build ${wanted ?? 'of any variant'}`, {
      action: 'fix',
      fix: 'unset OPENLEDGER_GGML_VARIANT to let the best build be chosen',
    })
  }
  return best.name
}

function scoreOf(path: string): number {
  const library = koffi.load(path)
  try {
    const score = library.func('int ggml_backend_score()') as () => number
    return score()
  } catch {
    return 1 // builds without variants carry no score function
  }
}
