import { describe, expect, it } from 'vitest'
import { checkPattern, patternValue } from './modulePattern.ts'

const modules = [0, 1, 11].flatMap((layer) => ['self_attn.q_proj', 'self_attn.v_proj', 'mlp.up_proj', 'mlp.down_proj'].map((name) => `model.layers.${layer}.${name}`))

/** Which of the keys matches each module first, by Python's `re.match(rf"(.*\\.)?({key})$", name)`, as PEFT does it; -1 for none. */
const vectors: [string[], number[]][] = [
  [['q_proj'], [0, -1, -1, -1, 0, -1, -1, -1, 0, -1, -1, -1]],
  [['layers.1.mlp.up_proj'], [-1, -1, -1, -1, -1, -1, 0, -1, -1, -1, -1, -1]],
  [['model.layers.11.mlp.up_proj'], [-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, -1]],
  [['proj'], [-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1]],
  [['up.proj'], [-1, -1, 0, -1, -1, -1, 0, -1, -1, -1, 0, -1]],
  [['self_attn.*'], [0, 0, -1, -1, 0, 0, -1, -1, 0, 0, -1, -1]],
  [['.*\\.(q|v)_proj'], [0, 0, -1, -1, 0, 0, -1, -1, 0, 0, -1, -1]],
  [['layers\\.\\d+\\.mlp\\.up_proj'], [-1, -1, 0, -1, -1, -1, 0, -1, -1, -1, 0, -1]],
  [['layers\\.(0|1)\\..*'], [0, 0, 0, 0, 0, 0, 0, 0, -1, -1, -1, -1]],
  [['^model\\.layers\\.1\\.self_attn\\.q_proj'], [-1, -1, -1, -1, 0, -1, -1, -1, -1, -1, -1, -1]],
  [['^layers.*'], [-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1]],
  [['up_proj|down_proj'], [-1, -1, 0, 0, -1, -1, 0, 0, -1, -1, 0, 0]],
  [['mlp.*', 'up_proj'], [-1, -1, 0, 0, -1, -1, 0, 0, -1, -1, 0, 0]],
  [['up_proj', 'mlp.*'], [-1, -1, 0, 1, -1, -1, 0, 1, -1, -1, 0, 1]],
  [['[^q]_proj'], [-1, 0, -1, -1, -1, 0, -1, -1, -1, 0, -1, -1]],
  [['layers\\.1{2}\\..+'], [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0]],
  [['odel.layers.0.mlp.up_proj'], [-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1]],
]

const refused = (keys: string[]): boolean => {
  try {
    checkPattern(keys, (why) => {
      throw new SyntaxError(why)
    })
    return false
  } catch {
    return true
  }
}

describe('patternValue', () => {
  it.each(vectors)('finds what Python finds for %j', (keys, expected) => {
    expect(refused(keys)).toBe(false)
    const pattern = Object.fromEntries(keys.map((key, index) => [key, index]))
    expect(modules.map((module) => patternValue(pattern, module) ?? -1)).toEqual(expected)
  })
})

describe('checkPattern', () => {
  it.each(['(a+)+', '(.*)*_proj', '(.|..)(.|..)(.|..)(.|..)', 'a?a?a?a?a?', '.*.*.*', '(?=x)', '\\1', '(?<=a)b', '[', 'q_proj(', 'x'.repeat(300) + '*', 'a{1,99}b{1,99}c{1,99}'])('refuses %s', (key) => {
    expect(refused([key])).toBe(true)
  })

  it('refuses too many keys', () => {
    expect(refused(Array.from({ length: 33 }, (_, index) => `${index}.*`))).toBe(true)
    expect(refused(Array.from({ length: 5000 }, (_, index) => `m${index}`))).toBe(true)
    expect(refused(Array.from({ length: 400 }, (_, index) => `m${index}`))).toBe(false)
  })
})
