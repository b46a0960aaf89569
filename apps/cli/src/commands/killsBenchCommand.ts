import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { formatOpen } from '@openledger/protocol'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { wholeNumber } from './optionValues.ts'

type KillsBenchFlags = { kills: number; payers: number; maxTokens: number; threads: number; seed: number; save?: string }

/** `openledger bench kills` */
export function killsBenchCommand(context: CommandContext, bench: Command): void {
  const command = bench
    .command('kills')
    .summary('kill gateway, node and chain under load')
    .description('Lets payers ask without end, honest ones and such that default, replay, forge, overdraw and run away, while gateway, node and chain are killed at random moments. Then it settles and claims everything and compares the books of clients, gateway and chain.')
    .option('--kills <n>', 'processes killed', wholeNumber(1), 100)
    .option('--payers <n>', 'payers of each of the six kinds', wholeNumber(1), 1)
    .option('--max-tokens <n>', 'longest answer', wholeNumber(1), 24)
    .option('--threads <n>', 'threads for the engine', wholeNumber(1), 1)
    .option('--seed <n>', 'of the random moments', wholeNumber(), 7)
    .option('--save <file>', 'writes all figures as JSON')
  examples(command, [
    ['openledger bench kills', 'a hundred kills; about twenty minutes on two cores'],
    ['openledger bench kills --kills 4', 'shows that everything runs'],
  ])
  runs<KillsBenchFlags>(context, command, async ({ options, output }) => {
    const { killsBench } = await import('../bench/kills/killsBench.ts')
    const { exitCodes } = await import('../output/exitCode.ts')
    const { save, ...settings } = options
    const report = await killsBench(settings, output)
    const { killed, rounds, books } = report
    output.field('killed', `${killed.gateway} times gateway and node, ${killed.chain} times the chain, in ${report.seconds.toFixed(0)} s`)
    for (const [kind, { done, stopped }] of Object.entries(rounds)) output.field(kind, `${done} rounds done, ${stopped} stopped`)
    output.field('paid for', `${books.receipts} answers over ${books.channels} channels, settled in ${books.epochs} epochs`)
    output.field('collected', `${formatOpen(BigInt(books.collected))} OPEN; ${formatOpen(BigInt(books.claimed))} OPEN claimed`)
    for (const fault of books.faults) output.line(fault)
    output.line(books.faults.length === 0 ? 'nothing lost, nothing paid twice' : `${books.faults.length} faults`)
    if (save !== undefined) writeFileSync(save, `${JSON.stringify(report, null, 2)}\n`)
    output.result(report)
    if (books.faults.length > 0) process.exitCode = exitCodes.falseClaim
  })
}
