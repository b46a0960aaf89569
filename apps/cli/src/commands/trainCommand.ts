import { Option, type Command } from 'commander'
import type { RunView } from '@openledger/sdk'
import type { Output } from '../output/Output.ts'
import { runProgress } from '../output/runProgress.ts'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { datanetNumber, hash } from './optionValues.ts'
import { recipeOf, recipeOptions, type RecipeOptions } from './recipeOptions.ts'

type TrainOptions = RecipeOptions & { name?: string; datanet?: bigint; snapshot?: `0x${string}`[]; method?: string; licence?: string; detach?: boolean; stop?: string }

function show(output: Output, run: RunView): void {
  output.field('run', `${run.name} (${run.id})`)
  output.field('status', run.status)
  output.field('steps', `${run.step} of ${run.steps}`)
  if (run.baseLoss !== null && run.tunedLoss !== null) output.field('loss', `base ${run.baseLoss.toFixed(3)}, tuned ${run.tunedLoss.toFixed(3)} nats a token on its records`)
  if (run.adapterId !== null) output.field('adapter', run.adapterId)
  if (run.status === 'done') output.line(`next: openledger publish ${run.name}`)
  output.result(run)
}

/** `openledger train` */
export function trainCommand(context: CommandContext, program: Command): void {
  const command = program
    .command('train')
    .summary('train an adapter on sealed snapshots')
    .description('Trains a LoRA adapter at the node on the latest snapshot of a datanet, or on the snapshots that are named, in the name of the trainer (--as, by default the key "builder"). It goes on at the node when this command is interrupted; the same call follows it again.')
    .option('--name <name>', 'the run’s name, and the model’s')
    .option('--datanet <id>', 'train on the latest snapshot of this datanet', datanetNumber)
    .option('--snapshot <id...>', 'train on these snapshots', (text: string, before: `0x${string}`[] | undefined) => [...(before ?? []), hash(text)])
    .addOption(new Option('--method <name>', 'how the influence of contributors is found; by default by their number').choices(['trajectory', 'responses', 'responses-subsampled', 'coalitions']))
    .option('--licence <spdx>', 'the licence under which the adapter is passed on; every datanet’s terms must allow it (default: Apache-2.0)')
    .option('--detach', 'do not wait for the end')
    .option('--stop <run>', 'stop a run, by name or id')
  recipeOptions(command)
  examples(command, [
    ['openledger train --datanet 2 --name plants', 'with the default recipe'],
    ['openledger train --datanet 2 --name plants-2 --epochs 40 --rank 16 --detach', 'another recipe; do not wait'],
    ['openledger train --stop plants-2', 'stop it'],
  ])
  runs<TrainOptions>(context, command, async ({ options, output, session }) => {
    const { fail } = await import('@openledger/protocol')
    const { train } = await import('../verbs/train.ts')
    const { stopRun } = await import('../verbs/stopRun.ts')
    const { Progress } = await import('../output/Progress.ts')
    const recipe = await recipeOf(options)
    const open = await session()
    if (options.stop !== undefined) return show(output, await stopRun(open, options.stop))
    const name = options.name ?? fail('NO_NAME', 'the run needs a name', { field: '--name', fix: 'name it with --name' })
    const { datanet: datanetId, snapshot: snapshotIds, method, licence, detach } = options
    const progress = new Progress(output, name)
    try {
      const onProgress = (run: RunView): void => progress.update(runProgress(run))
      const run = await train(open, { name, datanetId, snapshotIds, trainer: options.as ?? 'builder', recipe, method, licence, detach, onProgress })
      progress.stop()
      show(output, run)
    } finally {
      progress.stop()
    }
  })
}
