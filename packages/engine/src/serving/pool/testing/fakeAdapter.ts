import { keccak } from '@openledger/protocol'
import type { Adapter } from '../../../adapter/Adapter.ts'

/** An adapter of a single module and made-up values, for tests of where adapters lie; equal numbers give equal ids. */
export function fakeAdapter(number: number, { rank = 1, width = 4 } = {}): Adapter {
  const id = keccak(new TextEncoder().encode(`adapter ${number}`))
  const pair = { rank, input: width, output: width, a: new Float32Array(rank * width).fill(number), b: new Float32Array(rank * width), scale: 1 }
  return { id, config: { rank, alpha: 1, rsLora: false, targets: ['attn_q'], alphaPattern: {}, rankPattern: {}, base: '' }, layers: [{ attn_q: pair }] }
}
