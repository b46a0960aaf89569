import { availableParallelism, totalmem } from 'node:os'
import { fail, InputError } from '@openledger/protocol'
import type { Backend } from '@openledger/tensor'
import { AdapterWindow } from '../forward/AdapterWindow.ts'
import { loadModel } from '../model/loadModel.ts'
import type { Model } from '../model/Model.ts'
import { numericsProfile, profileHash } from '../profile/NumericsProfile.ts'
import { AdapterPool } from '../serving/pool/AdapterPool.ts'
import type { Batcher } from '../serving/Batcher.ts'
import { openBatcher, type OpenBatcher } from '../serving/openBatcher.ts'
import { releaseAnswerGradients } from '../training/index.ts'
import type { EngineOptions, ModelInfo } from './EngineCalls.ts'
import { openBackend } from './openBackend.ts'

const defaultContext = 2048

/**
 * Below this weight size one thread is used: a step takes about a millisecond, and threads that wait for each other by spinning
 * lose a hundred times that as soon as another process wants the core.
 */
const twoThreadBytes = 64 * 2 ** 20

/** What one engine thread holds: a backend and, once loaded, a model with its adapters and its batcher. */
export class EngineState {
  readonly #options: EngineOptions
  #backend: Backend | null = null
  #loaded: { model: Model; window: AdapterWindow; pool: AdapterPool; batcher: Batcher; serving: OpenBatcher; info: ModelInfo } | null = null

  constructor(options: EngineOptions) {
    this.#options = options
  }

  /** Loads the base model of this thread. @throws InputError `MODEL_LOADED` when there is another one, and what `loadModel` throws */
  load(path: string): ModelInfo {
    if (this.#loaded) {
      if (this.#loaded.model.path === path) return this.#loaded.info
      fail('MODEL_LOADED', 'this engine already holds another model', { fix: 'use one engine per base model' })
    }
    const { threads, variant, device = 'cpu', memoryMap, extraBuffers, slots = 8, maxRows = 256, kvType = device === 'cpu' ? 'F32' : 'F16', adapterBytes = 2 ** 30, adapterType = 'F32', hostAdapterBytes = Math.min(2 ** 32, totalmem() / 4), ...rest } = this.#options
    const needs = { device, variant, slots: slots + (rest.prefixSlots ?? 0), positions: rest.positions ?? defaultContext, kvType, adapterBytes }
    const backend = (this.#backend ??= openBackend(path, needs))
    const model = loadModel(path, backend, { memoryMap, extraBuffers })
    backend.threads = threads ?? (model.bytes < twoThreadBytes ? 1 : Math.min(2, availableParallelism()))
    try {
      const window = new AdapterWindow(backend, adapterBytes, adapterType)
      const pool = new AdapterPool(model, { window, hostBytes: hostAdapterBytes })
      const serving = openBatcher(model, pool, { ...rest, slots, maxRows, kvType, positions: rest.positions ?? Math.min(model.config.context, defaultContext) })
      const { batcher } = serving
      const profile = numericsProfile(model, kvType, adapterType)
      const info: ModelInfo = {
        id: model.id,
        commitment: model.commitment,
        config: model.config,
        profile,
        profileHash: profileHash(profile),
        positions: batcher.positions,
        bytes: model.bytes,
        device: { id: backend.device.id, name: backend.device.name, totalBytes: backend.device.totalBytes, freeBytes: backend.device.freeBytes },
        hasTemplate: model.template !== null,
        bos: model.vocabulary.bos,
        eos: model.vocabulary.eos,
      }
      this.#loaded = { model, window, pool, batcher, serving, info }
      return info
    } catch (error) {
      model.dispose()
      throw error
    }
  }

  /** The loaded model and what serves it. @throws InputError `MODEL_NOT_LOADED` */
  get loaded(): { model: Model; pool: AdapterPool; batcher: Batcher; serving: OpenBatcher } {
    if (!this.#loaded) throw new InputError('MODEL_NOT_LOADED', 'this engine has no model yet', { fix: 'call loadModel first' })
    return this.#loaded
  }

  dispose(): void {
    if (this.#loaded) {
      const { model, window, pool, serving } = this.#loaded
      this.#loaded = null
      serving.dispose()
      pool.dispose()
      window.dispose()
      releaseAnswerGradients(model)
      model.dispose()
    }
    this.#backend?.dispose()
    this.#backend = null
  }
}
