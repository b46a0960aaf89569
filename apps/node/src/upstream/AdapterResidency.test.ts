import { describe, expect, it } from 'vitest'
import { keccak, type Hex } from '@openledger/protocol'
import { AdapterResidency } from './AdapterResidency.ts'

const idOf = (n: number): Hex => keccak(new Uint8Array([n]))
const [a, b, c] = [idOf(1), idOf(2), idOf(3)]
const signal = new AbortController().signal

/** A server that notes what it is told, and fails when it holds too many. */
function open(most: number): { adapters: AdapterResidency; held: Set<Hex>; log: string[]; fail: { unload: number; load: number } } {
  const held = new Set<Hex>()
  const log: string[] = []
  const fail = { unload: 0, load: 0 }
  const name = (id: Hex): string => 'abc'[[a, b, c].indexOf(id)]!
  const adapters = new AdapterResidency(
    {
      async load(id) {
        await Promise.resolve()
        if (fail.load-- > 0) throw new Error('cannot load')
        log.push(`+${name(id)}`)
        held.add(id)
        if (held.size > most) throw new Error('too many')
      },
      async unload(id) {
        await Promise.resolve()
        if (fail.unload-- > 0) throw new Error('cannot unload')
        log.push(`-${name(id)}`)
        held.delete(id)
      },
    },
    most,
  )
  for (const id of [a, b, c]) adapters.register(id, `/adapters/${name(id)}`)
  return { adapters, held, log, fail }
}

describe('AdapterResidency', () => {
  it('loads once, and unloads what was used longest ago when there are too many', async () => {
    const { adapters, log } = open(2)
    for (const id of [a, b, a, c, a]) (await adapters.acquire(id, signal)).release()
    expect(log).toEqual(['+a', '+b', '-b', '+c'])
    expect(adapters.loaded).toBe(2)
  })

  it('loads once for many who ask at once', async () => {
    const { adapters, log } = open(2)
    await Promise.all([a, a, b, a].map((id) => adapters.acquire(id, signal)))
    expect(log).toEqual(['+a', '+b'])
  })

  it('never unloads one that is in use: who needs room waits for it', async () => {
    const { adapters, log } = open(1)
    const first = await adapters.acquire(a, signal)
    const waiting = adapters.acquire(b, signal)
    const gone = new AbortController()
    const leaving = expect(adapters.acquire(c, gone.signal)).rejects.toThrow('left')
    gone.abort(new Error('left'))
    await new Promise((resolve) => setImmediate(resolve))
    expect(log).toEqual(['+a'])
    first.release()
    first.release()
    ;(await waiting).release()
    await leaving
    expect(log).toEqual(['+a', '-a', '+b'])
  })

  it('tries an unload again, and takes another one when it goes on failing', async () => {
    const { adapters, log, fail } = open(2)
    for (const id of [a, b]) (await adapters.acquire(id, signal)).release()
    fail.unload = 2
    ;(await adapters.acquire(c, signal)).release()
    expect(log).toEqual(['+a', '+b', '-a', '+c'])
    fail.unload = 3
    ;(await adapters.acquire(a, signal)).release()
    expect(log.slice(4)).toEqual(['-c', '+a'])
    fail.unload = 6
    await expect(adapters.acquire(c, signal)).rejects.toMatchObject({ code: 'UPSTREAM_ADAPTERS' })
    ;(await adapters.acquire(c, signal)).release()
  })

  it('lets a failed load be tried again', async () => {
    const { adapters, fail, held } = open(2)
    fail.load = 1
    await expect(adapters.acquire(a, signal)).rejects.toThrow('cannot load')
    ;(await adapters.acquire(a, signal)).release()
    expect(held).toEqual(new Set([a]))
  })

  it('loads again what the server lost, once however many notice', async () => {
    const { adapters, log, held } = open(2)
    const leases = await Promise.all([a, a].map((id) => adapters.acquire(id, signal)))
    held.clear()
    adapters.lost(leases[0]!)
    const again = await adapters.acquire(a, signal)
    adapters.lost(leases[1]!)
    expect(adapters.loaded).toBe(1)
    for (const lease of [...leases, again]) lease.release()
    expect(log).toEqual(['+a', '+a'])
  })

  it('unloads a removed one after its last use, and forgets it', async () => {
    const { adapters, log } = open(2)
    const lease = await adapters.acquire(a, signal)
    await adapters.remove(a)
    await expect(adapters.acquire(a, signal)).rejects.toMatchObject({ code: 'ADAPTER_UNKNOWN' })
    expect(log).toEqual(['+a'])
    lease.release()
    await expect.poll(() => log).toEqual(['+a', '-a'])
    await adapters.remove(a)
    expect(adapters.loaded).toBe(0)
  })

  it('keeps a removed one that is registered again', async () => {
    const { adapters, log } = open(2)
    const lease = await adapters.acquire(a, signal)
    await adapters.remove(a)
    adapters.register(a, '/adapters/a')
    lease.release()
    ;(await adapters.acquire(a, signal)).release()
    expect(log).toEqual(['+a'])
  })

  it('serves any order of requests with too little room, and holds no more than it may', async () => {
    for (const most of [1, 2]) {
      const { adapters, held } = open(most)
      let state = 7
      const draw = (below: number): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) % below
      const using = new Map<Hex, number>()
      const one = async (id: Hex, turns: number): Promise<void> => {
        const lease = await adapters.acquire(id, signal)
        using.set(id, (using.get(id) ?? 0) + 1)
        for (let turn = 0; turn < turns; turn++) {
          await Promise.resolve()
          for (const [used, count] of using) if (count > 0) expect(held.has(used)).toBe(true)
        }
        using.set(id, using.get(id)! - 1)
        lease.release()
      }
      await Promise.all(Array.from({ length: 200 }, () => one([a, b, c][draw(3)]!, draw(12))))
      expect(held.size).toBeLessThanOrEqual(most)
    }
  })
})
