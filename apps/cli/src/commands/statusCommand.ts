import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { oneLine, shortId, when, whose } from './format.ts'

/** `openledger status` */
export function statusCommand(context: CommandContext, program: Command): void {
  const command = program.command('status').summary('show what the node holds').description('Shows the state of the node and its chain, the datanets, runs, models and what everybody has earned.')
  examples(command, [
    ['openledger status', 'of the node of this data folder'],
    ['openledger status --url http://127.0.0.1:7800 --json', 'of another one, for programs'],
  ])
  runs(context, command, async ({ output, session }) => {
    const { formatOpen } = await import('@openledger/protocol')
    const { readStatus } = await import('../verbs/readStatus.ts')
    const { node, datanets, runs: trained, deployments, balances, data } = await readStatus(await session())
    const { chain, counts, totals } = node
    const open = (amount: string): string => formatOpen(BigInt(amount))
    output.field('data folder', data)
    output.field('node', `${node.version}, since ${when(node.startedAt)}`)
    output.field('chain', `${chain.chainId}, block ${chain.block}${chain.reachable ? '' : ', away'}${chain.indexedBlock < chain.block ? `, read up to ${chain.indexedBlock}` : ''}`)
    output.field('holds', Object.entries(counts).map(([name, count]) => `${count} ${name}`).join(', '))
    output.field('fees', `${open(totals.fees)} OPEN, ${open(totals.settled)} settled, ${open(totals.claimed)} claimed`)
    if (datanets.length > 0) output.heading('datanets')
    for (const d of datanets) output.line(`  ${d.id}  ${oneLine(d.name, 40)}  ${d.records.accepted} records of ${d.contributors.length} contributors`)
    if (trained.length > 0) output.heading('runs')
    for (const r of trained) output.line(`  ${r.name}  ${r.status}${r.status === 'running' ? ` ${r.step}/${r.steps}` : ''}${r.adapterId === null ? '' : `  adapter ${shortId(r.adapterId)}`}`)
    if (deployments.length > 0) output.heading('models')
    for (const d of deployments) output.line(`  ${d.model}  ${open(d.inputPrice)} + ${open(d.outputPrice)} OPEN for 1,000 tokens in and out${d.active ? '' : ', taken off'}`)
    if (balances.length > 0) output.heading('earned')
    for (const b of balances) output.line(`  ${whose(b.name, b.payee)}  ${open(b.final)} OPEN, ${open(b.claimable)} to claim${b.pending === '0' ? '' : `, ${open(b.pending)} not final yet`}`)
    output.result({ data, node, datanets, runs: trained, deployments, balances })
  })
}
