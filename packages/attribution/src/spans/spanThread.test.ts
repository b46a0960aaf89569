import type { Hex } from '@openledger/protocol'
import type { Address } from 'viem'
import { describe, expect, it } from 'vitest'
import { encodeSpanIndex } from './encodeSpanIndex.ts'
import { SpanFinder } from './SpanFinder.ts'
import { buildSpanIndex, type SpanRecord } from './SpanIndex.ts'
import { buildSpanIndexAside, openSpanFinder, withRevokedRecords } from './spanThread.ts'

const id = (k: number): Hex => `0x${k.toString(16).padStart(64, '0')}`
const contributors = [1, 2, 3].map((k): Address => `0x${k.toString(16).padStart(40, '0')}`)
const records = Array.from({ length: 40 }, (_, k): SpanRecord => ({
  recordId: id(k),
  contributor: k % 3,
  commitOrder: 90 - k,
  prompt: [k, 7],
  completion: Int32Array.from({ length: 30 }, (_, d) => 100 + (((k % 8) * 31 + d * 7) % 400)),
}))
const answer = [...Array.from(records[3].completion), 9, ...Array.from(records[6].completion).slice(4)]

describe('span thread', () => {
  it('builds, opens and revokes as this thread does, and leaves its arguments whole', async () => {
    const index = await buildSpanIndexAside(records, contributors, { threadFrom: 0 })
    expect(index).toEqual(buildSpanIndex(records, contributors))
    const bytes = encodeSpanIndex(index)
    const revoked = new Set([id(3), id(11)])
    const without = await openSpanFinder(bytes, revoked, { threadFrom: 0 })
    const withAll = await withRevokedRecords(without, new Set(), { threadFrom: 0 })
    for (const [finder, out] of [[without, revoked], [withAll, new Set<Hex>()]] as const) {
      const expected = new SpanFinder(index, out).find(answer)
      expect(expected.length).toBe(2)
      expect(finder.find(answer)).toEqual(expected)
      expect(finder.revoked).toEqual(out)
    }
    expect((await openSpanFinder(bytes, new Set())).index.hash).toBe(index.hash)
  })

  it('passes on what is wrong with a file', async () => {
    const bytes = encodeSpanIndex(buildSpanIndex(records, contributors))
    bytes[bytes.length - 1] ^= 1
    await expect(openSpanFinder(bytes, new Set(), { threadFrom: 0 })).rejects.toMatchObject({ code: 'BAD_FILE' })
  })
})
