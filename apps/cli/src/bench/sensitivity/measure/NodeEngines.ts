import { EngineHost, type ModelInfo } from '@openledger/engine'
import { fail, type Hex } from '@openledger/protocol'
import { patiently } from './patiently.ts'
import type { AdapterChoice, BaseChoice, SensitivityWorld } from '../world/openSensitivityWorld.ts'

/** One engine with its base, and the adapters that are registered in it. */
export type OpenEngine = { host: EngineHost; info: ModelInfo; idOf(adapter: AdapterChoice | null): Hex | null }

const slots = 8

/** Opens an engine of one CPU build over a base of the world, with all adapters that were made for that base. The caller closes its host. */
async function openEngine(world: SensitivityWorld, base: BaseChoice, variant: string | undefined, threads: number): Promise<OpenEngine> {
  const host = new EngineHost({ variant, threads, slots })
  try {
    const info = await host.loadModel(world.bases[base])
    const ids = new Map<AdapterChoice, Hex>()
    for (const [choice, folder] of Object.entries(world.adapters[base]) as [AdapterChoice, string][]) ids.set(choice, await patiently(() => host.registerAdapter(folder)))
    return { host, info, idOf: (adapter) => (adapter === null ? null : (ids.get(adapter) ?? fail('NO_ADAPTER', `there is no adapter "${adapter}" for the base ${base}`, { action: 'stop' }))) }
  } catch (error) {
    await host.close()
    throw error
  }
}

/** The engines of one CPU build, each opened when it is first asked for. The maker closes them. */
export class NodeEngines {
  readonly #opened = new Map<BaseChoice, Promise<OpenEngine>>()
  readonly #open: (base: BaseChoice) => Promise<OpenEngine>

  constructor(world: SensitivityWorld, variant: string | undefined, threads: number) {
    this.#open = (base) => openEngine(world, base, variant, threads)
  }

  /** The engine over a base. */
  over(base: BaseChoice): Promise<OpenEngine> {
    const opened = this.#opened.get(base) ?? this.#open(base)
    this.#opened.set(base, opened)
    opened.catch(() => this.#opened.delete(base))
    return opened
  }

  async close(): Promise<void> {
    const engines = await Promise.allSettled(this.#opened.values())
    await Promise.all(engines.map((one) => (one.status === 'fulfilled' ? one.value.host.close() : undefined)))
  }
}
