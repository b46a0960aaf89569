import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SpendingLimit, type SpendingCaps } from './SpendingLimit.ts'

const caps: SpendingCaps = { perAnswer: 40n, total: 100n }
const code = (expected: string): unknown => expect.objectContaining({ code: expected })

/** Files in memory, which several limits can have in common as several programs have a folder. */
function folder() {
  const kept = new Map<string, Uint8Array>()
  const files = {
    read: (name: string) => Promise.resolve(kept.get(name)),
    write: (name: string, bytes: Uint8Array) => Promise.resolve(void kept.set(name, bytes)),
    names: () => Promise.resolve([...kept.keys()]),
  }
  return { files, limit: (own = caps) => new SpendingLimit({ files, caps: own, random: (n) => randomBytes(n) }) }
}

describe('SpendingLimit', () => {
  it('takes what is allowed to the last unit, and nothing above it', async () => {
    const limit = folder().limit()
    await expect(limit.reserve(41n)).rejects.toThrow(code('ABOVE_ANSWER_LIMIT'))
    for (const most of [40n, 40n]) await (await limit.reserve(most)).settle(most)
    await expect(limit.reserve(21n)).rejects.toThrow(code('ABOVE_TOTAL_LIMIT'))
    expect(await limit.spent()).toBe(80n)
    await (await limit.reserve(20n)).settle(5n)
    expect(await limit.spent()).toBe(85n)
    await (await limit.reserve(15n)).release()
    await (await limit.reserve(15n)).settle(15n)
    await expect(limit.reserve(1n)).rejects.toThrow(code('ABOVE_TOTAL_LIMIT'))
  })

  it('counts what a crash left open as spent, also after a restart', async () => {
    const { limit } = folder()
    await (await limit().reserve(30n)).settle(10n)
    await limit().reserve(40n)
    expect(await limit().spent()).toBe(50n)
    const raised = limit({ perAnswer: 60n, total: 110n })
    await (await raised.reserve(60n)).settle(60n)
    expect(await limit().spent()).toBe(110n)
  })

  it('lets programs that share a wallet never spend more than the limit together', async () => {
    const step = fc.record({ most: fc.bigInt(0n, 45n), part: fc.bigInt(0n, 4n), who: fc.nat(2), held: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const shared = folder()
        const programs = [shared.limit(), shared.limit(), shared.limit()]
        let spent = 0n
        const bought = await Promise.all(
          steps.map(async ({ most, part, who, held }) => {
            const reservation = await programs[who]!.reserve(most).catch(() => undefined)
            if (!reservation) return
            const cost = held ? most : (most * part) / 4n
            if (!held) await reservation.settle(cost)
            spent += cost
            expect(spent).toBeLessThanOrEqual(caps.total)
          }),
        )
        expect(bought).toHaveLength(steps.length)
        expect(await shared.limit().spent()).toBe(spent)
      }),
      { numRuns: 60 },
    )
  })
})
