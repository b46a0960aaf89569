import { strict as assert } from 'node:assert'
import { cidOf } from '@openledger/protocol'
import type { ContentStore } from './ContentStore.ts'

/** One thing that every content store must do; `run` throws when it does not. */
export type ConformanceCase = { name: string; run: () => Promise<void> }

/** The largest file, in bytes, that the store under test must take; one byte more must be refused. */
export const conformanceMaxBytes = 100_000

const text = (s: string): Uint8Array => new TextEncoder().encode(s)
const withCode = (code: string) => (error: unknown) => (error as { code?: string }).code === code

/**
 * The conformance suite of {@link ContentStore}: run each case in any test runner.
 * @param make a fresh, empty store that takes files of up to {@link conformanceMaxBytes} bytes
 */
export function contentStoreConformance(make: () => Promise<ContentStore>): ConformanceCase[] {
  const on = (name: string, body: (store: ContentStore) => Promise<void>): ConformanceCase => ({
    name,
    run: async () => body(await make()),
  })
  return [
    on('names a file by the CIDv1 of its SHA-256', async (store) => {
      // Computed apart from this code: base32 of 01 55 12 20 and the SHA-256 of the text.
      assert.equal(await store.put(text('hello world')), 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e')
    }),
    on('gives back exactly the bytes that were put', async (store) => {
      const bytes = Uint8Array.from({ length: 70_001 }, (_, i) => (i * 31) % 251)
      assert.deepEqual(Buffer.from(await store.get(await store.put(bytes))), Buffer.from(bytes))
    }),
    on('takes an empty file', async (store) => {
      const cid = await store.put(new Uint8Array())
      assert.equal((await store.get(cid)).length, 0)
      assert.equal(await store.has(cid), true)
    }),
    on('knows what it has', async (store) => {
      const cid = await store.put(text('kept'))
      assert.equal(await store.has(cid), true)
      assert.equal(await store.has(cidOf(text('not kept'))), false)
    }),
    on('refuses to get what it has not', async (store) => {
      await assert.rejects(store.get(cidOf(text('nothing'))), withCode('MISSING_CONTENT'))
    }),
    on('refuses ids that are not CIDs of ours', async (store) => {
      for (const bad of ['', 'x', '../../etc/passwd', 'QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n', 'bafy']) {
        await assert.rejects(store.get(bad), withCode('BAD_CID'), `get ${bad}`)
        await assert.rejects(store.has(bad), withCode('BAD_CID'), `has ${bad}`)
      }
    }),
    on('is not changed by changing what went in or came out', async (store) => {
      const bytes = text('mine')
      const cid = await store.put(bytes)
      bytes[0] = 0
      ;(await store.get(cid))[1] = 0
      assert.deepEqual(Buffer.from(await store.get(cid)), Buffer.from('mine'))
    }),
    on('lists every id once, in order', async (store) => {
      assert.deepEqual(await store.list(), [])
      const cids = []
      for (const word of ['a', 'b', 'c', 'd', 'a', 'b']) cids.push(await store.put(text(word)))
      assert.deepEqual(await store.list(), [...new Set(cids)].sort())
    }),
    on('refuses a file over the limit and keeps nothing of it', async (store) => {
      const full = new Uint8Array(conformanceMaxBytes)
      assert.equal(await store.put(full), cidOf(full))
      const over = new Uint8Array(conformanceMaxBytes + 1)
      await assert.rejects(store.put(over), withCode('CONTENT_TOO_LARGE'))
      assert.equal(await store.has(cidOf(over)), false)
    }),
    on('takes many files at once, the same one among them', async (store) => {
      const words = Array.from({ length: 40 }, (_, i) => text(`file ${i % 20}`))
      const cids = await Promise.all(words.map((w) => store.put(w)))
      assert.equal(new Set(cids).size, 20)
      for (const [i, cid] of cids.entries()) assert.deepEqual(Buffer.from(await store.get(cid)), Buffer.from(words[i]!))
    }),
  ]
}
