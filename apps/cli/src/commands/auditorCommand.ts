import type { Command } from 'commander'
import type { Session } from '../context/Session.ts'
import { auditorBondCommand } from './auditorBondCommand.ts'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { when } from './format.ts'
import { openAmount, wholeNumber } from './optionValues.ts'

const defaultKey = 'auditor'
const defaultPauseMs = 2_000

/** A whole id as it is; the beginning of one is looked up among the receipts at hand and at the node. */
async function wholeId(open: Session, text: string): Promise<`0x${string}`> {
  if (/^0x[0-9a-f]{64}$/i.test(text)) return text.toLowerCase() as `0x${string}`
  const { findReceipt } = await import('../verbs/findReceipt.ts')
  return findReceipt(open, text)
}

function enrolCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('enrol')
    .summary('bond as an auditor and offer to judge')
    .description('Bonds what the role of an auditor needs, or the amount that is given, with a key (--as, by default "auditor"), and offers the key for committees: those that judge answers, and those that judge deliveries of agents. An enrolment holds for one thaw of stakes; "auditor watch" renews it.')
    .argument('[amount]', 'OPEN to bond in all; by default the minimum', openAmount)
  examples(command, [['openledger auditor enrol 1000 --as auditor', 'then: openledger auditor watch']])
  runs(context, command, async ({ options, args, output, session }) => {
    const { formatOpen, parseOpen } = await import('@openledger/protocol')
    const { bondStake, enrolAuditor, readEnrolment, readParameters, readStake } = await import('@openledger/sdk')
    const { account, writer } = await (await session()).actor(options.as ?? defaultKey)
    const [{ minimumStake }, { bonded }] = await Promise.all([readParameters(writer), readStake(writer, account.address, 'auditor')])
    const wanted = args[0] === undefined ? minimumStake : parseOpen(args[0] as string)
    if (bonded < wanted) await bondStake(writer, 'auditor', wanted - bonded)
    await enrolAuditor(writer)
    const enrolment = await readEnrolment(writer, account.address)
    output.line(`${formatOpen(bonded < wanted ? wanted : bonded)} OPEN are bonded; enrolled until ${when(enrolment?.until ?? 0)}`)
    output.result({ account: account.address, bonded: bonded < wanted ? wanted : bonded, enrolment })
  })
}

type WatchOptions = { model?: string; threads?: number; appeal?: boolean; sample?: boolean; every: number; once?: boolean }

function watchCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('watch')
    .summary('sample answers, execute them again and vote')
    .description('Watches the chain with a key (--as, by default "auditor"): has the beacon draw among the receipts of each new epoch, calls upon nodes to open what was drawn, executes the answers of the committees that it is drawn into, commits to a verdict and reveals it, and ends cases whose time is over. It can be stopped and started at any moment: what it must remember is on the chain. A vote that is not revealed costs a part of the bond, so let it run.')
    .option('--model <file>', 'the base’s weight file or a stored model; by default the one that the chain names')
    .option('--threads <n>', 'threads of the engine', wholeNumber(1))
    .option('--no-sample', 'only judge; announce and sample nothing')
    .option('--appeal', 'put a bond against committees that say otherwise than the execution here')
    .option('--every <ms>', 'pause between two looks, milliseconds', wholeNumber(100), defaultPauseMs)
    .option('--once', 'look once and end')
  examples(command, [['openledger auditor watch --as auditor', 'until it is stopped']])
  runs<WatchOptions>(context, command, async ({ options, output, session }) => {
    const { OpenLedgerError } = await import('@openledger/protocol')
    const { openAuditor } = await import('../auditor/openAuditor.ts')
    const { model, threads, appeal, sample, every, once } = options
    const stopped = new AbortController()
    const stop = (): void => stopped.abort()
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
    const { watch, close } = await openAuditor(await session(), { key: options.as ?? defaultKey, model, threads, appeal, sample, say: (line) => output.line(line) })
    try {
      const { setTimeout: pause } = await import('node:timers/promises')
      do {
        await watch.look().catch((error: unknown) => {
          // The chain may be away for a while; what is wrong with the input stays wrong.
          if (once === true || !(error instanceof OpenLedgerError) || error.action !== 'retry') throw error
          output.line(error.message)
        })
        if (once !== true) await pause(every, undefined, { signal: stopped.signal }).catch(() => undefined)
      } while (once !== true && !stopped.signal.aborted)
    } finally {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
      await close()
    }
    output.result({ stopped: true })
  })
}

function challengeCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('challenge')
    .summary('have a committee judge an answer')
    .description('Calls upon the node of a settled answer to open it, with a deposit of the key that --as names. The deposit comes back when the answer is wrong, with a part of the node’s bond, or when nothing is decided; else it pays the committee and the node. Audit the receipt first.')
    .argument('<receipt>', 'the receipt’s id or its beginning')
  examples(command, [['openledger auditor challenge 0x… --as operator', 'while the epoch’s dispute window is open']])
  runs(context, command, async ({ options, args, output, session }) => {
    const { fail, formatOpen } = await import('@openledger/protocol')
    const { challengeCost, challengeReceipt, readExecutionCase } = await import('@openledger/sdk')
    const { anchorReceipt } = await import('../auditor/anchorReceipt.ts')
    const { sessionContent } = await import('../context/sessionContent.ts')
    if (options.as === undefined) return fail('NO_ACCUSER', 'it is not said who accuses', { field: '--as', fix: 'name a key with --as: it puts the deposit down' })
    const open = await session()
    const receiptId = await wholeId(open, args[0] as string)
    const { writer } = await open.actor(options.as)
    const cost = await challengeCost(writer)
    await challengeReceipt(writer, await anchorReceipt(writer, sessionContent(open), receiptId))
    const found = await readExecutionCase(writer, receiptId)
    output.line(`${formatOpen(cost)} OPEN are put down; the node has until ${when(found?.until ?? 0)} to open the answer`)
    output.result({ case: found, cost })
  })
}

function showCommand(context: CommandContext, parent: Command): void {
  const command = parent.command('show').summary('where the case about an answer stands').description('Shows the case about an answer, its committees, their votes and times.').argument('<receipt>', 'the receipt’s id or its beginning')
  examples(command, [['openledger auditor show 0x…', 'stage, verdict and times']])
  runs(context, command, async ({ args, output, session }) => {
    const { fail } = await import('@openledger/protocol')
    const { readExecutionCase, readExecutionRound } = await import('@openledger/sdk')
    const open = await session()
    const { reader } = open
    const receiptId = await wholeId(open, args[0] as string)
    const found = await readExecutionCase(reader, receiptId)
    if (found === null) return fail('UNKNOWN_CASE', 'nobody has drawn or challenged this answer', { field: 'receipt' })
    output.field('stage', found.stage)
    output.field('verdict', found.verdict)
    output.field('node', found.node)
    output.field('begun by', `${found.accuser} (${found.drawn ? 'drawn' : 'challenged'})`)
    const rounds = await Promise.all(Array.from({ length: found.stage === 'summoned' ? 0 : found.round + 1 }, (_, i) => readExecutionRound(reader, receiptId, i)))
    rounds.forEach(({ size, members, right, wrong, commitBy, revealBy, appealBy }, i) => {
      output.line(`committee ${i + 1}: ${members.length} of ${size} members, ${right} right, ${wrong} wrong; commits until ${when(commitBy)}, reveals until ${when(revealBy)}, appeals until ${when(appealBy)}`)
    })
    output.result({ case: found, rounds })
  })
}

function fundCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('fund')
    .summary('pay for committees of answers that were drawn')
    .description('Puts OPEN of a key (--as, by default "operator") where the members of committees are paid from when the beacon drew the answer; without it their votes earn nothing, whichever way they go.')
    .argument('<amount>', 'OPEN', openAmount)
  examples(command, [['openledger auditor fund 50', 'for some 80 committees of three at 0.2 OPEN']])
  runs(context, command, async ({ options, args, output, session }) => {
    const { formatOpen, parseOpen } = await import('@openledger/protocol')
    const { fundAudits, readAuditFund } = await import('@openledger/sdk')
    const { writer } = await (await session()).actor(options.as ?? 'operator')
    await fundAudits(writer, parseOpen(args[0] as string))
    const fund = await readAuditFund(writer)
    output.line(`${formatOpen(fund)} OPEN are there to pay committees`)
    output.result({ fund })
  })
}

function withdrawCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('withdraw')
    .summary('take what the court owes')
    .description('Pays a key (--as, by default "auditor") what the court of executions owes it: pay for votes, deposits and bonds that came back. "auditor watch" does this by itself; openledger money shows what is owed.')
  examples(command, [['openledger auditor withdraw --as operator', 'after a challenge of the operator was decided']])
  runs(context, command, async ({ options, output, session }) => {
    const { formatOpen } = await import('@openledger/protocol')
    const { readAuditPay, withdrawAuditPay } = await import('@openledger/sdk')
    const { account, writer } = await (await session()).actor(options.as ?? defaultKey)
    const amount = await readAuditPay(writer, account.address)
    if (amount > 0n) await withdrawAuditPay(writer)
    output.line(amount > 0n ? `${formatOpen(amount)} OPEN, in WOPEN` : 'the court owes nothing')
    output.result({ amount })
  })
}

/** `openledger auditor …` */
export function auditorCommand(context: CommandContext, program: Command): void {
  const parent = program.command('auditor').summary('earn by executing answers again').description('Staked auditors execute sampled answers again and say whether they are what their receipts claim; who agrees with the verdict is paid, who hides its vote loses a part of its bond.')
  examples(parent, [
    ['openledger auditor enrol', 'bond and offer to judge'],
    ['openledger auditor watch', 'and do it'],
  ])
  enrolCommand(context, parent)
  watchCommand(context, parent)
  challengeCommand(context, parent)
  showCommand(context, parent)
  fundCommand(context, parent)
  withdrawCommand(context, parent)
  auditorBondCommand(context, parent)
}
