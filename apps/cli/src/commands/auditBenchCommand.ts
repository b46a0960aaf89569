import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { wholeNumber } from './optionValues.ts'

type AuditBenchOptions = { answers: number; quick?: boolean; records?: string; recordLimit: number; epochs: number; maxTokens: number; drillDowns: number; variant?: string; otherVariant: string; threads: number; work: string; save?: string }

/** `openledger bench audit` */
export function auditBenchCommand(context: CommandContext, bench: Command): void {
  const command = bench
    .command('audit')
    .summary('recompute many answers under another CPU build')
    .description('Trains an adapter of several contributors, attributes many answers under one CPU build of ggml and audits them under another: the shares must be identical, and the query vectors come out exactly or within the tolerance. Ranks the records behind some answers by fingerprints and by gradients too.')
    .option('--answers <n>', 'answers to attribute and audit', wholeNumber(1), 1000)
    .option('--quick', 'few answers over few records; shows that everything runs')
    .option('--records <file>', 'JSON lines of contributor, prompt, completion; by default the sample datanet')
    .option('--record-limit <n>', 'records taken', wholeNumber(4), 300)
    .option('--epochs <n>', 'passes of training', wholeNumber(1), 20)
    .option('--max-tokens <n>', 'longest answer', wholeNumber(1), 32)
    .option('--drill-downs <n>', 'answers whose records are ranked by fingerprints and by gradients', wholeNumber(1), 40)
    .option('--variant <name>', 'CPU build that makes the answers; by default the best for this processor')
    .option('--other-variant <name>', 'CPU build that audits them', 'haswell')
    .option('--threads <n>', 'threads for the model', wholeNumber(1), 1)
    .option('--work <folder>', 'where adapter and answers are kept; a run that was broken off goes on', path.join(tmpdir(), 'openledger-bench-audit'))
    .option('--save <file>', 'writes all figures as JSON')
  examples(command, [
    ['openledger bench audit', 'a thousand answers; about twenty minutes on one core'],
    ['openledger bench audit --answers 50 --other-variant x64', 'fewer, against the plainest build'],
  ])
  runs<AuditBenchOptions>(context, command, async ({ options, output }) => {
    const { auditBench } = await import('../bench/audit/auditBench.ts')
    const { save, quick, records, variant, ...rest } = options
    const small = quick ? { answers: 3, recordLimit: 12, epochs: 1, maxTokens: 6, drillDowns: 2 } : {}
    const report = await auditBench({ ...rest, ...small, records, variant }, output)
    if (save !== undefined) writeFileSync(save, `${JSON.stringify(report, null, 2)}\n`)
    output.result(report)
    return report.results.some(({ checks }) => checks.some((c) => 'atLeast' in c && c.value < c.atLeast)) ? 1 : 0
  })
}
