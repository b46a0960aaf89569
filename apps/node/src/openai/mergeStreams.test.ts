import { expect, it } from 'vitest'
import { mergeStreams } from './mergeStreams.ts'

async function* counted(name: string, count: number, failing = false): AsyncGenerator<string> {
  for (let index = 0; index < count; index++) yield name + index
  if (failing) throw new Error(name)
}

it('gives every value of every stream, each stream in its order, and lets none wait for all of another', async () => {
  const seen: string[] = []
  for await (const value of mergeStreams([counted('a', 50), counted('b', 3), counted('c', 0)])) seen.push(value)
  expect(seen.filter((value) => value.startsWith('a'))).toEqual(Array.from({ length: 50 }, (_, index) => `a${index}`))
  expect(seen.filter((value) => value.startsWith('b'))).toEqual(['b0', 'b1', 'b2'])
  expect(seen.indexOf('b2')).toBeLessThan(20)
})

it('fails when one of them fails', async () => {
  const read = async (): Promise<void> => {
    for await (const value of mergeStreams([counted('a', 5), counted('b', 1, true)])) expect(value).toBeDefined()
  }
  await expect(read()).rejects.toThrow('b')
})
