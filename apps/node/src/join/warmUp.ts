import { toHex } from '@openledger/protocol'
import { abortAfter } from '../config/abortAfter.ts'
import type { Clock } from '../config/Clock.ts'
import { errorFields, type Log } from '../config/Log.ts'
import type { LoadedEngine } from '../engine/Engine.ts'

/** Long enough for the engine's largest step and one after it. */
const promptTokens = 288
const answerTokens = 32
const longestMs = 10_000

/**
 * Has an engine answer once for nobody, and go on with that answer as if another node had begun it, so that the first orders do not pay for what a process does once:
 * reading the file's pages, making graphs, compiling.
 * Ends after ten seconds; what fails is noted, and will fail for an order that says so.
 */
export async function warmUp({ engine, info }: Pick<LoadedEngine, 'engine' | 'info'>, clock: Clock, log: Log): Promise<void> {
  const late = abortAfter(clock, longestMs)
  try {
    const words = await engine.tokenize('One two three four five six seven eight nine ten. '.repeat(40))
    const sampling = { temperature: 1, topK: 0, topP: 1, minP: 0, repetitionPenalty: 1, maxTokens: answerTokens, stop: [], seed: toHex(new Uint8Array(32)) }
    const { logitsHashes, exactReplay } = engine.capabilities
    const request = { adapterId: null, promptTokens: words.slice(0, Math.max(1, Math.min(promptTokens, info.positions - answerTokens))), sampling, logprobs: false, logitsHashes, ...(exactReplay ? { ignoreEnd: true } : {}) }
    const { tokens } = await engine.generate(request, { signal: late.signal })
    if (exactReplay) await engine.generate({ ...request, answered: tokens.slice(0, -1) }, { signal: late.signal })
  } catch (error) {
    if (!late.signal.aborted) log.warn('engine.cold', errorFields(error))
  } finally {
    late.end()
  }
}
