import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { CorpusTokenizer } from '@openledger/attribution'
import type { ContentStore } from '@openledger/datanet'
import { EngineHost, type ModelInfo } from '@openledger/engine'
import { UnavailableError, type Hex, type RunManifest } from '@openledger/protocol'

/** Where an auditor finds weight files: by the content store, or by a path it trusts (it is hashed either way). */
export type BaseSource = { content: ContentStore; modelPath?: string; threads?: number }

/** An engine for one audit: loads the base and adapters from public files into a temporary folder, which `close` removes. */
export class AuditEngine {
  readonly host: EngineHost
  readonly info: ModelInfo
  readonly folder: string

  private constructor(host: EngineHost, info: ModelInfo, folder: string) {
    this.host = host
    this.info = info
    this.folder = folder
  }

  /**
   * Opens the base model that a run names.
   * @param base the base's published content id, or null when the source must name a path
   * @throws UnavailableError BASE_MISSING when no weight file is at hand
   */
  static async open(source: BaseSource, base: { name: string; cid: string | null }): Promise<AuditEngine> {
    const folder = await mkdtemp(path.join(tmpdir(), 'openledger-audit-'))
    const host = new EngineHost({ threads: source.threads, slots: 1 })
    try {
      const modelPath = source.modelPath ?? (await fetchBase(source.content, base, folder))
      return new AuditEngine(host, await host.loadModel(modelPath), folder)
    } catch (error) {
      await host.close()
      await rm(folder, { recursive: true, force: true })
      throw error
    }
  }

  /** Loads an adapter from the content store and gives its recomputed id. */
  async loadAdapter(content: ContentStore, files: RunManifest['adapter']): Promise<Hex> {
    const folder = await mkdtemp(path.join(this.folder, 'adapter-'))
    await writeFile(path.join(folder, 'adapter_config.json'), await content.get(files.config))
    await writeFile(path.join(folder, 'adapter_model.safetensors'), await content.get(files.tensors))
    return this.host.registerAdapter(folder)
  }

  /** How the loaded base writes text as tokens. */
  get tokenizer(): CorpusTokenizer {
    return {
      endOfTurn: this.info.eos,
      tokenize: (text) => this.host.tokenize(text, { addSpecial: false }),
      encodeChat: (messages, open) => this.host.encodeChat(messages, open),
    }
  }

  async close(): Promise<void> {
    await this.host.close()
    await rm(this.folder, { recursive: true, force: true })
  }
}

async function fetchBase(content: ContentStore, base: { name: string; cid: string | null }, folder: string): Promise<string> {
  if (base.cid === null || !(await content.has(base.cid))) {
    throw new UnavailableError('BASE_MISSING', `the weight file of ${base.name} is not at hand`, { action: 'retry', fix: 'name it with --model, or put it into the content folder' })
  }
  const file = path.join(folder, 'base.gguf')
  await writeFile(file, await content.get(base.cid))
  return file
}
