/** The part of a file system that a {@link FolderStore} needs; `node:fs/promises` has this shape. Errors carry a POSIX `code`. */
export interface FolderFiles {
  mkdir(path: string, options: { recursive: true }): Promise<unknown>
  open(path: string, flags: string): Promise<OpenFile>
  readFile(path: string): Promise<Uint8Array>
  readdir(path: string): Promise<string[]>
  rename(from: string, to: string): Promise<void>
  rm(path: string, options: { force: true }): Promise<void>
  stat(path: string): Promise<{ size: number }>
}

/** An open file or folder. */
export interface OpenFile {
  writeFile(data: Uint8Array): Promise<void>
  /** Returns when the content is on the disk (fsync). */
  sync(): Promise<void>
  close(): Promise<void>
}

/** The POSIX code of an error of the file system, or an empty string. */
export function fileErrorCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}
