import { answerTokens, answerTokensTree, buildSpanIndex, indexCommitment, queryCommitment, runningSums, sumsTree, tableCommitment, type SpanIndex } from '@openledger/attribution'
import { disputeBundleSchema, readArtefact, verifyDispute, writeArtefact, type DisputeBundle, type DisputeClaim } from '@openledger/protocol'
import { beforeAll, describe, expect, it } from 'vitest'
import { court, disputeWorld, type Plant } from '../testing/disputeWorld.ts'
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
    ...numbers(index.recordIds.length).map((record) => ({ name: 'record-owner' as const, record })),
    ...numbers(index.suffixes.length - 1).map((rank) => ({ name: 'suffix-order' as const, rank })),
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

/** An index in which something was changed after it was built. */
function withIndex(material: DisputeMaterial, change: (index: SpanIndex) => Partial<SpanIndex>): void {
  const { text, suffixes, contributorOf, commitOrders } = material.index
  const copy = { ...material.index, text: text.slice(), suffixes: suffixes.slice(), contributorOf: contributorOf.slice(), commitOrders: commitOrders.slice() }
  material.index = { ...copy, ...change(copy) }
}
const bindIndex = (d: DisputeMaterial['document'], m: DisputeMaterial): void => void (d.commitments = { ...d.commitments, index: indexCommitment(m.index).root })

const frauds: [string, Plant, DisputeClaim['name'], RegExp][] = [
  ['a score turned up', { document: (d) => void (d.scores.values[1] += '7') }, 'score', /score of atom 1/],
  [
    'a running sum that adds what was never multiplied',
    {
      document: (d, m) => {
        const sums = runningSums(m.table, m.query).map((s, atom) => (atom === 2 ? s.map((x, c) => (c >= 1 ? x - 10n ** 30n : x)) : s))
        m.claimed = { sums }
        d.sumsRoot = sumsTree(sums).root
        const last = -sums[2]!.at(-1)!
        d.scores = { exponent: -128, values: runningSums(m.table, m.query).map((s, a) => (a === 2 ? last : -s.at(-1)!).toString()) }
      },
    },
    'dot-product',
    /chunk 1 of atom 2/,
  ],
  ['payments that do not follow from the shares', { contributors: (s) => s.map((x, i) => ({ ...x, sharePpm: i === 0 ? x.sharePpm + 90_000 : i === 1 ? x.sharePpm - 90_000 : x.sharePpm })) }, 'split', /payments of root/],
  ['another influence table than the deployment names', { material: (m) => void (m.table = { ...m.table, hash: m.index.hash }) }, 'inputs', /influence table/],
  ['another answer than the receipt binds', { receipt: (r) => void (r.outputHash = r.requestHash) }, 'inputs', /answer of the document/],
  ['a span whose words stand nowhere', { document: (d) => void (d.spans[0]!.source.position += 3) }, 'span-words', /token \d+ of the answer is/],
  ['a span that runs on past its record', { document: (d) => void (d.spans[0]!.length += 2) }, 'span-words', /at the source stands/],
  ['a span given to another contributor', { document: (d) => void (d.spans[0]!.source.contributor = d.spans[1]!.source.contributor) }, 'span-source', /contributor of the source/],
  ['a span given to another record', { document: (d) => void (d.spans[0]!.source.recordId = d.spans[1]!.source.recordId) }, 'span-source', /recordId of the source/],
  ['a longer match left out', { document: (d) => void (d.spans[0]!.length -= 5) }, 'better-match', /has 35 tokens; record .* holds 40/],
  [
    'an earlier record passed over',
    {
      document: (d) => {
        const late = d.spans[0]!.copies[0]!
        d.spans[0]!.source = { ...late }
      },
    },
    'better-match',
    /before its source/,
  ],
  [
    'an index that gives a record to somebody else',
    {
      material: (m) => withIndex(m, ({ contributorOf }) => {
        contributorOf[2] = 3
        return {}
      }),
      document: bindIndex,
    },
    'record-owner',
    /record 2 belongs to/,
  ],
  [
    'an index with a record left out',
    {
      material: (m) => void (m.index = buildSpanIndex(m.index.recordIds.slice(0, 4).map((recordId, k) => ({ recordId, contributor: m.index.contributorOf[k]!, commitOrder: k, prompt: [1], completion: [2, 3] })), m.index.contributors)),
      document: bindIndex,
    },
    'record-owner',
    /holds 4 records/,
  ],
  ...(['neighbours in the wrong order', 'equal beginnings in the wrong order', 'a place named twice', 'a place outside the text'] as const).map((what, kind): [string, Plant, DisputeClaim['name'], RegExp] => [
    `a suffix array with ${what}`,
    {
      material: (m) =>
        withIndex(m, ({ suffixes, text }) => {
          const equal = suffixes.findIndex((s, r) => r > 0 && text[s] === text[suffixes[r - 1]!] && text[s] === 433)
          const other = suffixes.findIndex((s, r) => r > 0 && text[s] !== text[suffixes[r - 1]!])
          const at = kind === 1 ? equal : other
          if (kind <= 1) [suffixes[at - 1], suffixes[at]] = [suffixes[at]!, suffixes[at - 1]!]
          else suffixes[at] = kind === 2 ? suffixes[at + 5]! : 0x7fffffff
          return {}
        }),
      document: bindIndex,
    },
    'suffix-order',
    [/begins with/, /one symbol further/, /both name place/, /outside the text/][kind]!,
  ]),
  [
    'tokens that are not those of the answer',
    {
      document: (d, m) => {
        const tokens = answerTokens(m.finder, [50, ...Array.from({ length: 62 }, (_, k) => 102 + k)], m.wordStarts)
        m.claimed = { tokens }
        d.tokensRoot = answerTokensTree(tokens).root
      },
    },
    'answer-token',
    /token 41 of the answer is/,
  ],
  [
    'a query vector of another length than the table',
    { document: (d, m) => {
      const values = new Int8Array(5000)
      m.query = { values, exponents: new Int8Array(5).fill(-64), hash: m.query.hash }
      m.claimed = { sums: runningSums(m.table, { values: new Int8Array(9000), exponents: new Int8Array(9) }) }
      d.commitments = { ...d.commitments, query: queryCommitment(m.query).root }
    } },
    'dot-product',
    /another length/,
  ],
]

describe('a planted fraud', () => {
  it.each(frauds)('%s gives a bundle that proves it', async (_, plant, name, message) => {
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
