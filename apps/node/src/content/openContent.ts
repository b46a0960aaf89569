import * as files from 'node:fs/promises'
import { FolderStore, type ContentStore } from '@openledger/datanet'
import { CachedStore } from './CachedStore.ts'
import { S3Store } from './S3Store.ts'
import type { S3Settings } from '../storage/S3Settings.ts'

/** Where a node's content is: a folder, or a bucket whose files are kept in the folder once they passed through. */
export type ContentPlace = { folder: string; s3?: S3Settings }

/** Opens the content store of a place. */
export function openContent({ folder, s3 }: ContentPlace): ContentStore {
  const near = new FolderStore(folder, files)
  return s3 ? new CachedStore(new S3Store(s3), near) : near
}
