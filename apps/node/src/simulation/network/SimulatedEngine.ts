import { createHash } from 'node:crypto'
import type { GenerateRequest, ServedResult } from '@openledger/engine'
import { fail, hashJson, UnavailableError, type Hex, type Json } from '@openledger/protocol'
import type { Clock } from '../../config/Clock.ts'
import type { LoadedEngine } from '../../engine/Engine.ts'

/** How a node computes: `other` makes it choose other tokens than honest nodes do. */
export type EngineHabit = { firstTokenMs: number; tokenMs: number; slots: number; other?: string; /** Silent for so long after every so many tokens. */ stall?: { every: number; ms: number } }

export const baseId: Hex = `0x${'ba'.repeat(32)}`
export const profile: Json = { batchInvariant: true, exactReplay: true, logitsHashes: false }
export const profileHash = hashJson(profile)
const vocabulary = 251

/** The answer to a prompt, token by token, as every honest node of the profile computes it. */
export function truthOf({ promptTokens, sampling }: Pick<GenerateRequest, 'promptTokens' | 'sampling'>, other = ''): number[] {
  const bytes = createHash('shake256', { outputLength: sampling.maxTokens + 1 }).update(JSON.stringify([promptTokens, sampling.seed, other])).digest()
  const length = Math.min(sampling.maxTokens, 4 + (bytes[0]! % (sampling.maxTokens + 4)))
  return [...bytes.subarray(1, 1 + length)].map((byte) => byte % vocabulary)
}

/** An engine whose answers are computed by a hash, at the speed of a habit. */
export function simulatedServing(habit: EngineHabit, clock: Clock): LoadedEngine {
  let busy = 0
  const generate = async (request: GenerateRequest, onToken: (token: { token: number; text: string; logprob: number; top: [] }) => void, signal: AbortSignal | undefined): Promise<ServedResult> => {
    const { answered = [], sampling, promptTokens } = request
    const tokens = truthOf(request, habit.other)
    await clock.sleep(habit.firstTokenMs, signal)
    const wrong = answered.findIndex((token, index) => token !== tokens[index])
    if (wrong >= 0) fail('CONTINUATION_DIFFERS', 'another token follows here', { field: `answered.${wrong}`, action: 'stop', status: 409 })
    for (let index = answered.length; index < tokens.length; index++) {
      if (index > answered.length) await clock.sleep(habit.tokenMs, signal)
      if (habit.stall && index % habit.stall.every === habit.stall.every - 1) await clock.sleep(habit.stall.ms, signal)
      if (signal?.aborted) fail('CANCELLED', 'called off', { action: 'stop', status: 499 })
      onToken({ token: tokens[index]!, text: '', logprob: -1, top: [] })
    }
    return { tokens, text: '', logprobs: [], top: [], logitsHashes: [], finishReason: tokens.length === sampling.maxTokens ? 'length' : 'stop', promptTokens: promptTokens.length }
  }
  const engine = {
    capabilities: { logitsHashes: false, exactReplay: true },
    tokenize: (text: string) => Promise.resolve([...Buffer.from(text)].map((byte) => byte % vocabulary)),
    generate: async (request: GenerateRequest, { onToken, signal }: { onToken?: (token: { token: number; text: string; logprob: number; top: [] }) => void; signal?: AbortSignal } = {}) => {
      if (busy >= habit.slots) throw new UnavailableError('OVERLOADED', 'there is no free slot', { action: 'retry', status: 429, retryAfterMs: 100 })
      busy += 1
      try {
        return await generate(request, onToken ?? (() => undefined), signal)
      } finally {
        busy -= 1
      }
    },
  }
  return { engine, info: { id: baseId, profile, profileHash, positions: 256, config: { vocabulary } }, gradients: null } as unknown as LoadedEngine
}
