import { mkdir, open, readFile, readdir } from 'node:fs/promises'
import path from 'node:path'

/** A file that is being appended to. */
export type JournalFile = {
  /** Writes all bytes at `offset`. */
  write(bytes: Uint8Array, offset: number): Promise<void>
  /** Returns when the bytes are on the disk. */
  flush(): Promise<void>
  truncate(size: number): Promise<void>
  close(): Promise<void>
}

/** The file operations that the journal needs; tests give one that runs out of space. */
export type JournalFiles = {
  list(folder: string): Promise<string[]>
  read(file: string): Promise<Buffer>
  /** Opens for writing; creates the file, and makes its name durable, when it is not there. */
  open(file: string): Promise<JournalFile>
}

async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The journal's files on the machine's file system. */
export const diskFiles: JournalFiles = {
  async list(folder) {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return readdir(folder)
  },
  read: (file) => readFile(file),
  async open(file) {
    const handle = await open(file, 'a+', 0o600).then(async (created) => {
      await created.close()
      return open(file, 'r+')
    })
    await flushFolder(path.dirname(file))
    return {
      async write(bytes, offset) {
        let done = 0
        while (done < bytes.length) done += (await handle.write(bytes, done, bytes.length - done, offset + done)).bytesWritten
      },
      flush: () => handle.datasync(),
      truncate: (size) => handle.truncate(size),
      close: () => handle.close(),
    }
  },
}
