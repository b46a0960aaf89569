import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { makeAdapter, readGguf, readGgufAdapter, readModelConfig, readPeftFolder } from '@openledger/engine'
import { zeroHash } from '@openledger/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RandomStream } from '../workload/RandomStream.ts'
import { AdapterFiles } from './AdapterFiles.ts'
import { allLinear16, mixedRanks, queryValue8 } from './AdapterKind.ts'
import { smallLlama, tinyLlama } from './BenchShape.ts'
import { benchVocabulary } from './benchVocabulary.ts'
import { randomTensor } from './randomTensor.ts'
import { writeBenchModel } from './writeBenchModel.ts'

let folder: string
beforeAll(() => void (folder = mkdtempSync(path.join(tmpdir(), 'openledger-bench-'))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('benchVocabulary', () => {
  it('has distinct texts, each the product of one merge of two texts before it', () => {
    const { tokens, merges, control } = benchVocabulary(smallLlama.vocabulary)
    expect([tokens.length, new Set(tokens).size, new Set(merges).size]).toEqual([49_152, 49_152, merges.length])
    const known = new Set(tokens.slice(control, control + 256))
    const wrong = merges.filter((merge, index) => {
      const [left, right] = merge.split(' ') as [string, string]
      const fits = known.has(left) && known.has(right) && tokens[control + 256 + index] === left + right
      known.add(left + right)
      return !fits
    })
    expect(wrong).toEqual([])
    expect(() => benchVocabulary(200)).toThrow('not 200')
  })
})

describe('randomTensor', () => {
  it('has the promised deviation and never the one step that cannot be negated', () => {
    const values = 64 * 1024
    for (const type of ['Q8_0', 'F16'] as const) {
      const bytes = randomTensor([64, 1024], type, 0.5, new RandomStream(3))
      const view = new DataView(bytes.buffer)
      let [squares, most] = [0, 0]
      for (let i = 0; i < values; i++) {
        const block = Math.floor(i / 32)
        const value = type === 'F16' ? half(view.getUint16(2 * i, true)) : half(view.getUint16(block * 34, true)) * view.getInt8(block * 34 + 2 + (i % 32))
        most = Math.max(most, Math.abs(value))
        squares += value ** 2
      }
      expect(Math.abs(Math.sqrt(squares / values) / 0.5 - 1)).toBeLessThan(0.02)
      // 127 steps on either side.
      expect(most / Math.sqrt(squares / values)).toBeLessThan(127.5 / Math.sqrt((255 ** 2 - 1) / 12))
    }
  })
})

describe('model and adapters', () => {
  it('are valid files, equal for equal arguments', () => {
    const file = writeBenchModel(folder, tinyLlama)
    const config = readModelConfig(readGguf(file))
    expect(config).toMatchObject({ layers: 2, width: 64, vocabulary: 512, context: 512 })
    const again = writeBenchModel(path.join(folder, 'again'), tinyLlama)
    expect(readFileSync(again).equals(readFileSync(file))).toBe(true)
    expect(readFileSync(writeBenchModel(folder, tinyLlama, 'Q8_0', 7)).equals(readFileSync(file))).toBe(false)
  })

  it('come as PEFT folders and GGUF files of the same adapter, each another', () => {
    const base = { id: zeroHash, config: readModelConfig(readGguf(writeBenchModel(folder, tinyLlama))) }
    const files = new AdapterFiles(folder, base)
    const ids = new Set<string>()
    for (const kind of [queryValue8, allLinear16, mixedRanks]) {
      for (let index = 0; index < 6; index++) {
        const peft = readPeftFolder(files.peft(kind, index), base)
        const gguf = readGgufAdapter(files.gguf(kind, index), base)
        expect(gguf.id).toBe(peft.id)
        expect(peft.config.rank).toBe(kind.ranks[index % kind.ranks.length])
        expect(Object.keys(peft.layers[0]!).sort()).toEqual([...kind.modules].sort())
        ids.add(peft.id)
      }
    }
    expect(ids.size).toBe(18)
    const { config, layers } = files.make(queryValue8, 0)
    expect(makeAdapter(config, layers, base).id).toBe(files.make(queryValue8, 0).id)
  })
})

/** Half precision by its definition, normal numbers alone. */
const half = (bits: number): number => (bits & 0x8000 ? -1 : 1) * 2 ** (((bits >> 10) & 31) - 15) * (1 + (bits & 1023) / 1024) * (bits & 0x7fff ? 1 : 0)
