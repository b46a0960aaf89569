import { describe, expect, it } from 'vitest'
import type { Address } from 'viem'
import { recordId } from '@openledger/protocol'
import { snapshotCorpus, type CorpusTokenizer } from './snapshotCorpus.ts'

const end = 9_999
const codes = (text: string): number[] => Array.from(text, (c) => c.codePointAt(0) ?? 0)
const tokenizer: CorpusTokenizer = {
  endOfTurn: end,
  tokenize: codes,
  encodeChat: (messages, open) => ({ tokens: [...messages.flatMap((m) => [...codes(`${m.role}:`), ...codes(m.content), end, 10]), ...(open ? codes('assistant:') : [])] }),
}
const alice: Address = `0x${'A'.repeat(40)}`
const bob: Address = `0x${'1'.repeat(40)}`
const record = (contributor: Address, prompt: string, completion: string, weight = 1) => ({ recordId: recordId({ prompt, completion }), contributor, weight, prompt, completion })

describe('snapshotCorpus', () => {
  const records = [record(alice, 'a?', 'one'), record(bob, 'b?', 'two'), record(alice, 'a ?', 'one', 0)]

  it('supervises the answer and the end of its turn, and nothing else', async () => {
    const { examples, contributors, weights } = await snapshotCorpus(records, tokenizer, 100)
    expect(contributors).toEqual([bob, alice.toLowerCase()])
    expect(weights).toEqual([1, 1])
    expect(examples.map((e) => e.group)).toEqual([1, 0])
    const [first] = examples
    expect(Array.from(first!.tokens).slice(first!.supervisedFrom)).toEqual([...codes('one'), end])
  })

  it('indexes copies but does not train on them', async () => {
    const { examples, spanRecords } = await snapshotCorpus(records, tokenizer, 100)
    expect([examples.length, spanRecords.length]).toEqual([2, 3])
    expect(spanRecords[2]).toMatchObject({ contributor: 1, commitOrder: 2, completion: codes('one') })
  })

  it('cuts an example at its end, and refuses a template that rewrites the prompt', async () => {
    const { examples } = await snapshotCorpus(records.slice(0, 1), tokenizer, 19)
    expect(examples[0]!.tokens.length).toBe(19)
    const rewriting: CorpusTokenizer = { ...tokenizer, encodeChat: (m, open) => ({ tokens: open ? [1] : codes(m[0]!.content) }) }
    await expect(snapshotCorpus(records, rewriting, 100)).rejects.toMatchObject({ code: 'TEMPLATE_NOT_PREFIX' })
  })
})
