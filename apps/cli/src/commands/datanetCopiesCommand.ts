import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { oneLine } from './format.ts'
import { datanetNumber, hash } from './optionValues.ts'

type CopiesOptions = { appeal?: `0x${string}`; split?: `0x${string}`; withdraw?: `0x${string}`; contribution?: `0x${string}`; reason?: string }

/** `openledger datanet copies` */
export function datanetCopiesCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('copies')
    .summary('show what repeats an earlier record, or decide that it does not')
    .description(
      'Lists the records that the newest training run found to repeat an earlier one, and so trained on with weight 0; or decides on an appeal: a record that is set apart has a weight of its own in later runs, whatever is found. Decisions need the operator token of the node’s data folder and stay in the record’s history.',
    )
    .argument('<datanet>', 'the number of the datanet', datanetNumber)
    .option('--appeal <record>', 'this record is no copy', hash)
    .option('--split <record>', 'no copy of this record is one', hash)
    .option('--withdraw <record>', 'leave this record to the clusters again', hash)
    .option('--contribution <id>', 'which contribution gave the record, when several did', hash)
    .option('--reason <text>', 'why; stays in the record’s history')
  examples(command, [
    ['openledger datanet copies 1', 'what repeats what, and how that was found'],
    [`openledger datanet copies 1 --appeal 0x${'ab'.repeat(32)} --reason "another year, another law"`, 'it is a fact of its own'],
  ])
  runs<CopiesOptions>(context, command, async ({ options, args, output, session }) => {
    const { fail } = await import('@openledger/protocol')
    const { listRecords } = await import('../verbs/listRecords.ts')
    const { node } = await session()
    const [datanetId] = args as [bigint]
    const { appeal, split, withdraw, contribution, reason } = options
    const named = [appeal, split, withdraw].filter((id) => id !== undefined)
    if (named.length > 1) fail('BAD_OPTIONS', 'one decision at a time', { field: '--appeal', fix: 'give one of --appeal, --split and --withdraw' })
    const records = await listRecords(node, datanetId)
    const [chosen] = named
    if (chosen === undefined) {
      const copies = records.filter((record) => record.copyOf !== null)
      if (copies.length === 0) output.line('no record was found to repeat another')
      for (const record of copies) {
        const { copyOf } = record
        if (!copyOf) continue
        output.heading(oneLine(record.prompt, 100))
        output.line(`  ${oneLine(record.completion, 160)}`)
        output.field('record', record.id)
        output.field('copy of', `${copyOf.recordId} (${copyOf.method}, ${Math.round(100 * copyOf.similarity)} %)`)
        output.field('first said', oneLine(records.find((r) => r.id === copyOf.recordId && r.contributionId === copyOf.contributionId)?.prompt ?? 'in another datanet', 100))
      }
      return output.result(copies)
    }
    const given = reason ?? fail('REASON_MISSING', 'every decision about a record carries its reason', { field: '--reason', fix: 'add --reason "why"' })
    const found = records.filter((r) => (split === undefined ? r.id === chosen : r.copyOf?.recordId === chosen) && (contribution === undefined || r.contributionId === contribution))
    if (found.length === 0) {
      const what = split === undefined ? 'no such record' : 'no copy of this record'
      fail('UNKNOWN_RECORD', `datanet ${datanetId} holds ${what}`, { field: split === undefined ? '--appeal' : '--split', fix: `see openledger datanet copies ${datanetId}` })
    }
    if (split === undefined && found.length > 1) fail('SEVERAL_CONTRIBUTIONS', `${found.length} contributions gave this record`, { field: '--contribution', fix: `add --contribution with one of ${found.map((r) => r.contributionId).join(', ')}` })
    for (const record of found) await node.appeal(record.id, { contributionId: record.contributionId, distinct: withdraw === undefined, reason: given, by: options.as ?? 'operator' })
    output.line(`${found.length === 1 ? 'the record is' : `${found.length} records are`} ${withdraw === undefined ? 'set apart: the next run trains on it with a weight of its own' : 'left to the clusters again'}`)
    output.result(found.map((record) => ({ recordId: record.id, contributionId: record.contributionId, distinct: withdraw === undefined })))
  })
}
