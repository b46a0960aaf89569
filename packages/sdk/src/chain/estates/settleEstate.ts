import { encodeFunctionData, parseEventLogs, type Address } from 'viem'
import { estatesAbi, fail, zeroHash, type Hex } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { sendCall } from '../connection/sendCall.ts'
import { readClaimedShares, readEstateClaim } from './readEstate.ts'

const abi = estatesAbi
/** Shares of one transaction; each is a transfer. */
const sharesAtOnce = 100
/** Channels of one transaction. */
const channelsAtOnce = 100

/**
 * Opens a silent gateway's estate and closes the gateway for good.
 * @param receiptId a claim that has stood for its time; null after an announcement
 * @returns what was never divided, smallest unit, and when it is paid out, Unix seconds
 */
export async function openEstate(writer: LedgerWriter, gateway: Address, receiptId: Hex | null): Promise<{ coins: bigint; filingEndsAt: number; settlesAt: number }> {
  const data = encodeFunctionData({ abi, functionName: 'open', args: [gateway, receiptId ?? zeroHash] })
  const { logs } = await sendCall(writer, { name: 'opening of an estate', to: writer.addresses.estates, data })
  const { coins, filingEndsAt, settlesAt } = onlyEvent(parseEventLogs({ abi, eventName: 'EstateOpened', logs }), 'EstateOpened').args
  return { coins, filingEndsAt: Number(filingEndsAt), settlesAt: Number(settlesAt) }
}

/**
 * Pays all shares of a claimed receipt that are not paid yet, from the claim's own events; several transactions where there are many.
 * @returns what was paid, smallest unit
 * @throws InputError NO_CLAIM when there is none; what the contract refuses
 */
export async function payEstateClaim(writer: LedgerWriter, gateway: Address, receiptId: Hex): Promise<bigint> {
  const claim = await readEstateClaim(writer, gateway, receiptId)
  if (!claim) return fail('NO_CLAIM', 'there is no claim for this receipt, or it was refuted', { field: 'receipt', fix: 'file it while the estate takes claims' })
  const shares = await readClaimedShares(writer, gateway, receiptId)
  let paid = 0n
  for (let done = claim.paid; done < shares.length; done += sharesAtOnce) {
    const data = encodeFunctionData({ abi, functionName: 'pay', args: [gateway, receiptId, shares, BigInt(sharesAtOnce)] })
    const { logs } = await sendCall(writer, { name: 'payment of a claim', to: writer.addresses.estates, data })
    paid += parseEventLogs({ abi, eventName: 'SharePaid', logs }).reduce((sum, { args }) => sum + args.amount, 0n)
  }
  return paid
}

/** Pays the payers of channels their parts of what no claim took; anyone may. @returns what was paid, smallest unit */
export async function refundChannels(writer: LedgerWriter, gateway: Address, channelIds: readonly Hex[]): Promise<bigint> {
  let paid = 0n
  for (let first = 0; first < Math.max(1, channelIds.length); first += channelsAtOnce) {
    const data = encodeFunctionData({ abi, functionName: 'refund', args: [gateway, channelIds.slice(first, first + channelsAtOnce)] })
    const { logs } = await sendCall(writer, { name: 'refund', to: writer.addresses.estates, data })
    paid += parseEventLogs({ abi, eventName: 'ChannelRefunded', logs }).reduce((sum, { args }) => sum + args.amount, 0n)
  }
  return paid
}
