import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { quantize } from '../convert/quantize.ts'
import { Backend } from '../graph/Backend.ts'
import { TensorContext } from '../graph/TensorContext.ts'
import { TensorType } from '../graph/TensorType.ts'
import { loadGgml } from '../library/Ggml.ts'
import { type ExtraBufferType, findExtraBufferType } from './findExtraBufferType.ts'
import { fitsExtraBuffer } from './fitsExtraBuffer.ts'
import { MappedFile } from './MappedFile.ts'
import { placeInExtraBuffer } from './placeInExtraBuffer.ts'
import { placeInMapping } from './placeInMapping.ts'

const ggml = loadGgml()
const backend = new Backend(ggml, 1)
const folder = mkdtempSync(join(tmpdir(), 'openledger-mapping-'))
afterAll(() => {
  backend.dispose()
  rmSync(folder, { recursive: true })
})
const code = (value: string) => expect.objectContaining({ code: value }) as Error
const values = (count: number): Float32Array => Float32Array.from({ length: count }, (_, index) => Math.sin(index * 1.7))

describe.skipIf(process.platform === 'win32')('a mapped file', () => {
  const path = join(folder, 'data')
  writeFileSync(path, Buffer.concat([Buffer.alloc(64), Buffer.from(values(64).buffer)]))
  const map = (): MappedFile => {
    const descriptor = openSync(path, 'r')
    const file = MappedFile.open(descriptor)!
    closeSync(descriptor)
    return file
  }

  it('is where tensors stand, after its descriptor is closed', () => {
    const file = map()
    const context = new TensorContext(ggml, { tensors: 4 })
    const tensor = context.tensor(TensorType.F32, [8, 8])
    const buffer = placeInMapping(backend, context, file, new Map([[tensor, 64]]))
    expect(tensor.readF32()).toEqual(values(64))
    buffer.dispose()
    expect(() => tensor.readF32()).toThrow(code('TENSOR_NO_MEMORY'))
    context.dispose()
    file.dispose()
    file.dispose()
    expect(file.address).toBe(0n)
  })

  it('refuses places that are crooked or outside, and is not made of nothing', () => {
    const file = map()
    const context = new TensorContext(ggml, { tensors: 4 })
    const tensor = context.tensor(TensorType.F32, [8, 8])
    for (const offset of [8, 96, -32, 1024]) expect(() => placeInMapping(backend, context, file, new Map([[tensor, offset]]))).toThrow(code('TENSOR_RANGE'))
    context.dispose()
    file.dispose()
    const empty = join(folder, 'empty')
    writeFileSync(empty, '')
    const descriptor = openSync(empty, 'r')
    expect(MappedFile.open(descriptor)).toBeNull()
    closeSync(descriptor)
  })
})

/** Computes a product from plain memory and from an extra kind; both rows of results. */
function both(kind: ExtraBufferType, type: TensorType): [Float32Array, Float32Array] {
  const [input, output, rows] = [256, 64, 3]
  const product = (extra: boolean): Float32Array => {
    const weights = new TensorContext(ggml, { tensors: 2 })
    const weight = weights.tensor(type, [input, output])
    const memory = extra ? placeInExtraBuffer(backend, weights, kind, [weight]) : backend.allocate(weights)
    weight.write(quantize(ggml, type, values(input * output), input))
    if (extra) {
      expect(() => weight.read(new Uint8Array(4))).toThrow(code('TENSOR_OPAQUE'))
      expect(() => weight.write(new Uint8Array(4))).toThrow(code('TENSOR_OPAQUE'))
      expect(() => weight.clear()).toThrow(code('TENSOR_OPAQUE'))
    }
    const context = new TensorContext(ggml, { tensors: 8, graphs: [8] })
    const x = context.tensor(TensorType.F32, [input, rows]).asInput()
    const y = context.ops.mulMat(weight, x).asOutput()
    const graph = context.graph(8).expand(y)
    const allocator = backend.graphAllocator()
    allocator.allocate(graph)
    x.write(values(input * rows))
    backend.compute(graph)
    const result = y.readF32()
    allocator.dispose()
    context.dispose()
    memory.dispose()
    weights.dispose()
    return result
  }
  return [product(false), product(true)]
}

describe('extra kinds of memory', () => {
  it('are null when the processor has none of that name', () => expect(findExtraBufferType(ggml, 'no such kind')).toBeNull())

  // Any kind shows that finding, asking and placing work; only AMX is used by models.
  const repack = findExtraBufferType(ggml, 'CPU_REPACK')
  it.skipIf(!repack || !fitsExtraBuffer(ggml, repack, TensorType.Q4_0, [256, 64]))('give about the same product (skipped: this build has no CPU_REPACK)', () => {
    const [plain, extra] = both(repack!, TensorType.Q4_0)
    const most = plain.reduce((sum, value) => Math.max(sum, Math.abs(value)), 0)
    plain.forEach((value, index) => expect(Math.abs(value - extra[index]!)).toBeLessThan(most * 0.01))
    expect(fitsExtraBuffer(ggml, repack!, TensorType.F32, [256, 64])).toBe(false)
    expect(fitsExtraBuffer(ggml, repack!, TensorType.Q4_0, [256, 33])).toBe(false)
    expect(fitsExtraBuffer(ggml, repack!, TensorType.Q4_0, [256])).toBe(false)
  })

  const amx = findExtraBufferType(ggml, 'AMX')
  it.skipIf(!amx)('give about the same product from AMX with Q8_0 (skipped: this processor has no AMX)', () => {
    expect(fitsExtraBuffer(ggml, amx!, TensorType.Q8_0, [256, 64])).toBe(true)
    const [plain, extra] = both(amx!, TensorType.Q8_0)
    const most = plain.reduce((sum, value) => Math.max(sum, Math.abs(value)), 0)
    plain.forEach((value, index) => expect(Math.abs(value - extra[index]!)).toBeLessThan(most * 0.01))
  })
})
