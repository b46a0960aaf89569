import { Option, type Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { datanetNumber, hash } from './optionValues.ts'

type ExportOptions = { format: 'jsonl' | 'csv' | 'croissant' | 'card'; snapshot?: `0x${string}`; out?: string; language: string }

/** `openledger datanet export` */
export function datanetExportCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('export')
    .summary('write a sealed snapshot as a dataset')
    .description('Writes the records of a sealed snapshot with their provenance: as JSON Lines or CSV, or their description as Croissant metadata or as a dataset card.')
    .argument('<datanet>', 'the number of the datanet', datanetNumber)
    .addOption(new Option('--format <format>', 'what to write').choices(['jsonl', 'csv', 'croissant', 'card']).default('jsonl'))
    .option('--snapshot <id>', 'which snapshot; by default the latest', hash)
    .option('--language <tag>', 'the language of the records (BCP 47), for croissant and card', 'en')
    .option('--out <file>', 'where to write; by default to standard output')
  examples(command, [
    ['openledger datanet export 1 --out records.jsonl', 'the latest snapshot as JSON Lines'],
    ['openledger datanet export 1 --format card', 'a dataset card in Markdown'],
  ])
  runs<ExportOptions>(context, command, async ({ options, args, output, session }) => {
    const { exportSnapshot } = await import('../verbs/exportSnapshot.ts')
    const [datanetId] = args as [bigint]
    const { snapshotId, recordCount, text } = await exportSnapshot(await session(), { datanetId, ...options })
    if (options.out === undefined) {
      if (output.json) output.result({ snapshotId, recordCount, text })
      else context.streams.stdout(text)
      return
    }
    const { writeFile } = await import('node:fs/promises')
    await writeFile(options.out, text)
    output.line(`${recordCount} records of snapshot ${snapshotId} are in ${options.out}`)
    output.result({ snapshotId, recordCount, file: options.out })
  })
}
