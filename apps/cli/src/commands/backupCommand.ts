import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'

/** `openledger backup` */
export function backupCommand(context: CommandContext, program: Command): void {
  const command = program
    .command('backup')
    .summary('copy the data folder, also while its node runs')
    .description('Copies the data folder with its keys. A running node and its chain stand still while the part that changes is copied: what anybody was told before is in the copy. To restore, start on the copy: openledger up --data <folder>.')
    .argument('<folder>', 'where the copy shall be: a folder that does not exist yet')
  examples(command, [['openledger backup /backups/ledger-monday', 'a copy, with the node at work']])
  runs(context, command, async ({ options, args, output }) => {
    const { backUp } = await import('../backup/backUp.ts')
    const done = await backUp({ data: options.data, target: String(args[0]), now: Date.now })
    output.line(`copied to ${done.target}${done.running ? `; node and chain stood still for ${done.pausedMs} ms` : ''}`)
    output.line('It holds keys: keep it as secret as the folder itself.')
    output.result(done)
  })
}
