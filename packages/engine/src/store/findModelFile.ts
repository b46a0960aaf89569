import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fail } from '@openledger/protocol'
import { ModelStore } from './ModelStore.ts'
import { nameFrom } from './StoredModel.ts'

/** The model store of a data folder; the variable OPENLEDGER_MODELS names another folder. */
export function modelStoreOf(dataFolder: string, environment: Record<string, string | undefined>): ModelStore {
  return new ModelStore(resolve(environment.OPENLEDGER_MODELS || join(dataFolder, 'bases')))
}

/**
 * The GGUF file that a user means: that of a stored model's name, else the file at a path.
 * @returns its path, and what to call the model
 * @throws InputError `NO_MODEL`
 */
export async function findModelFile(store: ModelStore, nameOrPath: string): Promise<{ path: string; name: string }> {
  const stored = await store.find(nameOrPath)
  if (stored) return { path: store.pathOf(stored), name: stored.name }
  const status = await stat(nameOrPath).catch(() => null)
  if (status?.isFile()) return { path: nameOrPath, name: nameFrom(nameOrPath) }
  if (status) fail('NO_MODEL', `${nameOrPath} is a folder`, { field: '--model', fix: `add it first: openledger models add ${nameOrPath}` })
  return fail('NO_MODEL', `"${nameOrPath.slice(0, 200)}" is neither a model of ${store.folder} nor a file`, { field: '--model', fix: 'see openledger models list, or add it with openledger models add' })
}
