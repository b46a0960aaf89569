import type { Command } from 'commander'
import type { Address, Hex } from 'viem'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { when } from './format.ts'
import { governListCommand } from './governListCommand.ts'
import { addressOption, bigNumber, openAmount, wholeNumber } from './optionValues.ts'

const voter = 'operator'
type ProposeOptions = { set: string[]; audits: string[]; guardian?: Address; target?: Address; data?: Hex; description: string }

function delegateCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('delegate')
    .summary('let WOPEN vote')
    .description('Gives the votes of a key’s WOPEN (--as, by default the key "operator") to an account, by default to its own: WOPEN that was given to nobody does not vote. A proposal counts the votes of the moment in which its voting begins.')
    .argument('[account]', 'who votes: a key’s name or an address')
    .option('--wrap <amount>', 'wrap so much OPEN before', openAmount)
  examples(command, [['openledger govern delegate --wrap 1000', 'the key "operator" wraps 1,000 OPEN and votes with them']])
  runs<{ wrap?: string }>(context, command, async ({ options, args, output, session }) => {
    const { formatOpen, parseOpen } = await import('@openledger/protocol')
    const { joinVotes } = await import('../verbs/joinVotes.ts')
    const joined = await joinVotes(await session(), { holder: options.as ?? voter, to: args[0] as string | undefined, wrap: parseOpen(options.wrap ?? '0') })
    output.line(`${joined.voter} has ${formatOpen(joined.votes)} votes`)
    output.result(joined)
  })
}

function proposeCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('propose')
    .summary('propose a change of parameters')
    .description('Proposes a change to be voted on; by a key (--as, by default "operator") that has the votes of the threshold. Every value must lie inside the bounds of the contract, or the decision cannot be carried out.')
    .option('--set <name=value>', 'a parameter: times in seconds, amounts in OPEN; may be repeated', (text: string, list: string[]) => [...list, text], [])
    .option('--audits <name=value>', 'a term of audits: ratePpm drawn of a million answers, size of the first committee, fee in OPEN of each vote; may be repeated', (text: string, list: string[]) => [...list, text], [])
    .option('--guardian <address>', 'who may pause from then on', addressOption)
    .option('--target <address>', 'a contract that the timelock is to call', addressOption)
    .option('--data <hex>', 'with what')
    .requiredOption('--description <text>', 'why; part of the proposal’s id')
  examples(command, [
    ['openledger govern propose --set platformFee=0.0002 --description "Dearer"', 'one parameter; the others stay'],
    ['openledger govern propose --audits ratePpm=5000 --audits size=5 --description "More audits"', 'how answers are sampled and judged'],
    ['openledger govern propose --guardian 0x00000000000000000000000000000000000000ad --description "Somebody to pause"', 'name a guardian'],
  ])
  runs<ProposeOptions>(context, command, async ({ options, output, session }) => {
    const { proposeChange, readAuditChanges, readChanges } = await import('../verbs/proposeChange.ts')
    const { description, guardian, target, data } = options
    const call = target === undefined ? undefined : { target, data: data ?? ('0x' as const) }
    const id = await proposeChange(await session(), { proposer: options.as ?? voter, description, changes: readChanges(options.set), audits: readAuditChanges(options.audits), guardian, call })
    output.field('proposal', String(id))
    output.line(`next: openledger govern vote ${id} for --as <key>`)
    output.result({ id })
  })
}

function voteCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('vote')
    .summary('vote on a proposal')
    .description('Votes on a proposal with what was delegated to a key (--as, by default "operator") when its voting began.')
    .argument('<proposal>', 'its id', bigNumber)
    .argument('<vote>', 'for, against or abstain')
  examples(command, [['openledger govern vote 7 for --as ada', 'ada is for proposal 7; its id is in "openledger govern list"']])
  runs(context, command, async ({ options, args, output, session }) => {
    const { fail, formatOpen } = await import('@openledger/protocol')
    const { castVote } = await import('@openledger/sdk')
    const [id, vote] = args as [bigint, string]
    if (vote !== 'for' && vote !== 'against' && vote !== 'abstain') return fail('BAD_VOTE', `"${vote}" is no vote`, { field: 'vote', fix: 'say for, against or abstain' })
    const { writer } = await (await session()).actor(options.as ?? voter)
    const weight = await castVote(writer, id, vote)
    output.line(`${formatOpen(weight)} votes ${vote === 'abstain' ? 'abstain' : vote}`)
    output.result({ id, vote, weight })
  })
}

function queueCommand(context: CommandContext, parent: Command): void {
  const command = parent.command('queue').summary('hand a passed proposal to the timelock').description('Hands a proposal that has passed to the timelock; anyone may (--as, by default the key "operator").').argument('<proposal>', 'its id', bigNumber)
  examples(command, [['openledger govern queue 7', 'from now on its delay runs']])
  runs(context, command, async ({ options, args, output, session }) => {
    const { queueProposal } = await import('@openledger/sdk')
    const [id] = args as [bigint]
    const { writer } = await (await session()).actor(options.as ?? voter)
    const executableAt = await queueProposal(writer, id)
    output.field('can be carried out at', when(Number(executableAt)))
    output.result({ id, executableAt })
  })
}

function executeCommand(context: CommandContext, parent: Command): void {
  const command = parent.command('execute').summary('carry out a decision').description('Carries out a proposal whose delay in the timelock is over; anyone may (--as, by default the key "operator").').argument('<proposal>', 'its id', bigNumber)
  examples(command, [['openledger govern execute 7', 'make the calls of proposal 7']])
  runs(context, command, async ({ options, args, output, session }) => {
    const { executeProposal } = await import('@openledger/sdk')
    const [id] = args as [bigint]
    const { writer } = await (await session()).actor(options.as ?? voter)
    const { transactionHash } = await executeProposal(writer, id)
    output.line(`carried out by ${transactionHash}`)
    output.result({ id, transaction: transactionHash })
  })
}

function pauseCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('pause')
    .summary('stop what comes in, for a while')
    .description('Stops new deposits, bonds and registrations; by the guardian’s key (--as). Withdrawals, claims and disputes go on. Ends by itself.')
    .option('--for <seconds>', 'how long, at most 604800', wholeNumber(1), 86_400)
    .option('--end', 'end a pause that runs')
  examples(command, [['openledger govern pause --for 3600 --as guardian', 'an hour']])
  runs<{ for: number; end?: boolean }>(context, command, async ({ options, output, session }) => {
    const { pauseLedger, unpauseLedger } = await import('@openledger/sdk')
    const { writer } = await (await session()).actor(options.as ?? 'guardian')
    const until = options.end === true ? null : Number(await pauseLedger(writer, options.for))
    if (until === null) await unpauseLedger(writer)
    output.line(until === null ? 'the pause is over' : `paused until ${when(until)}`)
    output.result({ until })
  })
}

/** `openledger govern …` */
export function governCommand(context: CommandContext, program: Command): void {
  const parent = program
    .command('govern')
    .summary('change the ledger’s parameters by vote')
    .description('Holders of WOPEN decide on the ledger’s parameters; what passes waits in the timelock before anyone can carry it out. No decision leaves the bounds that the contracts fix.')
  examples(parent, [
    ['openledger govern list', 'who governs, the parameters, all proposals'],
    ['openledger govern delegate --wrap 1000', 'get votes'],
  ])
  governListCommand(context, parent)
  delegateCommand(context, parent)
  proposeCommand(context, parent)
  voteCommand(context, parent)
  queueCommand(context, parent)
  executeCommand(context, parent)
  pauseCommand(context, parent)
}
