import { crc32 } from 'node:zlib'

/*
 * One frame is one line: 8 hexadecimal digits of the body's length in bytes, 8 of its CRC-32, the body (JSON, so it holds no raw newline
 * and no zero byte), a newline. Whatever a cut-off write leaves behind therefore has no newline at its end.
 */
const headerLength = 18
const newline = 0x0a

/** The largest body of one frame, in bytes. */
export const maxFrameBytes = 64 * 1024 * 1024

/** Of a body of so many bytes. */
export const frameBytes = (size: number): number => headerLength + size + 1

const hex = (value: number): string => value.toString(16).padStart(8, '0')

/** Writes frames, one after the other. */
export function encodeFrames(bodies: readonly string[]): Buffer {
  const sizes = bodies.map((body) => Buffer.byteLength(body))
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + frameBytes(size), 0))
  let at = 0
  for (const [index, body] of bodies.entries()) {
    const size = sizes[index]!
    const begin = at + headerLength
    bytes.write(body, begin)
    bytes.write(`${hex(size)} ${hex(crc32(bytes.subarray(begin, begin + size)))} `, at, 'latin1')
    at += frameBytes(size)
    bytes[at - 1] = newline
  }
  return bytes
}

export type FrameScan = {
  bodies: string[]
  /** Bytes that hold whole, correct frames. */
  validBytes: number
  /** What stands after them: nothing, the start of a write that was cut off, or damage. */
  rest: 'none' | 'torn' | 'damaged'
}

/** How long a frame is by its own header; undefined when the header is not whole. */
function declaredSize(bytes: Buffer): number | undefined {
  const match = /^([0-9a-f]{8}) [0-9a-f]{8} /.exec(bytes.toString('latin1', 0, headerLength))
  return match ? frameBytes(Number.parseInt(match[1]!, 16)) : undefined
}

function frameAt(bytes: Buffer, at: number): { body: string; next: number } | undefined {
  const header = bytes.toString('latin1', at, at + headerLength)
  const match = /^([0-9a-f]{8}) ([0-9a-f]{8}) $/.exec(header)
  if (!match) return undefined
  const next = at + frameBytes(Number.parseInt(match[1]!, 16))
  if (next > bytes.length || bytes[next - 1] !== newline) return undefined
  const body = bytes.subarray(at + headerLength, next - 1)
  return crc32(body) === Number.parseInt(match[2]!, 16) ? { body: body.toString('utf8'), next } : undefined
}

/** Reads frames up to the first that is not whole and correct, and says what that one is. */
export function scanFrames(bytes: Buffer): FrameScan {
  const bodies: string[] = []
  let at = 0
  while (at < bytes.length) {
    const frame = frameAt(bytes, at)
    if (!frame) break
    bodies.push(frame.body)
    at = frame.next
  }
  if (at === bytes.length) return { bodies, validBytes: at, rest: 'none' }
  // A file system may have grown the file before the data arrived: zero bytes at the end were never written by us.
  let end = bytes.length
  while (end > at && bytes[end - 1] === 0) end--
  const rest = bytes.subarray(at, end)
  // A write that was cut off is shorter than its own header says, and has no line end.
  const cutOff = !rest.includes(newline) && rest.length < (declaredSize(rest) ?? Infinity)
  return { bodies, validBytes: at, rest: cutOff ? 'torn' : 'damaged' }
}
