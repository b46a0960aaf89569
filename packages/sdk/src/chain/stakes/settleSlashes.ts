import { encodeFunctionData, numberToHex, parseEventLogs, type Address, type ContractFunctionArgs, type Hex, type Log } from 'viem'
import { attributionCourtAbi, epochsAbi, stakesAbi } from '@openledger/protocol'
import type { LedgerReader } from '../connection/LedgerReader.ts'
import type { LedgerWriter } from '../connection/LedgerWriter.ts'
import { readLedger } from '../connection/readLedger.ts'
import { sendCall } from '../connection/sendCall.ts'
import { isUnreachable } from '../errors/isUnreachable.ts'
import { stakeRoleIndex } from './StakeRole.ts'

/** A slash that was taken off a bond and may not be settled yet: whose, and the call that settles it. */
type Slash = { account: Address; to: Address; data: Hex }

const equivocation = 1
const settleCase = (...args: ContractFunctionArgs<typeof stakesAbi, 'nonpayable', 'settleCase'>): Hex => encodeFunctionData({ abi: stakesAbi, functionName: 'settleCase', args })

/** What convicts leaves these events; some of these slashes may have been settled with the proof. */
function slashesOf({ addresses: { epochs, stakes, attributionCourt } }: LedgerReader, logs: Log[]): Slash[] {
  const taken = parseEventLogs({ abi: stakesAbi, eventName: 'Slashed', logs }).filter(({ args }) => args.taken > 0n)
  const slashOf = (account: Address, prover: Address) => taken.filter(({ args }) => args.account === account && args.prover === prover).map(({ args }) => args)
  const ofEpochs = parseEventLogs({ abi: epochsAbi, eventName: 'EpochVoided', logs }).flatMap(({ args: { gateway, index, accuser } }) =>
    slashOf(gateway, accuser).map((slash): Slash => ({ account: gateway, to: epochs, data: encodeFunctionData({ abi: epochsAbi, functionName: 'settle', args: [gateway, index, accuser, slash.taken] }) })),
  )
  const ofReceipts = parseEventLogs({ abi: attributionCourtAbi, eventName: 'Convicted', logs }).flatMap(({ args: { receiptId, node, accuser } }) =>
    slashOf(node, accuser).map((slash): Slash => ({ account: node, to: stakes, data: settleCase(attributionCourt, receiptId, node, slash.role, slash.fault, accuser, slash.taken) })),
  )
  const ofNonces = parseEventLogs({ abi: stakesAbi, eventName: 'EquivocationProven', logs }).map(({ args: { node, prover, nonce, taken: sum } }): Slash => {
    const caseId = numberToHex((BigInt(node) << 64n) | nonce, { size: 32 })
    return { account: node, to: stakes, data: settleCase(stakes, caseId, node, stakeRoleIndex.node, equivocation, prover, sum) }
  })
  return [...ofEpochs, ...ofReceipts, ...ofNonces]
}

/** A chain that cannot be reached has refused nothing. */
function refused(error: unknown): false {
  if (isUnreachable(error)) throw error
  return false
}

async function isOpen(writer: LedgerWriter, { to, data }: Slash): Promise<boolean> {
  return readLedger(writer, 'slash', (client) => client.call({ account: writer.walletClient.account, to, data }).then(() => true, refused))
}

async function settleThese(writer: LedgerWriter, slashes: readonly Slash[]): Promise<number> {
  let settled = 0
  for (const slash of slashes) {
    if (!(await isOpen(writer, slash))) continue
    await sendCall(writer, { name: 'settlement of a slash', to: slash.to, data: slash.data })
    settled++
  }
  return settled
}

/** Settles the slashes that a transaction's events tell of, where they are not settled yet: books them and pays who proved the fault. @returns how many */
export function settleSlashes(writer: LedgerWriter, logs: Log[]): Promise<number> {
  return settleThese(writer, slashesOf(writer, logs))
}

/**
 * Settles what was taken of an account's bonds for wrong epochs, wrong attributions and nonces used twice, and nobody has settled: until then a gateway
 * cannot post, and no such bond can be changed. Anyone may.
 * @returns how many slashes were settled
 */
export async function settleConvictions(writer: LedgerWriter, account: Address): Promise<number> {
  const { epochs, stakes, attributionCourt, deployBlock } = writer.addresses
  const unsettled = await readLedger(writer, 'bonds', (client) => Promise.all([stakeRoleIndex.node, stakeRoleIndex.gateway].map((role) => client.readContract({ address: stakes, abi: stakesAbi, functionName: 'getPosition', args: [account, role] }))))
  if (unsettled.every((position) => position.unsettled === 0)) return 0
  const fromBlock = BigInt(deployBlock)
  const slashes = await readLedger(writer, 'convictions', async (client) => {
    const voided = client.getContractEvents({ address: epochs, abi: epochsAbi, eventName: 'EpochVoided', args: { gateway: account }, fromBlock })
    const convicted = client.getContractEvents({ address: attributionCourt, abi: attributionCourtAbi, eventName: 'Convicted', args: { node: account }, fromBlock })
    const equivocations = client.getContractEvents({ address: stakes, abi: stakesAbi, eventName: 'EquivocationProven', args: { node: account }, fromBlock })
    const hashes = new Set([...(await voided), ...(await convicted), ...(await equivocations)].map((log) => log.transactionHash))
    const receipts = await Promise.all([...hashes].map((hash) => client.getTransactionReceipt({ hash })))
    return receipts.flatMap(({ logs }) => slashesOf(writer, logs))
  })
  return settleThese(writer, slashes.filter((slash) => slash.account.toLowerCase() === account.toLowerCase()))
}
