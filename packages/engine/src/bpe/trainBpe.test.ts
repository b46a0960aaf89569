import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BpeEncoder } from './BpeEncoder.ts'
import { byteAlphabet } from './byteAlphabet.ts'
import { splitText } from './splitText.ts'
import { trainBpe } from './trainBpe.ts'

const control = ['<|endoftext|>', '<|im_start|>', '<|im_end|>']
const corpus = ['low lower lowest newest widest', "It's 1999; they're low, low, low.\n\n  New rows.", 'naïve café – 猫']

describe('trainBpe', () => {
  it('finds the merges of the published example, most frequent first', () => {
    // Sennrich et al. 2016, figure 1: low:5 lower:2 newest:6 widest:3; ties go to the smaller bytes.
    const words = { low: 5, lower: 2, newest: 6, widest: 3 }
    const text = Object.entries(words).flatMap(([word, count]) => Array<string>(count).fill(word))
    expect(trainBpe(text, 256 + 4, []).merges).toEqual(['e s', 'es t', 'l o', 'lo w'])
  })

  it('gives the same vocabulary each time, of the size asked for, with distinct tokens', () => {
    const made = trainBpe(corpus, 300, control)
    expect(trainBpe([...corpus], 300, control)).toEqual(made)
    expect(new Set(made.tokens).size).toBe(made.tokens.length)
    expect(made.tokens.length).toBe(3 + 256 + made.merges.length)
    expect(made.tokens.slice(0, 4)).toEqual([...control, byteAlphabet[0]])
  })

  it('counts overlapping repeats as they are merged', () => {
    expect(trainBpe(['aaaa', 'aaaa'], 258, []).merges).toEqual(['a a', 'aa aa'])
  })
})

describe('BpeEncoder', () => {
  const encoder = new BpeEncoder(trainBpe(corpus, 320, control))

  it('decodes what it encoded, for any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        (text) => void expect(encoder.decode(encoder.encode(text))).toBe(text),
      ),
    )
    fc.assert(fc.property(fc.string(), (text) => void expect(splitText(text).join('')).toBe(text)))
  })

  it('reads control tokens only where it is told to', () => {
    expect(encoder.encode('<|im_start|>low<|im_end|>', { control: true })).toEqual([1, ...encoder.encode('low'), 2])
    expect(encoder.encode('<|im_start|>')).not.toContain(1)
    expect(() => encoder.decode([99_999])).toThrow(expect.objectContaining({ code: 'TOKEN_ID' }))
  })

  it('splits each digit alone', () => {
    expect(splitText("It's 12 cats,  ok")).toEqual(['It', "'s", ' ', '1', '2', ' cats', ',', ' ', ' ok'])
  })
})
