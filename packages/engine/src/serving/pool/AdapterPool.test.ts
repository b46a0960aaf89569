import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InputError, type Hex } from '@openledger/protocol'
import { adapterBytes } from '../../adapter/Adapter.ts'
import { AdapterPool, type AdapterLease, type AdapterPoolOptions } from './AdapterPool.ts'
import { FakeSource } from './testing/FakeSource.ts'
import { FakeWindow } from './testing/FakeWindow.ts'
import { fakeAdapter } from './testing/fakeAdapter.ts'

const base = { id: `0x${'11'.repeat(32)}` as Hex, config: {} as never }
const bytes = adapterBytes(fakeAdapter(0))
const settle = async (turns = 4): Promise<void> => {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** A pool over a pretended disk of `adapters` files and a window for `slots` of them; the clock stands still unless moved. */
async function opened(slots: number, adapters: number, options: Partial<AdapterPoolOptions> = {}) {
  const clock = { ms: 0 }
  const [window, source] = [new FakeWindow(slots * bytes), new FakeSource()]
  const pool = new AdapterPool(base, { window, source, hostBytes: 0, now: () => clock.ms, ...options })
  const ids: Hex[] = []
  for (let number = 0; number < adapters; number++) {
    source.files.set(`/disk/${number}`, fakeAdapter(number))
    ids.push(await pool.register(`/disk/${number}`))
  }
  source.reads.length = 0
  const resident = (): number[] => [...window.live].map(({ id }) => ids.indexOf(id)).sort((x, y) => x - y)
  /** Asks until it is there, as the serving loop does. */
  const acquire = async (index: number): Promise<AdapterLease> => {
    for (let turn = 0; turn < 20; turn++) {
      const lease = pool.tryAcquire(ids[index]!)
      if (lease) return lease
      await settle(1)
    }
    throw pool.failure(ids[index]!) ?? new RangeError('it never came')
  }
  const use = async (index: number): Promise<void> => (await acquire(index)).release()
  return { clock, window, source, pool, ids, resident, acquire, use }
}
const code = (value: string) => expect.objectContaining({ code: value })

describe('AdapterPool', () => {
  it('brings an adapter up when it is asked for, says so, and lends it', async () => {
    const { pool, ids, source } = await opened(2, 1)
    let calls = 0
    const end = pool.onChange(() => calls++)
    expect(pool.describe(ids[0]!).tier).toBe('disk')
    expect(pool.tryAcquire(ids[0]!)).toBeNull()
    expect(pool.tryAcquire(ids[0]!)).toBeNull()
    await settle()
    expect(calls).toBe(1)
    const lease = pool.tryAcquire(ids[0]!)!
    expect(lease.adapter.id).toBe(ids[0])
    lease.release()
    lease.release()
    expect(source.reads).toEqual(['/disk/0'])
    expect(pool.stats()).toMatchObject({ registered: 1, hits: 0, misses: 1, loads: { disk: 1, host: 1 }, window: { adapters: 1, bytes } })
    pool.tryAcquire(ids[0]!)!.release()
    expect(pool.perAdapter(ids[0]!)).toEqual({ uses: 2, hits: 1, misses: 1, loads: 1, failures: 0 })
    end()
    expect(() => pool.tryAcquire(fakeAdapter(9).id)).toThrow(code('ADAPTER_UNKNOWN'))
    expect(pool.failure(fakeAdapter(9).id)).toMatchObject({ code: 'ADAPTER_UNKNOWN' })
  })

  it('keeps what it read in host memory within its limit, and fetches from there', async () => {
    const { pool, source, use, resident } = await opened(1, 3, { hostBytes: 2 * bytes })
    // Registering filled host memory as far as it reaches.
    expect(pool.stats().host).toEqual({ adapters: 2, bytes: 2 * bytes, maxBytes: 2 * bytes })
    await use(0)
    await use(1)
    expect(source.reads).toEqual([])
    await use(2)
    expect(source.reads).toEqual(['/disk/2'])
    expect(resident()).toEqual([2])
    expect(pool.stats()).toMatchObject({ host: { bytes: 2 * bytes }, evictions: { host: 1, window: 2 } })
  })

  it('evicts by frequency and cost over size: a window of the paper agrees', async () => {
    const sizes = [1, 1, 2, 1, 3, 1, 2]
    const costs = [5, 20, 8, 40, 10, 5, 80]
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(sizes.length - 1), { minLength: 5, maxLength: 40 }), async (uses) => {
        const clock = { ms: 0 }
        const [window, source] = [new FakeWindow(5 * bytes), new FakeSource()]
        source.beforeAnswer = (path) => (clock.ms += costs[Number(path)]!)
        const pool = new AdapterPool(base, { window, source, hostBytes: 0, now: () => clock.ms })
        const ids: Hex[] = []
        for (const [number, rank] of sizes.entries()) {
          source.files.set(`${number}`, fakeAdapter(number, { rank }))
          // The path is looked up by its last part.
          source.files.set(`${process.cwd()}/${number}`, fakeAdapter(number, { rank }))
          ids.push(await pool.register(`${number}`))
        }
        source.beforeAnswer = (path) => (clock.ms += costs[Number(path.split('/').at(-1))]!)
        const cache = { clock: 0, entries: new Map<number, number>() }
        const frequency = sizes.map(() => 0)
        // Adapters are placed for who asked before they are used: both times they are noted.
        const note = (index: number): void => {
          cache.entries.delete(index)
          cache.entries.set(index, cache.clock + (Math.max(1, frequency[index]!) * costs[index]!) / (sizes[index]! * bytes))
        }
        for (const index of uses) {
          if (!cache.entries.has(index)) {
            while ([...cache.entries.keys()].reduce((sum, key) => sum + sizes[key]!, 0) + sizes[index]! > 5) {
              const [victim, priority] = [...cache.entries].reduce((low, entry) => (entry[1] < low[1] ? entry : low))
              cache.entries.delete(victim)
              cache.clock = Math.max(cache.clock, priority)
              frequency[victim] = Math.floor(frequency[victim]! / 2)
            }
            note(index)
          }
          frequency[index]! += 1
          note(index)
          let lease = pool.tryAcquire(ids[index]!)
          for (let turn = 0; !lease && turn < 10; turn++) {
            await settle(1)
            lease = pool.tryAcquire(ids[index]!)
          }
          lease!.release()
          expect([...window.live].map(({ id }) => ids.indexOf(id)).sort()).toEqual([...cache.entries.keys()].sort())
        }
      }),
      { numRuns: 40 },
    )
  })

  it('never evicts what is in use or pinned, keeps its limits, and serves everyone, under random operations', async () => {
    const operation = fc.oneof(
      fc.record({ acquire: fc.nat(7) }),
      fc.record({ release: fc.nat(20) }),
      fc.record({ prefetch: fc.array(fc.nat(7), { maxLength: 5 }) }),
      fc.record({ pin: fc.nat(7) }),
      fc.record({ unpin: fc.nat(7) }),
      fc.record({ wait: fc.nat(3000) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 60 }), fc.integer({ min: 0, max: 4 }), async (operations, host) => {
        const { pool, ids, clock, window } = await opened(4, 8, { hostBytes: host * bytes })
        const leases: AdapterLease[] = []
        const pinned = new Set<number>()
        const arrived = new Set<number>()
        const check = (): void => {
          const live = new Set([...window.live])
          for (const { adapter } of leases) expect(live.has(adapter)).toBe(true)
          for (const index of pinned) {
            if (pool.describe(ids[index]!).tier === 'window') arrived.add(index)
            else expect(arrived.has(index)).toBe(false)
          }
          const { host: kept, window: used } = pool.stats()
          expect(used.bytes).toBeLessThanOrEqual(4 * bytes)
          expect(used.bytes).toBe(window.live.size * bytes)
          // What waits for room in the window may exceed a small host memory by one adapter.
          expect(kept.bytes).toBeLessThanOrEqual((host + 1) * bytes)
        }
        for (const step of operations) {
          if ('acquire' in step) {
            const lease = pool.tryAcquire(ids[step.acquire]!)
            if (lease) leases.push(lease)
          } else if ('release' in step) leases.splice(step.release, 1)[0]?.release()
          else if ('prefetch' in step) pool.prefetch(step.prefetch.map((index) => ids[index]!))
          else if ('pin' in step) {
            try {
              pool.pin(ids[step.pin]!)
              pinned.add(step.pin)
            } catch (error) {
              expect(error).toMatchObject({ code: 'PINS_FULL' })
              expect(pinned.size).toBe(3)
            }
          } else if ('unpin' in step) {
            pool.unpin(ids[step.unpin]!)
            pinned.delete(step.unpin)
            arrived.delete(step.unpin)
          } else clock.ms += step.wait
          check()
          await settle(1)
          check()
        }
        for (const lease of leases.splice(0)) lease.release()
        await settle()
        // Once nothing is in use, the pinned ones are there, and any other one can be had.
        for (const index of pinned) expect(pool.describe(ids[index]!).tier).toBe('window')
        clock.ms += 10_000
        pool.prefetch([ids[0]!])
        await settle()
        expect(pool.describe(ids[0]!).tier).toBe('window')
        expect(pool.stats().failures).toBe(0)
      }),
      { numRuns: 60 },
    )
  })

  it('serves one adapter more than the window holds, round after round', async () => {
    const { use, pool, resident } = await opened(3, 4)
    for (let round = 0; round < 3; round++) for (let index = 0; index < 4; index++) await use(index)
    expect(resident()).toHaveLength(3)
    expect(pool.stats().evictions.window).toBeGreaterThanOrEqual(3)
    expect(pool.perAdapter(pool.ids[3]!)?.uses).toBe(3)
  })

  it('waits while all are in use, and goes on when one is given back', async () => {
    const { pool, ids, acquire, resident } = await opened(2, 3)
    const [first, second] = [await acquire(0), await acquire(1)]
    pool.prefetch([ids[2]!])
    await settle()
    expect(pool.tryAcquire(ids[2]!)).toBeNull()
    let calls = 0
    pool.onChange(() => calls++)
    second.release()
    expect(calls).toBe(1)
    expect(resident()).toEqual([0, 2])
    first.release()
  })

  it('loads the most wanted first, so many at once, and lets it take the place of the less wanted', async () => {
    const { pool, ids, source, resident } = await opened(2, 5)
    source.held = true
    pool.prefetch([3, 1, 4].map((index) => ids[index]!))
    await settle()
    expect(source.reads).toEqual(['/disk/3'])
    await source.answer()
    await settle()
    expect(source.reads).toEqual(['/disk/3', '/disk/1'])
    await source.answer()
    expect(resident()).toEqual([1, 3])
    // Neither may go for a less wanted one; for a more wanted one the least wanted goes.
    await source.answer()
    await settle()
    expect(resident()).toEqual([1, 3])
    source.held = false
    pool.prefetch([0, 3, 1].map((index) => ids[index]!))
    await source.answer(9)
    await settle()
    expect(resident()).toEqual([0, 3])
  })

  it('reads at most as many at once as there are readers', async () => {
    const { pool, ids, source } = await opened(9, 9, { hostBytes: 3 * bytes, readers: 3 })
    source.held = true
    pool.prefetch(ids.slice(3))
    expect(source.reads).toEqual(['/disk/3', '/disk/4', '/disk/5'])
    await source.answer()
    await settle()
    expect(source.reads).toHaveLength(4)
    source.held = false
    await source.answer(9)
    await settle()
    expect(pool.stats().window.adapters).toBe(6)
  })

  it('keeps an adapter for who asked until it is taken, and not for ever', async () => {
    const { pool, ids, clock, resident } = await opened(1, 2)
    pool.tryAcquire(ids[0]!)
    await settle()
    pool.tryAcquire(ids[1]!)
    await settle()
    expect(resident()).toEqual([0])
    clock.ms += 2001
    pool.tryAcquire(ids[1]!)
    await settle()
    expect(resident()).toEqual([1])
  })

  it('tells why an adapter cannot be loaded, tries again after a while, and serves the others meanwhile', async () => {
    const { pool, ids, source, clock, use } = await opened(2, 2)
    const good = source.files.get('/disk/0')!
    source.files.set('/disk/0', new InputError('SAFETENSORS_TRUNCATED', 'cut'))
    let calls = 0
    pool.onChange(() => calls++)
    expect(pool.tryAcquire(ids[0]!)).toBeNull()
    expect(pool.failure(ids[0]!)).toBeNull()
    await settle()
    expect(calls).toBe(1)
    expect(pool.failure(ids[0]!)).toMatchObject({ code: 'SAFETENSORS_TRUNCATED' })
    await use(1)
    pool.prefetch([ids[0]!])
    expect(pool.tryAcquire(ids[0]!)).toBeNull()
    await settle()
    expect(source.reads).toEqual(['/disk/0', '/disk/1'])
    clock.ms += 1000
    expect(pool.failure(ids[0]!)).toBeNull()
    pool.prefetch([ids[0]!])
    await settle()
    // The second failure keeps it away for longer.
    clock.ms += 1999
    expect(pool.failure(ids[0]!)).not.toBeNull()
    clock.ms += 1
    source.files.set('/disk/0', good)
    await use(0)
    expect(pool.failure(ids[0]!)).toBeNull()
    expect(pool.stats().failures).toBe(2)
  })

  it('checks every load against the id', async () => {
    const { pool, ids, source, clock, use } = await opened(1, 2)
    await use(0)
    await use(1)
    source.files.set('/disk/0', fakeAdapter(7))
    pool.tryAcquire(ids[0]!)
    await settle()
    expect(pool.failure(ids[0]!)).toMatchObject({ code: 'ADAPTER_CHANGED', action: 'stop' })
    await expect(pool.adapterOf(ids[0]!)).rejects.toMatchObject({ code: 'ADAPTER_CHANGED' })
    // Registering it where it lies now makes it known again.
    source.files.set('/elsewhere', fakeAdapter(0))
    expect(await pool.register('/elsewhere')).toBe(ids[0])
    clock.ms += 10_000
    await use(0)
  })

  it('finishes with what is removed while in use or held, and then forgets it', async () => {
    const { pool, ids, window, acquire, source } = await opened(2, 2)
    const lease = await acquire(0)
    const end = pool.hold(ids[1]!)
    pool.remove(ids[0]!)
    pool.remove(ids[1]!)
    expect(pool.ids).toEqual([])
    expect(pool.stats().registered).toBe(0)
    expect(() => pool.tryAcquire(ids[0]!)).toThrow(code('ADAPTER_UNKNOWN'))
    expect(() => pool.hold(ids[1]!)).toThrow(code('ADAPTER_UNKNOWN'))
    expect(window.live.has(lease.adapter)).toBe(true)
    lease.release()
    expect(window.live.size).toBe(0)
    const held = await acquire(1)
    held.release()
    end()
    end()
    expect(window.live.size).toBe(0)
    expect(() => pool.tryAcquire(ids[1]!)).toThrow(code('ADAPTER_UNKNOWN'))
    // Removed while it is read: what comes is dropped.
    expect(await pool.register('/disk/0')).toBe(ids[0])
    source.held = true
    pool.tryAcquire(ids[0]!)
    pool.remove(ids[0]!)
    await source.answer()
    await settle()
    expect([window.live.size, pool.stats().host.bytes]).toEqual([0, 0])
  })

  it('reloads in mid-stream: who uses the old one finishes with it, the new one is there at once', async () => {
    const { pool, ids, source, window, acquire } = await opened(3, 1)
    source.files.set('/disk/new', fakeAdapter(50))
    const lease = await acquire(0)
    const next = await pool.reload(ids[0]!, '/disk/new')
    await settle()
    expect(next).toBe(fakeAdapter(50).id)
    expect(pool.ids).toEqual([next])
    expect([...window.live].map(({ id }) => id)).toEqual([ids[0], next])
    lease.release()
    expect([...window.live].map(({ id }) => id)).toEqual([next])
    source.files.set('/disk/bad', new InputError('ADAPTER_CONFIG', 'bad'))
    await expect(pool.reload(next, '/disk/bad')).rejects.toMatchObject({ code: 'ADAPTER_CONFIG' })
    expect(pool.has(next)).toBe(true)
    expect(await pool.reload(next, '/disk/new')).toBe(next)
    pool.pin(next)
    const last = await pool.reload(next, '/disk/0')
    expect(pool.describe(last).pinned).toBe(true)
    await expect(pool.reload(next, '/disk/0')).rejects.toMatchObject({ code: 'ADAPTER_UNKNOWN' })
  })

  it('refuses pins that leave no room, and adapters that never fit', async () => {
    const { pool, ids, source, resident } = await opened(2, 3)
    pool.pin(ids[0]!)
    await settle()
    expect(resident()).toEqual([0])
    expect(() => pool.pin(ids[1]!)).toThrow(code('PINS_FULL'))
    source.files.set('/disk/large', fakeAdapter(60, { rank: 3 }))
    await expect(pool.register('/disk/large')).rejects.toMatchObject({ code: 'ADAPTER_TOO_LARGE' })
    // One that came later and only fits without the pin does not wait for ever.
    source.files.set('/disk/wide', fakeAdapter(61, { rank: 2 }))
    const wide = await pool.register('/disk/wide')
    pool.tryAcquire(wide)
    await settle()
    expect(pool.failure(wide)).toMatchObject({ code: 'PINS_FULL' })
  })

  it('keeps what exists in memory alone until it is removed', async () => {
    const { pool, use, ids } = await opened(1, 2)
    const id = pool.registerInMemory(fakeAdapter(70))
    expect((await pool.adapterOf(id)).id).toBe(id)
    const lease = pool.tryAcquire(id)!
    expect(lease.adapter.id).toBe(id)
    lease.release()
    await use(0)
    expect(pool.describe(id).tier).toBe('host')
    expect((await pool.adapterOf(ids[1]!)).id).toBe(ids[1])
    pool.remove(id)
    expect(pool.stats().host.bytes).toBe(0)
  })

  it('keeps ten thousand registered adapters and their counts in bounded memory', async () => {
    const source = new FakeSource()
    const pool = new AdapterPool(base, { window: new FakeWindow(4 * bytes), source, hostBytes: 16 * bytes, now: () => 0 })
    const read = (path: string) => Promise.resolve({ adapter: fakeAdapter(Number(path.split('-').at(-1))), fileBytes: 100, fingerprint: `100@${path}` })
    source.read = read
    const heap = (): number => (globalThis.gc?.(), process.memoryUsage().heapUsed)
    const before = heap()
    for (let number = 0; number < 10_000; number++) await pool.register(`/somewhere/on/a/disk/adapter-${number}`)
    if (globalThis.gc) expect((heap() - before) / 10_000).toBeLessThan(2048)
    expect(pool.stats()).toMatchObject({ registered: 10_000, host: { adapters: 16, bytes: 16 * bytes } })
    const { ids } = pool
    for (const id of ids.slice(0, 1200)) {
      let lease = pool.tryAcquire(id)
      for (; !lease; lease = pool.tryAcquire(id)) await settle(1)
      lease.release()
    }
    const { adapters, other } = pool.usage()
    expect(adapters).toHaveLength(1000)
    expect(adapters.reduce((sum, { uses }) => sum + uses, other.uses)).toBe(1200)
    expect(other.uses).toBeGreaterThanOrEqual(200)
    pool.remove(ids[0]!)
    expect(pool.usage().other.uses).toBe(other.uses + 1)
  })

  it('fails what waits when it is closed', async () => {
    const { pool, ids, window, use } = await opened(2, 2)
    await use(0)
    pool.dispose()
    pool.dispose()
    expect(window.live.size).toBe(0)
    expect(() => pool.tryAcquire(ids[0]!)).toThrow(code('ADAPTER_UNKNOWN'))
    await expect(pool.register('/disk/0')).rejects.toMatchObject({ code: 'ENGINE_CLOSED' })
  })
})
