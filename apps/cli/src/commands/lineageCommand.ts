import type { Command } from 'commander'
import { runs, type CommandContext } from './CommandContext.ts'
import { examples } from './examples.ts'
import { shortId, when } from './format.ts'

/** `openledger lineage` */
export function lineageCommand(context: CommandContext, program: Command): void {
  const command = program
    .command('lineage')
    .summary('from an adapter or an answer down to its records')
    .description('Reads from the chain what an adapter was trained on: base, trainer, licence, and for each snapshot its record root, its datanet and what its contributors allow; and whether records were revoked since, and when that freezes the adapter.')
    .argument('<adapter|receipt>', 'an adapter’s id, or a receipt’s id or its beginning')
  examples(command, [
    ['openledger lineage 0x1a2b3c', 'of the model that gave this answer'],
    ['openledger lineage 0x1a2b3c --json', 'for programs'],
  ])
  runs(context, command, async ({ args, output, session }) => {
    const { readConsent, toJson } = await import('@openledger/protocol')
    const { lineage } = await import('../verbs/lineage.ts')
    const [subject] = args as [string]
    const found = await lineage(await session(), subject)
    const { revokedRecords, freezeAt } = found.revocations
    output.field('adapter', found.adapterId)
    output.field('base', found.baseId)
    output.field('trained by', `${found.trainer}, run ${shortId(found.runId)}, registered ${when(Number(found.registeredAt))}`)
    output.field('licence', found.licence)
    output.field('sale of answers', found.isPaidUseAllowed ? 'allowed by all contributors' : 'not allowed')
    output.field('revoked records', revokedRecords === 0 ? 'none were shown' : `${revokedRecords}${freezeAt === 0 ? '; the adapter goes on' : `; the adapter is frozen from ${when(freezeAt)} on`}`)
    const consent = (source: (typeof found.sources)[number]): string => {
      const { training, sold, kept } = readConsent(source.consent)
      return `${training}${sold ? ', sale' : ''}${kept ? ', kept when revoked' : ''}`
    }
    output.table(['datanet', 'snapshot', 'version', 'records', 'by', 'record root', 'training by', 'revoked'], found.sources.map((s) => [String(s.datanetId), shortId(s.snapshotId), String(s.number), String(s.recordCount), String(s.contributorCount), s.recordsRoot, consent(s), String(s.revokedRecords)]))
    output.result(toJson(found))
  })
}
