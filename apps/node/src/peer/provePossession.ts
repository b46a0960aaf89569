import { open } from 'node:fs/promises'
import { possessionProof, possessionRanges, type Hex } from '@openledger/protocol'
import type { Address } from 'viem'

/** What a node answers to a challenge, read from the base's weight file. Errors of the file system are thrown. */
export async function provePossession(modelPath: string, challenge: Hex, node: Address): Promise<Hex> {
  const file = await open(modelPath, 'r')
  try {
    const { size } = await file.stat()
    const ranges: Uint8Array[] = []
    for (const { start, end } of possessionRanges(challenge, size)) {
      const bytes = new Uint8Array(end - start)
      await file.read(bytes, 0, bytes.length, start)
      ranges.push(bytes)
    }
    return possessionProof(challenge, node, ranges)
  } finally {
    await file.close()
  }
}
