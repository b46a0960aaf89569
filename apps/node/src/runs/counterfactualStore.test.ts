import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { counterfactualStore } from './counterfactualStore.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'counterfactuals-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('keeps whole parts alone, bit for bit, and drops their checkpoints', async () => {
  const store = counterfactualStore(path.join(folder, 'run'), 5)
  const adapters = [0, 1].map((a) => Float32Array.from({ length: 5 }, (_, i) => Math.fround(Math.sin(a + i) * 1e-30)))
  expect(await store.read(0)).toBeUndefined()
  mkdirSync(store.checkpoints(0), { recursive: true })
  await store.write(0, adapters)
  expect(await store.read(0)).toEqual(adapters)
  expect(existsSync(store.checkpoints(0))).toBe(false)
  expect(await store.read(1)).toBeUndefined()
  truncateSync(path.join(folder, 'run', 'counterfactuals-0.f32'), 39)
  expect(await store.read(0)).toBeUndefined()
  truncateSync(path.join(folder, 'run', 'counterfactuals-0.f32'), 0)
  expect(await store.read(0)).toBeUndefined()
})
