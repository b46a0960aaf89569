import { fail, parseOpen, signStatement, statementDomain, toHex, type Hex } from '@openledger/protocol'
import { startChannelThaw } from '@openledger/sdk'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { Session } from '../../context/Session.ts'
import { ask } from '../../verbs/ask.ts'
import { openPayerChannel } from '../../verbs/openPayerChannel.ts'
import { VoucherBook } from '../../verbs/VoucherBook.ts'

const deposit = parseOpen('0.2')

/** What a payer does again and again while processes die: throws whatever stood in its way. @returns the answer's receipt when it got one to the end */
export type PayerRound = (session: Session, payer: string, turn: number) => Promise<Hex | undefined>

export type PayerKind = {
  name: string
  /** What it tries. */
  about: string
  honest: boolean
  round: PayerRound
}

export type Questions = { model: string; maxTokens: number }

/** A cheat that went through: the gateway took what it must refuse. */
function tookIt(what: string): never {
  return fail('CHEAT_TAKEN', `the gateway took ${what}`, { status: 500 })
}

/** Runs what must be refused. @throws InputError CHEAT_TAKEN when it is not */
async function mustRefuse(what: string, attempt: () => Promise<unknown>): Promise<void> {
  try {
    await attempt()
  } catch {
    // Refused, or nobody there: either way nothing was taken.
    return
  }
  tookIt(what)
}

/** The payers of the bench: those who pay, and those who try not to. */
export function payerKinds({ model, maxTokens }: Questions): PayerKind[] {
  const questionOf = (payer: string, turn: number): string => `What did ${payer} hear about the mill, time ${turn}?`
  const buy = async (session: Session, payer: string, turn: number): Promise<Hex> =>
    (await ask(session, { model, question: questionOf(payer, turn), payer, maxTokens, deposit, attributionMs: 0 })).receiptId
  const channelOf = async (session: Session, payer: string): Promise<Hex> => (await openPayerChannel(session, { payer, amount: deposit, enough: 1n })).channelId
  const falseVoucher =
    (what: string, { bySomebodyElse, cumulative }: { bySomebodyElse: boolean; cumulative: bigint }): PayerRound =>
    async (session, payer) => {
      const channelId = await channelOf(session, payer)
      const account = bySomebodyElse ? privateKeyToAccount(generatePrivateKey()) : (await session.actor(payer)).account
      const domain = statementDomain(session.network.chainId, session.network.contracts.channels)
      const voucher = { channelId, cumulative, signature: await signStatement(account, domain, 'Voucher', { channelId, cumulative }) }
      await mustRefuse(what, () => session.node.sendVoucher(voucher))
      return undefined
    }
  const lastOf = (session: Session, channelId: Hex) => new VoucherBook(session.folder.vouchers).last(channelId)
  return [
    { name: 'buyer', about: 'pays for each answer', honest: true, round: buy },
    {
      name: 'defaulter',
      about: 'takes answers and never signs for them',
      honest: false,
      async round(session, payer, turn) {
        const channelId = await channelOf(session, payer)
        const { commitment: nodeCommitment } = await session.node.nodeInfo()
        const request = { model, maxTokens, messages: [{ role: 'user' as const, content: questionOf(payer, turn) }], clientNonce: toHex(session.random(32)), nodeCommitment }
        await session.node.chat(request, { channelId }, () => undefined)
        return undefined
      },
    },
    {
      name: 'replayer',
      about: 'pays, then sends an older voucher, for less',
      honest: false,
      async round(session, payer, turn) {
        const channelId = await channelOf(session, payer)
        const before = await lastOf(session, channelId)
        const receipt = await buy(session, payer, turn)
        const { vouchered } = await session.node.channel(channelId)
        if (before) await session.node.sendVoucher(before).catch(() => undefined)
        if (BigInt((await session.node.channel(channelId)).vouchered) < BigInt(vouchered)) tookIt('an older voucher in the place of a newer one')
        return receipt
      },
    },
    {
      name: 'forger',
      about: 'signs with a key that is not the channel’s',
      honest: false,
      round: falseVoucher('a voucher of a stranger', { bySomebodyElse: true, cumulative: deposit / 2n }),
    },
    {
      name: 'overdrawer',
      about: 'signs for more than the deposit',
      honest: false,
      round: falseVoucher('a voucher above the deposit', { bySomebodyElse: false, cumulative: 1000n * deposit }),
    },
    {
      name: 'runaway',
      about: 'pays for an answer, then begins to leave, and goes on asking from a new channel',
      honest: false,
      async round(session, payer, turn) {
        const receipt = await buy(session, payer, turn)
        const channelId = await channelOf(session, payer)
        if (turn % 4 === 0) await startChannelThaw((await session.actor(payer)).writer, channelId)
        return receipt
      },
    },
  ]
}
