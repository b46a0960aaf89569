import { Option, type Command } from 'commander'
import type { Rejection } from '@openledger/datanet'
import type { Output } from '../output/Output.ts'
import type { Contributed } from '../verbs/contribute.ts'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { bigNumber, datanetNumber, wholeNumber, wordList } from './optionValues.ts'

type ContributeOptions = {
  datanet: bigint
  format?: 'jsonl' | 'csv' | 'markdown'
  licence: string
  consent: 'keep' | 'builders' | 'anyone'
  sold?: boolean
  kept?: boolean
  byColumn?: string
  only?: string[]
  take?: number
  createKeys: boolean
  funder: string
  nonce?: bigint
  dryRun?: boolean
}

const trainers = { keep: 'nobody', builders: 'allowed', anyone: 'anyone' } as const
const shownRejections = 20

function showRejections(output: Output, rejected: readonly Rejection[], count: number): void {
  if (count === 0) return
  output.line(`${count} lines were left out:`)
  for (const { line, field, message, fix } of rejected.slice(0, shownRejections)) output.line(`  line ${line}, ${field}: ${message}; ${fix}`)
  if (count > shownRejections) output.line(`  … and ${count - shownRejections} more`)
}

function showContributions(output: Output, contributions: readonly Contributed[]): void {
  const rows = contributions.map(({ contributor, count, verdicts, contributionId }) => {
    const of = (status: string): string => String(verdicts.filter((v) => v.status === status).length)
    return [contributor, String(count), of('accepted'), of('review'), of('duplicate'), of('rejected'), contributionId.slice(0, 10)]
  })
  output.table(['contributor', 'records', 'accepted', 'review', 'duplicate', 'rejected', 'contribution'], rows)
}

const work: Parameters<typeof runs<ContributeOptions>>[2] = async ({ options, args, output, session }) => {
  const { readFile } = await import('node:fs/promises')
  const { formatOfFile } = await import('@openledger/datanet')
  const { consentTerms, fail } = await import('@openledger/protocol')
  const { checkTerms } = await import('../verbs/checkTerms.ts')
  const { readDrafts } = await import('../verbs/readDrafts.ts')
  const [file] = args as [string]
  const bytes = await readFile(file).catch((cause: unknown) => fail('NO_FILE', `${file} cannot be read`, { cause, field: 'file', fix: 'name a file that exists' }))
  const { records, rejected, rejectedCount } = readDrafts(new Uint8Array(bytes), options.format ?? formatOfFile(file), options.byColumn)
  const { datanet: datanetId, licence, take, only, createKeys, funder, as: contributor, byColumn } = options
  const chosen = byColumn === undefined ? records.slice(0, take) : records
  if (chosen.length === 0) {
    showRejections(output, rejected, rejectedCount)
    fail('NO_RECORDS', `no record could be read from ${file}`, { field: 'file', fix: rejected[0] ? `line ${rejected[0].line}: ${rejected[0].fix}` : 'put records into it' })
  }
  if (options.dryRun) {
    showRejections(output, rejected, rejectedCount)
    output.line(`${chosen.length} records can be contributed`)
    return output.result({ datanetId, records: chosen, rejected, rejectedCount })
  }
  const open = await session()
  const { sold = false, kept = false } = options
  const consent = consentTerms({ training: trainers[options.consent], sold, kept })
  await checkTerms(open, datanetId, consent)
  const contributions: Contributed[] = []
  if (byColumn !== undefined) {
    const { contributeLabelled } = await import('../verbs/contributeLabelled.ts')
    const onContributor = (name: string, stage: string, done: number, of: number): void => output.note(`  ${done + 1} of ${of}  ${name}: ${stage}`)
    contributions.push(...(await contributeLabelled(open, { datanetId, records: chosen, licence, consent, only, take, createKeys, funder, onContributor })))
  } else {
    const { contribute } = await import('../verbs/contribute.ts')
    const { ensureFunds } = await import('../verbs/ensureFunds.ts')
    if (contributor === undefined && options.key === undefined) fail('NO_CONTRIBUTOR', 'it is not said who gives these records', { field: '--as', fix: 'name a key with --as, or the column that names the contributors with --by-column' })
    const name = contributor ?? 'contributor'
    if (createKeys) await ensureFunds(open, (await open.keys.ensure(name)).address, funder)
    const contents = chosen.map(({ prompt, completion }) => ({ prompt, completion }))
    contributions.push(await contribute(open, { datanetId, contributor: name, records: contents, licence, consent, nonce: options.nonce, onStage: (stage) => output.note(`  ${stage}`) }))
  }
  showContributions(output, contributions)
  showRejections(output, rejected, rejectedCount)
  output.line(`licence ${licence}; training allowed: ${{ keep: 'no', builders: 'for builders whom the owner allows', anyone: 'for anyone' }[options.consent]}; sale of answers: ${sold ? 'yes' : 'no'}; after a revocation adapters ${kept ? 'go on' : 'freeze'}`)
  output.result({ datanetId, contributions, rejected, rejectedCount })
}

/** `openledger contribute` */
export function contributeCommand(context: CommandContext, program: Command): void {
  const command = program
    .command('contribute')
    .summary('sign records and give them to a datanet')
    .description('Reads records from JSONL, CSV or Markdown, signs them with the contributor’s key (--as), commits to them on the chain, gives them to the node and reveals the commitment. Repeated after an interruption, it goes on where it stopped.')
    .argument('<file>', 'the records: .jsonl, .csv or .md')
    .requiredOption('--datanet <id>', 'the number of the datanet', datanetNumber)
    .addOption(new Option('--format <format>', 'by default what the file’s name says').choices(['jsonl', 'csv', 'markdown']))
    .option('--licence <spdx>', 'the licence of the records', 'CC-BY-4.0')
    .addOption(new Option('--consent <terms>', 'who may train on them: nobody, builders whom the owner allows, anyone').choices(['keep', 'builders', 'anyone']).default('builders'))
    .option('--sold', 'answers of adapters that were trained on them may be sold')
    .option('--kept', 'adapters of before go on earning after a revocation')
    .option('--by-column <name>', 'the field that names each record’s contributor: one contribution for each name, signed with the key of that name')
    .option('--only <names>', 'with --by-column: only these contributors, divided by commas', wordList)
    .option('--take <n>', 'at most this many records (of each contributor)', wholeNumber(1))
    .option('--create-keys', 'make missing keys, and give them OPEN for gas', false)
    .option('--funder <key>', 'with --create-keys: the key that gives', 'operator')
    .option('--nonce <n>', 'the contribution’s nonce; by default random', bigNumber)
    .option('--dry-run', 'read and check the file, send nothing')
  examples(command, [
    ['openledger contribute plants.jsonl --datanet 2 --as ada --licence CC-BY-4.0 --sold', 'as ada'],
    ['openledger contribute faq.md --datanet 2 --dry-run', 'see what is wrong with a file'],
    ['openledger contribute glossary.jsonl --datanet 2 --by-column contributor --take 100 --only event,food --create-keys', 'two contributors from one file'],
  ])
  runs<ContributeOptions>(context, command, work)
}
