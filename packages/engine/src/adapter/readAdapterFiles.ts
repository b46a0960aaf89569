import { constants } from 'node:fs'
import { type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { fail, OpenLedgerError, StorageError } from '@openledger/protocol'
import { BufferCursor } from '../files/BufferCursor.ts'
import type { Adapter } from './Adapter.ts'
import { type AdapterBase, maxConfigBytes, parsePeft, peftFiles } from './peftFolder.ts'
import { parseGgufAdapter } from './readGgufAdapter.ts'

/** An adapter as it came from the disk, and the sizes and times of its files, by which a later change may show. */
export type AdapterFiles = { adapter: Adapter; fileBytes: number; fingerprint: string }

const defaultMaxBytes = 2 ** 31

/**
 * Reads an adapter from a PEFT folder or a GGUF file and checks all of it; the id says what was read, whatever the files were called.
 * Only ordinary files are read, a folder's files only when they lie in it, and files that change while they are read are refused.
 * @param maxBytes largest tensor file that is read, default 2 GiB
 * @throws InputError `ADAPTER_*`, `SAFETENSORS_*`, `GGUF_*`; StorageError `FILE_*`
 */
export async function readAdapterFiles(path: string, base: AdapterBase, maxBytes = defaultMaxBytes): Promise<AdapterFiles> {
  try {
    const place = await realpath(path)
    if (!(await stat(place)).isDirectory()) {
      const file = await readWhole(place, maxBytes)
      return { adapter: parseGgufAdapter(new BufferCursor(file.bytes, path), path, base), fileBytes: file.bytes.length, fingerprint: file.fingerprint }
    }
    const config = await readWhole(await inside(place, peftFiles.config), maxConfigBytes)
    const tensors = await readWhole(await inside(place, peftFiles.tensors), maxBytes)
    const adapter = parsePeft({ config: config.bytes, tensors: tensors.bytes }, path, base)
    return { adapter, fileBytes: config.bytes.length + tensors.bytes.length, fingerprint: `${config.fingerprint} ${tensors.fingerprint}` }
  } catch (cause) {
    if (cause instanceof OpenLedgerError || !(cause instanceof Error) || !('syscall' in cause)) throw cause
    throw new StorageError('FILE_UNREADABLE', `${path} cannot be read: ${cause.message}`, { cause, action: 'fix', fix: `give a folder that holds ${peftFiles.config} and ${peftFiles.tensors}, or a GGUF adapter file` })
  }
}

async function inside(folder: string, name: string): Promise<string> {
  const path = await realpath(join(folder, name))
  if (!path.startsWith(folder.endsWith(sep) ? folder : folder + sep)) {
    throw new StorageError('FILE_OUTSIDE', `${join(folder, name)} is a link to ${path}, which lies outside of its folder`, { action: 'fix', fix: 'copy the file into the folder' })
  }
  return path
}

async function readWhole(path: string, maxBytes: number): Promise<{ bytes: Buffer; fingerprint: string }> {
  // A pipe must not hold the reader, and a link put here since the path was resolved must not be followed.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0))
  try {
    const before = await fingerprintOf(handle, path)
    if (before.size > maxBytes) fail('ADAPTER_TOO_LARGE', `${path} has ${before.size} bytes; at most ${maxBytes} are read`)
    const bytes = Buffer.allocUnsafeSlow(before.size)
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, done, bytes.length - done, done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    if ((await fingerprintOf(handle, path)).text !== before.text) throw new StorageError('FILE_CHANGED', `${path} was written to while it was read`, { action: 'retry', fix: 'write adapters elsewhere and move them into place' })
    return { bytes, fingerprint: before.text }
  } finally {
    await handle.close()
  }
}

async function fingerprintOf(handle: FileHandle, path: string): Promise<{ size: number; text: string }> {
  const status = await handle.stat({ bigint: true })
  if (!status.isFile()) throw new StorageError('FILE_UNREADABLE', `${path} is not a file`, { action: 'fix' })
  return { size: Number(status.size), text: `${status.size}@${status.mtimeNs}` }
}
