import { answerTokens, answerTokensTree, buildSpanIndex, indexCommitment, joinShards, queryCommitment, runningSums, soleShard, sumsTree, wholeIndex, type SpanIndex } from '@openledger/attribution'
import type { DisputeClaim } from '@openledger/protocol'
import type { DisputeMaterial } from '../dispute/DisputeMaterial.ts'
import type { Plant } from './disputeWorld.ts'

/** An index of which each shard was changed after it was built. */
function withIndex(material: DisputeMaterial, change: (index: SpanIndex) => Partial<SpanIndex>): void {
  const changed = material.index.shards.map((shard) => {
    const { text, suffixes, contributorOf, commitOrders } = shard
    const copy = { ...shard, text: text.slice(), suffixes: suffixes.slice(), contributorOf: contributorOf.slice(), commitOrders: commitOrders.slice() }
    return { ...copy, ...change(copy) }
  })
  material.index = joinShards(changed)
}
const bindIndex = (d: DisputeMaterial['document'], m: DisputeMaterial): void => void (d.commitments = { ...d.commitments, index: indexCommitment(m.index).root })

/** What a liar plants, the claim that proves it, and what the proof says. */
export const plantedFrauds: [string, Plant, DisputeClaim['name'], RegExp][] = [
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
      material: (m) => {
        const { recordIds, contributorOf, contributors } = wholeIndex(m.index)
        m.index = soleShard(buildSpanIndex(recordIds.slice(0, 4).map((recordId, k) => ({ recordId, contributor: contributorOf[k]!, commitOrder: k, prompt: [1], completion: [2, 3] })), contributors))
      },
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
