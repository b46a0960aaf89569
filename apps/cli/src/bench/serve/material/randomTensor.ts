import { encodeTensor, ggufTensorBytes } from '@openledger/engine'
import { type RandomStream } from '../workload/RandomStream.ts'

/** Encodings of the bench model's matrices. */
export const benchTypes = ['Q8_0', 'F16'] as const
export type BenchType = (typeof benchTypes)[number]

const blockValues = 32
const blockBytes = 34
/** Standard deviation of a whole number drawn evenly from -127 to 127. */
const evenDeviation = Math.sqrt(((2 * 127 + 1) ** 2 - 1) / 12)

/**
 * Random values in the encoding of a matrix, without quantising anything: each value is an even draw from -127 to 127 times one scale.
 * @param shape in ggml order @param deviation of the values
 */
export function randomTensor(shape: readonly number[], type: BenchType, deviation: number, random: RandomStream): Uint8Array {
  const count = shape.reduce((product, extent) => product * extent, 1)
  const steps = randomSteps(count, random)
  const scale = deviation / evenDeviation
  if (type === 'F16') {
    const halves = new Uint16Array(encodeTensor(Float32Array.from({ length: 256 }, (_, byte) => ((byte << 24) >> 24) * scale), [256], 'F16').buffer)
    return new Uint8Array(Uint16Array.from(steps, (step) => halves[step & 0xff]!).buffer)
  }
  const bytes = new Uint8Array(ggufTensorBytes(type, shape))
  const [low, high] = encodeTensor(Float32Array.of(scale), [1], 'F16') as unknown as [number, number]
  const plain = new Uint8Array(steps.buffer)
  for (let from = 0, to = 0; from < count; from += blockValues, to += blockBytes) {
    bytes[to] = low
    bytes[to + 1] = high
    bytes.set(plain.subarray(from, from + blockValues), to + 2)
  }
  return bytes
}

/** Whole numbers from -127 to 127, four to a draw. */
function randomSteps(count: number, random: RandomStream): Int8Array {
  const words = new Uint32Array(Math.ceil(count / 4))
  for (let i = 0; i < words.length; i++) words[i] = random.bits()
  const steps = new Int8Array(words.buffer, 0, count)
  // Quantisers never write -128, and some kernels cannot negate it.
  for (let i = 0; i < count; i++) if (steps[i] === -128) steps[i] = 127
  return steps
}
