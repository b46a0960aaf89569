/**
 * Plays loads on the gateway's router in virtual time, then runs whole networks, one seed after the other (`--seeds 1000`, `--from 1`), and prints what came of
 * them. Ends with 1 when a network came to other balances than the oracle, or broke another of its promises. Nothing printed depends on the machine.
 */
import { parseArgs } from 'node:util'
import { openMemoryDatabase } from './network/openMemoryDatabase.ts'
import { simulateNetwork, type NetworkOutcome } from './network/simulateNetwork.ts'
import { fairnessLines, routingTable } from './routing/routingTable.ts'

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '20' }, from: { type: 'string', default: '1' } } })
const [seeds, from] = [Number(values.seeds), Number(values.from)]
const write = (text: string): void => void process.stdout.write(`${text}\n`)

if (from === 1) {
  write(routingTable(1200))
  write(`\npart of the orders ÷ fair part by score, an hour, each node:\n${fairnessLines(3600)}\n`)
}
const database = await openMemoryDatabase()
const sums = new Map<string, number>()
let failed = 0
for (let seed = from; seed < from + seeds; seed++) {
  const { wrong, counts }: Pick<NetworkOutcome, 'wrong' | 'counts'> = await simulateNetwork(seed, database)
  for (const [name, count] of Object.entries(counts)) sums.set(name, (sums.get(name) ?? 0) + count)
  if (wrong.length > 0) failed += 1
  for (const line of wrong) write(`seed ${seed}: ${line}`)
  if ((seed - from + 1) % 50 === 0) write(`${seed - from + 1} seeds, ${failed} failed`)
}
await database.close()
write(`checked ${seeds} seeds from ${from} on: ${failed} failed; ${[...sums].map(([name, sum]) => `${name} ${sum}`).join(', ')}`)
process.exitCode = failed > 0 || seeds === 0 ? 1 : 0
