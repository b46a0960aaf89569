import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { oneLine, shortId, when, whose } from './format.ts'
import { datanetNumber } from './optionValues.ts'

type RecordsOptions = { status?: string }

function listCommand(context: CommandContext, parent: Command): void {
  const command = parent.command('list').summary('list datanets').description('Lists all datanets that the node knows.')
  examples(command, [['openledger datanet list --json', 'for programs']])
  runs(context, command, async ({ output, session }) => {
    const datanets = await (await session()).node.datanets()
    output.table(['id', 'name', 'accepted', 'review', 'contributors', 'snapshot'], datanets.map((d) => [d.id, oneLine(d.name, 40), String(d.records.accepted), String(d.records.review), String(d.contributors.length), d.latestSnapshot === null ? '–' : shortId(d.latestSnapshot)]))
    output.result(datanets)
  })
}

function showCommand(context: CommandContext, parent: Command): void {
  const command = parent.command('show').summary('show one datanet').description('Shows a datanet with its contributors.').argument('<datanet>', 'its number', datanetNumber)
  examples(command, [['openledger datanet show 1', 'who contributed what']])
  runs(context, command, async ({ args, output, session }) => {
    const datanet = await (await session()).node.datanet(String(args[0]))
    output.heading(`datanet ${datanet.id}: ${datanet.name}`)
    if (datanet.description !== '') output.line(`  ${datanet.description}`)
    output.field('owner', datanet.owner)
    output.field('made', when(datanet.createdAt))
    output.field('latest snapshot', datanet.latestSnapshot ?? 'none')
    for (const [status, count] of Object.entries(datanet.records)) if (count > 0) output.field(`${status}`, `${count} records`)
    output.table(['contributor', 'records', 'accepted'], datanet.contributors.map((c) => [whose(c.name, c.address), String(c.records), String(c.accepted)]))
    output.result(datanet)
  })
}

function recordsCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('records')
    .summary('list the records of a datanet, or show one')
    .description('Lists the records of a datanet in the order of their arrival, or shows one record with everything that happened to it.')
    .argument('<datanet>', 'the number of the datanet', datanetNumber)
    .argument('[record]', 'the id of one record')
    .option('--status <status>', 'only records of this status: accepted, review, rejected, duplicate, sealed, revoked')
  examples(command, [
    ['openledger datanet records 1', 'all of them'],
    ['openledger datanet records 1 --status duplicate', 'those that repeat an earlier one'],
  ])
  runs<RecordsOptions>(context, command, async ({ options, args, output, session }) => {
    const { listRecords } = await import('../verbs/listRecords.ts')
    const { node } = await session()
    const [datanetId, recordId] = args as [bigint, string | undefined]
    if (recordId !== undefined) {
      const record = await node.record(recordId)
      output.heading(record.prompt)
      output.line(`  ${record.completion}`)
      output.field('record', record.id)
      output.field('contributor', record.contributor)
      output.field('licence', record.licence)
      output.field('status', record.status)
      if (record.copyOf) output.field('copy of', `${record.copyOf.recordId} (${record.copyOf.method}, ${Math.round(100 * record.copyOf.similarity)} %; run ${record.copyOf.run})`)
      if (record.copies > 0) output.field('copies', String(record.copies))
      if (record.appeal) output.field('no copy', `by ${record.appeal.by}: ${record.appeal.reason}`)
      for (const h of record.history) output.field(when(h.at), `${h.to} by ${h.by}${h.reason === '' ? '' : `: ${h.reason}`}`)
      return output.result(record)
    }
    const records = await listRecords(node, datanetId, options.status)
    output.table(['record', 'status', 'contributor', 'prompt'], records.map((r) => [shortId(r.id), r.status, shortId(r.contributor), oneLine(r.prompt, 70)]))
    output.result(records)
  })
}

/** `openledger datanet list`, `show` and `records` */
export function datanetListCommands(context: CommandContext, parent: Command): void {
  listCommand(context, parent)
  showCommand(context, parent)
  recordsCommand(context, parent)
}
