import { encodeFunctionData, type Address, type TransactionReceipt } from 'viem'
import { stakesAbi, type Hex, type Receipt } from '@openledger/protocol'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { readLedger } from '../connection/readLedger.ts'
import { sendCall } from '../connection/sendCall.ts'
import { equivocationArguments } from './equivocationArguments.ts'

const abi = stakesAbi

export type SignedReceipt = { receipt: Receipt; signature: Hex }

/** Settles the slash for two receipts of one nonce, which pays whoever proved it; anyone may send it. @returns false where nothing is left to settle */
export async function settleEquivocation(writer: LedgerWriter, node: Address, nonce: bigint): Promise<boolean> {
  const to = writer.addresses.stakes
  const [, taken] = await readLedger(writer, 'equivocation', (client) => client.readContract({ address: to, abi, functionName: 'unsettledEquivocation', args: [node, nonce] }))
  if (taken === 0n) return false
  await sendCall(writer, { name: 'settlement of a slash', to, data: encodeFunctionData({ abi, functionName: 'settleEquivocation', args: [node, nonce] }) })
  return true
}

/** Settles all such slashes of a node that nobody has settled; anyone may. @returns how many */
export async function settleEquivocations(writer: LedgerWriter, node: Address): Promise<number> {
  const { stakes: address, deployBlock } = writer.addresses
  const proven = await readLedger(writer, 'equivocations', (client) => client.getContractEvents({ address, abi, eventName: 'EquivocationProven', args: { node }, fromBlock: BigInt(deployBlock), strict: true }))
  let settled = 0
  for (const { args } of proven) if (await settleEquivocation(writer, node, args.nonce)) settled++
  return settled
}

/**
 * Shows two receipts that a node signed with one nonce, and settles the slash: the sender gets a part of the node's bond. Fails with NO_EQUIVOCATION.
 * @returns the proof's transaction
 */
export async function proveEquivocation(writer: LedgerWriter, first: SignedReceipt, second: SignedReceipt): Promise<TransactionReceipt> {
  const data = encodeFunctionData({ abi, functionName: 'proveEquivocation', args: equivocationArguments(first, second) })
  const proof = await sendCall(writer, { name: 'equivocation', to: writer.addresses.stakes, data })
  await settleEquivocation(writer, first.receipt.node, first.receipt.nonce)
  return proof
}
