import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { executionOpening, InputError, readArtefact, receiptBundleSchema, UnavailableError, writeArtefact, type ExecutionOpening, type Hex, type Receipt } from '@openledger/protocol'
import { describe, expect, it } from 'vitest'
import { silentLog } from '../config/Log.ts'
import type { Query } from '../database/Database.ts'
import { openPglite } from '../database/openPglite.ts'
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

  it('finds in the tables what is asked of this node or gateway and was not opened or judged under this number', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'openledger-execution-'))
    const database = await openPglite(folder, silentLog)
    try {
      const others = `0x${'cd'.repeat(20)}`
      let block = 0
      const event = (name: string, args: object): Promise<unknown> => database.query('insert into chain_events values ($1, 0, $2, 0, $3, $4)', [++block, id(0), `ExecutionCourt.${name}`, JSON.stringify(args)])
      const receipt = (of: Hex): Promise<unknown> =>
        database.query(`insert into receipts values ($1, $2, $3, 1, 'c', 'd', 'm', 1, 1, 1, $4, '{}', 'none', null)`, [of, ++block, account, text])
      for (let n = 1; n <= 5; n++) await receipt(id(n))
      await event('ExecutionSummoned', { receiptId: id(1), number: '1', node: account, gateway: others })
      await event('ExecutionSummoned', { receiptId: id(2), number: '2', node: others, gateway: account })
      await event('ExecutionSummoned', { receiptId: id(3), number: '3', node: others, gateway: others })
      await event('ExecutionSummoned', { receiptId: id(4), number: '4', node: account, gateway: account })
      await event('ExecutionOpened', { receiptId: id(4), number: '4' })
      await event('ExecutionSummoned', { receiptId: id(5), number: '5', node: account, gateway: account })
      await event('ExecutionJudged', { receiptId: id(5), number: '5' })
      await event('ExecutionSummoned', { receiptId: id(5), number: '6', node: account, gateway: account })
      let opened = 0
      const parts = { node: account, gateway: account, log: silentLog, open: async () => void opened++ }
      await new ExecutionAnswerer({ ...parts, query: database.query }).answerAll()
      expect(opened).toBe(3)
    } finally {
      await database.close()
      await rm(folder, { recursive: true })
    }
  }, 60_000)
})
