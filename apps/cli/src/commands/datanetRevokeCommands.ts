import type { Command } from 'commander'
import type { MarkedSnapshot } from '../verbs/markRevoked.ts'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { shortId, when } from './format.ts'
import { datanetNumber, hash } from './optionValues.ts'

const frozen = (freezeAt: number): string => (freezeAt === 0 ? 'go on earning, by the terms that the record was given under' : `are frozen from ${when(freezeAt)}`)

function describe(snapshots: readonly MarkedSnapshot[]): string[] {
  return snapshots.map(({ snapshotId, marks, revokedRecords, freezeAt }) => `snapshot ${shortId(snapshotId)}: ${marks} marked now, ${revokedRecords} in all; adapters trained on it ${frozen(freezeAt)}`)
}

function revokeCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('revoke')
    .summary('take back the consent for a record')
    .description('Takes back what a contributor (--as) allowed with a record of theirs. Later snapshots and answers leave it out; sealed snapshots that hold it are marked on the chain, and with them every adapter that was trained on them. Repeated, it marks what is left.')
    .argument('<datanet>', 'the number of the datanet', datanetNumber)
    .argument('<record>', 'the id of the record', hash)
  examples(command, [[`openledger datanet revoke 1 0x${'ab'.repeat(32)} --as ada`, 'ada takes one of her records back']])
  runs(context, command, async ({ options, args, output, session }) => {
    const { fail } = await import('@openledger/protocol')
    const { revoke } = await import('../verbs/revoke.ts')
    const [datanetId, recordId] = args as [bigint, `0x${string}`]
    const contributor = options.as ?? fail('NO_ACTOR', 'it is not said whose record it is', { field: '--as', fix: 'name the contributor’s key with --as' })
    const result = await revoke(await session(), { datanetId, recordId, contributor })
    output.line(result.isNew ? `record ${shortId(recordId)} is taken back` : `record ${shortId(recordId)} was taken back before`)
    if (result.snapshots.length === 0) output.line('no sealed snapshot holds it with a training weight')
    for (const line of describe(result.snapshots)) output.line(line)
    output.result(result)
  })
}

function markCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('mark')
    .summary('mark the snapshots that hold revoked records')
    .description('Shows the chain which sealed snapshots of a datanet hold records that their contributors took back; anyone may (--as pays the gas, by default the key "operator").')
    .argument('<datanet>', 'the number of the datanet', datanetNumber)
  examples(command, [['openledger datanet mark 1', 'marks every adapter that was trained on a revoked record']])
  runs(context, command, async ({ options, args, output, session }) => {
    const { listRecords } = await import('../verbs/listRecords.ts')
    const { markRevoked } = await import('../verbs/markRevoked.ts')
    const open = await session()
    const [datanetId] = args as [bigint]
    const { writer } = await open.actor(options.as ?? 'operator')
    const revoked = (await listRecords(open.node, datanetId, 'revoked')).map(({ id: recordId, contributor }) => ({ recordId, contributor }))
    const snapshots = await markRevoked(open, writer, datanetId, revoked)
    if (snapshots.length === 0) output.line('no sealed snapshot holds a revoked record with a training weight')
    for (const line of describe(snapshots)) output.line(line)
    output.result({ snapshots })
  })
}

/** `openledger datanet revoke` and `mark` */
export function datanetRevokeCommands(context: CommandContext, parent: Command): void {
  revokeCommand(context, parent)
  markCommand(context, parent)
}
