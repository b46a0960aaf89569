/**
 * Files named by their own hash: what the network publishes (snapshots, adapters, tables, manifests) is kept and fetched through this.
 * Every implementation passes {@link contentStoreConformance}. Returned bytes belong to the caller.
 */
export interface ContentStore {
  /**
   * Keeps a file, whole or not at all; keeping it twice is the same as once.
   * @returns its content id (CIDv1, raw codec, SHA-256, base32)
   * @throws InputError CONTENT_TOO_LARGE; StorageError NO_SPACE or WRITE_FAILED
   */
  put(bytes: Uint8Array): Promise<string>

  /**
   * Fetches a file and checks it against its id.
   * @throws InputError BAD_CID; StorageError MISSING_CONTENT, CORRUPT_CONTENT or READ_FAILED
   */
  get(cid: string): Promise<Uint8Array>

  /** Whether a file of this id is kept; says nothing about its health. Throws InputError BAD_CID. */
  has(cid: string): Promise<boolean>

  /** The ids of all kept files, each once, in ascending order. */
  list(): Promise<string[]>
}
