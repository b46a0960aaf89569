import type { Command } from 'commander'
import type { Address } from 'viem'
import type { CheckOutcome } from '@openledger/audit'
import { fail } from '@openledger/protocol'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { exitCodes } from '../output/exitCode.ts'
import { examples } from './examples.ts'
import { addressOption, wholeNumber } from './optionValues.ts'
import { keepDisputes, showSecondOpinion } from './showAudit.ts'

type AuditOptions = { model?: string; rerun?: boolean; gateway?: Address; content?: string; receipts?: string; network?: string; rpc?: string; threads?: number; secondOpinion?: boolean; bundle?: string; dispute?: string[] }

const marks = { ok: 'ok   ', false: 'FALSE', skipped: 'skip ' } as const

/** `openledger audit` */
export function auditCommand(context: CommandContext, program: Command): void {
  const command = program
    .command('audit')
    .summary('recompute an answer, an epoch or an adapter')
    .description('Recomputes everything that was claimed about an answer, an epoch or an adapter: signatures, hashes, lineage, the answer itself, attribution, split, the chain’s anchors. Works from files and an RPC address alone; a running node is asked only for files that are not at hand. Exits with 0 when every claim holds, with 1 when one is false, and names it.')
    .argument('<subject...>', 'a receipt id, an adapter id, a run’s name, an epoch’s number, or the path of a file; "receipt", "epoch" or "adapter" before it says which is meant')
    .option('--model <name>', 'the base model: one of the store, or a weight file; by default the one that the chain names, from the store, this package or the content folder')
    .option('--rerun', 'train an adapter again and compare it bit for bit')
    .option('--gateway <address>', 'whose epoch, when several gateways posted one of this number', addressOption)
    .option('--content <folder>', 'where the public files lie; by default in the data folder')
    .option('--receipts <folder>', 'where receipt bundles lie; by default in the data folder')
    .option('--network <file>', 'the description of the ledger; by default network.json of the data folder')
    .option('--rpc <url>', 'the chain’s RPC address; by default that of the description')
    .option('--threads <n>', 'threads for the model', wholeNumber(1))
    .option('--second-opinion', 'of an answer: ask the model by forward passes what it would lose without each contributor, beside the scores')
    .option('--bundle <file>', 'write the openings that a contract needs: of an answer for each fault found, of an epoch for the first; "openledger accuse" brings that to the chain')
    .option('--dispute <claim>', 'with --bundle: open this claim instead, right or wrong, as in dot-product:atom=3 or span-words:span=0; can be given several times', (text: string, before: string[] = []) => [...before, text])
  examples(command, [
    ['openledger audit 0x1a2b3c4d', 'the answer whose receipt begins like this'],
    ['openledger audit epoch 0', 'the first epoch'],
    ['openledger audit plants --rerun', 'the adapter of run "plants", trained again'],
    ['openledger audit receipt.json --content ./public --network network.json --rpc http://127.0.0.1:8545', 'without a node'],
    ['openledger audit receipt.json --second-opinion', 'with the model’s own word on whose data shaped it'],
    ['openledger audit receipt.json --bundle dispute.json --dispute dot-product:atom=3', 'the openings of one claim, for a judge'],
  ])
  runs<AuditOptions>(context, command, async ({ options, args, output, session }) => {
    const { audit } = await import('../verbs/audit.ts')
    const { Progress } = await import('../output/Progress.ts')
    const { content, receipts, network, rpc, model, rerun, gateway, threads, secondOpinion, bundle, dispute = [] } = options
    const { disputeRequest } = await import('../verbs/disputeRequest.ts')
    const disputes = bundle === undefined ? undefined : dispute.map(disputeRequest)
    if (bundle === undefined && dispute.length > 0) fail('NO_BUNDLE', 'a dispute is written to a file', { field: '--dispute', fix: 'name the file with --bundle' })
    const open = await session({ content, receipts, network, rpc })
    const progress = new Progress(output, 'training again')
    const onCheck = ({ name, status, detail }: CheckOutcome): void => {
      progress.stop()
      output.line(`  ${marks[status]}  ${name.padEnd(20)} ${detail}`)
    }
    const onProgress = (done: number, total: number): void => progress.update({ done, total, text: '' })
    try {
      const report = await audit(open, { subject: args[0] as string[], model, rerun, gateway, threads, secondOpinion, disputes, onCheck, onProgress })
      output.line(`${report.kind} ${report.subject}`)
      output.heading(report.ok ? `audit: OK (${report.checks.filter((c) => c.status === 'ok').length} checks held)` : `audit: FALSE: ${report.falseClaim ?? 'a claim does not hold'}`)
      if (report.secondOpinion) showSecondOpinion(output, report.secondOpinion)
      if (bundle !== undefined) await keepDisputes(output, report, bundle)
      output.result(report)
      return report.ok ? exitCodes.ok : exitCodes.falseClaim
    } finally {
      progress.stop()
    }
  })
}
