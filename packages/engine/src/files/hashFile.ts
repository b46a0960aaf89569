import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Hex } from '@openledger/protocol'

/**
 * SHA-256 of a file of any size, read in pieces. Errors are the file system's.
 * @param onBytes is told the bytes read so far
 */
export async function hashFile(path: string, onBytes?: (done: number) => void): Promise<Hex> {
  const hash = createHash('sha256')
  let done = 0
  for await (const chunk of createReadStream(path, { highWaterMark: 4 << 20 })) {
    hash.update(chunk as Buffer)
    onBytes?.((done += (chunk as Buffer).length))
  }
  return `0x${hash.digest('hex')}`
}
