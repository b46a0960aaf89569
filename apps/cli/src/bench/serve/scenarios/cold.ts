import { adapterBytes } from '@openledger/engine'
import { queryValue8 } from '../material/AdapterKind.ts'
import { median } from '../measure/quantile.ts'
import { firstTokenMs, type RequestTrace } from '../measure/RequestTrace.ts'
import { runClosed, sendTraced } from '../measure/runLoad.ts'
import type { BenchRequest } from '../workload/BenchRequest.ts'
import { RandomStream } from '../workload/RandomStream.ts'
import { randomPrompt } from '../workload/randomPrompt.ts'
import { checkAnswered } from './alternate.ts'
import type { BenchContext, Scenario } from './BenchContext.ts'

const adapters = 64
const windowSlots = 8
/** Fewer clients than slots: what is measured is loading, not waiting for a slot that others use. */
const busyClients = 4

/** Requests for adapters that are not where steps compute, from memory and from disk, beside requests for those that are. */
export const cold: Scenario = {
  name: 'cold',
  about: `first token with ${adapters} adapters on ${windowSlots} slots of the window`,
  async run(context) {
    const fromMemory = await measureTier(context, 2 ** 30, 'memory')
    const fromDisk = await measureTier(context, 0, 'disk')
    const { promptTokens, rounds } = context.settings
    return {
      scenario: cold.name,
      about: cold.about,
      workload: { adapters: `${adapters} ${queryValue8.name}`, slots: windowSlots, 'prompt tokens': promptTokens, rounds, 'clients when busy': busyClients },
      figures: [...fromMemory.figures, ...fromDisk.figures],
      checks: [
        { name: 'memory to window', value: fromMemory.loadMs, unit: 'ms', atMost: 5 },
        { name: 'disk to window', value: fromDisk.loadMs, unit: 'ms', atMost: 50 },
        { name: 'first token from memory ÷ warm, one client', value: fromMemory.ratio, unit: '', atMost: 1.3 },
        { name: `first token from memory ÷ warm, ${busyClients} clients`, value: fromMemory.busyRatio, unit: '', atMost: 1.3 },
      ],
      remarks: ['Load times are what the engine says of its latest loads (median; those promised are without other load), the disk’s with reading, checking the content hash and placing; first tokens are timed by the caller.'],
    }
  },
}

type Tier = { figures: { name: string; unit: string; values: number[] }[]; loadMs: number; ratio: number; busyRatio: number }

async function measureTier(context: BenchContext, hostBytes: number, tier: 'memory' | 'disk'): Promise<Tier> {
  const { settings, signal, note } = context
  note(`cold, ${tier}: making and registering ${adapters} adapters`)
  const bytes = windowSlots * adapterBytes(context.files.make(queryValue8, 0))
  const target = await context.open({ adapterBytes: bytes, hostAdapterBytes: hostBytes }, { kind: queryValue8, count: adapters })
  try {
    const request = (adapter: number, stream: number): BenchRequest => ({ adapter, prompt: randomPrompt(settings.promptTokens, settings.shape.vocabulary, settings.seed, stream), outputTokens: 2 })
    const [missed, warm]: [number[], number[]] = [[], []]
    let stream = 0
    // Round by round through all adapters, so that what was used last is eight others ago; each is asked for a second time at once.
    for (let round = 0; round <= settings.rounds; round++) {
      for (let adapter = 0; adapter < adapters; adapter++) {
        const [first, second] = [await sendTraced(target, request(adapter, stream++), signal), await sendTraced(target, request(adapter, stream++), signal)]
        signal.throwIfAborted()
        checkAnswered(`cold, ${tier}`, [first, second])
        // The first round builds graphs.
        if (round === 0) continue
        missed.push(firstTokenMs(first)!)
        warm.push(firstTokenMs(second)!)
      }
    }
    const latestLoads = async (): Promise<number[]> => (await target.host.adapterStats()).loadMs[tier === 'memory' ? 'host' : 'disk']
    const loads = await latestLoads()
    const busyWarm = await busy(context, target, windowSlots)
    const busyCold = await busy(context, target, adapters)
    const ratio = median(missed) / median(warm)
    const busyRatio = median(busyCold) / median(busyWarm)
    note(`  ${tier}: cold ${median(missed).toFixed(1)} ms, warm ${median(warm).toFixed(1)} ms`)
    const figure = (name: string, unit: string, values: number[]): Tier['figures'][number] => ({ name: `${tier}, ${name}`, unit, values })
    return {
      figures: [
        figure('load to the window', 'ms', loads),
        figure(`load to the window, ${busyClients} clients`, 'ms', await latestLoads()),
        figure('first token cold, one client', 'ms', missed),
        figure('first token warm, one client', 'ms', warm),
        figure('cold ÷ warm, one client', '', [ratio]),
        figure(`first token, ${busyClients} clients on ${adapters} adapters`, 'ms', busyCold),
        figure(`first token, ${busyClients} clients on ${windowSlots} adapters`, 'ms', busyWarm),
        figure(`${adapters} ÷ ${windowSlots} adapters, ${busyClients} clients`, '', [busyRatio]),
      ],
      loadMs: median(loads),
      ratio,
      busyRatio,
    }
  } finally {
    await target.close()
  }
}

/** First-token times of a closed loop whose requests are spread evenly over some adapters. */
async function busy({ settings, signal }: BenchContext, target: Parameters<typeof runClosed>[0], count: number): Promise<number[]> {
  const { promptTokens, answerTokens, shape, seed, seconds } = settings
  const random = new RandomStream(seed, 8000 + count)
  function* requests(): Generator<BenchRequest> {
    for (let index = 0; ; index++) yield { adapter: random.integer(0, count), prompt: randomPrompt(promptTokens, shape.vocabulary, seed + 1, index), outputTokens: Math.max(2, Math.floor(answerTokens / 4)) }
  }
  const { traces } = await runClosed(target, requests(), busyClients, { signal, stopAfterMs: seconds * 1000 })
  const answered = traces.filter((trace: RequestTrace) => trace.outcome !== 'stopped')
  checkAnswered(`cold, ${count} adapters`, answered)
  return answered.map((trace) => firstTokenMs(trace)!)
}
