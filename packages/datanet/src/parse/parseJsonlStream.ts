import { concatBytes, fail } from '@openledger/protocol'
import { recordLimits } from '../records/recordLimits.ts'
import { reject, type Parsed, type ParseOptions } from './draftRecord.ts'
import { parseJsonlLine } from './parseJsonl.ts'

const lineFeed = 10
const stripReturn = (bytes: Uint8Array): Uint8Array => (bytes.at(-1) === 13 ? bytes.subarray(0, -1) : bytes)
const stripMark = (bytes: Uint8Array): Uint8Array => (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes)

/**
 * Reads JSON Lines from a stream of byte chunks, holding one line at a time: for files that do not fit in memory.
 * The caller counts records and stops by leaving the loop; the total of bytes is limited only by `maxFileBytes`, when it is given.
 * @throws InputError FILE_TOO_LARGE
 */
export async function* parseJsonlStream(chunks: AsyncIterable<Uint8Array>, options: ParseOptions = {}): AsyncGenerator<Parsed> {
  const limit = options.maxLineBytes ?? recordLimits.lineBytes
  let number = 1
  let held: Uint8Array[] = []
  let heldBytes = 0
  let total = 0
  const finish = (last: Uint8Array): Parsed | null => {
    const whole = heldBytes + last.length
    const line = whole > limit + 1 ? null : concatBytes(...held, last)
    held = []
    heldBytes = 0
    const at = number++
    if (!line) return reject(at, 'line', 'LINE_TOO_LONG', `the line has ${whole} bytes, the limit is ${limit}`, 'split the record, or check that line ends are there')
    return parseJsonlLine({ number: at, bytes: stripReturn(at === 1 ? stripMark(line) : line) }, options)
  }
  for await (const chunk of chunks) {
    total += chunk.length
    if (options.maxFileBytes !== undefined && total > options.maxFileBytes) fail('FILE_TOO_LARGE', `the file has more than ${options.maxFileBytes} bytes`, { fix: 'split the file', status: 413 })
    let start = 0
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      const parsed = finish(chunk.subarray(start, end))
      if (parsed) yield parsed
      start = end + 1
    }
    const remainder = chunk.slice(start)
    // What exceeds the limit is counted, not held.
    if (heldBytes <= limit + 1) held.push(remainder)
    heldBytes += remainder.length
    if (heldBytes > limit + 1) held = []
  }
  const parsed = heldBytes > 0 ? finish(new Uint8Array()) : null
  if (parsed) yield parsed
}
