import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { datanetNumber } from './optionValues.ts'

/** `openledger seal` */
export function sealCommand(context: CommandContext, program: Command): void {
  const command = program
    .command('seal')
    .summary('seal a snapshot of a datanet on the chain')
    .description('Seals the accepted and revealed records of a datanet as its next version: the node puts the snapshot together, the owner (--as, by default the key "operator") checks and signs it, the chain keeps its root.')
    .requiredOption('--datanet <id>', 'the number of the datanet', datanetNumber)
  examples(command, [['openledger seal --datanet 2', 'as its owner, the key "operator"']])
  runs<{ datanet: bigint }>(context, command, async ({ options, output, session }) => {
    const { seal } = await import('../verbs/seal.ts')
    const sealed = await seal(await session(), { datanetId: options.datanet, owner: options.as ?? 'operator' })
    const { snapshotId, recordCount, contributorCount, isNew } = sealed
    if (!isNew) output.line('nothing is new since the last snapshot')
    output.field('snapshot', snapshotId)
    output.field('holds', `${recordCount} records of ${contributorCount} contributors`)
    output.result(sealed)
  })
}
