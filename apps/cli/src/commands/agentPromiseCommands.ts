import type { Command } from 'commander'
import type { Hex } from '@openledger/protocol'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { when } from './format.ts'
import { hash, openAmount, wholeNumber } from './optionValues.ts'

type RegisterOptions = { uri?: string; bond: string }
type PromiseOptions = { client: string; reward: string; penalty: string; within: number; acceptWithin: number; model?: string; contentHash?: Hex; released?: boolean; out?: string }

function registerCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('register')
    .summary('register an agent and bond OPEN')
    .description('Registers the agent of a key (--as) in the identity registry of ERC-8004 and fills its bond up.')
    .option('--uri <uri>', 'where its registration file lies')
    .option('--bond <open>', 'what shall be free for penalties', openAmount, '0')
  examples(command, [['openledger agent register --as keen --bond 5', 'ready to promise']])
  runs<RegisterOptions>(context, command, async ({ options, output, session }) => {
    const { formatOpen, parseOpen } = await import('@openledger/protocol')
    const { registerAgentKey } = await import('../agents/registerAgentKey.ts')
    const agent = options.as ?? 'agent'
    const registered = await registerAgentKey(await session(), { agent, uri: options.uri, bond: parseOpen(options.bond) })
    output.line(`agent ${registered.agentId} ${registered.isNew ? 'is registered' : 'was registered already'}`)
    output.field('wallet', registered.wallet)
    output.field('free for penalties', `${formatOpen(registered.balance)} OPEN`)
    output.result(registered)
  })
}

function promiseCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('promise')
    .summary('sign a promise to a client')
    .description('Signs a promise of the agent of a key (--as) and writes it to a file for the client. Without --content-hash or --released the delivery is an answer of a model that the agent buys, by its receipt in a final epoch.')
    .argument('<task...>', 'what is promised, in words')
    .requiredOption('--client <key|address>', 'to whom')
    .option('--reward <open>', 'what the client pays when it is kept', openAmount, '1')
    .option('--penalty <open>', 'what the client gets, with the reward, when it is broken', openAmount, '1')
    .option('--accept-within <seconds>', 'how long the client can accept', wholeNumber(1), 3600)
    .option('--within <seconds>', 'how long the agent has after that', wholeNumber(1), 86_400)
    .option('--model <name>', 'the model whose answer is promised; by default the latest')
    .option('--content-hash <hash>', 'the delivery is the content with this keccak', hash)
    .option('--released', 'the delivery is what the client signs for: the agent trusts the client')
    .option('--out <file>', 'where the promise is written')
  examples(command, [
    ['openledger agent promise "What is a cactus?" --as keen --client ada --reward 1 --penalty 2', 'an answer, by its receipt'],
    ['openledger agent promise "The report" --as keen --client ada --content-hash 0x1234567812345678123456781234567812345678123456781234567812345678', 'content of a known hash'],
  ])
  runs<PromiseOptions>(context, command, async ({ options, args, output, session }) => {
    const { fail, parseOpen, writeArtefact } = await import('@openledger/protocol')
    const { promise } = await import('../agents/promise.ts')
    const { contentHash, released, model } = options
    if ([contentHash, released, model].filter((given) => given !== undefined).length > 1) fail('BAD_OPTIONS', 'name one way to verify the delivery', { field: '--model', fix: 'give --model, or --content-hash, or --released' })
    const verification = contentHash !== undefined ? { contentHash } : released ? ({ client: true } as const) : { answerOf: model }
    const { guaranteeId, file } = await promise(await session(), {
      agent: options.as ?? 'agent',
      client: options.client,
      task: (args[0] as string[]).join(' '),
      reward: parseOpen(options.reward),
      penalty: parseOpen(options.penalty),
      acceptSeconds: options.acceptWithin,
      deliverSeconds: options.within,
      verification,
    })
    const { writeFile } = await import('node:fs/promises')
    const out = options.out ?? `promise-${guaranteeId.slice(2, 10)}.json`
    await writeFile(out, writeArtefact(file))
    const { acceptBy, deadline } = file.guarantee.statement
    output.line(`promise ${guaranteeId}`)
    output.field('file', out)
    output.field('to be accepted by', when(Number(acceptBy)))
    output.field('due', when(Number(deadline)))
    output.line(`next, by the client: openledger agent accept ${out} --as ${options.client}`)
    output.result({ guaranteeId, out, promise: file })
  })
}

function acceptCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('accept')
    .summary('accept a promise and pay its reward in')
    .description('Accepts an agent’s promise as its client (--as): checks what was signed, pays the reward in and binds the agent’s penalty.')
    .argument('<file>', 'the promise')
  examples(command, [['openledger agent accept promise-12345678.json --as ada', 'from now on the agent is bound']])
  runs(context, command, async ({ options, args, output, session }) => {
    const { fail, guaranteeFileSchema, readArtefact } = await import('@openledger/protocol')
    const { accept } = await import('../agents/accept.ts')
    const { readFile } = await import('node:fs/promises')
    const [name] = args as [string]
    const bytes = await readFile(name).catch((cause: unknown) => fail('NO_FILE', `${name} cannot be read`, { cause, field: 'file', fix: 'name the file of the promise' }))
    const accepted = await accept(await session(), options.as ?? 'payer', readArtefact(guaranteeFileSchema, bytes))
    output.line(`${accepted.guaranteeId} ${accepted.isNew ? 'is accepted' : 'was accepted already'}`)
    output.result(accepted)
  })
}

/** `openledger agent register`, `promise` and `accept` */
export function agentPromiseCommands(context: CommandContext, parent: Command): void {
  registerCommand(context, parent)
  promiseCommand(context, parent)
  acceptCommand(context, parent)
}
