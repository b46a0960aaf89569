import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Command, Option } from 'commander'
import type { KvType } from '@openledger/engine'
import { attributionBenchCommand } from './attributionBenchCommand.ts'
import { auditBenchCommand } from './auditBenchCommand.ts'
import type { CommandContext } from './CommandContext.ts'
import { killsBenchCommand } from './killsBenchCommand.ts'
import { networkBenchCommand } from './networkBenchCommand.ts'
import { runs } from './CommandContext.ts'
import { sensitivityBenchCommand } from './sensitivityBenchCommand.ts'
import { examples } from './examples.ts'
import { positiveNumber, wholeNumber, wordList } from './optionValues.ts'

type ServeOptions = {
  scenario?: string[]
  quick?: boolean
  llamaServer?: string
  work: string
  save?: string
  f16?: boolean
  threads?: number
  clients?: number
  rounds?: number
  seconds?: number
  minutes?: number
  adapters?: number
  promptTokens?: number
  answerTokens?: number
  alpha?: number
  cv?: number
  rate?: number
  firstTokenMs?: number
  kv?: KvType
  device?: string
  plainWeights?: boolean
  seed?: number
}

/** `openledger bench serve` */
export function benchCommand(context: CommandContext, program: Command): void {
  const bench = program.command('bench').summary('measure this machine').description('Measures what this machine does, on models that the benchmark makes itself.')
  examples(bench, [['openledger bench serve --quick', 'a few seconds over a tiny model: shows that everything runs']])
  auditBenchCommand(context, bench)
  attributionBenchCommand(context, bench)
  killsBenchCommand(context, bench)
  networkBenchCommand(context, bench)
  sensitivityBenchCommand(context, bench)
  const serve = bench
    .command('serve')
    .summary('measure serving with many adapters')
    .description('Makes a 135 M Llama of random weights and random adapters, serves them and prints throughput, latency, fairness and memory, with what the project promises beside it.')
    .option('--scenario <names>', 'only these: throughput, punica, flatness, llama.cpp, cold, s-lora, fairness, overload, soak', wordList)
    .option('--quick', 'a tiny model and short runs; the figures mean nothing')
    .option('--llama-server <path>', 'a built server of llama.cpp to compare with, on the same model file')
    .option('--work <folder>', 'where model and adapters are kept between runs', path.join(tmpdir(), 'openledger-bench'))
    .option('--save <file>', 'writes all figures as JSON')
    .option('--f16', 'the model in F16 instead of Q8_0')
    .addOption(new Option('--kv <type>', 'element type of the attention cache').choices(['F16', 'F32', 'Q8_0'] satisfies KvType[]))
    .option('--device <name>', 'what computes: cpu, cuda, vulkan, metal or auto')
    .option('--plain-weights', 'weights in plain memory even where the processor has faster (AMX), for llama.cpp too')
    .option('--threads <n>', 'threads to compute with', wholeNumber(1))
    .option('--clients <n>', 'clients, and sequences computed at once', wholeNumber(1))
    .option('--rounds <n>', 'rounds per figure, of which the median counts', wholeNumber(1))
    .option('--seconds <n>', 'length of a timed run', positiveNumber)
    .option('--minutes <n>', 'length of the soak run', positiveNumber)
    .option('--adapters <n>', 'adapters in the flatness scenario and in S-LoRA’s workload', wholeNumber(5))
    .option('--prompt-tokens <n>', 'tokens of a prompt', wholeNumber(1))
    .option('--answer-tokens <n>', 'tokens of an answer', wholeNumber(2))
    .option('--alpha <x>', 'S-LoRA: exponent of the popularity', positiveNumber)
    .option('--cv <x>', 'S-LoRA: coefficient of variation of the arrivals', positiveNumber)
    .option('--rate <x>', 'S-LoRA: requests a second', positiveNumber)
    .option('--first-token-ms <n>', 'bound on the time to the first token', wholeNumber(1))
    .option('--seed <n>', 'seed of model, adapters and workloads', wholeNumber())
  examples(serve, [
    ['openledger bench serve', 'all scenarios; about an hour, half of it the soak run'],
    ['openledger bench serve --scenario throughput,punica', 'only these'],
    ['openledger bench serve --llama-server ./llama-server --scenario llama.cpp', 'against llama.cpp'],
    ['openledger bench serve --scenario s-lora --alpha 0.5 --cv 2 --rate 4', 'S-LoRA’s workload with other parameters'],
  ])
  runs<ServeOptions>(context, serve, async ({ options, output }) => {
    const { serveBench } = await import('../bench/serve/serveBench.ts')
    const { settingsOf } = await import('../bench/serve/settingsOf.ts')
    const { scenario, work, save, f16, kv, device, plainWeights, llamaServer, quick, threads, clients, rounds, seconds, minutes, adapters, promptTokens, answerTokens, alpha, cv, rate, firstTokenMs, seed } = options
    const settings = settingsOf({ quick, threads, clients, rounds, seconds, minutes, adapters, promptTokens, answerTokens, alpha, cv, rate, firstTokenMs, seed, llamaServer, kvType: kv, device, extraBuffers: plainWeights ? 'off' : undefined })
    const stop = new AbortController()
    const interrupt = (): void => stop.abort()
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
    try {
      const report = await serveBench({ settings, type: f16 ? 'F16' : 'Q8_0', work, scenarios: scenario ?? [], signal: stop.signal, output })
      if (save !== undefined) writeFileSync(save, `${JSON.stringify(report, null, 2)}\n`)
      output.result(report)
      return report.stopped ? 130 : 0
    } finally {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    }
  })
}
