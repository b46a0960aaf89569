import { describe, expect, it } from 'vitest'
import { cidOf, OpenLedgerError, StorageError } from '@openledger/protocol'
import { MemoryStore } from '@openledger/datanet'
import { sessionContent } from './sessionContent.ts'

describe('sessionContent', () => {
  const bytes = new TextEncoder().encode('a file')
  const over = (content: MemoryStore) =>
    sessionContent({ content, node: { content: (cid) => (cid === cidOf(bytes) ? Promise.resolve(bytes) : Promise.reject(new OpenLedgerError('NODE_AWAY', 'away'))) } })

  it('asks the node for what is missing, and says "missing" when both lack it', async () => {
    const content = over(new MemoryStore())
    expect(await content.get(cidOf(bytes))).toEqual(bytes)
    await expect(content.get(cidOf(new Uint8Array([1])))).rejects.toMatchObject({ code: 'MISSING_CONTENT' })
  })

  it('does not let the node hide a damaged file', async () => {
    const damaged = Object.assign(new MemoryStore(), { get: () => Promise.reject(new StorageError('CORRUPT_CONTENT', 'damaged')) })
    await expect(over(damaged).get(cidOf(bytes))).rejects.toMatchObject({ code: 'CORRUPT_CONTENT' })
  })
})
