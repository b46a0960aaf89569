import { executionOpening, InputError, readArtefact, receiptBundleSchema, UnavailableError, writeArtefact, type ExecutionOpening, type Hex, type Receipt } from '@openledger/protocol'
import { describe, expect, it } from 'vitest'
import { silentLog } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'
import { receiptBundleFixture } from '../test/receiptBundleFixture.ts'
import { ExecutionAnswerer } from './ExecutionAnswerer.ts'

const account = `0x${'ab'.repeat(20)}` as const
const network = { kind: 'openledger/network/1' as const, chainId: 7, rpcUrl: '', deployBlock: 0n, treasury: account, contracts: { epochs: account, stakes: account } as never }
const text = new TextDecoder().decode(writeArtefact(receiptBundleFixture(network)))
const bundle = readArtefact(receiptBundleSchema, text)
const id = (n: number): Hex => `0x${String(n).repeat(64)}`

type Row = { id: Hex; number: string; bundle: string | null }

function answererOf(rows: Row[], open?: () => Promise<void>) {
  const opened: { receipt: Receipt; opening: ExecutionOpening }[] = []
  const query = (async () => rows) as unknown as Query
  const answerer = new ExecutionAnswerer({ node: account, gateway: account, query, log: silentLog, open: open ?? (async (receipt, opening) => void opened.push({ receipt, opening })) })
  return { answerer, opened, rows }
}

describe('ExecutionAnswerer', () => {
  it('opens nothing that it does not have, and what comes later as soon as it is there', async () => {
    const { answerer, opened, rows } = answererOf([{ id: id(1), number: '1', bundle: null }])
    await answerer.answerAll()
    expect(opened).toEqual([])
    rows[0]!.bundle = text
    await answerer.answerAll()
    expect(opened).toEqual([{ receipt: bundle.receipt.statement, opening: executionOpening(bundle) }])
  })

  it('opens each case once, and a receipt that comes again under another number once more', async () => {
    const { answerer, opened, rows } = answererOf([{ id: id(1), number: '1', bundle: text }, { id: id(2), number: '2', bundle: text }])
    await Promise.all([answerer.answerAll(), answerer.answerAll()])
    expect(opened.length).toBe(2)
    rows.push({ id: id(1), number: '3', bundle: text })
    await answerer.answerAll()
    expect(opened.length).toBe(3)
  })

  it('tries again while the chain is away, and gives up when it is too late', async () => {
    const errors = [new UnavailableError('CHAIN_AWAY', 'away'), new InputError('TOO_LATE', 'too late')]
    let calls = 0
    const { answerer } = answererOf([{ id: id(1), number: '1', bundle: text }], () => Promise.reject(errors[calls++]!))
    for (let i = 0; i < 4; i++) await answerer.answerAll()
    expect(calls).toBe(2)
  })
})
