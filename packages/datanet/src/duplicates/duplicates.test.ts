import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DuplicateIndex, sharedCount } from './DuplicateIndex.ts'
import { duplicateMethod } from './duplicateMethod.ts'
import { findDuplicates } from './findDuplicates.ts'
import { bandKeys, minHash, shingleHash } from './minHash.ts'
import { foldedTokens, recordTokens, shingles } from './tokens.ts'

const vocabulary = 'river barge grain harbour light keeper tower cape north farm market road stone bridge lamp coast storm sail rope anchor winter bread salt copper wool trade letter map clock garden'.split(' ')
const word = fc.constantFrom(...vocabulary)
const record = (prompt: string, completion = 'It is so.') => ({ prompt, completion })

/** A generator with a fixed seed (Park and Miller, 1988). */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48271) % 2147483647
    return state % below
  }
}

describe('foldedTokens', () => {
  it.each([
    ['What IS a  Receipt?', ['what', 'is', 'a', 'receipt']],
    ['“Hello”, she-said…', ['hello', 'she', 'said']],
    ['C# and C', ['c', '#', 'and', 'c']],
    ['5 - -3 = 8', ['5', '-', '3', '=', '8']],
    ['ＦＵＬＬ ﬁ', ['full', 'fi']],
    ['東京は大きい', ['東京', '京は', 'は大', '大き', 'きい']],
    ['ภาษา', ['ภา', 'าษ', 'ษา']],
    ['3月 猫 a', ['3', '月', '猫', 'a']],
    ['हिन्दी भाषा', ['हिन्दी', 'भाषा']],
    ['Straße İstanbul', ['straße', 'i\u0307stanbul']],
    ['🙂 ok', ['🙂', 'ok']],
    ['?!', ['?!']],
  ])('of %j are %j', (text, tokens) => {
    expect(foldedTokens(text)).toEqual(tokens)
  })

  it('do not depend on the normal form, and never run from prompt into completion', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (s) => void expect(foldedTokens(s.normalize('NFD'))).toEqual(foldedTokens(s))))
    expect(recordTokens(record('a b', 'c'))).not.toEqual(recordTokens(record('a', 'b c')))
  })
})

describe('minHash', () => {
  it('is a fixed function of the set', () => {
    const set = ['a b', 'b c', 'c d']
    const signature = minHash(set.map(shingleHash), 4)
    expect([...signature]).toEqual([...minHash(set.toReversed().map(shingleHash), 4)])
    // Computed apart from this code, in Python. A change of hash or permutations would change who is found and needs a new method name.
    expect([...signature]).toEqual([173328347, 117463651, 1399787165, 1411268207])
    expect(bandKeys(signature, 2, 2)).toEqual([`0:${signature[0]}.${signature[1]}`, `1:${signature[2]}.${signature[3]}`])
  })

  it('agrees in as many places as the sets are similar', () => {
    const sets = (shared: number, own: number): [string[], string[]] => {
      const common = Array.from({ length: shared }, (_, i) => `s${i}`)
      return [[...common, ...Array.from({ length: own }, (_, i) => `a${i}`)], [...common, ...Array.from({ length: own }, (_, i) => `b${i}`)]]
    }
    for (const [shared, own] of [[80, 10], [50, 25], [20, 40], [0, 50]] as const) {
      const [a, b] = sets(shared, own).map((s) => minHash(s.map(shingleHash), 2000)) as [Uint32Array, Uint32Array]
      const agreement = a.reduce((n, v, i) => n + (v === b[i] ? 1 : 0), 0) / 2000
      // Four standard deviations of 2,000 draws.
      expect(Math.abs(agreement - shared / (shared + 2 * own))).toBeLessThan(0.045)
    }
  })
})

describe('findDuplicates', () => {
  const long = 'A barge carries grain from the northern farms down the river to the harbour, where it is weighed, sold and shipped along the coast.'

  it('tells exact, normalised and near duplicates of the first committed', () => {
    const { matches, clusters } = findDuplicates([
      record('What does it carry?', long),
      record('Who keeps the light?'),
      record('What does it carry?', long),
      record('what does it carry', long.toUpperCase()),
      record('What does it carry?', long.replace('weighed', 'counted')),
      record('Who keeps the light'),
    ])
    expect(matches.map((m) => m && [m.of, m.kind])).toEqual([null, null, [0, 'exact'], [0, 'normalised'], [0, 'near'], [1, 'normalised']])
    expect(clusters).toEqual([{ representative: 0, copies: [2, 3, 4] }, { representative: 1, copies: [5] }])
  })

  it('keeps records apart that differ in a fact', () => {
    const apart = [
      record('What is 12 plus 5?', 'It is 17.'),
      record('What is 12 plus 6?', 'It is 18.'),
      record('What is C?', 'A language.'),
      record('What is C#?', 'A language.'),
      record('What is -5 plus 5?', 'It is 0.'),
      record('What is 5 plus 5?', 'It is 0.'),
      record('What is the capital of Norland?', 'The capital of Norland is Vik.'),
      record('What is the capital of Sudland?', 'The capital of Sudland is Mar.'),
      record('What colour is the harbour light at night?', 'It is red.'),
      record('What colour is the harbour light at night?', 'It is green.'),
      record('犬は何ですか', '動物です'),
      record('猫は何ですか', '動物です'),
    ]
    expect(findDuplicates(apart).clusters).toEqual([])
  })

  it('finds all that comparing every pair finds, and merges nothing else', () => {
    const draw = random(20240607)
    const sentence = (n: number): string => Array.from({ length: n }, () => vocabulary[draw(vocabulary.length)]).join(' ')
    const records = Array.from({ length: 400 }, () => record(`${sentence(4)}?`, sentence(12 + draw(40))))
    for (let i = 0; i < 400; i++) {
      const source = records[draw(400)]!
      const words = source.completion.split(' ')
      for (let k = draw(4); k >= 0; k--) words[draw(words.length)] = vocabulary[draw(vocabulary.length)]!
      records.push(record(source.prompt, words.join(' ')))
    }
    const sets = records.map((r) => shingles(recordTokens(r), duplicateMethod.shingleTokens))
    const leaders: number[] = []
    const truth = records.map((_, i) => {
      const of = leaders.find((k) => {
        const shared = sharedCount(sets[i]!, sets[k]!)
        return shared * 1000 >= duplicateMethod.thresholdPermille * (sets[i]!.size + sets[k]!.size - shared)
      })
      if (of === undefined) leaders.push(i)
      return of ?? null
    })
    const found = findDuplicates(records).matches.map((m) => m?.of ?? null)
    const positives = truth.filter((t) => t !== null).length
    expect(positives).toBeGreaterThan(100)
    expect(positives).toBeLessThan(300)
    const missed = truth.filter((t, i) => t !== null && found[i] === null).length
    const falseMerges = truth.filter((t, i) => t === null && found[i] !== null).length
    expect({ missed, falseMerges }).toEqual({ missed: 0, falseMerges: 0 })
    expect(found).toEqual(truth)
  })

  it('takes the first committed of several representatives, not the most similar', () => {
    for (let n = 0; n < 10; n++) {
      const words = Array.from({ length: 60 }, (_, i) => `w${n}x${i}`)
      const [first, second, third] = [[], [10, 30, 50], [10, 30]].map((changed) => record(changed.reduce((w, i) => w.with(i, `other${n}`), words).join(' ')))
      expect(findDuplicates([first!, second!, third!]).matches).toMatchObject([null, null, { of: 0, kind: 'near' }])
      expect(findDuplicates([second!, first!, third!]).matches).toMatchObject([null, null, { of: 0, kind: 'near' }])
    }
  })

  it('says nothing new of earlier records when more come', () => {
    const records = fc.array(fc.array(word, { minLength: 3, maxLength: 9 }).map((w) => record(w.join(' '))), { maxLength: 25 })
    fc.assert(
      fc.property(records, fc.nat(), (list, cut) => {
        const part = list.slice(0, cut % (list.length + 1))
        expect(findDuplicates(list).matches.slice(0, part.length)).toEqual(findDuplicates(part).matches)
      }),
    )
  })

  it('looks without adding', () => {
    const index = new DuplicateIndex()
    expect(index.find(record('a b c'))).toBeNull()
    expect(index.add(record('a b c'))).toBeNull()
    expect(index.find(record('A b c'))).toMatchObject({ of: 0, kind: 'normalised' })
    expect(index.size).toBe(1)
  })
})
