import { channelsAbi, formatOpen, type Hex } from '@openledger/protocol'
import { readChannel, readClaimed, readGatewayAccount, readWopenBalance } from '@openledger/sdk'
import type { Session } from '../../context/Session.ts'
import { audit } from '../../verbs/audit.ts'
import { VoucherBook } from '../../verbs/VoucherBook.ts'

export type Books = { receipts: number; channels: number; epochs: number; collected: bigint; claimed: bigint; faults: string[] }

/** Every channel that the chain has seen opened. */
async function channelsOf({ reader }: Session): Promise<Hex[]> {
  const { publicClient, addresses } = reader
  const events = await publicClient.getContractEvents({ address: addresses.channels, abi: channelsAbi, eventName: 'ChannelOpened', fromBlock: 0n })
  return events.map(({ args }) => args.channelId!)
}

/**
 * Holds what clients, gateway and chain have written down against each other: every receipt that a client got is known and was settled; nobody was charged
 * more than he signed for or put in; nobody was paid more than the epochs say; the contracts hold exactly what they owe.
 * @param acknowledged receipts that clients had in full before a process died
 */
export async function checkBooks(session: Session, acknowledged: ReadonlySet<Hex>): Promise<Books> {
  const faults: string[] = []
  const { reader, node } = session
  const { gateway } = await node.nodeInfo()
  for (const id of acknowledged) {
    const settled = await node.payments(id).catch(() => undefined)
    if (!settled) faults.push(`receipt ${id} is lost`)
    else if (settled.epoch === null) faults.push(`receipt ${id} was paid for and never settled`)
  }
  const vouchers = new VoucherBook(session.folder.vouchers)
  const channels = await channelsOf(session)
  let [held, collected] = [0n, 0n]
  for (const id of channels) {
    const state = (await readChannel(reader, id))!
    const signed = (await vouchers.last(id))?.cumulative ?? 0n
    if (state.collected > state.deposited) faults.push(`channel ${id}: ${formatOpen(state.collected)} collected of ${formatOpen(state.deposited)}`)
    if (state.collected > signed) faults.push(`channel ${id}: ${formatOpen(state.collected)} collected, ${formatOpen(signed)} signed for`)
    collected += state.collected
    held += state.closed ? 0n : state.deposited - state.collected
  }
  const account = await readGatewayAccount(reader, gateway)
  const [inChannels, inEpochs] = [await readWopenBalance(reader, reader.addresses.channels), await readWopenBalance(reader, reader.addresses.epochs)]
  const equal = (what: string, a: bigint, b: bigint): void => void (a === b || faults.push(`${what}: ${formatOpen(a)} and ${formatOpen(b)}`))
  equal('channels hold, and owe their payers', inChannels, held)
  equal('collected from channels, and credited to the gateway', collected, account.credited)
  equal('epochs hold, and owe', inEpochs, account.credited - account.paid)
  equal('divided by epochs, and collected', account.committed, account.credited)
  let claimed = 0n
  for (const { payee, final, claimed: said } of await node.balances()) {
    const onChain = await readClaimed(reader, gateway, payee)
    claimed += onChain
    equal(`${payee} was paid by the chain, and by the node`, onChain, BigInt(said))
    if (onChain > BigInt(final)) faults.push(`${payee} was paid ${formatOpen(onChain)} of ${formatOpen(BigInt(final))}`)
  }
  equal('paid out in all, and to payees', account.paid, claimed)
  const epochs = await node.epochs()
  for (const { index } of epochs) {
    const { falseClaim } = await audit(session, { subject: ['epoch', String(index)] })
    if (falseClaim !== undefined) faults.push(`epoch ${index}: ${falseClaim}`)
  }
  return { receipts: acknowledged.size, channels: channels.length, epochs: epochs.length, collected, claimed, faults }
}
