import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { wholeNumber, wordList } from './optionValues.ts'

type SensitivityOptions = { honest: number; thorough: number; lies: number; quick?: boolean; maxTokens: number; epochs: number; recordLimit: number; variant?: string; otherVariants: string[]; threads: number; work: string; save?: string }

/** `openledger bench sensitivity` */
export function sensitivityBenchCommand(context: CommandContext, bench: Command): void {
  const command = bench
    .command('sensitivity')
    .summary('which lies of a node each test finds')
    .description('Trains adapters, has nodes of one CPU build answer honestly and in each way of lying, and judges the answers by executing them again under the same build, and by margins and fingerprints of activations under others. Thresholds are set by the honest answers, at one false alarm in ten thousand.')
    .option('--honest <n>', 'honest answers', wholeNumber(1), 10_000)
    .option('--thorough <n>', 'of these, judged by every test under every build', wholeNumber(1), 600)
    .option('--lies <n>', 'answers for each kind of lie', wholeNumber(1), 200)
    .option('--quick', 'few answers and a short training; shows that everything runs')
    .option('--max-tokens <n>', 'longest answer', wholeNumber(2), 64)
    .option('--epochs <n>', 'passes of training', wholeNumber(1), 10)
    .option('--record-limit <n>', 'records of each adapter', wholeNumber(4), 1_000)
    .option('--variant <name>', 'CPU build that answers; by default the best for this processor')
    .option('--other-variants <names>', 'CPU builds that judge', wordList, ['haswell', 'sse42'])
    .option('--threads <n>', 'threads for each model', wholeNumber(1), 1)
    .option('--work <folder>', 'where adapters and answers are kept; a run that was broken off goes on', path.join(tmpdir(), 'openledger-bench-sensitivity'))
    .option('--save <file>', 'writes all figures as JSON')
  examples(command, [
    ['openledger bench sensitivity', 'about half an hour of one core'],
    ['openledger bench sensitivity --honest 1000 --lies 50', 'coarser figures, sooner'],
  ])
  runs<SensitivityOptions>(context, command, async ({ options, output }) => {
    const { sensitivityBench } = await import('../bench/sensitivity/sensitivityBench.ts')
    const { save, quick, variant, ...rest } = options
    const small = quick ? { honest: 200, thorough: 100, lies: 4, epochs: 1, recordLimit: 16, maxTokens: 8 } : {}
    const report = await sensitivityBench({ ...rest, ...small, variant }, output)
    if (save !== undefined) writeFileSync(save, `${JSON.stringify(report, null, 2)}\n`)
    output.result(report)
    return report.analysis.honest.exactWrong + report.analysis.honest.calledWrong > 0 ? 1 : 0
  })
}
