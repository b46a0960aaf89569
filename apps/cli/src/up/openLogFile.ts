import { open } from 'node:fs/promises'
import path from 'node:path'

/** The log of node and chain, in the data folder, so that the terminal stays readable. */
export type LogFile = { line: (text: string) => void; close(): Promise<void> }

/** Opens `<folder>/node.log` to append to; mode 0600. Writing never throws: a full disk must not stop the node. */
export async function openLogFile(folder: string): Promise<LogFile> {
  const handle = await open(path.join(folder, 'node.log'), 'a', 0o600)
  const stream = handle.createWriteStream()
  stream.on('error', () => undefined)
  return {
    line: (text) => void stream.write(text.endsWith('\n') ? text : `${text}\n`),
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  }
}
