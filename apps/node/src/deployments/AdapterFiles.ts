import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { ContentStore } from '@openledger/datanet'
import { writeFileSafely } from '@openledger/files'
import { readArtefact, runManifestSchema, type Hex, type RunManifest } from '@openledger/protocol'

/** Reads a run's manifest from the content store. */
export async function readManifest(content: ContentStore, cid: string): Promise<RunManifest> {
  return readArtefact(runManifestSchema, await content.get(cid))
}

/** Lays an adapter's files out as a PEFT folder, `<models>/<adapter id>`, unless they lie there; returns the folder. */
export async function layOutAdapter(content: ContentStore, models: string, adapterId: Hex, files: RunManifest['adapter']): Promise<string> {
  const folder = path.join(models, adapterId)
  await mkdir(folder, { recursive: true })
  for (const [name, cid] of [['adapter_model.safetensors', files.tensors], ['adapter_config.json', files.config]] as const) {
    const file = path.join(folder, name)
    const there = await stat(file).catch(() => undefined)
    if (!there) await writeFileSafely(file, await content.get(cid))
  }
  return folder
}
