import { fail, toHex, type Hex } from '@openledger/protocol'
import { readParameters, type AnswerView, type ChatAnswer, type ChatInput } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'
import { awaitAttribution } from './awaitAttribution.ts'
import { chooseModel } from './chooseModel.ts'
import { hasCode } from './hasCode.ts'
import { openPayerChannel } from './openPayerChannel.ts'
import { payAnswer, payDebt } from './payAnswer.ts'
import { VoucherBook } from './VoucherBook.ts'

type Message = ChatInput['messages'][number]

export type AskInput = {
  /** Default: see chooseModel. */
  model?: string
  question?: string
  /** In the place of `question`. */
  messages?: readonly Message[]
  /** The name of the payer's key. */
  payer: string
  maxTokens?: number
  temperature?: number
  /** Further conditions of the answer, as the API takes them. */
  conditions?: Pick<ChatInput, 'topP' | 'presencePenalty' | 'frequencyPenalty' | 'jsonSchema'>
  /** What the payer's channel is filled up to when it cannot pay for this answer, smallest unit of OPEN. */
  deposit: bigint
  /** Pay no more than this for the answer, smallest unit of OPEN: a receipt above it is refused. */
  mostFee?: bigint
  onText?: (text: string) => void
  /** How long to wait until it is known whose data shaped the answer, milliseconds; 0 does not wait. Default a minute. */
  attributionMs?: number
}

export type Answered = {
  text: string
  finishReason: string | null
  receiptId: Hex
  view: AnswerView
  /** What the payer has signed for in all on its channel, smallest unit. */
  signed: bigint
}

function conversation({ messages, question }: AskInput): readonly Message[] {
  if (messages) return messages
  if (question === undefined || question.trim() === '') return fail('NO_QUESTION', 'there is nothing to ask', { fix: 'write the question in quotation marks' })
  return [{ role: 'user', content: question }]
}

/** Does it again once after each of the faults that a payer can mend. */
async function mending<T>(attempt: () => Promise<T>, remedies: Readonly<Record<string, () => Promise<unknown>>>): Promise<T> {
  const left = new Map(Object.entries(remedies))
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      const found = [...left].find(([code]) => hasCode(error, code))
      if (!found) throw error
      left.delete(found[0])
      await found[1]()
    }
  }
}

/**
 * Asks a model and pays for the answer from the payer's own channel: the receipt that comes back is checked before a voucher is signed,
 * and kept in the data folder. Then it waits for the attribution and keeps that too; when it takes too long, the view says that it is pending.
 * A channel that cannot pay is filled up to `deposit`; what is owed for broken-off answers is paid first.
 * @throws InputError NO_QUESTION, NO_MODEL, MODEL_NOT_FOUND, context_length_exceeded; PaymentError; ProofError WRONG_RECEIPT
 */
export async function ask(session: Session, input: AskInput): Promise<Answered> {
  const { payer, deposit, maxTokens, temperature, attributionMs = 60_000, onText = () => undefined } = input
  const messages = conversation(input)
  const { node } = session
  const model = input.model ?? (await chooseModel(session))
  const actor = await session.actor(payer)
  const [{ platformFee }, { gateway }] = await Promise.all([readParameters(session.reader), node.status()])
  const { channelId } = await openPayerChannel(session, { payer, amount: deposit, enough: 1n, gateway })
  const terms = { channelId, gateway, platformFee }
  let request: (ChatInput & Required<Pick<ChatInput, 'clientNonce' | 'nodeCommitment'>>) | undefined
  const send = async (): Promise<ChatAnswer> => {
    const { commitment: nodeCommitment } = await node.nodeInfo()
    request = { ...input.conditions, model, messages, maxTokens, temperature, clientNonce: toHex(session.random(32)), nodeCommitment }
    const voucher = await new VoucherBook(session.folder.vouchers).last(channelId)
    return node.chat(request, { channelId, voucher }, onText)
  }
  const { text, finishReason, view } = await mending(send, {
    DEPOSIT_TOO_SMALL: () => openPayerChannel(session, { payer, amount: deposit, gateway }),
    VOUCHER_MISSING: () => payDebt(session, actor, terms),
  })
  const { receiptId } = view
  const { clientNonce, nodeCommitment } = request!
  const asked = { ...terms, receiptId, mostFee: input.mostFee, request: { text, clientNonce, nodeCommitment, maxTokens, messages } }
  const signed = await payAnswer(session, actor, asked, view)
  const isOpen = view.attribution.status === 'pending' && attributionMs > 0
  return { text, finishReason, receiptId, view: isOpen ? await awaitAttribution(session, asked, view, attributionMs) : view, signed }
}
