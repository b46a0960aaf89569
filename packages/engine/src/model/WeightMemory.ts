import { type Backend, type DeviceBuffer, type ExtraBufferType, findExtraBufferType, fitsExtraBuffer, MappedFile, placeInExtraBuffer, placeInMapping, type Tensor, type TensorContext, type TensorType } from '@openledger/tensor'
import type { FileCursor } from '../files/FileCursor.ts'
import type { GgufFile } from '../gguf/readGguf.ts'
import { linearModules } from './weightShapes.ts'

/** The extra kind of memory that is used where the processor has it. */
const extraKind = 'AMX'
/** Types of quantised weights; for others an extra kind has nothing to offer, or does not give equal rows in any company. */
const isQuantised = (type: number): boolean => type !== 0 && type !== 1 && type !== 30
const cpuAlignment = 32

/**
 * Where a model's weights lie: quantised matrices in AMX memory where there is any, the rest in the pages of the file, or copied.
 * The maker disposes it, before the context of its tensors; disposing twice does nothing.
 */
export class WeightMemory {
  readonly backend: Backend
  /** `plain`, or the extra kind that some matrices lie in. */
  readonly kind: string
  /** Bytes of weights. */
  readonly bytes: number
  readonly #mapped: MappedFile | null
  readonly #inFile: ReadonlySet<Tensor>
  readonly #buffers: DeviceBuffer[] = []

  /** @throws UnavailableError `OUT_OF_MEMORY` */
  constructor(parts: {
    backend: Backend
    context: TensorContext
    cursor: FileCursor
    file: GgufFile
    tensors: ReadonlyMap<string, Tensor>
    memoryMap?: boolean
    extraBuffers?: 'auto' | 'off'
  }) {
    const { backend, context, cursor, file, tensors, memoryMap = true, extraBuffers = 'auto' } = parts
    this.backend = backend
    this.bytes = [...file.tensors.values()].reduce((sum, { bytes }) => sum + bytes, 0)
    const kind = extraBuffers === 'auto' && backend.kind === 'cpu' ? findExtraBufferType(backend.ggml, extraKind) : null
    const extra = kind ? matricesFor(kind, backend, file, tensors) : []
    const rest = [...file.tensors.values()].filter(({ name }) => !extra.includes(tensors.get(name)!))
    const canMap = memoryMap && backend.kind === 'cpu' && rest.every(({ offset }) => offset % cpuAlignment === 0)
    this.#mapped = canMap ? MappedFile.open(cursor.descriptor) : null
    const places = new Map(this.#mapped ? rest.map(({ name, offset }) => [tensors.get(name)!, offset]) : [])
    this.#inFile = new Set(places.keys())
    this.kind = extra.length > 0 ? kind!.name : 'plain'
    try {
      if (extra.length > 0) this.#buffers.push(placeInExtraBuffer(backend, context, kind!, extra))
      if (this.#mapped) this.#buffers.push(placeInMapping(backend, context, this.#mapped, places))
      else this.#buffers.push(backend.allocate(context))
      for (const buffer of this.#buffers) buffer.markWeights()
    } catch (error) {
      this.dispose()
      throw error
    }
  }

  get isMapped(): boolean {
    return this.#mapped !== null
  }

  /** Whether a tensor has its values without being written: it lies in the file. */
  holds(tensor: Tensor): boolean {
    return this.#inFile.has(tensor)
  }

  dispose(): void {
    for (const buffer of this.#buffers) buffer.dispose()
    this.#mapped?.dispose()
  }
}

/** The quantised matrices that are only multiplied with: those of the linear modules, and a head of its own. */
function matricesFor(kind: ExtraBufferType, backend: Backend, file: GgufFile, tensors: ReadonlyMap<string, Tensor>): Tensor[] {
  const answers = new Map<string, boolean>()
  const fits = (type: TensorType, shape: number[]): boolean => {
    const key = `${type} ${shape.join()}`
    const answer = answers.get(key) ?? fitsExtraBuffer(backend.ggml, kind, type, shape)
    answers.set(key, answer)
    return answer
  }
  const multiplied = (name: string): boolean => name === 'output.weight' || linearModules.some((module) => name.endsWith(`.${module}.weight`))
  return [...file.tensors.values()].filter(({ name, type, shape }) => multiplied(name) && isQuantised(type) && fits(type as TensorType, shape)).map(({ name }) => tensors.get(name)!)
}
