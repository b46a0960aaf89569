import { fail } from '@openledger/protocol'
import { queryValue8 } from '../material/AdapterKind.ts'
import { OtherLoad } from '../measure/OtherLoad.ts'
import { median } from '../measure/quantile.ts'
import type { RequestTrace } from '../measure/RequestTrace.ts'
import type { Check, Figure } from '../report/ScenarioResult.ts'
import { startLlamaServer } from '../targets/startLlamaServer.ts'
import { alternate, ratios, type Variant, type VariantResult } from './alternate.ts'
import type { BenchContext, Scenario } from './BenchContext.ts'
import { equalRequests } from './equalRequests.ts'

const promised: Readonly<Record<number, number>> = { 8: 2.5, 32: 4 }
const comparedTokens = 8

/** This engine against llama.cpp's server: the same model file and adapters, the same threads, in turn within one run. */
export const llamaServer: Scenario = {
  name: 'llama.cpp',
  about: 'against llama.cpp’s server on the same model file',
  async run(context) {
    const { settings } = context
    const { rounds, promptTokens, answerTokens, threads, kvType } = settings
    if (settings.llamaServer === undefined) fail('LLAMA_SERVER', 'this scenario needs a built server of llama.cpp', { field: 'llama-server', fix: 'give its path with --llama-server' })
    const sizes = [...new Set([Math.min(8, settings.clients), settings.clients])]
    const parts: Part[] = []
    for (const clients of sizes) parts.push(await compare(context, settings.llamaServer, clients))
    return {
      scenario: llamaServer.name,
      about: llamaServer.about,
      workload: { clients: sizes.join(' and '), rounds, 'prompt tokens': promptTokens, 'answer tokens': answerTokens, threads, adapters: queryValue8.name, 'cache type': kvType, server: parts[0]!.version },
      figures: parts.flatMap((part) => part.figures),
      checks: parts.flatMap((part) => part.checks),
      remarks: [
        ...parts.flatMap((part) => part.remarks),
        'llama.cpp’s server answers whole over HTTP, which costs it least; this engine streams every token to the calling thread.',
        `Its arguments: ${parts.map((part) => part.command).join(' | ')}`,
      ],
    }
  },
}

type Part = { figures: Figure[]; checks: Check[]; remarks: string[]; version: string; command: string }

async function compare(context: BenchContext, program: string, clients: number): Promise<Part> {
  const { settings, signal, model, files, note } = context
  const { promptTokens, answerTokens, threads } = settings
  note(`llama.cpp, ${clients} clients: starting both servers`)
  const adapters = Array.from({ length: clients }, (_, index) => files.gguf(queryValue8, index))
  const server = await startLlamaServer({ program, model, adapters, threads, slots: clients, positions: promptTokens + answerTokens, kvType: settings.kvType, extraBuffers: settings.extraBuffers, signal })
  try {
    const target = await context.open({ slots: clients }, { kind: queryValue8, count: clients })
    try {
      const variant = (name: string, of: Variant['target'], adapterOf: (index: number) => number | null): Variant => ({
        name: `${clients} clients, ${name}, ${of.name}`,
        target: of,
        clients,
        requests: (round) => equalRequests(settings, Array.from({ length: clients }, (_, index) => adapterOf(index)), round),
      })
      const both = (name: string, adapterOf: (index: number) => number | null): Variant[] => [variant(name, target, adapterOf), variant(name, server.target, adapterOf)]
      const others = new OtherLoad([server.pid])
      const [ourBase, theirBase, ours, theirs] = (await alternate(context, [...both('base only', () => null), ...both(`${clients} adapters`, (index) => index)])) as [VariantResult, VariantResult, VariantResult, VariantResult]
      const [onBase, onAdapters] = [ratios(ourBase, theirBase), ratios(ours, theirs)]
      const promise = promised[clients]
      return {
        figures: [
          ...[ourBase, theirBase, ours, theirs].map(({ name, rates }) => ({ name, unit: 'tokens/s', values: rates })),
          { name: `${clients} clients, base only, ours ÷ theirs`, unit: '', values: onBase },
          { name: `${clients} clients, ${clients} adapters, ours ÷ theirs`, unit: '', values: onAdapters },
        ],
        checks: [
          { name: `${clients} clients: base only, ours ÷ theirs`, value: median(onBase), unit: '', atLeast: 0.95 },
          // Two servers that do the same work choose mostly the same tokens; numerics differ, so not always.
          ...[ourBase, ours].map((mine, index) => ({ name: `${clients} clients: answers that begin alike, ${index === 0 ? 'base' : 'adapters'}`, value: alike(mine.traces, [theirBase, theirs][index]!.traces), unit: '', atLeast: 0.5 })),
          ...(promise === undefined ? [] : [{ name: `${clients} clients: ${clients} adapters, ours ÷ theirs`, value: median(onAdapters), unit: '', atLeast: promise }]),
        ],
        remarks: [`${clients} clients: other programs used ${(100 * others.share()).toFixed(0)} % of the processor meanwhile.`],
        version: server.version,
        command: server.arguments.map((word) => (word === model ? '(model)' : word.includes('.gguf') ? '(adapters)' : word)).join(' '),
      }
    } finally {
      await target.close()
    }
  } finally {
    await server.stop()
  }
}

/** The share of requests whose first tokens both servers chose alike; numerics differ, so it is below 1 even when both do the same. */
function alike(ours: readonly RequestTrace[], theirs: readonly RequestTrace[]): number {
  const start = (trace: RequestTrace): string => (trace.tokens ?? []).slice(0, comparedTokens).join()
  const keyOf = ({ request }: RequestTrace): string => `${request.adapter}:${request.prompt.join()}`
  const known = new Map(theirs.map((trace) => [keyOf(trace), start(trace)]))
  return ours.filter((trace) => known.get(keyOf(trace)) === start(trace)).length / ours.length
}
