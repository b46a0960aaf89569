import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'

/** `openledger publish` */
export function publishCommand(context: CommandContext, program: Command): void {
  const command = program
    .command('publish')
    .summary('sign a finished run and register its adapter')
    .description('Signs a finished run with the trainer’s key (--as, by default "builder"), has the node write the manifest that auditors read, and registers the adapter with its lineage on the chain.')
    .argument('<run>', 'the run’s name or id')
  examples(command, [['openledger publish plants', 'the run "plants"']])
  runs(context, command, async ({ options, args, output, session }) => {
    const { publish } = await import('../verbs/publish.ts')
    const [run] = args as [string]
    const published = await publish(await session(), { run, trainer: options.as ?? 'builder' })
    if (!published.isNew) output.line('it was published before')
    output.field('adapter', published.adapterId)
    output.field('manifest', published.manifest)
    output.line(`next: openledger deploy ${published.name} --input-price 0.5 --output-price 1`)
    output.result(published)
  })
}
