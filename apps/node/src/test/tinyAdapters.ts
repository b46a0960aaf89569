import path from 'node:path'
import { ModelTokenizer, writePeftFolder, type Adapter, type AdapterBase } from '@openledger/engine'

type Fixture = { randomAdapter(base: AdapterBase, options: { seed: number; rank: number }): Adapter }

/** Writes small adapters of random weights for a model into folders, each unlike the others; gives the folders. */
export async function randomAdapters(modelPath: string, folder: string, count: number): Promise<string[]> {
  const fixture = new URL('../../../../packages/engine/src/fixtures/randomAdapter.ts', import.meta.url)
  const { randomAdapter } = (await import(fixture.href)) as Fixture
  const base = await ModelTokenizer.open(modelPath)
  const folders: string[] = []
  for (let seed = 1; seed <= count; seed++) {
    const place = path.join(folder, `adapter-${seed}`)
    writePeftFolder(place, randomAdapter(base, { seed, rank: 2 + (seed % 3) }), base)
    folders.push(place)
  }
  base.dispose()
  return folders
}
