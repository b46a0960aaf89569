import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { oneLine, shortId, when, whose } from './format.ts'

type ReceiptOptions = { out?: string; records?: boolean }

/** `openledger receipt` */
export function receiptCommand(context: CommandContext, program: Command): void {
  const command = program
    .command('receipt')
    .summary('list answers, or show one with its payments')
    .description('Lists the latest answers of the node, or shows one: its words, its sources, whom it paid, and the epoch and claims in which that happened.')
    .argument('[id]', 'a receipt’s id, or the beginning of it')
    .option('--out <file>', 'write the receipt bundle to a file: what an audit needs')
    .option('--records', 'name the records that taught the model something like this answer')
  examples(command, [
    ['openledger receipt', 'the latest answers'],
    ['openledger receipt 0x1a2b3c --out receipt.json', 'one of them, as a file'],
    ['openledger receipt 0x1a2b3c --records', 'one of them, down to single records'],
  ])
  runs<ReceiptOptions>(context, command, async ({ options, args, output, session }) => {
    const { formatOpen } = await import('@openledger/protocol')
    const open = await session()
    const [prefix] = args as [string | undefined]
    if (prefix === undefined) {
      const { items } = await open.node.receipts(null)
      output.table(['receipt', 'time', 'model', 'tokens', 'OPEN', 'attribution', 'epoch'], items.map((a) => [shortId(a.receiptId), when(a.time), a.model, `${a.inputTokens}+${a.outputTokens}`, formatOpen(BigInt(a.fee)), a.attribution.status, a.epoch === null ? '–' : String(a.epoch)]))
      return output.result(items)
    }
    const { findReceipt } = await import('../verbs/findReceipt.ts')
    const { freshReceipt } = await import('../verbs/awaitAttribution.ts')
    const { showAnswer } = await import('./showAnswer.ts')
    const { showShapingRecords } = await import('./showShapingRecords.ts')
    const id = await findReceipt(open, prefix)
    if (options.out !== undefined) {
      const { writeFile } = await import('node:fs/promises')
      await writeFile(options.out, (await freshReceipt(open, id)) ?? (await open.node.receiptBundle(id)))
      output.line(`the bundle of receipt ${shortId(id)} is in ${options.out}`)
      return output.result({ receiptId: id, file: options.out })
    }
    const [view, payments] = await Promise.all([open.node.receiptView(id), open.node.payments(id)])
    const asked = (view.messages as { role: string; content: string }[]).at(-1)
    if (asked) output.heading(oneLine(asked.content, 200))
    output.line(view.text)
    output.line()
    showAnswer(output, view)
    const { epoch } = payments
    output.field('settled', epoch === null ? 'not yet' : `epoch ${epoch.index}, transaction ${epoch.transaction}${epoch.final ? ', final' : ''}`)
    for (const line of payments.lines) if (line.claim) output.field('claimed', `${whose(line.name, line.payee)} in transaction ${line.claim.transaction}`)
    const records = options.records === true ? await open.node.shapingRecords(id) : undefined
    if (records) showShapingRecords(output, records)
    output.result({ answer: view, payments, ...(records ? { records } : {}) })
  })
}
