import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Adapter, type AdapterBase, encodeGgufAdapter, linearShape, makeAdapter, writePeftFolder } from '@openledger/engine'
import { RandomStream } from '../workload/RandomStream.ts'
import type { AdapterKind } from './AdapterKind.ts'

const poolValues = 1 << 20
const seedOf = (kind: AdapterKind, index: number): number => [...kind.name].reduce((hash, char) => Math.imul(hash, 31) + char.charCodeAt(0), 17) ^ Math.imul(index + 1, 0x27d4eb2d)

/**
 * Makes random adapters for one base and keeps them as files. Their factors are stretches of one pool of random numbers, each from a
 * place of its own: no two adapters are alike, and a thousand are made in seconds.
 */
export class AdapterFiles {
  readonly #folder: string
  readonly #base: AdapterBase
  #pool: Float32Array | null = null

  /** @param folder where they are kept; files that are there already are used */
  constructor(folder: string, base: AdapterBase) {
    this.#folder = path.join(folder, `adapters-${base.id.slice(2, 14)}`)
    this.#base = base
  }

  /** The PEFT folder of one adapter, written if need be. */
  peft(kind: AdapterKind, index: number): string {
    const folder = path.join(this.#folder, `${kind.name}-${index}`)
    // The configuration is written last: where it is, the tensors are.
    if (!existsSync(path.join(folder, 'adapter_config.json'))) writePeftFolder(folder, this.make(kind, index), this.#base)
    return folder
  }

  /** The same adapter as a GGUF adapter file, written if need be. */
  gguf(kind: AdapterKind, index: number): string {
    const file = path.join(this.#folder, `${kind.name}-${index}.gguf`)
    if (existsSync(file)) return file
    mkdirSync(this.#folder, { recursive: true })
    writeFileSync(`${file}.part`, encodeGgufAdapter(this.make(kind, index), this.#base.config.architecture))
    renameSync(`${file}.part`, file)
    return file
  }

  /** One adapter in memory; its factors are views that must not be changed. Strong enough to change most tokens. */
  make(kind: AdapterKind, index: number): Adapter {
    const rank = kind.ranks[index % kind.ranks.length]!
    const random = new RandomStream(seedOf(kind, index), index)
    const pool = (this.#pool ??= randomPool())
    const factor = (count: number): Float32Array => {
      const from = random.integer(0, poolValues - count)
      return pool.subarray(from, from + count)
    }
    const layers: Adapter['layers'] = Array.from({ length: this.#base.config.layers }, () =>
      Object.fromEntries(
        kind.modules.map((module) => {
          const { input, output } = linearShape(this.#base.config, module)
          return [module, { rank, input, output, a: factor(rank * input), b: factor(output * rank), scale: 0 }]
        }),
      ),
    )
    return makeAdapter({ rank, alpha: 2 * rank, rsLora: false, targets: [...kind.modules], alphaPattern: {}, rankPattern: {}, base: this.#base.id }, layers, this.#base)
  }
}

/** Values of deviation 1/16: the change of a module comes to about a third of its own output at the sizes used here. */
function randomPool(): Float32Array {
  const random = new RandomStream(42, 99)
  return Float32Array.from({ length: poolValues }, () => random.normal() / 16)
}
