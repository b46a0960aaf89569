import { beforeEach, describe, expect, it } from 'vitest'
import type { Hex, Receipt } from '@openledger/protocol'
import { ReceiptRecorder } from './ReceiptRecorder.ts'

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const node = '0x00000000000000000000000000000000000000Aa'
const statement = (nonce: bigint, channel: number): Receipt => ({ node, nonce, channelId: hash(channel), deploymentId: hash(2), fee: 5n, time: 9n }) as unknown as Receipt
const beside = { model: 'm', shares: [], bundle: {}, view: {} } as never

let rows: Set<string>
let looks: number
let full: boolean
/** Nonces in the order in which they were recorded, and what they wait for. */
let begun: string[]
let disk: Promise<void>
let receipts: ReceiptRecorder
beforeEach(() => {
  ;[rows, looks, full, begun, disk] = [new Set(), 0, false, [], Promise.resolve()]
  receipts = new ReceiptRecorder({
    ledger: {
      query: (_: string, [who, nonce]: [string, string?]) => {
        looks += 1
        if (nonce !== undefined) return Promise.resolve(rows.has(`${who} ${nonce}`) ? [{}] : [])
        const nonces = [...rows].filter((row) => row.startsWith(`${who} `)).map((row) => Number(row.split(' ')[1]))
        return Promise.resolve([{ nonce: nonces.length > 0 ? String(Math.max(...nonces)) : null }])
      },
      keep: async (_: string, { node: who, nonce }: { node: string; nonce: string }) => {
        begun.push(nonce)
        await disk
        if (full) throw new Error('no space')
        rows.add(`${who} ${nonce}`)
      },
    } as never,
    channels: { totalAfter: () => 5n, spend: () => undefined } as never,
  })
})
const record = (nonce: bigint, channel = 1): Promise<string> => receipts.record({ id: hash(Number(nonce)), statement: statement(nonce, channel), signature: '0x' }, beside).then(() => 'recorded', (error: { code?: string; message: string }) => error.code ?? error.message)

describe('a nonce', () => {
  it('above all others of its node needs no look at the tables, and one below them does', async () => {
    rows.add(`${node.toLowerCase()} 5`)
    for (const nonce of [6n, 8n]) expect([typeof (await receipts.claim(node, nonce)), await record(nonce)]).toEqual(['function', 'recorded'])
    expect(looks).toBe(1)
    for (const [nonce, isFree] of [[5n, false], [6n, false], [7n, true], [8n, false]] as const) expect((await receipts.claim(node, nonce)) !== undefined, String(nonce)).toBe(isFree)
    expect(looks).toBe(5)
  })

  it('that was claimed is looked up once, and is taken for all others until it is given back', async () => {
    const [first, second] = await Promise.all([receipts.claim(node, 1n), receipts.claim(node, 1n)])
    expect([typeof first, second, looks]).toEqual(['function', undefined, 1])
    first!()
    expect(await receipts.claim(node, 1n)).toBeDefined()
    expect(await record(1n)).toBe('recorded')
    expect(looks).toBe(1)
    expect(await receipts.claim(node, 1n)).toBeUndefined()
  })

  it('that nobody claimed is looked up when it is recorded: no epoch can hold two', async () => {
    expect([await record(1n), await record(1n), await record(2n)]).toEqual(['recorded', 'NONCE_REPEATED', 'recorded'])
  })

  it('counts once, whoever claimed it, where two receipts with it come at the same time from two channels', async () => {
    expect((await Promise.all([record(1n, 1), record(1n, 2)])).sort()).toEqual(['NONCE_REPEATED', 'recorded'])
    await receipts.claim(node, 2n)
    expect((await Promise.all([record(2n, 1), record(2n, 2)])).sort()).toEqual(['NONCE_REPEATED', 'recorded'])
    expect(await record(2n, 3)).toBe('NONCE_REPEATED')
  })

  it('goes to the disk together with those of other channels, and after those of its own', async () => {
    let flush: () => void = () => undefined
    disk = new Promise((resolve) => (flush = resolve))
    const all = Promise.all([record(1n, 1), record(2n, 1), record(3n, 2)])
    await expect.poll(() => [...begun]).toEqual(['1', '3'])
    flush()
    expect(await all).toEqual(['recorded', 'recorded', 'recorded'])
    expect(begun).toEqual(['1', '3', '2'])
  })

  it('is free again when its receipt could not be recorded', async () => {
    await receipts.claim(node, 1n)
    full = true
    expect(await record(1n)).toBe('no space')
    full = false
    expect(await receipts.claim(node, 1n)).toBeDefined()
  })
})
