import { describe, expect, it } from 'vitest'
import { canonicalJson, signStatement, statementDomain, toJson, type Attribution, type Hex, type Network } from '@openledger/protocol'
import { OpenLedgerClient } from '@openledger/sdk'
import { privateKeyToAccount } from 'viem/accounts'
import type { PendingAnswer } from '../readout/attributeReceipt.ts'
import { admitAttribution, readAttributionHeader } from './takeAttribution.ts'
import { Turnstile } from './Turnstile.ts'

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const [node, stranger] = [privateKeyToAccount(hash(1)), privateKeyToAccount(hash(2))]
const network = { chainId: 7, contracts: { epochs: '0x00000000000000000000000000000000000000a1' } } as unknown as Network
const waiting = { statement: { node: node.address }, deadline: 1060 } as unknown as PendingAnswer
const attributions = {
  pending: (id: Hex) => Promise.resolve(id === hash(10) ? waiting : undefined),
  isKnown: (id: Hex) => Promise.resolve(id === hash(11)),
  record: () => Promise.reject(new Error('nothing is recorded here')),
}
const codeOf = (work: () => unknown): Promise<string> => Promise.resolve().then(work).then(() => 'taken', (error: { code?: string }) => error.code ?? String(error))
const attribution = (change: Partial<Attribution> = {}): Attribution => ({ receiptId: hash(10), attributionRoot: hash(3), queryHash: hash(4), shareRoot: hash(5), time: 1000n, ...change })

/** What a client sends ahead of an attribution. */
async function header(statement: Attribution, account = node): Promise<string> {
  const signature = await signStatement(account, statementDomain(7, network.contracts.epochs), 'Attribution', statement)
  let sent = ''
  const client = new OpenLedgerClient({ url: 'http://gateway', fetch: (_, init) => ((sent = (init!.headers as Record<string, string>)['openledger-attribution']!), Promise.resolve(Response.json({ recorded: true }))) })
  await client.sendAttribution({ attribution: { statement: toJson(statement), signature }, document: {}, queryVector: '' })
  return sent
}
const admit = async (change: Partial<Attribution> = {}, account = node, now = 1_010_000): Promise<PendingAnswer | undefined> => admitAttribution({ network, attributions, now: () => now }, readAttributionHeader(await header(attribution(change), account)))

describe('what goes ahead of an attribution', () => {
  it('opens the door for the node of a receipt that waits, and for nobody else', async () => {
    expect(await admit()).toBe(waiting)
    expect(await admit({ receiptId: hash(11) })).toBeUndefined()
    expect(await codeOf(() => admit({}, stranger))).toBe('BAD_SIGNATURE')
    expect(await codeOf(() => admit({ receiptId: hash(12) }))).toBe('UNKNOWN_RECEIPT')
    expect(await codeOf(() => admit({ time: 1061n }))).toBe('ATTRIBUTION_LATE')
    expect(await codeOf(() => admit({}, node, 900_000))).toBe('CLOCKS_DIFFER')
    for (const wrong of [undefined, '', 'e30', Buffer.from(canonicalJson({ statement: 1, signature: '0x' })).toString('base64url')]) expect(await codeOf(() => readAttributionHeader(wrong))).toBe('BAD_ARTEFACT')
  })
})

describe('a turnstile', () => {
  it('lets so many through at once, each name once, and forgets who has left however that was', async () => {
    const turnstile = new Turnstile(2)
    const leave: (() => void)[] = []
    const stay = (): Promise<void> => new Promise((resolve) => leave.push(resolve))
    const [first, second] = [turnstile.pass('0xAB', stay), turnstile.pass('b', stay)]
    for (const name of ['0xab', 'c']) expect(await codeOf(() => turnstile.pass(name, stay))).toBe('TURN_TAKEN')
    leave[0]!()
    await first
    expect(await codeOf(() => turnstile.pass('c', () => Promise.reject(new Error('broken'))))).toContain('broken')
    expect(await codeOf(() => turnstile.pass('0xab', () => Promise.resolve()))).toBe('taken')
    leave[1]!()
    await second
  })
})
