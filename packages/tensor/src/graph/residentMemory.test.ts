import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, describe, expect, it } from 'vitest'
import { Backend, type DeviceBuffer, loadGgml, TensorContext, TensorType } from '../index.ts'

const mebibyte = 2 ** 20
const backend = new Backend(loadGgml(), 1)
afterAll(() => backend.dispose())

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Memory of the process that is neither files nor shared, without garbage. */
function residentBytes(): number {
  collectGarbage()
  return 1024 * Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))![1])
}

describe.runIf(process.platform === 'linux')('resident memory', () => {
  it('does not grow by reading shapes of tensors', () => {
    const readShapes = (contexts: number): void => {
      for (let made = 0; made < contexts; made++) {
        const context = new TensorContext(backend.ggml, { tensors: 1000 })
        for (let index = 0; index < 1000; index++) {
          const { shape, strides } = context.tensor(TensorType.F32, [3])
          if (shape[0] !== 3 || strides[1] !== 12) throw new Error('wrong layout')
        }
        context.dispose()
      }
    }
    readShapes(100)
    const before = residentBytes()
    readShapes(800)
    // 37 bytes for each tensor would be 28 MiB; what else the process does moves a few.
    expect(residentBytes() - before).toBeLessThan(14 * mebibyte)
  })

  it('goes back to the system when blocks are freed, whatever lies between them', () => {
    const contexts: TensorContext[] = []
    /** A buffer of so many bytes, all of them touched. */
    const block = (bytes: number): DeviceBuffer => {
      const context = new TensorContext(backend.ggml, { tensors: 1 })
      contexts.push(context)
      context.tensor(TensorType.F32, [bytes / 4])
      return backend.allocate(context).clear()
    }
    // After this one glibc would cut all smaller blocks from its heap, if its threshold could move.
    block(24 * mebibyte).dispose()
    const start = residentBytes()
    const large: DeviceBuffer[] = []
    const small: DeviceBuffer[] = []
    for (let index = 0; index < 64; index++) {
      large.push(block(4 * mebibyte))
      small.push(block(mebibyte / 32))
    }
    expect(residentBytes() - start).toBeGreaterThan(200 * mebibyte)
    for (const buffer of large) buffer.dispose()
    expect(residentBytes() - start).toBeLessThan(60 * mebibyte)
    for (const owner of [...small, ...contexts]) owner.dispose()
  })
})
