import { expect, it } from 'vitest'
import { closeAll } from './closeAll.ts'

it('closes everything, newest first, and throws the first failure at the end', async () => {
  const closed: number[] = []
  const closer = (n: number) => () => (closed.push(n), n > 1 ? Promise.reject(new Error(`no ${n}`)) : Promise.resolve())
  const closers = [closer(1), closer(2), closer(3)]
  await expect(closeAll(closers)).rejects.toThrow('no 3')
  expect(closed).toEqual([3, 2, 1])
  await closeAll(closers)
  expect(closed).toHaveLength(3)
})
