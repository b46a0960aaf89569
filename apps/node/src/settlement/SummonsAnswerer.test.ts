import { InputError, UnavailableError, writeArtefact, zeroHash, type ReceiptBundle } from '@openledger/protocol'
import { describe, expect, it } from 'vitest'
import { silentLog } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'
import { receiptBundleFixture } from '../test/receiptBundleFixture.ts'
import { SummonsAnswerer } from './SummonsAnswerer.ts'

const node = `0x${'Ab'.repeat(20)}` as const
const network = { kind: 'openledger/network/1' as const, chainId: 7, rpcUrl: '', deployBlock: 0n, treasury: node, contracts: { epochs: node, stakes: node } as never }
const statement = { receiptId: `0x${'11'.repeat(32)}` as const, attributionRoot: zeroHash, queryHash: zeroHash, shareRoot: zeroHash, time: 5n }
const bundle = new TextDecoder().decode(writeArtefact({ ...receiptBundleFixture(network), attributionDeadline: 5, completion: { statement, signature: '0x00' } }))

function answererOf(rows: { id: string; bundle: string | null }[], answer: (c: NonNullable<ReceiptBundle['completion']>) => Promise<void>) {
  const asked: unknown[][] = []
  const query = (async (_: string, values?: readonly unknown[]) => {
    asked.push([...(values ?? [])])
    return rows
  }) as unknown as Query
  return { answerer: new SummonsAnswerer({ node, query, log: silentLog, answer }), asked }
}

describe('SummonsAnswerer', () => {
  it('answers each summons once, and passes over what it has no attribution for', async () => {
    const shown: string[] = []
    const { answerer, asked } = answererOf(
      [
        { id: '0x01', bundle },
        { id: '0x02', bundle: null },
      ],
      async ({ statement }) => void shown.push(statement.receiptId),
    )
    await Promise.all([answerer.answerAll(), answerer.answerAll()])
    expect(shown).toEqual([`0x${'11'.repeat(32)}`])
    expect(asked[0]).toEqual([node.toLowerCase()])
  })

  it('tries again while the chain is away, and gives up when it is too late', async () => {
    const errors = [new UnavailableError('CHAIN_AWAY', 'away'), new InputError('TOO_LATE', 'too late')]
    let calls = 0
    const { answerer } = answererOf([{ id: '0x01', bundle }], () => Promise.reject(errors[calls++]!))
    for (let i = 0; i < 4; i++) await answerer.answerAll()
    expect(calls).toBe(2)
  })
})
