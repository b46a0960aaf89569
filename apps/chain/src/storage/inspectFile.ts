import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'

// Where LMDB keeps these in each of the two meta pages at the start of its file (24 bytes of page header come first).
const magic = 0xbeefc0de
const magicAt = 24
const pageSizeAt = 48
const lastPageAt = 144
const versionAt = 152

/**
 * Looks at an LMDB file before LMDB maps it: a mapped page that is not there kills the process, with no error to catch.
 * @returns what is wrong with it, or undefined for a file that is whole, new or empty
 */
export function inspectFile(file: string): string | undefined {
  if (!existsSync(file)) return undefined
  const descriptor = openSync(file, 'r')
  try {
    const size = fstatSync(descriptor).size
    if (size === 0) return undefined
    const first = readMeta(descriptor, 0)
    const pageSize = first?.readUInt32LE(pageSizeAt) ?? 0
    if (first === undefined || pageSize < 512 || pageSize > 65536) return 'it is not a database file'
    const second = readMeta(descriptor, pageSize)
    if (second === undefined) return 'its second header is missing'
    const newest = first.readBigUInt64LE(versionAt) > second.readBigUInt64LE(versionAt) ? first : second
    const needed = (newest.readBigUInt64LE(lastPageAt) + 1n) * BigInt(pageSize)
    return BigInt(size) < needed ? `it is cut off: ${size} of ${needed} bytes are there` : undefined
  } finally {
    closeSync(descriptor)
  }
}

function readMeta(descriptor: number, offset: number): Buffer | undefined {
  const page = Buffer.alloc(160)
  const length = readSync(descriptor, page, 0, page.length, offset)
  return length === page.length && page.readUInt32LE(magicAt) === magic ? page : undefined
}
