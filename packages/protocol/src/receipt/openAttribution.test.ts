import { concat, keccak256, stringToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import type { Hex } from '../encoding/bytes.ts'
import { statementDomain } from '../statements/domain.ts'
import type { Attribution, Receipt } from '../statements/messages.ts'
import { signStatement, statementDigest } from '../statements/statement.ts'
import { checkCompletion, pendingAttributionRoot, rootsInForce, type AttributedReceipt } from './openAttribution.ts'

const node = privateKeyToAccount(`0x${'0b'.repeat(32)}`)
const other = privateKeyToAccount(`0x${'0c'.repeat(32)}`)
const domain = statementDomain(31337, '0x00000000000000000000000000000000000000c1')
const id = (text: string): Hex => keccak256(stringToHex(text))
const deadline = 1_700_000_600

async function attributed(change: Partial<Attribution> = {}, signer = node): Promise<Required<AttributedReceipt>> {
  const statement: Receipt = {
    ...{ baseId: id('b'), adapterId: id('a'), snapshotsHash: id('s'), deploymentId: id('d'), node: node.address, gateway: other.address, channelId: id('c') },
    ...{ requestHash: id('r'), outputHash: id('o'), samplingHash: id('m'), inputTokens: 1, outputTokens: 2, fee: 3n, profileHash: id('p'), fingerprintRoot: id('f') },
    ...{ attributionRoot: pendingAttributionRoot(deadline), shareRoot: id('default'), time: 1_700_000_000n, nonce: 1n },
  }
  const receiptId = statementDigest(domain, 'Receipt', statement)
  const completion: Attribution = { receiptId, attributionRoot: id('document'), queryHash: id('query'), shareRoot: id('shares'), time: 1_700_000_600n, ...change }
  return {
    receipt: { statement, signature: await signStatement(node, domain, 'Receipt', statement) },
    attributionDeadline: deadline,
    completion: { statement: completion, signature: await signStatement(signer, domain, 'Attribution', completion) },
  }
}

describe('a receipt whose attribution comes later', () => {
  it('carries the mark that ABI encoding prescribes', () => {
    const word = BigInt(deadline).toString(16).padStart(64, '0')
    expect(pendingAttributionRoot(deadline)).toBe(keccak256(concat([keccak256(stringToHex('openledger/attribution-pending/1')), `0x${word}`])))
  })

  it('pays by its own shares until the node has signed, and then by those that it signed', async () => {
    const whole = await attributed()
    expect(await checkCompletion(domain, whole)).toBe('complete')
    expect(rootsInForce(whole).shareRoot).toBe(id('shares'))
    const { completion: _, ...open } = whole
    expect(await checkCompletion(domain, open)).toBe('open')
    expect(rootsInForce(open).shareRoot).toBe(id('default'))
    const { attributionDeadline: __, ...settled } = open
    expect(await checkCompletion(domain, settled)).toBe('settled')
  })

  it('is refused with another deadline, another receipt, a late or a foreign signature', async () => {
    const wrong = { code: 'WRONG_ATTRIBUTION' }
    const whole = await attributed()
    await expect(checkCompletion(domain, { ...whole, attributionDeadline: deadline + 1 })).rejects.toMatchObject(wrong)
    await expect(checkCompletion(domain, { receipt: whole.receipt, completion: whole.completion })).rejects.toMatchObject(wrong)
    await expect(checkCompletion(domain, await attributed({ receiptId: id('another') }))).rejects.toMatchObject(wrong)
    await expect(checkCompletion(domain, await attributed({ time: 1_700_000_601n }))).rejects.toMatchObject({ ...wrong, field: 'completion.time' })
    await expect(checkCompletion(domain, await attributed({}, other))).rejects.toMatchObject({ code: 'BAD_SIGNATURE' })
    const moved = { ...whole, completion: { ...whole.completion, statement: { ...whole.completion.statement, shareRoot: id('more for me') } } }
    await expect(checkCompletion(domain, moved)).rejects.toMatchObject({ code: 'BAD_SIGNATURE' })
  })
})
