/** A little-endian file that is read front to back, or at a place, and never past its end: `FileCursor` on a disk, `BufferCursor` in memory. */
export type ByteSource = {
  /** Size of the whole file in bytes. */
  readonly size: number
  /** Bytes read so far. */
  readonly position: number
  /** The next bytes, valid until the next call. @throws StorageError `FILE_TRUNCATED` */
  take(length: number): Buffer
  /** Bytes at a place. @throws StorageError `FILE_TRUNCATED` */
  readAt(position: number, length: number): Buffer
}
