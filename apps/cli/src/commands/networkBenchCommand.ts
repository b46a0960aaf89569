import { writeFileSync } from 'node:fs'
import { Option, type Command } from 'commander'
import type { NetworkBenchReport, Spread } from '../bench/network/networkBench.ts'
import type { Output } from '../output/Output.ts'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { wholeNumber } from './optionValues.ts'

type NetworkBenchFlags = { setting?: string; nodes: number; kills?: number; maxTokens?: number; threads: number; save?: string }

const spread = ({ median, p99, most }: Spread): string => `median ${median.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, most ${most.toFixed(1)} ms`

function show(report: NetworkBenchReport, output: Output): void {
  const { setting, kills, exact, tokens, quiet, quietFirstTokenMs, quietPauseMs, killedPauseMs, addedMs, addedInFirstTokens } = report
  output.line(`${setting}: prompts of ${tokens.prompt} tokens, answers of ${tokens.answer}, killed after ${tokens.killedAfter} (medians)`)
  output.field('exact answers', `${exact} of ${kills} whose node was killed`)
  output.field('first token', `${spread(quietFirstTokenMs)}, ${quiet} undisturbed answers`)
  output.field('longest pause', `${spread(quietPauseMs)}, undisturbed`)
  output.field('the same, killed', spread(killedPauseMs))
  output.field('a kill adds', spread(addedMs))
  output.field('p99 of that', `${addedInFirstTokens.toFixed(2)} × the median time to the first token`)
  for (const fault of report.faults) output.line(fault)
}

/** `openledger bench network` */
export function networkBenchCommand(context: CommandContext, bench: Command): void {
  const command = bench
    .command('network')
    .summary('kill nodes in the middle of their answers')
    .description(
      'Starts a gateway and nodes in processes of their own on this machine, kills the node that answers again and again, and checks by audits that every answer is whole and token for token the one that its seed gives. Prints what a kill adds to the longest pause, beside answers in between that nobody disturbs. A killed node starts again when the answer has ended; the next answer waits until all nodes are at rest.',
    )
    .addOption(new Option('--setting <name>', 'what is served: the tiny base with about 600 tokens of conversation, or 135 million random parameters with about 290; default both').choices(['tiny', 'llama-135m']))
    .option('--nodes <n>', 'nodes that join', wholeNumber(2), 4)
    .option('--kills <n>', 'nodes killed in the middle of an answer (default: 50 of tiny, 20 of llama-135m)', wholeNumber(1))
    .option('--max-tokens <n>', 'longest answer (default: 200 of tiny, 96 of llama-135m)', wholeNumber(20))
    .option('--threads <n>', 'threads for each node’s engine', wholeNumber(1), 1)
    .option('--save <file>', 'writes all figures as JSON')
  examples(command, [
    ['openledger bench network', 'both settings; about half an hour on two cores'],
    ['openledger bench network --setting tiny --kills 3', 'shows that everything runs'],
  ])
  runs<NetworkBenchFlags>(context, command, async ({ options, output }) => {
    const { networkBench } = await import('../bench/network/networkBench.ts')
    const { networkSettings } = await import('../bench/network/networkSetting.ts')
    const { exitCodes } = await import('../output/exitCode.ts')
    const { save, nodes, threads } = options
    const reports: NetworkBenchReport[] = []
    for (const setting of networkSettings.filter(({ name }) => options.setting === undefined || options.setting === name)) {
      const { kills = setting.kills, maxTokens = setting.maxTokens } = options
      const report = await networkBench({ setting: { ...setting, maxTokens }, kills, nodes, threads }, output)
      show(report, output)
      reports.push(report)
      if (save !== undefined) writeFileSync(save, `${JSON.stringify(reports, null, 2)}\n`)
      if (report.exact < report.kills) process.exitCode = exitCodes.falseClaim
    }
    output.result(reports)
  })
}
