import { setTimeout as sleep } from 'node:timers/promises'
import { mixedRanks } from '../material/AdapterKind.ts'
import { LoopDelay } from '../measure/LoopDelay.ts'
import { median } from '../measure/quantile.ts'
import { sendTraced } from '../measure/runLoad.ts'
import type { EngineTarget } from '../targets/EngineTarget.ts'
import type { BenchRequest } from '../workload/BenchRequest.ts'
import { RandomStream } from '../workload/RandomStream.ts'
import { randomPrompt } from '../workload/randomPrompt.ts'
import type { BenchContext, Scenario } from './BenchContext.ts'

const adapters = 64
const windowBytes = 64 * 2 ** 20
/** Less than all adapters take, so that this tier is full, and evicts, before growth is measured. */
const hostBytes = 128 * 2 ** 20
const reloadEveryMs = 1000
/** One request in this many is given up by its client after some tokens. */
const vanishEvery = 25
const samples = 120

/** Mixed load for a long time while adapters are removed and registered again: memory stays flat and no request fails. */
export const soak: Scenario = {
  name: 'soak',
  about: 'mixed load for a long time while adapters are reloaded',
  async run(context) {
    const { settings, note } = context
    const { minutes, clients } = settings
    const target = await context.open({ adapterBytes: windowBytes, hostAdapterBytes: hostBytes }, { kind: mixedRanks, count: adapters })
    try {
      const until = performance.now() + minutes * 60_000
      const state: SoakState = { answered: 0, vanished: 0, tokens: 0, reloads: 0, failures: [], reloading: new Set(), until }
      const delay = new LoopDelay().start()
      const [rss] = await Promise.all([
        sampleRss(context, state),
        reloadLoop(context, target, state),
        ...Array.from({ length: clients }, (_, client) => clientLoop(context, target, state, client)),
      ])
      const { p99, max } = delay.stop()
      context.signal.throwIfAborted()
      note(`  ${state.answered} answered, ${state.vanished} given up by the client, ${state.reloads} reloads, ${state.failures.length} failed`)
      // The first fifth warms up: caches fill, the heap finds its size.
      const settled = rss.slice(Math.floor(rss.length / 5))
      const quarter = Math.max(1, Math.floor(settled.length / 4))
      const [before, after] = [median(settled.slice(0, quarter)), median(settled.slice(-quarter))]
      return {
        scenario: soak.name,
        about: soak.about,
        workload: { minutes, clients, adapters: `${adapters} ${mixedRanks.name} in ${windowBytes / 2 ** 20} MiB, ${hostBytes / 2 ** 20} MiB in host memory`, 'reload every (ms)': reloadEveryMs, 'clients that vanish': `1 in ${vanishEvery}` },
        figures: [
          { name: 'answers', unit: '', values: [state.answered] },
          { name: 'given up by the client', unit: '', values: [state.vanished] },
          { name: 'reloads', unit: '', values: [state.reloads] },
          { name: 'answer tokens', unit: 'tokens/s', values: [state.tokens / (minutes * 60)] },
          { name: 'resident memory', unit: 'MiB', values: settled.map((bytes) => bytes / 2 ** 20) },
          { name: 'event loop delay, longest', unit: 'ms', values: [max] },
        ],
        checks: [
          { name: 'growth of resident memory after warm-up', value: (100 * (after - before)) / before, unit: '%', atMost: 2 },
          { name: 'failed requests', value: state.failures.length, unit: '', atMost: 0 },
          { name: 'event loop delay p99', value: p99, unit: 'ms', atMost: 20 },
        ],
        remarks: [...new Set(state.failures)].slice(0, 5),
      }
    } finally {
      await target.close()
    }
  },
}

type SoakState = { answered: number; vanished: number; tokens: number; reloads: number; failures: string[]; reloading: Set<number>; until: number }

const goesOn = (context: BenchContext, { until }: SoakState): boolean => !context.signal.aborted && performance.now() < until

async function clientLoop(context: BenchContext, target: EngineTarget, state: SoakState, client: number): Promise<void> {
  const { settings, signal } = context
  const { promptTokens, answerTokens, shape, seed } = settings
  const random = new RandomStream(seed, 5000 + client)
  for (let turn = 0; goesOn(context, state); turn++) {
    // Skewed towards the first ones; one in eight wants the bare base. What is being reloaded is not asked for.
    const wanted = Math.floor(adapters * random.uniform() ** 3)
    const adapter = random.uniform() < 0.125 || state.reloading.has(wanted) ? null : wanted
    const request: BenchRequest = { adapter, prompt: randomPrompt(random.integer(1, 2 * promptTokens), shape.vocabulary, seed + client, turn), outputTokens: random.integer(1, 2 * answerTokens), payer: `payer ${client % 5}` }
    const leave = new AbortController()
    const stop = (): void => leave.abort()
    signal.addEventListener('abort', stop, { once: true })
    const patience = random.integer(0, vanishEvery) === 0 ? random.integer(0, request.outputTokens) : Infinity
    let tokens = 0
    const watched = {
      name: target.name,
      send: (asked: BenchRequest, options: { signal: AbortSignal; onToken: () => void }) =>
        target.send(asked, {
          signal: options.signal,
          onToken: () => {
            tokens += 1
            if (tokens > patience) leave.abort()
          },
        }),
    }
    const trace = await sendTraced(watched, request, leave.signal)
    signal.removeEventListener('abort', stop)
    state.tokens += tokens
    if (trace.outcome === 'answered') state.answered += 1
    else if (trace.outcome === 'stopped') state.vanished += 1
    else state.failures.push(trace.error ?? trace.outcome)
  }
}

/** Forgets an adapter and registers it anew, whether or not requests that use it are in flight. */
async function reloadLoop(context: BenchContext, target: EngineTarget, state: SoakState): Promise<void> {
  const random = new RandomStream(context.settings.seed, 6000)
  while (goesOn(context, state)) {
    const index = random.integer(0, adapters)
    state.reloading.add(index)
    try {
      await target.host.removeAdapter(target.adapterId(index))
      await target.host.registerAdapter(context.files.peft(mixedRanks, index))
      state.reloads += 1
    } catch (error) {
      state.failures.push(`reload: ${String(error)}`)
    }
    state.reloading.delete(index)
    await sleep(reloadEveryMs, undefined, { signal: context.signal }).catch(() => undefined)
  }
}

async function sampleRss(context: BenchContext, state: SoakState): Promise<number[]> {
  const every = Math.max(50, (context.settings.minutes * 60_000) / samples)
  const values: number[] = []
  while (goesOn(context, state)) {
    values.push(process.memoryUsage.rss())
    if (values.length % 10 === 0) context.note(`  soak: ${(values.at(-1)! / 2 ** 20).toFixed(0)} MiB, ${state.answered} answers, ${state.failures.length} failures`)
    await sleep(every, undefined, { signal: context.signal }).catch(() => undefined)
  }
  return values
}
