import { encodeFunctionData, parseEventLogs, type Address, type Log } from 'viem'
import { epochsAbi, stakesAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { readLedger } from '../connection/readLedger.ts'
import { sendCall } from '../connection/sendCall.ts'
import { isUnreachable } from '../errors/isUnreachable.ts'

/** A slash for an epoch that was voided: what was taken of the gateway's bond, and who is paid a part of it. */
export type EpochConviction = { gateway: Address; index: bigint; accuser: Address; taken: bigint }

/** The convictions of epochs that the events of one transaction tell of; of none where the slash was settled with the proof. */
function convictionsOf(logs: Log[]): EpochConviction[] {
  const slashes = parseEventLogs({ abi: stakesAbi, eventName: 'Slashed', logs })
  return parseEventLogs({ abi: epochsAbi, eventName: 'EpochVoided', logs }).flatMap(({ args: { gateway, index, accuser } }) => {
    const slash = slashes.find(({ args }) => args.account === gateway && args.prover === accuser && args.taken > 0n)
    return slash === undefined ? [] : [{ gateway, index, accuser, taken: slash.args.taken }]
  })
}

const callOf = ({ gateway, index, accuser, taken }: EpochConviction) => ({ abi: epochsAbi, functionName: 'settle', args: [gateway, index, accuser, taken] }) as const

/** A chain that cannot be reached has refused nothing. */
function refused(error: unknown): false {
  if (isUnreachable(error)) throw error
  return false
}

async function isOpen(reader: LedgerReader, conviction: EpochConviction): Promise<boolean> {
  const address = reader.addresses.epochs
  return readLedger(reader, 'slash', (client) => client.simulateContract({ address, ...callOf(conviction) }).then(() => true, refused))
}

/** Settles those convictions that are not settled yet: pays their accusers; anyone may. @returns how many */
async function settleThese(writer: LedgerWriter, convictions: readonly EpochConviction[]): Promise<number> {
  let settled = 0
  for (const conviction of convictions) {
    if (!(await isOpen(writer, conviction))) continue
    await sendCall(writer, { name: 'settlement of a slash', to: writer.addresses.epochs, data: encodeFunctionData(callOf(conviction)) })
    settled++
  }
  return settled
}

/** Whether a transaction voided an epoch; the slash for it is settled, so that its accuser is paid and the gateway can go on. */
export async function settleVerdict(writer: LedgerWriter, logs: Log[]): Promise<boolean> {
  await settleThese(writer, convictionsOf(logs))
  return parseEventLogs({ abi: epochsAbi, eventName: 'EpochVoided', logs }).length > 0
}

/**
 * Settles what courts have taken of a gateway's bond for wrong epochs and nobody has settled: until then the gateway cannot post. Anyone may.
 * @returns how many slashes were settled
 */
export async function settleConvictions(writer: LedgerWriter, gateway: Address): Promise<number> {
  const { epochs, stakes, deployBlock } = writer.addresses
  const { unsettled } = await readLedger(writer, 'bond', (client) => client.readContract({ address: stakes, abi: stakesAbi, functionName: 'getPosition', args: [gateway, 1] }))
  if (unsettled === 0) return 0
  const convictions = await readLedger(writer, 'voided epochs', async (client) => {
    const voided = await client.getContractEvents({ address: epochs, abi: epochsAbi, eventName: 'EpochVoided', args: { gateway }, fromBlock: BigInt(deployBlock) })
    const receipts = await Promise.all([...new Set(voided.map((log) => log.transactionHash))].map((hash) => client.getTransactionReceipt({ hash })))
    return receipts.flatMap(({ logs }) => convictionsOf(logs))
  })
  return settleThese(writer, convictions.filter((c) => c.gateway.toLowerCase() === gateway.toLowerCase()))
}
