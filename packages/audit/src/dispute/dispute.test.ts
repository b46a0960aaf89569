import { indexCommitment, soleShard, tableCommitment, wholeIndex } from '@openledger/attribution'
import { disputeBundleSchema, readArtefact, verifyDispute, writeArtefact, type DisputeBundle, type DisputeClaim } from '@openledger/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { court, disputeWorld } from '../testing/disputeWorld.ts'
import { plantedFrauds } from '../testing/plantedFrauds.ts'
import { buildClaim, buildDispute, judge, type DisputeRequest } from './buildDispute.ts'
import type { DisputeMaterial } from './DisputeMaterial.ts'
import { findFaults } from './findFaults.ts'

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** Every claim that can be made against an answer. */
function allRequests({ table, document, index, bundle }: DisputeMaterial): DisputeRequest[] {
  return [
    { name: 'inputs' },
    { name: 'split' },
    ...numbers(table.atoms.length).flatMap((atom): DisputeRequest[] => [{ name: 'score', atom }, ...numbers(3).map((chunk) => ({ name: 'dot-product' as const, atom, chunk }))]),
    ...numbers(document.spans.length).flatMap((span): DisputeRequest[] => [
      { name: 'span-source', span },
      { name: 'better-match', span },
      ...numbers(document.spans[span]!.length).map((at) => ({ name: 'span-words' as const, span, at })),
    ]),
    ...numbers(wholeIndex(index).recordIds.length).map((record) => ({ name: 'record-owner' as const, record })),
    ...numbers(wholeIndex(index).suffixes.length - 1).map((rank) => ({ name: 'suffix-order' as const, rank })),
    ...numbers(bundle.answer.tokens.length).map((at) => ({ name: 'answer-token' as const, at })),
  ]
}

type Leaf = string | number | boolean
/** The places of all single values in a claim. */
function placesOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, item]) => placesOf(item, [...path, key]))
}

function altered(claim: DisputeClaim, path: readonly (string | number)[]): DisputeClaim | undefined {
  const copy = JSON.parse(new TextDecoder().decode(writeArtefact(claim))) as Record<string, unknown>
  const parent = path.slice(0, -1).reduce((at, key) => at[key] as Record<string, unknown>, copy)
  const old = parent[path.at(-1)!] as Leaf
  if (typeof old === 'number') parent[path.at(-1)!] = old + 1
  else if (typeof old === 'boolean') parent[path.at(-1)!] = !old
  else if (typeof old === 'string') parent[path.at(-1)!] = old.replace(/.$/, (c) => (c === '1' ? '2' : '1'))
  const shell = disputeBundleSchema.shape.claim.safeParse(copy)
  return shell.success ? shell.data : undefined
}

describe('an honest attribution', () => {
  let honest: DisputeMaterial
  beforeAll(async () => {
    honest = await disputeWorld()
  })

  it('cannot be disputed in any of its parts', () => {
    expect(honest.document.spans.length).toBe(2)
    const requests = allRequests(honest)
    for (const request of requests) expect(judge(honest, buildClaim(honest, request)), JSON.stringify(request)).toMatchObject({ proven: false })
    expect(requests.length).toBeGreaterThan(600)
    expect(findFaults(honest)).toEqual([])
  })

  it('cannot be disputed with openings of which one value is changed', () => {
    let tried = 0
    const requests: DisputeRequest[] = [
      { name: 'split' },
      { name: 'score', atom: 2 },
      { name: 'dot-product', atom: 1, chunk: 0 },
      { name: 'dot-product', atom: 3, chunk: 2 },
      ...([0, 1] as const).flatMap((span): DisputeRequest[] => [{ name: 'span-source', span }, { name: 'better-match', span }, { name: 'span-words', span, at: 4 }]),
      { name: 'record-owner', record: 3 },
      ...[0, 3, 200].map((rank) => ({ name: 'suffix-order' as const, rank })),
      { name: 'answer-token', at: 3 },
    ]
    for (const request of requests) {
      const claim = buildClaim(honest, request)
      for (const path of placesOf(claim).filter((_, i, all) => i % (all.length > 60 ? 3 : 1) === 0)) {
        const false_ = altered(claim, path)
        if (false_ === undefined) continue
        tried++
        expect(judge(honest, false_), `${request.name} ${path.join('.')}`).toMatchObject({ proven: false })
      }
    }
    expect(tried).toBeGreaterThan(300)
  })

  it('cannot be disputed with another header, other statements or foreign signatures', async () => {
    const bundle = buildDispute(honest, buildClaim(honest, { name: 'inputs' }))
    expect(await verifyDispute(bundle, court)).toEqual({ proven: false, reason: 'all inputs are those of the receipt' })
    const change = (edit: (b: DisputeBundle) => void) => {
      const copy = structuredClone(bundle)
      edit(copy)
      return verifyDispute(copy, court)
    }
    expect(await change((b) => (b.header.tableRoot = b.header.indexRoot))).toMatchObject({ reason: 'the header is not the one that the node signed' })
    expect(await change((b) => (b.receipt.statement.fee += 1n))).toMatchObject({ proven: false })
    expect(await change((b) => (b.deployment.statement.tableHash = b.header.indexRoot))).toMatchObject({ proven: false })
    expect(await verifyDispute(bundle, { ...court, epochs: court.models })).toMatchObject({ proven: false })
    expect(await verifyDispute({ ...bundle, attributionDeadline: 5 }, court)).toMatchObject({ proven: false })
  })
})

describe('an answer attributed over shards', () => {
  const shards = [3, 1, 1]

  it('names the same spans as over one index, and cannot be disputed', async () => {
    const honest = await disputeWorld({}, shards)
    expect(honest.document.spans).toEqual((await disputeWorld()).document.spans)
    const requests = allRequests(honest)
    for (const request of requests) expect(judge(honest, buildClaim(honest, request)), JSON.stringify(request)).toMatchObject({ proven: false })
    expect(requests.length).toBeGreaterThan(140)
    expect(findFaults(honest)).toEqual([])
  })

  it('has no suffix array that a court takes, of a shard or of a wrong index over all', async () => {
    const [divided, whole] = [await disputeWorld({}, shards), await disputeWorld()]
    expect(() => buildClaim(divided, { name: 'suffix-order' })).toThrow(expect.objectContaining({ code: 'NO_SUCH_RANK' }))
    const claim = buildClaim(whole, { name: 'suffix-order', rank: 3 }) as Extract<DisputeClaim, { name: 'suffix-order' }>
    const { header } = indexCommitment(divided.index)
    for (const ranks of [claim.ranks, [0, 1]] as [number, number][]) expect(judge(divided, { ...claim, index: header, ranks })).toMatchObject({ proven: false, reason: 'the entries do not open' })
    for (const shard of divided.index.shards) {
      const own = { ...divided, index: soleShard(shard) }
      expect(judge(divided, buildClaim(own, { name: 'suffix-order', rank: 0 }))).toMatchObject({ proven: false, reason: 'the index is not that of the signed document' })
    }
  })

  it.each(plantedFrauds.filter(([, , name]) => name !== 'suffix-order'))('%s gives a bundle that proves it', async (_, plant, name, message) => {
    const material = await disputeWorld(plant, shards)
    const claim = findFaults(material).find((f) => f.claim.name === name)?.claim ?? buildClaim(material, name === 'dot-product' ? { name, atom: 2 } : { name })
    const verdict = await verifyDispute(readArtefact(disputeBundleSchema, writeArtefact(buildDispute(material, claim))), court)
    expect(verdict).toMatchObject({ proven: true, fault: expect.stringMatching(message) })
  })
})

describe('a planted fraud', () => {
  it.each(plantedFrauds)('%s gives a bundle that proves it', async (_, plant, name, message) => {
    const material = await disputeWorld(plant)
    const request: DisputeRequest = name === 'dot-product' ? { name, atom: 2 } : { name }
    const claim = findFaults(material).find((f) => f.claim.name === name)?.claim ?? buildClaim(material, request)
    const written = writeArtefact(buildDispute(material, claim))
    const verdict = await verifyDispute(readArtefact(disputeBundleSchema, written), court)
    expect(verdict).toMatchObject({ proven: true })
    expect((verdict as { fault: string }).fault).toMatch(message)
  })

  it('is proven by bundles within their limits', async () => {
    const material = await disputeWorld()
    const size = (request: DisputeRequest): number => writeArtefact(buildDispute(material, buildClaim(material, request))).length
    expect(tableCommitment(material.table).header.atomCount).toBe(4)
    // A dot product shows 2 × 4,096 values, two hexadecimal digits each.
    expect(size({ name: 'dot-product', atom: 1, chunk: 1 })).toBeLessThan(32_000)
    for (const name of ['score', 'split', 'inputs', 'span-words', 'span-source', 'record-owner', 'suffix-order'] as const) expect(size({ name }), name).toBeLessThan(16_000)
  })
})
