import { pbkdf2Sync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database, Query } from '../../database/Database.ts'
import { openMemoryDatabase } from './openMemoryDatabase.ts'
import { simulateNetwork, type NetworkOutcome } from './simulateNetwork.ts'

const minute = 60_000
let database: Database
beforeAll(async () => void (database = await openMemoryDatabase()), minute)
afterAll(() => database.close())

describe('a network in virtual time', () => {
  it('comes to the balances of the oracle whatever happens on the way, and what can happen does', async () => {
    const outcomes: NetworkOutcome[] = []
    for (const seed of [6, 15]) outcomes.push(await simulateNetwork(seed, database))
    for (const { wrong } of outcomes) expect(wrong).toEqual([])
    const sum = (of: keyof NetworkOutcome['counts']): number => outcomes.reduce((all, { counts }) => all + counts[of], 0)
    for (const count of ['receipts', 'failed', 'epochs', 'nodeKills', 'gatewayKills', 'cuts', 'reorgs', 'liars', 'falseAnswers', 'slashed'] as const) expect([count, sum(count) > 0]).toEqual([count, true])
  }, 3 * minute)

  it('is the same for the same seed, also while the machine does other things, and another for another', async () => {
    const first = await simulateNetwork(9, database, { loadMs: 8000 })
    const load = setInterval(() => void pbkdf2Sync('load', '', 2000, 64, 'sha512'), 1)
    expect(await simulateNetwork(9, database, { loadMs: 8000 })).toEqual(first)
    clearInterval(load)
    const other = await simulateNetwork(10, database, { loadMs: 8000 })
    expect(other.digest).not.toBe(first.digest)
  }, minute)

  it('shows when settling moves a unit from one payee to another', async () => {
    const shift: <Row>(sql: string, rows: Row[]) => Row[] = (sql, rows) => (sql.includes('r.bundle') ? rows.map((row) => moveUnit(row as { bundle: string })) as never : rows)
    const crooked = (query: Query): Query => async (sql, params) => shift(sql, await query(sql, params))
    const { wrong } = await simulateNetwork(16, { ...database, query: crooked(database.query) }, { loadMs: 10_000 })
    expect(wrong.join()).toContain('the balances are')
  }, minute)

  it('shows when nodes forget which nonces they have used', async () => {
    const { wrong } = await simulateNetwork(18, database, { disk: 'forgets' })
    expect(wrong.join()).toContain('an honest node has used a nonce twice')
  }, minute)
})

/** Takes one unit of an answer's shares from the first payee and gives it to the second. */
function moveUnit<Row extends { bundle: string }>(row: Row): Row {
  const bundle = JSON.parse(row.bundle) as { shares: { amount: string }[] }
  const [first, second] = bundle.shares
  if (!first || !second) return row
  first.amount = String(BigInt(first.amount) - 1n)
  second.amount = String(BigInt(second.amount) + 1n)
  return { ...row, bundle: JSON.stringify(bundle) }
}
