import { existsSync } from 'node:fs'
import path from 'node:path'

type Fixture = { writeTinyModel(path: string, options?: object): void }

/** Writes a small model of random weights into a folder: enough for every way through the node. */
export async function randomModel(folder: string): Promise<string> {
  const fixture = new URL('../../../../packages/engine/src/fixtures/writeTinyModel.ts', import.meta.url)
  const { writeTinyModel } = (await import(fixture.href)) as Fixture
  const file = path.join(folder, 'random.gguf')
  if (!existsSync(file)) writeTinyModel(file)
  return file
}
