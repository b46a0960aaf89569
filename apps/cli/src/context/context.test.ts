import { describe, expect, it } from 'vitest'
import { cidOf, OpenLedgerError, StorageError } from '@openledger/protocol'
import { MemoryStore } from '@openledger/datanet'
import { FallbackContent } from './FallbackContent.ts'

describe('FallbackContent', () => {
  const bytes = new TextEncoder().encode('a file')

  it('asks the second place for what is missing, and says "missing" when both lack it', async () => {
    const content = new FallbackContent(new MemoryStore(), (cid) => (cid === cidOf(bytes) ? Promise.resolve(bytes) : Promise.reject(new OpenLedgerError('NODE_AWAY', 'away'))))
    expect(await content.get(cidOf(bytes))).toEqual(bytes)
    await expect(content.get(cidOf(new Uint8Array([1])))).rejects.toMatchObject({ code: 'MISSING_CONTENT' })
  })

  it('does not let a second place hide a damaged file', async () => {
    const damaged = Object.assign(new MemoryStore(), { get: () => Promise.reject(new StorageError('CORRUPT_CONTENT', 'damaged')) })
    await expect(new FallbackContent(damaged, () => Promise.resolve(bytes)).get(cidOf(bytes))).rejects.toMatchObject({ code: 'CORRUPT_CONTENT' })
  })
})
