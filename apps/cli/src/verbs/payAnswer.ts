import { checkPromise, formatOpen, PaymentError, signStatement, statementDomain, type Hex, type PromiseFile } from '@openledger/protocol'
import type { AnswerView } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Actor } from '../context/Actor.ts'
import type { Session } from '../context/Session.ts'
import { checkReceipt, type Asked } from './checkReceipt.ts'
import { ReceiptBook } from './ReceiptBook.ts'
import { VoucherBook, type KeptVoucher } from './VoucherBook.ts'

/** What a payer knows of a channel before it looks at a receipt. */
export type ChannelTerms = Omit<Asked, 'receiptId' | 'request'>

const mostPages = 100

/** Signs the channel's cumulative amount. */
async function signVoucher({ network }: Session, { account }: Actor, channelId: Hex, cumulative: bigint): Promise<KeptVoucher> {
  const signature = await signStatement(account, statementDomain(network.chainId, network.contracts.channels), 'Voucher', { channelId, cumulative })
  return { channelId, cumulative, signature }
}

/** The receipts of a channel at the node that this payer has not seen: of calls that were broken off before their receipt was kept. */
async function missedReceipts({ node }: Session, channelId: Hex, known: ReadonlyMap<Hex, bigint>): Promise<Hex[]> {
  const missed: Hex[] = []
  let cursor: string | null = null
  for (let page = 0; page < mostPages; page++) {
    const list: { items: AnswerView[]; next: string | null } = await node.receipts(cursor)
    for (const { receiptId, channel } of list.items) if (channel.id === channelId && !known.has(receiptId)) missed.push(receiptId)
    cursor = list.next
    if (cursor === null) break
  }
  return missed
}

/** Fetches, checks and keeps a receipt; gives its fee. A payer without a voucher yet shows itself by one for nothing. */
async function takeReceipt(session: Session, actor: Actor, asked: Asked, last: KeptVoucher | undefined): Promise<bigint> {
  const voucher = last ?? (await signVoucher(session, actor, asked.channelId, 0n))
  const bytes = await session.node.receiptBundle(asked.receiptId, { channelId: asked.channelId, voucher })
  const { receipt } = await checkReceipt(bytes, asked, session.network)
  await new ReceiptBook(session.folder.receipts).keep(asked.receiptId, bytes)
  return receipt.statement.fee
}

/** The sum of all checked receipts of a channel; those of broken-off calls are fetched and checked first. */
async function sumOfReceipts(session: Session, actor: Actor, terms: ChannelTerms, last: KeptVoucher | undefined): Promise<bigint> {
  const fees = await new ReceiptBook(session.folder.receipts).feesOf(terms.channelId)
  for (const receiptId of await missedReceipts(session, terms.channelId, fees)) {
    fees.set(receiptId, await takeReceipt(session, actor, { ...terms, receiptId }, last))
  }
  return [...fees.values()].reduce((sum, fee) => sum + fee, 0n)
}

async function sign(session: Session, actor: Actor, { channelId, gateway }: ChannelTerms, cumulative: bigint): Promise<bigint> {
  const voucher = await signVoucher(session, actor, channelId, cumulative)
  await new VoucherBook(session.folder.vouchers).keep(voucher)
  const { promises } = await session.node.sendVoucher(voucher)
  await keepPromises(session, gateway, promises)
  return cumulative
}

/** Checks and keeps what the gateway promises about this payer's receipts; of others it says nothing that could be checked here. */
async function keepPromises({ network, folder }: Session, gateway: Address, promises: readonly PromiseFile[]): Promise<void> {
  const receipts = new ReceiptBook(folder.receipts)
  const { chainId, contracts } = network
  for (const promise of promises) {
    const { receiptId } = promise.statement
    const fee = await receipts.feeOf(receiptId)
    if (fee === undefined) continue
    await checkPromise(promise, { chainId, epochs: contracts.epochs, gateway, receiptId, fee })
    await receipts.keepPromise(promise)
  }
}

const owedTooMuch = (claimed: bigint, found: bigint): PaymentError =>
  new PaymentError('OWED_TOO_MUCH', `the node says that this channel owes ${formatOpen(claimed)} OPEN in all; its receipts sum to ${formatOpen(found)}`, {
    fix: 'keep the receipts folder as evidence; ask from another channel, or another node',
  })

/**
 * Signs for what a channel owes by its receipts: for answers whose voucher was never sent.
 * @returns the cumulative amount
 * @throws PaymentError OWED_TOO_MUCH; ProofError WRONG_RECEIPT, WRONG_PROMISE, BAD_SIGNATURE
 */
export async function payDebt(session: Session, actor: Actor, terms: ChannelTerms): Promise<bigint> {
  const last = await new VoucherBook(session.folder.vouchers).last(terms.channelId)
  const spent = BigInt((await session.node.channel(terms.channelId)).spent)
  const sum = await sumOfReceipts(session, actor, terms, last)
  if (sum !== spent) throw owedTooMuch(spent, sum)
  return sign(session, actor, terms, sum)
}

/**
 * Pays for an answer: checks its receipt, signs the channel's new cumulative amount (the last one plus exactly this fee), keeps the
 * voucher and sends it. When the node counts more, the receipts of broken-off calls are fetched and checked too.
 * @returns the cumulative amount
 * @throws PaymentError OWED_TOO_MUCH when the node's count is not the sum of checked receipts; ProofError WRONG_RECEIPT
 */
export async function payAnswer(session: Session, actor: Actor, asked: Asked, view: AnswerView): Promise<bigint> {
  const last = await new VoucherBook(session.folder.vouchers).last(asked.channelId)
  const fee = await takeReceipt(session, actor, asked, last)
  const spent = BigInt(view.channel.spent)
  const simple = (last?.cumulative ?? 0n) + fee
  if (spent === simple) return sign(session, actor, asked, simple)
  const { request: _, receiptId: __, ...terms } = asked
  const sum = await sumOfReceipts(session, actor, terms, last)
  // Another answer of the same payer may have been given in the meantime: then this sum ends at a later answer.
  if (sum < spent) throw owedTooMuch(spent, sum)
  return sign(session, actor, asked, sum)
}
