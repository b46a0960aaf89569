import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { when } from './format.ts'

/** `openledger govern list` */
export function governListCommand(context: CommandContext, parent: Command): void {
  const command = parent.command('list').summary('who governs, the parameters, all proposals').description('Shows the timelock, the governor and the guardian, the parameters in force, and every proposal with its state and votes, as the chain has them.')
  examples(command, [['openledger govern list --json', 'the same for programs']])
  runs(context, command, async ({ output, session }) => {
    const { formatOpen } = await import('@openledger/protocol')
    const { readGovernance, readParameters, readProposals } = await import('@openledger/sdk')
    const { showCall } = await import('../verbs/showCall.ts')
    const { reader } = await session()
    const [governance, parameters, proposals] = await Promise.all([readGovernance(reader), readParameters(reader), readProposals(reader)])
    output.field('governor', governance.governor)
    output.field('timelock', `${governance.timelock}, ${governance.timelockDelay} s`)
    output.field('guardian', /^0x0+$/.test(governance.guardian) ? 'nobody' : governance.guardian)
    if (governance.pausedUntil > 0n) output.field('paused until', when(Number(governance.pausedUntil)))
    for (const [name, value] of Object.entries(parameters)) output.field(name, typeof value === 'bigint' ? `${formatOpen(value)} OPEN` : String(value))
    if (proposals.length === 0) output.line('there are no proposals')
    for (const proposal of proposals) {
      output.field('proposal', `${proposal.id}: ${proposal.description}`)
      output.field('state', `${proposal.state}; for ${formatOpen(proposal.inFavour)}, against ${formatOpen(proposal.against)}, abstain ${formatOpen(proposal.abstaining)}${proposal.quorum === null ? '' : `, quorum ${formatOpen(proposal.quorum)}`}`)
      output.field('vote', `${when(Number(proposal.voteStart))} to ${when(Number(proposal.voteEnd))}`)
      if (proposal.executableAt > 0n) output.field('after', when(Number(proposal.executableAt)))
      for (const call of proposal.calls) output.field('call', showCall(call))
    }
    output.result({ governance, parameters, proposals })
  })
}
