import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { wholeNumber } from './optionValues.ts'

type NetworkBenchFlags = { nodes: number; kills: number; quiet: number; maxTokens: number; threads: number; save?: string }

/** `openledger bench network` */
export function networkBenchCommand(context: CommandContext, bench: Command): void {
  const command = bench
    .command('network')
    .summary('kill nodes in the middle of their answers')
    .description('Starts a gateway and nodes in processes of their own on this machine, kills the node that answers again and again, and checks by audits that every answer is whole and token for token the one that its seed gives. Prints what a kill adds to the longest pause.')
    .option('--nodes <n>', 'nodes that join', wholeNumber(2), 4)
    .option('--kills <n>', 'nodes killed in the middle of an answer', wholeNumber(1), 50)
    .option('--quiet <n>', 'answers that nobody disturbs, to compare with', wholeNumber(1), 40)
    .option('--max-tokens <n>', 'longest answer', wholeNumber(20), 200)
    .option('--threads <n>', 'threads for each node’s engine', wholeNumber(1), 1)
    .option('--save <file>', 'writes all figures as JSON')
  examples(command, [
    ['openledger bench network', 'fifty kills among four nodes; about ten minutes on two cores'],
    ['openledger bench network --kills 3 --quiet 5', 'shows that everything runs'],
  ])
  runs<NetworkBenchFlags>(context, command, async ({ options, output }) => {
    const { networkBench } = await import('../bench/network/networkBench.ts')
    const { exitCodes } = await import('../output/exitCode.ts')
    const { save, ...settings } = options
    const report = await networkBench(settings, output)
    const ms = (value: number): string => `${value.toFixed(1)} ms`
    const { quietFirstTokenMs: first, quietPauseMs: pause, addedMs: added } = report
    output.field('exact answers', `${report.exact} of ${report.kills} whose node was killed`)
    output.field('first token', `median ${ms(first.median)}, p99 ${ms(first.p99)}, undisturbed`)
    output.field('between tokens', `median ${ms(pause.median)}, p99 ${ms(pause.p99)}, undisturbed`)
    output.field('a kill adds', `median ${ms(added.median)}, p99 ${ms(added.p99)}, most ${ms(added.most)}`)
    output.field('p99 of that', `${report.addedInFirstTokens.toFixed(2)} × the median time to the first token`)
    for (const fault of report.faults) output.line(fault)
    if (save !== undefined) writeFileSync(save, `${JSON.stringify(report, null, 2)}\n`)
    output.result(report)
    if (report.exact < report.kills) process.exitCode = exitCodes.falseClaim
  })
}
