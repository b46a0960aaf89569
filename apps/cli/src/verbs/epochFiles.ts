import type { ContentStore } from '@openledger/datanet'
import { cidOfDigest, epochsAbi, fail, OpenLedgerError, type Hex } from '@openledger/protocol'
import { readEpoch, readGatewayAccount, type EpochHeader, type LedgerReader } from '@openledger/sdk'
import type { Address } from 'viem'
import { getContractEvents } from 'viem/actions'
import { askChain } from '../context/askChain.ts'

/** The gateway of an epoch number: the only one that posted it. Fails with UNKNOWN_EPOCH or AMBIGUOUS_GATEWAY. */
export async function gatewayOfEpoch(reader: LedgerReader, index: number): Promise<Address> {
  const { epochs: address, deployBlock } = reader.addresses
  const events = await askChain(reader, 'epochs', (client) =>
    getContractEvents(client, { address, abi: epochsAbi, eventName: 'EpochPosted', args: { index: BigInt(index) }, fromBlock: BigInt(deployBlock), strict: true }),
  )
  const gateways = [...new Set(events.map(({ args }) => args.gateway))]
  if (gateways.length > 1) fail('AMBIGUOUS_GATEWAY', `${gateways.length} gateways posted an epoch ${index}`, { field: '--gateway', fix: `name one of ${gateways.join(', ')} with --gateway` })
  return gateways[0] ?? fail('UNKNOWN_EPOCH', `the chain knows no epoch ${index}`, { field: 'subject', fix: 'settle first with: openledger settle' })
}

/** The file of an epoch that stands, found by the hash that the chain keeps; undefined when the chain or the store has none. */
export async function epochFile(reader: LedgerReader, content: ContentStore, gateway: Address, index: number): Promise<Uint8Array | undefined> {
  if (index < 0) return undefined
  const epoch = await readEpoch(reader, gateway, BigInt(index))
  return epoch ? fileOf(content, epoch.header) : undefined
}

async function fileOf(content: ContentStore, { dataHash }: EpochHeader): Promise<Uint8Array | undefined> {
  try {
    return await content.get(cidOfDigest(dataHash))
  } catch (error) {
    if (error instanceof OpenLedgerError && error.code === 'MISSING_CONTENT') return undefined
    throw error
  }
}

/**
 * The file of the epoch that settled a receipt, found by chain and content alone; undefined while no epoch at hand holds it.
 * @param time when the receipt was signed, Unix seconds: epochs that were final by then are not read
 */
export async function epochOfReceipt(reader: LedgerReader, content: ContentStore, receipt: { id: Hex; gateway: Address; time: bigint }): Promise<Uint8Array | undefined> {
  const { next } = await readGatewayAccount(reader, receipt.gateway)
  for (let index = next - 1n; index >= 0n; index--) {
    const epoch = await readEpoch(reader, receipt.gateway, index)
    if (!epoch) continue
    if (epoch.header.finalAt < receipt.time) return undefined
    const file = await fileOf(content, epoch.header)
    if (file && Buffer.from(file).includes(receipt.id)) return file
  }
  return undefined
}
