/** Plays loads on the gateway's router in virtual time and prints what comes of them. The figures do not depend on the machine. */
import { fairnessLines, routingTable } from './routing/routingTable.ts'

const write = (text: string): void => void process.stdout.write(`${text}\n`)
write(routingTable(1200))
write(`\npart of the orders ÷ fair part by score, an hour, each node:\n${fairnessLines(3600)}`)
