import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { shortId, when } from './format.ts'
import { openAmount, wholeNumber } from './optionValues.ts'

type DemoOptions = { task: string; model?: string; reward: string; penalty: string; deposit: string; idle: number }

function showCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('show')
    .summary('show an agent or a promise')
    .description('Shows an agent by its number, with its record, what clients say and its promises; or one promise by its id.')
    .argument('<subject>', 'the number of an agent, or the id of a promise')
  examples(command, [
    ['openledger agent show 1', 'an agent'],
    ['openledger agent show 0x12345678', 'a promise'],
  ])
  runs(context, command, async ({ args, output, session }) => {
    const { fail, formatOpen } = await import('@openledger/protocol')
    const { findGuarantees, readAgent, readGuarantee, readGuaranteeBalance, readReputation } = await import('@openledger/sdk')
    const { GuaranteeBook } = await import('../agents/GuaranteeBook.ts')
    const { reader, folder } = await session()
    const subject = String(args[0])
    if (!/^\d+$/.test(subject)) {
      const guaranteeId = await new GuaranteeBook(folder.guarantees).find(subject)
      const state = (await readGuarantee(reader, guaranteeId)) ?? fail('UNKNOWN_GUARANTEE', 'nobody has accepted this promise', { fix: 'the client accepts it with: openledger agent accept' })
      const { guarantee } = state
      output.heading(`promise ${guaranteeId}`)
      output.field('status', state.status)
      output.field('agent', `${guarantee.agentId} (${guarantee.agent})`)
      output.field('client', guarantee.client)
      output.field('reward', `${formatOpen(guarantee.reward)} OPEN`)
      output.field('penalty', `${formatOpen(guarantee.penalty)} OPEN`)
      output.field('accepted', when(Number(state.acceptedAt)))
      output.field('due', when(Number(guarantee.deadline)))
      return output.result({ guaranteeId, ...state })
    }
    const agent = (await readAgent(reader, BigInt(subject))) ?? fail('UNKNOWN_AGENT', `there is no agent ${subject}`, { fix: 'register it with: openledger agent register' })
    const [reputation, balance, ids] = await Promise.all([readReputation(reader, agent.agentId), readGuaranteeBalance(reader, agent.wallet), findGuarantees(reader, { agentId: agent.agentId })])
    const { kept, broken, undecided, earned, forfeited } = agent.record
    output.heading(`agent ${agent.agentId}`)
    output.field('owner', agent.owner)
    output.field('wallet', agent.wallet)
    if (agent.uri !== '') output.field('registration', agent.uri)
    output.field('promises', `${kept} kept, ${broken} broken, ${undecided} undecided`)
    output.field('earned', `${formatOpen(earned)} OPEN`)
    output.field('forfeited', `${formatOpen(forfeited)} OPEN`)
    output.field('free balance', `${formatOpen(balance)} OPEN`)
    if (reputation.count > 0n) output.field('rated', `${Number(reputation.value) / 10 ** reputation.decimals} by ${reputation.count} paid promises`)
    const promises = await Promise.all(ids.map(async (id) => ({ id, state: await readGuarantee(reader, id) })))
    output.table(['promise', 'status', 'reward', 'penalty', 'due'], promises.flatMap(({ id, state }) => (state ? [[shortId(id), state.status, formatOpen(state.guarantee.reward), formatOpen(state.guarantee.penalty), when(Number(state.guarantee.deadline))]] : [])))
    output.result({ ...agent, reputation, balance, promises: ids })
  })
}

function demoCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('demo')
    .summary('two agents at work')
    .description('Plays two agents against the running network: one buys an answer, delivers its receipt once the epoch is final, and is paid; the other does nothing, and its penalty pays the client. The key that --as names (by default "operator") gives them OPEN.')
    .option('--task <text>', 'what is asked', 'What is a cactus?')
    .option('--model <name>', 'by default the model that was deployed last')
    .option('--reward <open>', 'what each promise pays', openAmount, '1')
    .option('--penalty <open>', 'what each broken promise costs', openAmount, '1')
    .option('--deposit <open>', 'what the agent puts into its channel', openAmount, '1')
    .option('--idle <seconds>', 'how long the second agent has', wholeNumber(2), 20)
  examples(command, [['openledger agent demo', 'on the network of this data folder']])
  runs<DemoOptions>(context, command, async ({ options, output, session }) => {
    const { formatOpen, parseOpen } = await import('@openledger/protocol')
    const { demo } = await import('../agents/demo.ts')
    const { task, model, idle: idleSeconds } = options
    const [reward, penalty, deposit] = [options.reward, options.penalty, options.deposit].map(parseOpen) as [bigint, bigint, bigint]
    const played = await demo(await session(), { task, model, funder: options.as ?? 'operator', reward, penalty, deposit, deliverSeconds: 900, idleSeconds, onNote: (text) => output.note(text) })
    output.line(played.kept.answer.trim())
    output.field(`agent ${played.kept.agentId}`, `kept its promise and earned ${formatOpen(played.kept.earned)} OPEN`)
    output.field(`agent ${played.broken.agentId}`, `broke its promise: ${formatOpen(played.broken.paid)} OPEN paid to the client`)
    output.line(`next: openledger agent show ${played.kept.agentId}`)
    output.result(played)
  })
}

/** `openledger agent show` and `demo` */
export function agentShowCommands(context: CommandContext, parent: Command): void {
  showCommand(context, parent)
  demoCommand(context, parent)
}
