import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'

type CreateOptions = { fund?: boolean; funder: string }

/** `openledger key …` */
export function keyCommand(context: CommandContext, program: Command): void {
  const parent = program.command('key').summary('make and list keys').description('Keys lie in the data folder, one file each, readable by its owner alone. What is signed here never leaves as a key.')
  examples(parent, [['openledger key list', 'names and addresses']])

  const list = parent.command('list').summary('list the keys of the data folder').description('Lists the keys of the data folder with their addresses and the OPEN that they hold.')
  examples(list, [['openledger key list --json', 'for programs']])
  runs(context, list, async ({ output, session }) => {
    const { listKeys } = await import('../verbs/listKeys.ts')
    const { formatOpen } = await import('@openledger/protocol')
    const keys = await listKeys(await session())
    output.table(['name', 'address', 'OPEN', 'WOPEN'], keys.map((k) => [k.name, k.address, k.open === null ? '?' : formatOpen(k.open), k.wopen === null ? '?' : formatOpen(k.wopen)]))
    output.result(keys)
  })

  const create = parent
    .command('create')
    .summary('make a key')
    .description('Makes a key in the data folder; one that is there stays as it is.')
    .argument('<name>', 'lower-case letters, digits and hyphens')
    .option('--fund', 'give it OPEN for gas')
    .option('--funder <key>', 'with --fund: the key that gives', 'operator')
  examples(create, [
    ['openledger key create ada --fund', 'ready to contribute'],
    ['openledger key create bob', 'without any OPEN'],
  ])
  runs<CreateOptions>(context, create, async ({ options, args, output, session }) => {
    const { ensureFunds } = await import('../verbs/ensureFunds.ts')
    const open = await session()
    const [name] = args as [string]
    const isNew = !(await open.keys.has(name))
    const { address } = await open.keys.ensure(name)
    if (options.fund) await ensureFunds(open, address, options.funder)
    output.line(`${name} ${isNew ? 'is made' : 'was there already'}`)
    output.field('address', address)
    output.result({ name, address, isNew })
  })
}
