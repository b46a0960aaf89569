import { access, constants, mkdir, readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { writeFileSafely } from '@openledger/files'
import { StorageError } from '@openledger/protocol'

const kind = 'openledger/data/1'
const file = 'version.json'

/** The paths of a data folder's parts. */
export type DataFolder = { dir: string; journal: string; database: string; content: string; work: string; models: string; keys: string; operatorToken: string; apiKeys: string }

function corrupt(dir: string, what: string, cause?: unknown): StorageError {
  return new StorageError('DATA_FOLDER_CORRUPT', `${dir} is not a sound data folder: ${what}`, {
    action: 'stop',
    cause,
    fix: 'restore the folder from a copy, or choose an empty folder with --data; nothing was changed',
  })
}

async function readVersion(dir: string): Promise<string | undefined> {
  let text: string
  try {
    text = await readFile(path.join(dir, file), 'utf8')
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ENOENT') return undefined
    throw corrupt(dir, `${file} cannot be read`, cause)
  }
  try {
    const value = JSON.parse(text) as { kind?: unknown }
    if (typeof value.kind === 'string') return value.kind
  } catch (cause) {
    throw corrupt(dir, `${file} is not JSON`, cause)
  }
  throw corrupt(dir, `${file} names no version`)
}

/**
 * Checks that a folder is ours and of this version, and makes an empty one ready.
 * @throws StorageError DATA_FOLDER_CORRUPT, DATA_FOLDER_VERSION, DATA_FOLDER_UNWRITABLE
 */
export async function checkDataFolder(dir: string): Promise<DataFolder> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await access(dir, constants.W_OK).catch((cause: unknown) => {
    throw new StorageError('DATA_FOLDER_UNWRITABLE', `the data folder ${dir} cannot be written`, { cause, action: 'fix', fix: 'give this user the right to write there, or choose another folder with --data' })
  })
  const version = await readVersion(dir)
  if (version === undefined) {
    if ((await readdir(dir)).includes('journal')) throw corrupt(dir, `it holds a journal but no ${file}`)
    await writeFileSafely(path.join(dir, file), JSON.stringify({ kind }) + '\n')
  } else if (version !== kind) {
    throw new StorageError('DATA_FOLDER_VERSION', `${dir} was written by another version (${version}); this one reads ${kind}`, { action: 'stop', fix: 'start the version that wrote it, or choose another folder with --data' })
  }
  const at = (name: string): string => path.join(dir, name)
  const folder: DataFolder = {
    dir,
    journal: at('journal'),
    database: at('db'),
    content: at('content'),
    work: at('work'),
    models: at('models'),
    keys: at('keys'),
    operatorToken: at('operator.token'),
    apiKeys: at('api-keys.json'),
  }
  for (const part of [folder.content, folder.work, folder.models, folder.keys]) await mkdir(part, { recursive: true, mode: 0o700 })
  return folder
}
