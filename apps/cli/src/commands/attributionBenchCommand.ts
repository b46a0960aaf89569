import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { wholeNumber, wordList } from './optionValues.ts'

type Options = { setting?: string[]; records?: string; model?: string; work: string; together: number; save?: string; page?: string }

/** `openledger bench attribution` */
export function attributionBenchCommand(context: CommandContext, bench: Command): void {
  const command = bench
    .command('attribution')
    .summary('hold attribution against real retraining')
    .description('Really retrains adapters without contributors, scores contributors by the product’s methods and by all baselines on the same retrainings, and plays attacks on pay. What was trained is kept, so a run that was broken off goes on.')
    .option('--setting <names>', 'only these: glossary, world, planted, gaming', wordList)
    .option('--records <file>', 'JSON lines of contributor, prompt, completion, for the glossary setting')
    .option('--model <file>', 'base model; by default the project’s own')
    .option('--work <folder>', 'where retrained adapters are kept between runs', path.join(tmpdir(), 'openledger-bench-attribution'))
    .option('--together <n>', 'adapters trained in one pass', wholeNumber(1), 17)
    .option('--save <file>', 'writes all figures and hashes as JSON')
    .option('--page <file>', 'writes the tables with plots as one HTML file')
  examples(command, [
    ['openledger bench attribution --setting world', 'a made-up world, needs no file; about an hour on one core'],
    ['openledger bench attribution --records glossary.jsonl --page attribution.html', 'everything'],
  ])
  runs<Options>(context, command, async ({ options, output }) => {
    const { attributionBench } = await import('../bench/attribution/attributionBench.ts')
    const { setting, records, model, work, together, save, page } = options
    const stop = new AbortController()
    const interrupt = (): void => stop.abort()
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
    try {
      const report = await attributionBench({ settings: setting ?? [], records, model, work, together, signal: stop.signal, output })
      if (save !== undefined) writeFileSync(save, `${JSON.stringify(report, null, 2)}\n`)
      if (page !== undefined) {
        const { attributionPage } = await import('../bench/attribution/report/attributionPage.ts')
        writeFileSync(page, attributionPage(report))
      }
      output.result(report)
    } finally {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    }
  })
}
