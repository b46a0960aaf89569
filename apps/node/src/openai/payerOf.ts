import { fail, OpenLedgerError, PaymentError, readArtefact, receiptSchema, signedVoucherSchema, type Hex, type SignedVoucher } from '@openledger/protocol'
import type { Context } from 'hono'
import type { Address, LocalAccount } from 'viem'
import type { Query } from '../database/Database.ts'
import { bearer, isOperator } from '../requests/guards.ts'
import type { ApiKeys } from '../keys/ApiKeys.ts'
import { readKey } from '../keys/keyFile.ts'
import type { Payer } from '../inference/AnswerRequest.ts'
import type { ChannelLedger } from '../payments/ChannelLedger.ts'

export type PayerParts = { query: Query; channels: ChannelLedger; apiKeys: ApiKeys; keysDir: string; operatorToken: string; gateway: Address }

/** The key whose channel pays when the operator asks without naming a channel. */
const operatorPayer = 'payer'

/** Reads a voucher from the header `x-openledger-voucher`: base64url of its JSON. Throws BAD_VOUCHER. */
export function voucherHeader(c: Context): SignedVoucher | undefined {
  const text = c.req.header('x-openledger-voucher')
  if (text === undefined) return undefined
  if (text.length > 4096) fail('BAD_VOUCHER', 'a voucher has at most 4,096 characters', { field: 'x-openledger-voucher' })
  try {
    return readArtefact(signedVoucherSchema, Buffer.from(text, 'base64url'))
  } catch (cause) {
    return fail('BAD_VOUCHER', 'the header x-openledger-voucher is not the base64url form of a signed voucher', { cause, field: 'x-openledger-voucher' })
  }
}

async function managed({ keysDir }: PayerParts, keyName: string, channelId: Hex): Promise<Payer> {
  const signer: LocalAccount | undefined = await readKey(keysDir, keyName)
  if (!signer) throw new PaymentError('PAYER_KEY_MISSING', `the key "${keyName}" that pays for you is not on this node any more`, { status: 402, fix: 'ask the operator of the node' })
  return { channelId, signer }
}

/** The newest open channel of the operator's own payer to this gateway. */
async function operatorChannel(parts: PayerParts): Promise<Payer> {
  const account = await readKey(parts.keysDir, operatorPayer)
  if (!account) throw new PaymentError('NO_PAYER', `there is no key "${operatorPayer}" in the data folder`, { status: 402, fix: 'name a channel with the header x-openledger-channel' })
  const [row] = await parts.query<{ id: Hex }>(
    `select o.args->>'channelId' as id from chain_events o where o.name = 'Channels.ChannelOpened' and o.args->>'payer' = $1 and o.args->>'gateway' = $2
       and not exists (select 1 from chain_events x where x.name in ('Channels.ChannelClosed') and x.args->>'channelId' = o.args->>'channelId')
     order by o.block_number desc, o.log_index desc limit 1`,
    [account.address.toLowerCase(), parts.gateway.toLowerCase()],
  )
  if (!row) throw new PaymentError('NO_CHANNEL', `the key "${operatorPayer}" has no open channel to this gateway`, { status: 402, fix: 'open one and put a deposit into it' })
  return { channelId: row.id, signer: account }
}

/**
 * Who pays for a request: the channel of the header `x-openledger-channel` (with the voucher for what was owed before), the payer of an
 * API key, or the operator.
 * @throws OpenLedgerError NO_PAYMENT (401), UNKNOWN_API_KEY (401); errors of ChannelLedger.acceptVoucher; PaymentError
 */
export async function payerOf(c: Context, parts: PayerParts): Promise<Payer> {
  const channel = c.req.header('x-openledger-channel')
  if (channel !== undefined) {
    const id = receiptSchema.shape.channelId.safeParse(channel.toLowerCase())
    if (!id.success) fail('BAD_CHANNEL', 'a channel id is 0x and 64 hexadecimal digits', { field: 'x-openledger-channel' })
    const voucher = voucherHeader(c)
    if (voucher) {
      const { channelId, cumulative } = voucher.statement
      if (channelId !== id.data) fail('OTHER_CHANNEL', 'the voucher is for another channel', { field: 'x-openledger-voucher' })
      // What was accepted by another way in the meantime is no fault of this request.
      if (cumulative > parts.channels.account(channelId).vouchered) await parts.channels.acceptVoucher({ channelId, cumulative, signature: voucher.signature })
    }
    return { channelId: id.data }
  }
  const key = bearer(c)
  if (key === undefined) {
    throw new OpenLedgerError('NO_PAYMENT', 'an answer costs OPEN, and nobody pays for this one', {
      status: 401,
      fix: 'send an API key of this node, or the header x-openledger-channel with the id of a payment channel to its gateway',
    })
  }
  const entry = parts.apiKeys.find(key)
  if (entry) return managed(parts, entry.payerKey, entry.channelId)
  if (isOperator(c, parts.operatorToken)) return operatorChannel(parts)
  throw new OpenLedgerError('UNKNOWN_API_KEY', 'this API key is not known here', { status: 401, fix: 'ask the operator of the node for a key' })
}

