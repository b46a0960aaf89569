import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { oneLine } from './format.ts'
import { datanetNumber, hash } from './optionValues.ts'

type ReviewOptions = { accept?: `0x${string}`; reject?: `0x${string}`; reason?: string }

/** `openledger datanet review` */
export function datanetReviewCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('review')
    .summary('decide on records that the checks put aside')
    .description('Lists the records that the quality checks put aside for a person, or decides on one. Needs the operator token of the node’s data folder.')
    .argument('<datanet>', 'the number of the datanet', datanetNumber)
    .option('--accept <record>', 'accept this record', hash)
    .option('--reject <record>', 'reject this record', hash)
    .option('--reason <text>', 'why; stays in the record’s history')
  examples(command, [
    ['openledger datanet review 1', 'what waits for a decision'],
    [`openledger datanet review 1 --accept 0x${'ab'.repeat(32)} --reason "checked the source"`, 'decide on one'],
  ])
  runs<ReviewOptions>(context, command, async ({ options, args, output, session }) => {
    const { fail } = await import('@openledger/protocol')
    const { listRecords } = await import('../verbs/listRecords.ts')
    const { node } = await session()
    const [datanetId] = args as [bigint]
    const { accept, reject } = options
    const recordId = accept ?? reject
    if (recordId === undefined) {
      const waiting = await listRecords(node, datanetId, 'review')
      if (waiting.length === 0) output.line('no record waits for a decision')
      for (const record of waiting) {
        output.heading(oneLine(record.prompt, 100))
        output.line(`  ${oneLine(record.completion, 160)}`)
        output.field('record', record.id)
        output.field('reason', record.history.at(-1)?.reason ?? '')
      }
      return output.result(waiting)
    }
    if (accept !== undefined && reject !== undefined) fail('BAD_OPTIONS', 'a record is accepted or rejected, not both', { field: '--accept', fix: 'give one of --accept and --reject' })
    const { contributionId } = (await listRecords(node, datanetId)).find((r) => r.id === recordId) ?? fail('UNKNOWN_RECORD', `datanet ${datanetId} holds no such record`, { field: '--accept', fix: `see openledger datanet records ${datanetId}` })
    const status = accept === undefined ? 'rejected' : 'accepted'
    await node.review(recordId, { contributionId, status, reason: options.reason ?? `${status} by hand`, by: options.as ?? 'operator' })
    output.line(`the record is ${status}`)
    output.result({ recordId, status })
  })
}
