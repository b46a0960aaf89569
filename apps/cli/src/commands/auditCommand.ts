import type { Command } from 'commander'
import type { Address } from 'viem'
import type { CheckOutcome } from '@openledger/audit'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { exitCodes } from '../output/exitCode.ts'
import { examples } from './examples.ts'
import { addressOption, wholeNumber } from './optionValues.ts'

type AuditOptions = { model?: string; rerun?: boolean; gateway?: Address; content?: string; receipts?: string; network?: string; rpc?: string; threads?: number }

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
  examples(command, [
    ['openledger audit 0x1a2b3c4d', 'the answer whose receipt begins like this'],
    ['openledger audit epoch 0', 'the first epoch'],
    ['openledger audit plants --rerun', 'the adapter of run "plants", trained again'],
    ['openledger audit receipt.json --content ./public --network network.json --rpc http://127.0.0.1:8545', 'without a node'],
  ])
  runs<AuditOptions>(context, command, async ({ options, args, output, session }) => {
    const { audit } = await import('../verbs/audit.ts')
    const { Progress } = await import('../output/Progress.ts')
    const { content, receipts, network, rpc, model, rerun, gateway, threads } = options
    const open = await session({ content, receipts, network, rpc })
    const progress = new Progress(output, 'training again')
    const onCheck = ({ name, status, detail }: CheckOutcome): void => {
      progress.stop()
      output.line(`  ${marks[status]}  ${name.padEnd(20)} ${detail}`)
    }
    const onProgress = (done: number, total: number): void => progress.update({ done, total, text: '' })
    try {
      const report = await audit(open, { subject: args[0] as string[], model, rerun, gateway, threads, onCheck, onProgress })
      output.line(`${report.kind} ${report.subject}`)
      output.heading(report.ok ? `audit: OK (${report.checks.filter((c) => c.status === 'ok').length} checks held)` : `audit: FALSE: ${report.falseClaim ?? 'a claim does not hold'}`)
      output.result(report)
      return report.ok ? exitCodes.ok : exitCodes.falseClaim
    } finally {
      progress.stop()
    }
  })
}
