import { beforeEach, describe, expect, it } from 'vitest'
import { InputError, UnavailableError, type ExecutionOpening, type Hex, type Receipt } from '@openledger/protocol'
import type { ExecutionCase, Summons } from '@openledger/sdk'
import { silentLog } from '../config/Log.ts'
import { JumpingClock } from '../test/JumpingClock.ts'
import { OwnCases, type OwnCourts } from './OwnCases.ts'
import type { OwnAnswer } from './SignedReceipts.ts'

const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`
const signed = { statement: { receiptId: hash(1), attributionRoot: hash(2), queryHash: hash(3), shareRoot: hash(4), time: '5' }, signature: '0xaa' as Hex, document: {}, queryVector: 'bafy' }
const own = (n: number, attributed = false): OwnAnswer => ({ statement: { nonce: BigInt(n) } as Receipt, opening: { salt: hash(n) } as ExecutionOpening, attribution: attributed ? signed : null })

let clock: JumpingClock
let cases: OwnCases
/** What stands on the chain, and what the node did there. */
let chain: { head: bigint; summoned: { block: bigint; receiptId: Hex; number: bigint }[]; attributions: { block: bigint; receiptId: Hex }[]; cases: Map<Hex, Pick<ExecutionCase, 'stage' | 'number' | 'summonedAt' | 'until'>>; summons: Set<Hex>; opened: bigint[]; shown: Hex[]; asked: [bigint, bigint][]; fails: Error | null }

beforeEach(() => {
  clock = new JumpingClock()
  clock.time = 1_000_000
  chain = { head: 100n, summoned: [], attributions: [], cases: new Map(), summons: new Set(), opened: [], shown: [], asked: [], fails: null }
  const within = <T extends { block: bigint }>(list: T[], from: bigint, to: bigint): T[] => list.filter(({ block }) => block >= from && block <= to)
  const courts: OwnCourts = {
    head: () => (chain.fails ? Promise.reject(chain.fails) : Promise.resolve(chain.head)),
    first: () => Promise.resolve(40n),
    executions: (from, to) => (chain.asked.push([from, to]), Promise.resolve(within(chain.summoned, from, to))),
    attributions: (from, to) => Promise.resolve(within(chain.attributions, from, to).map(({ receiptId }) => receiptId)),
    execution: (id) => Promise.resolve(chain.cases.get(id) ?? null),
    attribution: (id) => Promise.resolve(chain.summons.has(id) ? ({} as Summons) : null),
    open: ({ nonce }, { salt }) => {
      expect(salt).toBe(hash(Number(nonce)))
      if (chain.cases.get(salt)?.stage !== 'summoned') throw new InputError('WRONG_STAGE', 'somebody was faster')
      chain.opened.push(nonce)
      return Promise.resolve()
    },
    show: ({ statement }) => (chain.shown.push(statement.receiptId), Promise.resolve()),
  }
  const known = new Map([[hash(1), own(1, true)], [hash(2), own(2)]])
  cases = new OwnCases({ courts, receipts: { find: (id) => Promise.resolve(known.get(id)) }, clock, log: silentLog, everyMs: 5000 })
})

const summon = (n: number, block = 90n, number = 1n): void => {
  chain.summoned.push({ block, receiptId: hash(n), number })
  chain.cases.set(hash(n), { stage: 'summoned', number, summonedAt: 1000, until: 1200 })
}

describe('the cases of a node that runs alone', () => {
  it('are opened when half of their time is over, once, and not when the gateway was there before', async () => {
    summon(1)
    summon(2, 95n)
    await cases.look()
    expect(chain.opened).toEqual([])
    clock.time = 1_099_000
    await cases.look()
    expect(chain.opened).toEqual([])
    chain.cases.get(hash(2))!.stage = 'judged'
    clock.time = 1_100_000
    await cases.look()
    await cases.look()
    expect(chain.opened).toEqual([1n])
  })

  it('are found from the oldest that can still be open, and in blocks that came meanwhile or in another order', async () => {
    summon(1, 39n)
    clock.time = 1_150_000
    await cases.look()
    expect(chain.opened).toEqual([])
    chain.head = 130n
    summon(2, 99n)
    await cases.look()
    expect(chain.asked).toEqual([[40n, 100n], [68n, 130n]])
    expect(chain.opened).toEqual([2n])
  })

  it('are opened again under another number, and after a reorganisation that took a summons back and brought it again', async () => {
    clock.time = 1_150_000
    summon(1)
    chain.cases.delete(hash(1))
    await cases.look()
    expect(chain.opened).toEqual([])
    summon(1, 101n)
    chain.head = 101n
    await cases.look()
    summon(1, 102n, 2n)
    chain.head = 102n
    await cases.look()
    expect(chain.opened).toEqual([1n, 1n])
  })

  it('of attributions are answered at once; what the node never signed or attributed is left', async () => {
    for (const n of [1, 2, 3]) {
      chain.attributions.push({ block: 90n, receiptId: hash(n) })
      chain.summons.add(hash(n))
    }
    summon(3)
    clock.time = 1_150_000
    await cases.look()
    await cases.look()
    expect(chain.shown).toEqual([hash(1)])
    expect(chain.opened).toEqual([])
  })

  it('are looked for again and again, also after the chain was away', async () => {
    chain.fails = new UnavailableError('CHAIN_AWAY', 'away')
    summon(1)
    cases.start()
    await clock.until(() => clock.time >= 1_020_000)
    chain.fails = null
    await clock.until(() => chain.opened.length === 1)
    await cases.close()
    expect(clock.time).toBeGreaterThanOrEqual(1_100_000)
  })
})
