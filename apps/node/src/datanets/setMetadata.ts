import type { ContentStore } from '@openledger/datanet'
import { fail, hashJson, sha256, writeArtefact, type Json } from '@openledger/protocol'
import type { ChainAccess } from '../chain/ChainAccess.ts'
import type { Ledger } from '../ledger/Ledger.ts'

export type DatanetMetadata = { name: string; description: string; [field: string]: Json }

/**
 * Keeps a datanet's name and description when they are what the chain's hash of them says.
 * @throws InputError UNKNOWN_DATANET, WRONG_METADATA
 */
export async function setMetadata(parts: { chain: ChainAccess; ledger: Ledger; content: ContentStore }, datanetId: bigint, metadata: DatanetMetadata): Promise<string> {
  const datanet = await parts.chain.datanet(datanetId)
  if (!datanet) fail('UNKNOWN_DATANET', `the chain knows no datanet ${datanetId}`, { status: 404 })
  const bytes = writeArtefact(metadata)
  // The contract keeps 32 bytes; either hash of the canonical JSON names the same text.
  if (![sha256(bytes), hashJson(metadata)].includes(datanet.metadataHash)) {
    fail('WRONG_METADATA', 'this is not the metadata whose hash the chain holds', { field: 'metadata', fix: "send the metadata as it was when the datanet was made, or change the chain's hash first" })
  }
  const cid = await parts.content.put(bytes)
  await parts.ledger.record('metadata', { datanetId: datanetId.toString(), name: metadata.name, description: metadata.description, cid })
  return cid
}
