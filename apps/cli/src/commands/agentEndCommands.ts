import type { Command } from 'commander'
import type { Hex } from '@openledger/protocol'
import type { Delivery } from '../agents/deliver.ts'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { hash, wholeNumber } from './optionValues.ts'

type DeliverOptions = { receipt?: string; file?: string; resultHash?: Hex; signature?: string }
type BreachOptions = { wait: number }
type RateOptions = { tag?: string }

function deliverCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('deliver')
    .summary('deliver what was promised')
    .description('Delivers what the agent of a key (--as) promised: the receipt of an answer that it bought, once its epoch is final; content; or a result that the client has released.')
    .argument('<promise>', 'its id, or the beginning of it')
    .option('--receipt <id>', 'a receipt of this folder, or the beginning of its id')
    .option('--file <file>', 'the content')
    .option('--result-hash <hash>', 'the result that the client released', hash)
    .option('--signature <hex>', 'with --result-hash: the client’s signature')
  examples(command, [
    ['openledger agent deliver 0x12345678 --receipt 0xabcdef --as keen', 'an answer, by its receipt'],
    ['openledger agent deliver 0x12345678 --file report.pdf --as keen', 'content of a known hash'],
  ])
  runs<DeliverOptions>(context, command, async ({ options, args, output, session }) => {
    const { fail } = await import('@openledger/protocol')
    const { deliver } = await import('../agents/deliver.ts')
    const { readFile } = await import('node:fs/promises')
    const { receipt, file, resultHash, signature } = options
    const content = async (name: string): Promise<Delivery> => ({ content: new Uint8Array(await readFile(name).catch((cause: unknown) => fail('NO_FILE', `${name} cannot be read`, { cause, field: '--file', fix: 'name a file that exists' }))) })
    const delivery: Delivery | undefined = receipt !== undefined ? { receipt } : file !== undefined ? await content(file) : resultHash !== undefined && signature !== undefined ? { resultHash, signature: signature as Hex } : undefined
    if (delivery === undefined) return fail('NO_DELIVERY', 'it is not said what is delivered', { field: '--receipt', fix: 'give --receipt, or --file, or --result-hash with --signature' })
    const delivered = await deliver(await session(), { agent: options.as ?? 'agent', guaranteeId: String(args[0]), delivery })
    output.line(`${delivered.guaranteeId} is ${delivered.status}`)
    output.result(delivered)
  })
}

function releaseCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('release')
    .summary('sign, as the client, that a result is what was promised')
    .description('Signs as the client (--as) that a result is what was promised, for promises made with --released. The agent delivers the signature.')
    .argument('<promise>', 'its id, or the beginning of it')
    .argument('<result-hash>', 'the keccak of the result', hash)
  examples(command, [['openledger agent release 0x12345678 0x1234567812345678123456781234567812345678123456781234567812345678 --as ada', 'the reward is the agent’s']])
  runs(context, command, async ({ options, args, output, session }) => {
    const { release } = await import('../agents/release.ts')
    const released = await release(await session(), options.as ?? 'payer', String(args[0]), args[1] as Hex)
    output.line(released.signature)
    output.result(released)
  })
}

function breachCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('breach')
    .summary('end a promise that was not kept, and pay the client')
    .description('Ends a guarantee whose deadline passed without a delivery, or whose verifier was still to answer, and pays the client out. Anyone can: the key that --as names pays the gas.')
    .argument('<promise>', 'its id, or the beginning of it')
    .option('--wait <seconds>', 'how long to wait for the deadline', wholeNumber(0), 0)
  examples(command, [['openledger agent breach 0x12345678 --as operator', 'the penalty pays the client']])
  runs<BreachOptions>(context, command, async ({ options, args, output, session }) => {
    const { formatOpen } = await import('@openledger/protocol')
    const { endGuarantee } = await import('../agents/endGuarantee.ts')
    const ended = await endGuarantee(await session(), { guaranteeId: String(args[0]), sender: options.as ?? 'operator', timeoutMs: options.wait * 1000 })
    output.line(`${ended.guaranteeId} is ${ended.status}`)
    output.field('paid to the client', `${formatOpen(ended.paid)} OPEN`)
    output.result(ended)
  })
}

function rateCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('rate')
    .summary('rate an agent for a promise that it kept')
    .description('Rates an agent as the client (--as) of a guarantee that was kept and paid, once. What was paid is the weight.')
    .argument('<promise>', 'its id, or the beginning of it')
    .argument('<value>', '0 to 100', wholeNumber(0))
    .option('--tag <tag>', 'what is rated', 'starred')
  examples(command, [['openledger agent rate 0x12345678 95 --as ada', 'a good agent']])
  runs<RateOptions>(context, command, async ({ options, args, output, session }) => {
    const { rateGuarantee } = await import('@openledger/sdk')
    const { GuaranteeBook } = await import('../agents/GuaranteeBook.ts')
    const open = await session()
    const guaranteeId = await new GuaranteeBook(open.folder.guarantees).find(String(args[0]))
    const { writer } = await open.actor(options.as ?? 'payer')
    await rateGuarantee(writer, guaranteeId, { value: BigInt(args[1] as number), tag1: options.tag })
    output.line('rated')
    output.result({ guaranteeId, value: args[1] })
  })
}

function withdrawCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('withdraw')
    .summary('pay a balance out')
    .description('Pays out what is free at Guarantees to its owner, in WOPEN: bonds that bind nothing, rewards, penalties. Anyone can send it.')
    .argument('[account]', 'a key or an address; by default the key that --as names')
  examples(command, [['openledger agent withdraw --as keen', 'bond and rewards of keen']])
  runs(context, command, async ({ options, args, output, session }) => {
    const { formatOpen } = await import('@openledger/protocol')
    const { withdrawGuaranteeBalance } = await import('@openledger/sdk')
    const open = await session()
    const sender = options.as ?? 'agent'
    const account = await open.keys.address((args[0] as string | undefined) ?? sender)
    const paid = await withdrawGuaranteeBalance((await open.actor(sender)).writer, account)
    output.line(`${formatOpen(paid)} OPEN paid to ${account}`)
    output.result({ account, paid })
  })
}

/** `openledger agent deliver`, `release`, `breach`, `rate` and `withdraw` */
export function agentEndCommands(context: CommandContext, parent: Command): void {
  deliverCommand(context, parent)
  releaseCommand(context, parent)
  breachCommand(context, parent)
  rateCommand(context, parent)
  withdrawCommand(context, parent)
}
