import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Backend, findExtraBufferType, loadGgml, ReferenceModel } from '@openledger/tensor'
import { type TinyModelOptions, writeTinyModel } from '../fixtures/writeTinyModel.ts'
import { ForwardPass } from '../forward/ForwardPass.ts'
import { KvCache } from '../forward/KvCache.ts'
import { type LoadModelOptions, loadModel } from '../model/loadModel.ts'

const ggml = loadGgml()
const backend = new Backend(ggml, 1)
const folder = mkdtempSync(join(tmpdir(), 'openledger-placement-'))
const owned: { dispose(): void }[] = []
const own = <T extends { dispose(): void }>(value: T): T => (owned.push(value), value)
afterAll(() => {
  for (const value of owned.reverse()) value.dispose()
  backend.dispose()
  rmSync(folder, { recursive: true })
})
const maps = process.platform !== 'win32'

function open(path: string, options: LoadModelOptions = {}) {
  const model = own(loadModel(path, backend, options))
  const pass = own(new ForwardPass(model, own(new KvCache(model.config, backend, { slots: 1, positions: 128, type: 'F32' }))))
  const tokens = model.vocabulary.tokenize('who lives in the red house? the river runs past the mill.', { addSpecial: true, parseSpecial: false })
  const logits = pass.run([{ slot: 0, adapters: [], tokens, past: 0, outputs: tokens.map((_, index) => index) }])[0]!.map((row) => row.slice())
  return { model, tokens, logits }
}

function write(name: string, options: TinyModelOptions): string {
  const path = join(folder, `${name}.gguf`)
  writeTinyModel(path, options)
  return path
}

/** Root of the mean squared difference, in parts of that of the expected values. */
function distance(actual: readonly Float32Array[], expected: Float32Array): number {
  const flat = actual.flatMap((row) => [...row])
  expect(flat.length).toBe(expected.length)
  const square = (values: readonly number[]): number => values.reduce((sum, value) => sum + value * value, 0)
  return Math.sqrt(square(flat.map((value, index) => value - expected[index]!)) / square([...expected]))
}

describe('weights quantised by ggml', () => {
  it.each(['Q4_0', 'Q4_1', 'Q5_0', 'Q5_1', 'Q8_0', 'Q2_K', 'Q3_K', 'Q4_K', 'Q5_K', 'Q6_K'] as const)('load and give the logits of libllama: %s', (type) => {
    const path = write(type, { type, width: 256, feedForward: 256, heads: 4, headWidth: 64 })
    const { tokens, logits } = open(path, { extraBuffers: 'off' })
    const reference = own(new ReferenceModel(ggml, path, { context: 128, threads: 1 }))
    const expected = reference.logits(tokens)
    // The first token attends to itself alone: the same kernels give the same bits. Later on the two attentions differ in last bits, and where
    // one of those rounds an input to another of its 255 steps, a step is what comes out: measured at most 9e-3; a wrong layout gives about 1.
    expect(Array.from(logits[0]!)).toEqual(Array.from(expected.subarray(0, logits[0]!.length)))
    expect(distance(logits, expected)).toBeLessThan(3e-2)
  })
})

describe('placement of weights', () => {
  it('gives the same bits from the pages of the file as from a copy', () => {
    const path = write('mapped', { type: 'Q8_0' })
    const mapped = open(path, { extraBuffers: 'off' })
    const copied = open(path, { extraBuffers: 'off', memoryMap: false })
    expect([mapped.model.isMapped, copied.model.isMapped]).toEqual([maps, false])
    expect(mapped.logits).toEqual(copied.logits)
    expect(mapped.model.id).toBe(copied.model.id)
    expect(mapped.model.bytes).toBe(copied.model.bytes)
    expect(mapped.model.weightsBuffer).toBe('plain')
    expect(mapped.model.plain).toBe(mapped.model)
  })

  it('keeps its weights when the file is replaced by another', () => {
    const path = write('replaced', {})
    const { model } = open(path)
    const { weight } = model.weights.layers[0]!.linear.ffn_up
    const before = weight.readF32()
    const other = write('replacing', { seed: 9 })
    renameSync(other, path)
    expect(weight.readF32()).toEqual(before)
    expect(open(path).model.id).not.toBe(model.id)
  })

  it('copies files whose tensors do not start where the processor wants them', () => {
    const path = write('aligned', {})
    const file = readFileSync(path)
    // The same file with an alignment of 8, and the data moved by 8 bytes.
    const shifted = join(folder, 'shifted.gguf')
    writeFileSync(shifted, withAlignment8(file))
    const { model, logits } = open(shifted)
    expect(model.isMapped).toBe(false)
    expect(logits).toEqual(open(path).logits)
  })

  const amx = findExtraBufferType(ggml, 'AMX')
  it.skipIf(!amx)('multiplies from AMX memory where the processor has it, and gradients see plain weights (skipped: this processor has no AMX)', () => {
    const path = write('amx', { type: 'Q8_0', width: 256, feedForward: 256, headWidth: 64 })
    const fast = open(path)
    const plain = open(path, { extraBuffers: 'off' })
    expect(fast.model.weightsBuffer).toBe('AMX')
    expect(distance(fast.logits, Float32Array.from(plain.logits.flatMap((row) => [...row])))).toBeLessThan(1e-2)
    expect(() => fast.model.weights.layers[0]!.linear.ffn_up.weight.read(new Uint8Array(1))).toThrow(expect.objectContaining({ code: 'TENSOR_OPAQUE' }))
    expect(fast.model.plain.weightsBuffer).toBe('plain')
    expect(fast.model.plain.id).toBe(fast.model.id)
  })
  it.skipIf(amx)('says plain on a processor without AMX, whatever is asked for', () => {
    const path = write('none', { type: 'Q8_0' })
    expect(open(path).model.weightsBuffer).toBe('plain')
    expect(open(path, { extraBuffers: 'auto' }).logits).toEqual(open(path, { extraBuffers: 'off' }).logits)
  })
})

/** Adds `general.alignment = 8` to a GGUF file and sees to it that its data starts at an odd multiple of 8. */
function withAlignment8(file: Buffer): Buffer {
  const text = (value: string): Buffer => {
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(value.length))
    return Buffer.concat([length, Buffer.from(value)])
  }
  const whole = (value: number): Buffer => {
    const bytes = Buffer.alloc(8)
    bytes.writeUInt32LE(4)
    bytes.writeUInt32LE(value, 4)
    return bytes
  }
  const entry = Buffer.concat([text('general.alignment'), whole(8)])
  const infos = endOfInfos(file)
  const data = file.subarray(Math.ceil(infos / 32) * 32)
  for (let filler = 0; ; filler++) {
    const more = Buffer.concat([entry, text('filler'), Buffer.from([8, 0, 0, 0]), text('x'.repeat(filler))])
    const header = Buffer.concat([file.subarray(0, 24), more, file.subarray(24, infos)])
    const start = Math.ceil(header.length / 8) * 8
    if (start % 32 !== 8) continue
    header.writeBigUInt64LE(header.readBigUInt64LE(16) + 2n, 16)
    return Buffer.concat([header, Buffer.alloc(start - header.length), data])
  }
}

/** Where the descriptions of the tensors end: behind the last offset, which is found by its tensor's name. */
function endOfInfos(file: Buffer): number {
  const count = Number(file.readBigUInt64LE(8))
  let end = 0
  for (let from = 0, found = 0; found < count; found++) {
    const at = file.indexOf('.weight', from) + '.weight'.length
    from = at
    end = at + 4 + 8 * file.readUInt32LE(at) + 4 + 8
  }
  return end
}
