import type { ContentStore } from '@openledger/datanet'
import { epochFileSchema, EpochTrees, fail, readArtefact, type Hex } from '@openledger/protocol'
import { findPostedEpochs, type AnchoredReceipt, type LedgerReader } from '@openledger/sdk'
import { askChain } from '../context/askChain.ts'
import { epochFile } from '../verbs/epochFiles.ts'

/**
 * A receipt with the epoch that settles it and the proof of its place, from chain and public files.
 * @throws InputError NOT_SETTLED when no epoch whose window is open and whose file is at hand holds it
 */
export async function anchorReceipt(reader: LedgerReader, content: ContentStore, receiptId: Hex): Promise<AnchoredReceipt> {
  const head = await askChain(reader, 'block', (client) => client.getBlock())
  const posted = await findPostedEpochs(reader, BigInt(reader.addresses.deployBlock), head.number)
  for (const { gateway, header } of posted.reverse()) {
    if (header.finalAt <= head.timestamp) continue
    const bytes = await epochFile(reader, content, gateway, Number(header.index))
    if (!bytes || !Buffer.from(bytes).includes(receiptId)) continue
    const trees = new EpochTrees(readArtefact(epochFileSchema, bytes))
    const place = trees.file.receipts.findIndex(({ id }) => id === receiptId)
    if (place >= 0 && trees.receiptsRoot === header.receiptsRoot) return { gateway, epoch: header, opening: trees.receipt(place), receipt: trees.file.receipts[place]!.receipt }
  }
  return fail('NOT_SETTLED', 'no epoch whose dispute window is open holds this receipt', { field: 'receipt', fix: 'challenge an answer between its settlement and the end of the window' })
}
