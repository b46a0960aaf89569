import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { tmpdir } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import { Backend, findDevice, findNativeLibraries, listDevices, loadGgml, TensorContext, TensorType } from '../index.ts'
import { Ggml } from '../library/Ggml.ts'

const ggml = loadGgml()
const { devices, missing } = listDevices(ggml)
const accelerators = devices.filter(({ kind }) => kind !== 'cpu')
if (accelerators.length === 0) console.info(`no device but the processor: ${missing.map(({ reason }) => reason).join('; ')}`)
const folder = mkdtempSync(join(tmpdir(), 'openledger-device-'))
afterAll(() => rmSync(folder, { recursive: true }))

const code = (name: string): unknown => expect.objectContaining({ code: name })

describe('findDevice', () => {
  it('lists the processor first, with its memory', () => {
    expect(devices[0]).toMatchObject({ id: 'cpu', kind: 'cpu', type: 'cpu' })
    expect(devices[0]!.totalBytes).toBeGreaterThan(2 ** 28)
    expect(findDevice(ggml, 'cpu').address).toBe(devices[0]!.address)
  })

  it('falls back to the processor for auto alone, when nothing else has the room', () => {
    expect(findDevice(ggml, 'auto', 2 ** 60).kind).toBe('cpu')
    if (accelerators.length > 0) expect(findDevice(ggml, 'auto').kind).not.toBe('cpu')
  })

  it('refuses names that mean nothing, and devices that are not there', () => {
    for (const name of ['gpu', 'cpu:0', 'auto:1', 'vulkan:', 'vulkan:-1', '']) expect(() => findDevice(ggml, name)).toThrow(code('DEVICE_NAME'))
    for (const { kind } of missing) expect(() => findDevice(ggml, kind)).toThrow(expect.objectContaining({ code: expect.stringMatching(/^(NATIVE_MISSING|DEVICE_LIBRARY|DEVICE_MISSING)$/) as string }))
    for (const { kind } of accelerators) expect(() => findDevice(ggml, `${kind}:99`)).toThrow(code('DEVICE_MISSING'))
  })
})

describe('one ggml for a process', () => {
  it('refuses a base that the CPU backend is not bound to', () => {
    const libraries = findNativeLibraries()
    const copy = join(folder, basename(libraries.base))
    copyFileSync(libraries.base, copy)
    expect(() => new Ggml({ ...libraries, base: copy }, ggml.build.variant)).toThrow(code('NATIVE_MIXED'))
  })

  it('says which package an absent backend needs', () => {
    expect(() => findNativeLibraries({ platform: 'linux-arm64', accelerator: 'cuda' })).toThrow(code('NATIVE_MISSING'))
    expect(() => findNativeLibraries({ folder })).toThrow(code('FILE_UNREADABLE'))
  })
})

describe.each(devices)('Backend on $id', (device) => {
  const backend = new Backend(ggml, 1, device)
  afterAll(() => backend.dispose())

  function sum(a: Float32Array, b: Float32Array): Float32Array {
    const leaves = new TensorContext(ggml, { tensors: 4 })
    const [x, y] = [a, b].map(({ length }) => leaves.tensor(TensorType.F32, [length]))
    const memory = backend.allocate(leaves)
    x!.write(a)
    y!.write(b)
    const context = new TensorContext(ggml, { tensors: 8, graphs: [8] })
    const result = context.ops.add(x!, y!).asOutput()
    const graph = context.graph(8).expand(result)
    backend.check(graph)
    const allocator = backend.graphAllocator()
    allocator.allocate(graph)
    backend.compute(graph)
    const read = result.readF32()
    for (const owner of [allocator, memory, context, leaves]) owner.dispose()
    return read
  }

  it('copies to the device, computes there and copies back', () => {
    expect(backend.kind).toBe(device.kind)
    expect([...sum(Float32Array.from([1, 2, 3]), Float32Array.from([0.5, -2, 8]))]).toEqual([1.5, 0, 11])
  })

  it('names an operation that it cannot compute instead of ending the process', () => {
    const context = new TensorContext(ggml, { tensors: 8, graphs: [8] })
    const unwritable = 16 // IQ2_XXS, which ggml only reads
    const graph = context.graph(8).expand(context.ops.cast(context.tensor(TensorType.F32, [256]).named('x'), unwritable))
    expect(() => backend.check(graph)).toThrow(expect.objectContaining({ code: 'OPERATION_UNSUPPORTED', message: expect.stringContaining(device.id) as string }))
    context.dispose()
  })

  it('refuses more memory than there is', () => {
    const context = new TensorContext(ggml, { tensors: 2 })
    context.tensor(TensorType.F32, [2 ** 30, 2 ** 20])
    expect(() => backend.allocate(context)).toThrow(code('OUT_OF_MEMORY'))
    context.dispose()
  })
})
