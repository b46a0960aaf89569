import { keccak256, type Address, type LocalAccount, type TransactionReceipt } from 'viem'
import { UnavailableError, type Hex } from '@openledger/protocol'
import { isUnreachable } from '../errors/isUnreachable.ts'
import { ledgerError } from '../errors/ledgerError.ts'
import { inTurn } from './inTurn.ts'
import type { Sender } from './LedgerWriter.ts'
import { transactionFees } from './transactionFees.ts'
import { untilAvailable } from './untilAvailable.ts'
import { waitForReceipt } from './waitForReceipt.ts'

const defaultTimeoutMs = 30_000
const attempts = 5
const isStaleNonce = (error: unknown): boolean => /nonce (is )?too low|already known|already imported|replacement transaction|nonce.*(used|lower)/i.test(String(error))

/** One transaction: `name` is how its errors call it; without `to` it creates a contract. */
export type Call = { name: string; to?: Address; data: Hex; value?: bigint; nonce?: number }

type Sent = { hash: Hex; resend: () => Promise<void> }

async function isKnown({ publicClient, timeoutMs }: Sender, hash: Hex): Promise<boolean> {
  return untilAvailable(async () => {
    try {
      return (await publicClient.getTransaction({ hash })) !== null
    } catch (error) {
      if (isUnreachable(error)) throw error
      return false
    }
  }, timeoutMs)
}

/**
 * The gas limit for an estimate: a quarter more, and room for two storage slots. The state can move on between estimate and block: WOPEN keeps
 * a checkpoint of votes for each second, and whether a transfer begins a new one depends on the second in which it is mined.
 */
const gasLimit = (estimate: bigint): bigint => (estimate * 5n) / 4n + 60_000n

/** Signs here, so that sending the same bytes twice is one transaction. */
async function sendSigned(sender: Sender, account: LocalAccount, call: Call): Promise<Sent> {
  const { publicClient, timeoutMs } = sender
  const { to, data, value } = call
  for (let attempt = 1; ; attempt++) {
    const [chainId, nonce, gas, fees] = await untilAvailable(
      () =>
        Promise.all([
          publicClient.getChainId(),
          call.nonce ?? publicClient.getTransactionCount({ address: account.address, blockTag: 'pending' }),
          publicClient.estimateGas({ account: account.address, to, data, value, blockTag: 'pending' }),
          transactionFees(publicClient),
        ]),
      timeoutMs,
    )
    const serializedTransaction = await account.signTransaction({ chainId, nonce, gas: gasLimit(gas), to, data, value, ...fees })
    const hash = keccak256(serializedTransaction)
    const send = (): Promise<Hex> => publicClient.sendRawTransaction({ serializedTransaction })
    const resend = (): Promise<void> => send().then(() => undefined, () => undefined)
    try {
      await send()
      return { hash, resend }
    } catch (error) {
      // It may have arrived although no answer came back: whoever waits for the receipt sends it again.
      if (isUnreachable(error)) return { hash, resend }
      if (!isStaleNonce(error)) throw error
      if (await isKnown(sender, hash)) return { hash, resend }
      if (call.nonce !== undefined || attempt === attempts) throw error
    }
  }
}

/** For accounts that live in a wallet: the wallet signs, and what it was asked is asked once. */
async function sendByWallet({ walletClient }: Sender, { to, data, value }: Call): Promise<Sent> {
  const hash = await walletClient.sendTransaction({ account: walletClient.account, chain: null, to, data, value })
  return { hash, resend: () => Promise.resolve() }
}

async function dryRun({ publicClient, walletClient, timeoutMs }: Sender, call: Call, blockNumber?: bigint): Promise<void> {
  const { name, to, data, value } = call
  try {
    await untilAvailable(() => publicClient.call({ account: walletClient.account.address, to, data, value, ...(blockNumber === undefined ? { blockTag: 'pending' as const } : { blockNumber }) }), timeoutMs)
  } catch (error) {
    throw ledgerError(name, error)
  }
}

/**
 * Sends one transaction and waits until it is in a block. A call that would fail is not sent. Transactions of one account object
 * are sent in turn; each keeps its own wait.
 * @returns the receipt of a transaction that succeeded
 * @throws the contract's custom error as an OpenLedgerError with its name as code; CHAIN_AWAY, NOT_MINED, NO_FUNDS
 */
export async function sendCall(sender: Sender, call: Call): Promise<TransactionReceipt> {
  const { publicClient, walletClient, timeoutMs = defaultTimeoutMs } = sender
  const { account } = walletClient
  await dryRun(sender, call)
  try {
    const { hash, resend } = await inTurn(account, () => (account.type === 'local' ? sendSigned(sender, account, call) : sendByWallet(sender, call)))
    const receipt = await waitForReceipt(publicClient, hash, resend, timeoutMs)
    if (receipt.status === 'success') return receipt
    // Something changed between the dry run and the block: ask again for the reason.
    await dryRun(sender, call, receipt.blockNumber)
    throw new UnavailableError('REVERTED', `${call.name} was refused in block ${receipt.blockNumber} (transaction ${hash})`, { action: 'retry', fix: 'try again' })
  } catch (error) {
    throw ledgerError(call.name, error)
  }
}
