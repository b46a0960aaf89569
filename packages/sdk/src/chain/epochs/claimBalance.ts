import { encodeFunctionData, isAddressEqual, parseEventLogs, type Address } from 'viem'
import { epochsAbi, fail, type MerkleProof } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { onlyEvent } from '../connection/onlyEvent.ts'
import { proofArgument } from '../connection/proofArgument.ts'
import { sendCall } from '../connection/sendCall.ts'
import { epochBrief } from './epochBrief.ts'
import type { EpochHeader } from './EpochHeader.ts'
import { readEpoch } from './readEpoch.ts'

export type ClaimRequest = {
  gateway: Address
  /** A final epoch's header, or its index, by which the header is read from the chain. */
  epoch: EpochHeader | bigint
  payee: Address
  /** The payee's balance in that epoch, smallest unit. */
  cumulative: bigint
  /** The balance's place in the epoch's balances. */
  proof: MerkleProof
  /** Pay in native OPEN; only when the sender is the payee. Default false. */
  unwrap?: boolean
}

/** Pays a payee what it has earned and not yet claimed; anyone may send it. @returns what was paid, smallest unit */
export async function claimBalance(writer: LedgerWriter, request: ClaimRequest): Promise<bigint> {
  const { gateway, payee, cumulative } = request
  const header = typeof request.epoch === 'bigint' ? (await readEpoch(writer, gateway, request.epoch))?.header : request.epoch
  if (!header) fail('UNKNOWN_EPOCH', `the gateway has no epoch ${String(request.epoch)} that stands`, { field: 'epoch', fix: 'use the index of an epoch that stands' })
  const proof = proofArgument(request.proof)
  const brief = epochBrief(header)
  if (request.unwrap && !isAddressEqual(payee, writer.walletClient.account.address)) {
    fail('NOT_PAYEE', 'only the payee can ask for the native coin', { field: 'unwrap', fix: "send it from the payee's account, or claim in WOPEN" })
  }
  const data = request.unwrap
    ? encodeFunctionData({ abi: epochsAbi, functionName: 'claimNative', args: [gateway, brief, cumulative, proof] })
    : encodeFunctionData({ abi: epochsAbi, functionName: 'claim', args: [gateway, brief, payee, cumulative, proof] })
  const { logs } = await sendCall(writer, { name: 'claim', to: writer.addresses.epochs, data })
  return onlyEvent(parseEventLogs({ abi: epochsAbi, eventName: 'Claimed', logs }), 'Claimed').args.amount
}
