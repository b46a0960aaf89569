import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { openAmount, positiveNumber, wholeNumber } from './optionValues.ts'

/** What a verdict takes of a node's bond. */
const slashPpm = 500_000

type BondOptions = { answers: number; sameProfile: number }

/** `openledger auditor bond` */
export function auditorBondCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('bond')
    .summary('the bond below which lying would pay')
    .description('Computes, from the ledger’s sampling rate and the measured chance that an audited false answer is called wrong, what a node has to have bonded so that false answers cost it more than they bring.')
    .argument('<gain>', 'OPEN that one false answer brings its node: at most its fee', openAmount)
    .option('--answers <n>', 'false answers that it can give before a verdict ends it: those of an epoch, its window and the stages of a case', wholeNumber(1), 1)
    .option('--same-profile <percent>', 'part of the committees that compute under the node’s own numerics profile', positiveNumber, 100)
  examples(command, [['openledger auditor bond 0.001 --answers 10000', 'ten thousand answers at a fee of 0.001 OPEN']])
  runs<BondOptions>(context, command, async ({ options, args, output, session }) => {
    const { answersUntilFound, auditsToFind, detectionOf, fail, formatOpen, parseOpen, requiredBond } = await import('@openledger/protocol')
    const { readAuditTerms } = await import('@openledger/sdk')
    const { answers, sameProfile } = options
    if (sameProfile > 100) fail('BAD_PART', 'a part is at most 100 %', { field: '--same-profile' })
    const { ratePpm } = await readAuditTerms((await session()).reader)
    const detectionPpm = detectionOf(Math.round(sameProfile * 10_000))
    const bond = requiredBond({ gain: parseOpen(args[0] as string), answers, samplingPpm: ratePpm, detectionPpm, slashPpm })
    const until = answersUntilFound({ samplingPpm: ratePpm, detectionPpm })
    output.field('bond', `${formatOpen(bond)} OPEN`)
    output.field('drawn', `${ratePpm / 10_000} % of the answers`)
    output.field('called wrong', `${detectionPpm / 10_000} % of the false ones that are drawn, at least`)
    output.field('found after', `${Math.round(until)} false answers in the mean; nineteen of twenty liars within ${auditsToFind({ detectionPpm })} audits`)
    output.result({ bond, samplingPpm: ratePpm, detectionPpm, answersUntilFound: until, audits: auditsToFind({ detectionPpm }) })
  })
}
