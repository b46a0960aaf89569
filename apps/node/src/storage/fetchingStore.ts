import { FallbackStore, type ContentStore } from '@openledger/datanet'
import { cidOf, ProofError } from '@openledger/protocol'

/** A content store that fetches what it lacks from elsewhere, checks it and keeps it. Fetched bytes that are not those of the id fail with ProofError CORRUPT_CONTENT. */
export function fetchingStore(own: ContentStore, fetch: (cid: string) => Promise<Uint8Array>): ContentStore {
  return new FallbackStore(own, async (cid) => {
    const bytes = await fetch(cid)
    if (cidOf(bytes) !== cid) throw new ProofError('CORRUPT_CONTENT', `other bytes came than those of ${cid}`, { action: 'retry' })
    await own.put(bytes)
    return bytes
  })
}
