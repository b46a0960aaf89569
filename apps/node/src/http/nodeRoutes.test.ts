import { getEventListeners } from 'node:events'
import { Hono } from 'hono'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../config/Clock.ts'
import { EventFeed } from '../events/EventFeed.ts'
import { listen, type Listener } from './listen.ts'
import { nodeRoutes } from './nodeRoutes.ts'
import type { NodeParts } from './NodeParts.ts'

let listener: Listener | undefined
afterEach(() => listener?.close(0))

async function served(events: EventFeed): Promise<string> {
  // What other routes need is not asked for.
  listener = await listen(new Hono().route('/api', nodeRoutes({ events, clock: systemClock } as unknown as NodeParts)), '127.0.0.1', 0)
  return `${listener.url}/api/events`
}
const readerOf = async (url: string, signal?: AbortSignal): Promise<ReadableStreamDefaultReader<Uint8Array>> => (await fetch(url, { signal })).body!.getReader()
const textOf = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)

describe('GET /api/events', () => {
  it('tells what happens, and keeps nothing of those who have left', async () => {
    const events = new EventFeed()
    const url = await served(events)
    const leave = new AbortController()
    const readers = await Promise.all(Array.from({ length: 20 }, () => readerOf(url, leave.signal)))
    for (const reader of readers) expect(textOf((await reader.read()).value)).toBe(': connected\n\n')
    await expect.poll(() => events.watchers).toBe(20)
    events.publish({ at: 1, kind: 'receipt' } as never)
    for (const reader of readers) expect(textOf((await reader.read()).value)).toContain('"kind":"receipt"')
    leave.abort()
    await expect.poll(() => [events.watchers, getEventListeners(events.closing, 'abort').length]).toEqual([0, 0])
  })

  it('ends when the node stops', async () => {
    const events = new EventFeed()
    const reader = await readerOf(await served(events))
    await reader.read()
    await expect.poll(() => events.watchers).toBe(1)
    events.close()
    let last = await reader.read()
    while (!last.done) last = await reader.read()
    expect(events.watchers).toBe(0)
  })
})
