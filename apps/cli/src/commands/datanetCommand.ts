import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { datanetCopiesCommand } from './datanetCopiesCommand.ts'
import { datanetExportCommand } from './datanetExportCommand.ts'
import { datanetListCommands } from './datanetListCommands.ts'
import { datanetReviewCommand } from './datanetReviewCommand.ts'
import { examples } from './examples.ts'
import { datanetNumber } from './optionValues.ts'

type CreateOptions = { name: string; description: string; openToBuilders: boolean; builder: string | false }
type AllowOptions = { revoke?: boolean }

function createCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('create')
    .summary('make a datanet')
    .description('Makes a datanet: its name and description go to the node, their hash and the owner (--as, by default the key "operator") to the chain. Records may then be contributed by anyone. The same name, description and owner again give the same datanet.')
    .requiredOption('--name <text>', 'what it is called')
    .option('--description <text>', 'what it holds', '')
    .option('--open-to-builders', 'let anyone train on it', false)
    .option('--builder <key|address>', 'who may train on it besides', 'builder')
    .option('--no-builder', 'let nobody train on it yet')
  examples(command, [
    ['openledger datanet create --name plants --description "House plants and their care"', 'owned by the key "operator"'],
    ['openledger datanet create --name news --as ada --no-builder', 'owned by ada; nobody may train yet'],
  ])
  runs<CreateOptions>(context, command, async ({ options, output, session }) => {
    const { createDatanet } = await import('../verbs/createDatanet.ts')
    const { allowBuilder } = await import('../verbs/allowBuilder.ts')
    const open = await session()
    const owner = options.as ?? 'operator'
    const { datanetId, isNew } = await createDatanet(open, { name: options.name, description: options.description, owner, openToBuilders: options.openToBuilders })
    const { builder } = options
    // The default names a key that a folder without a node lacks; one that was asked for must be there.
    const known = builder !== false && (builder !== 'builder' || (await open.keys.has(builder)))
    if (known) await allowBuilder(open, { datanetId, owner, builder })
    output.line(`datanet ${datanetId} ${isNew ? 'is made' : 'was there already'}`)
    if (known) output.line(`${builder} may train on it`)
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
  datanetCopiesCommand(context, parent)
  datanetExportCommand(context, parent)
}
