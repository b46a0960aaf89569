import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { when } from './format.ts'

/** `openledger settle` */
export function settleCommand(context: CommandContext, program: Command): void {
  const command = program
    .command('settle')
    .summary('post an epoch with all paid answers')
    .description('Has the gateway collect the vouchers and post an epoch with all paid answers that no epoch holds yet, and waits until the chain has it. The node also does this by itself from time to time. Needs the operator token of the node’s data folder.')
  examples(command, [['openledger settle', 'now, without waiting for the timer']])
  runs(context, command, async ({ output, session }) => {
    const { formatOpen } = await import('@openledger/protocol')
    const { settle } = await import('../verbs/settle.ts')
    const epoch = await settle(await session())
    if (!epoch) output.line('there is nothing to settle')
    else {
      output.field('epoch', String(epoch.index))
      output.field('answers', String(epoch.receipts))
      output.field('lines', String(epoch.lines))
      output.field('total', `${formatOpen(BigInt(epoch.total))} OPEN`)
      output.field('transaction', epoch.transaction)
      output.field('final at', when(epoch.finalAt))
    }
    output.result(epoch)
  })
}
