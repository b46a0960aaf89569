import { Option, type Command } from 'commander'
import type { Trainers } from '@openledger/protocol'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { datanetCopiesCommand } from './datanetCopiesCommand.ts'
import { datanetExportCommand } from './datanetExportCommand.ts'
import { datanetListCommands } from './datanetListCommands.ts'
import { datanetReviewCommand } from './datanetReviewCommand.ts'
import { datanetRevokeCommands } from './datanetRevokeCommands.ts'
import { examples } from './examples.ts'
import { datanetNumber, wholeNumber } from './optionValues.ts'

type CreateOptions = { name: string; description: string; openToBuilders: boolean; builder: string | false; training: Trainers; sold?: boolean; kept?: boolean; adapterLicence?: string[]; grace: number; terms?: string }
type AllowOptions = { revoke?: boolean }

function createCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('create')
    .summary('make a datanet')
    .description('Makes a datanet: its name and description go to the node, their hash and the owner (--as, by default the key "operator") to the chain. Records may then be contributed by anyone. The same name, description and owner again give the same datanet.')
    .requiredOption('--name <text>', 'what it is called')
    .option('--description <text>', 'what it holds', '')
    .option('--open-to-builders', 'let anyone train on it, where the terms say anyone', false)
    .addOption(new Option('--training <who>', 'terms: who may train on its records').choices(['nobody', 'allowed', 'anyone']).default('allowed'))
    .option('--sold', 'terms: answers of adapters that were trained on it may be sold')
    .option('--kept', 'terms: adapters of before go on earning after a revocation')
    .option('--adapter-licence <spdx...>', 'terms: the licences under which adapters may be passed on (default: Apache-2.0)')
    .option('--grace <days>', 'terms: days between the mark of a revoked record and the freeze of its adapters, at most 30', wholeNumber(0), 14)
    .option('--terms <file>', 'the terms in words; the file’s hash goes to the chain')
    .option('--builder <key|address>', 'who may train on it besides', 'builder')
    .option('--no-builder', 'let nobody train on it yet')
  examples(command, [
    ['openledger datanet create --name plants --description "House plants and their care" --sold', 'owned by the key "operator"'],
    ['openledger datanet create --name news --as ada --no-builder', 'owned by ada; nobody may train yet'],
  ])
  runs<CreateOptions>(context, command, async ({ options, output, session }) => {
    const { readFile } = await import('node:fs/promises')
    const { consentTerms, fail } = await import('@openledger/protocol')
    const { createDatanet } = await import('../verbs/createDatanet.ts')
    const { allowBuilder } = await import('../verbs/allowBuilder.ts')
    const open = await session()
    const owner = options.as ?? 'operator'
    const { name, description, openToBuilders, training, sold, kept, adapterLicence: licences, grace, terms } = options
    const consent = consentTerms({ training, sold, kept })
    const document = terms === undefined ? undefined : new Uint8Array(await readFile(terms).catch((cause: unknown) => fail('NO_FILE', `${terms} cannot be read`, { cause, field: '--terms' })))
    const { datanetId, isNew } = await createDatanet(open, { name, description, owner, openToBuilders, consent, licences, graceSeconds: grace * 86_400, document })
    const { builder } = options
    // The default names a key that a folder without a node lacks; one that was asked for must be there.
    const known = builder !== false && (builder !== 'builder' || (await open.keys.has(builder)))
    if (known) await allowBuilder(open, { datanetId, owner, builder })
    output.line(`datanet ${datanetId} ${isNew ? 'is made' : 'was there already'}`)
    if (known) output.line(`${builder} may train on it`)
    output.line(`its terms never widen: training by ${training === 'allowed' ? 'builders whom the owner allows' : training}; answers ${sold ? 'may' : 'may not'} be sold; adapters under ${(licences ?? ['Apache-2.0']).join(', ')}`)
    output.line(`next: openledger contribute <file> --datanet ${datanetId} --as <key>`)
    output.result({ datanetId, isNew, owner, builder: known ? builder : null })
  })
}

function allowCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('allow')
    .summary('let a builder train on a datanet')
    .description('Lets a builder train on a datanet, or takes the right back; by its owner (--as, by default the key "operator").')
    .argument('<datanet>', 'the number of the datanet', datanetNumber)
    .argument('<builder>', 'the name of a key, or an address')
    .option('--revoke', 'take the right back')
  examples(command, [
    ['openledger datanet allow 2 builder', 'the key "builder" may train on datanet 2'],
    ['openledger datanet allow 2 0x00000000000000000000000000000000000000b1 --revoke', 'no longer'],
  ])
  runs<AllowOptions>(context, command, async ({ options, args, output, session }) => {
    const { allowBuilder } = await import('../verbs/allowBuilder.ts')
    const [datanetId, name] = args as [bigint, string]
    const allowed = options.revoke !== true
    const { builder, changed } = await allowBuilder(await session(), { datanetId, owner: options.as ?? 'operator', builder: name, allowed })
    output.line(`${name} may ${allowed ? '' : 'no longer '}train on datanet ${datanetId}${changed ? '' : ', as before'}`)
    output.result({ datanetId, builder, allowed, changed })
  })
}

/** `openledger datanet …` */
export function datanetCommand(context: CommandContext, program: Command): void {
  const parent = program
    .command('datanet')
    .summary('make, show and export datanets')
    .description('A datanet is a shared dataset with an owner, rules, contributors and a complete history of every record.')
  examples(parent, [
    ['openledger datanet list', 'all datanets of the node'],
    ['openledger datanet create --name plants', 'a new one'],
  ])
  createCommand(context, parent)
  datanetListCommands(context, parent)
  allowCommand(context, parent)
  datanetReviewCommand(context, parent)
  datanetRevokeCommands(context, parent)
  datanetCopiesCommand(context, parent)
  datanetExportCommand(context, parent)
}
