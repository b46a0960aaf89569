import { Capability, TransactionType, isBlob4844Tx } from '@ethereumjs/tx'
import type { Account } from '@ethereumjs/util'
import { TransactionRefused } from '../transactions/TransactionRefused.ts'
import { readTransaction, type PoolTransaction } from '../transactions/PoolTransaction.ts'
import type { ChainCommon } from '../evm/ChainCommon.ts'
import type { PoolLimits } from './poolLimits.ts'
import type { SenderQueue } from './SenderQueue.ts'

/**
 * What a transaction must satisfy on its own: size, form, chain, signature, gas.
 * @throws TransactionRefused
 */
export function readChecked(raw: Uint8Array, sequence: number, common: ChainCommon, limits: PoolLimits, gasLimit: bigint): PoolTransaction {
  if (raw.length > limits.transactionBytes) {
    throw new TransactionRefused('CHAIN_TRANSACTION_TOO_LARGE', `oversized data: transaction of ${raw.length} bytes, limit ${limits.transactionBytes}`, 'send less data in one transaction')
  }
  const transaction = read(raw, sequence, common)
  const { tx } = transaction
  if (isBlob4844Tx(tx)) throw new TransactionRefused('CHAIN_TRANSACTION_TYPE', 'transaction type not supported: the chain carries no blobs', 'send a transaction without blobs')
  if (tx.type === TransactionType.Legacy && !tx.supports(Capability.EIP155ReplayProtection)) {
    throw new TransactionRefused('CHAIN_TRANSACTION_UNPROTECTED', 'only replay-protected (EIP-155) transactions allowed over RPC', 'sign with the chain id')
  }
  if (tx.gasLimit > gasLimit) {
    throw new TransactionRefused('CHAIN_GAS_OVER_BLOCK', `exceeds block gas limit: ${tx.gasLimit} of at most ${gasLimit}`, 'lower the gas limit or split the work')
  }
  const needed = tx.getIntrinsicGas()
  if (tx.gasLimit < needed) throw new TransactionRefused('CHAIN_GAS_TOO_LOW', `intrinsic gas too low: gas ${tx.gasLimit}, minimum needed ${needed}`, 'raise the gas limit')
  return transaction
}

function read(raw: Uint8Array, sequence: number, common: ChainCommon): PoolTransaction {
  try {
    return readTransaction(raw, sequence, common)
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    if (/chain ?id/i.test(text)) {
      throw new TransactionRefused('CHAIN_ID_WRONG', `invalid chain id for signer: this is chain ${common.chainId()}`, `sign for chain ${common.chainId()}`)
    }
    if (/signature/i.test(text)) throw new TransactionRefused('CHAIN_SIGNATURE_INVALID', 'invalid sender: the signature is not valid', 'sign the transaction again')
    throw new TransactionRefused('CHAIN_TRANSACTION_MALFORMED', `transaction could not be decoded: ${text}`, 'send a signed transaction, RLP, in hex')
  }
}

/**
 * What a transaction must satisfy towards its account, the fee market and the pool.
 * @param account in the head's state
 * @param queue what already waits from this sender
 * @param baseFee of the next block
 * @throws TransactionRefused
 */
export function checkAgainstAccount(transaction: PoolTransaction, account: Account | undefined, queue: SenderQueue, baseFee: bigint, limits: PoolLimits): void {
  const nonce = account?.nonce ?? 0n
  const balance = account?.balance ?? 0n
  if (account?.isContract() === true) throw new TransactionRefused('CHAIN_SENDER_IS_CONTRACT', 'sender not an eoa', 'sign with an account that is no contract')
  if (transaction.nonce < nonce) {
    throw new TransactionRefused('CHAIN_NONCE_TOO_LOW', `nonce too low: next nonce ${nonce}, tx nonce ${transaction.nonce}`, `sign again with nonce ${queue.nextNonce}`)
  }
  if (transaction.maxFeePerGas < baseFee) {
    const message = `max fee per gas less than block base fee: address ${transaction.senderHex}, maxFeePerGas: ${transaction.maxFeePerGas}, baseFee: ${baseFee}`
    throw new TransactionRefused('CHAIN_FEE_TOO_LOW', message, `offer at least ${baseFee} per gas`)
  }
  const replaced = queue.get(transaction.nonce)
  const owed = queue.totalCost - (replaced?.maxCost ?? 0n) + transaction.maxCost
  if (owed > balance) {
    const message = `insufficient funds for gas * price + value: balance ${balance}, tx cost ${transaction.maxCost}, with waiting transactions ${owed}`
    throw new TransactionRefused('CHAIN_FUNDS_INSUFFICIENT', message, 'fund the account, or lower value or fees')
  }
  if (replaced !== undefined) return checkReplacement(transaction, replaced)
  if (queue.size >= limits.perSender) {
    throw new TransactionRefused('CHAIN_POOL_SENDER_FULL', `account limit exceeded: ${queue.size} transactions of this account wait`, 'wait for some of them', 'retry')
  }
  if (transaction.nonce > queue.nextNonce && (queue.gapped >= limits.gappedPerSender || transaction.nonce - nonce > BigInt(limits.perSender))) {
    throw new TransactionRefused('CHAIN_NONCE_GAP', `nonce too high: next nonce ${queue.nextNonce}, tx nonce ${transaction.nonce}`, `first send nonce ${queue.nextNonce}`)
  }
}

function checkReplacement(transaction: PoolTransaction, replaced: PoolTransaction): void {
  const enough = (offered: bigint, before: bigint): boolean => offered * 10n >= before * 11n
  if (!enough(transaction.maxFeePerGas, replaced.maxFeePerGas) || !enough(transaction.maxPriorityFeePerGas, replaced.maxPriorityFeePerGas)) {
    throw new TransactionRefused('CHAIN_REPLACEMENT_UNDERPRICED', 'replacement transaction underpriced: both fees must rise by 10 %', 'offer higher fees, or use the next nonce')
  }
}
