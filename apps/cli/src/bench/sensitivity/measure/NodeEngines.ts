import { EngineHost, type ModelInfo } from '@openledger/engine'
import { fail, type Hex } from '@openledger/protocol'
import { coarserTypes, type AdapterChoice, type BaseChoice, type SensitivityWorld } from '../world/openSensitivityWorld.ts'

/** One engine with its base, and the adapters that are registered in it. */
export type OpenEngine = { host: EngineHost; info: ModelInfo; idOf(adapter: AdapterChoice | null): Hex | null }

/** Engines over the declared base and the coarser ones, of one CPU build. */
export type Engines = Record<BaseChoice, OpenEngine>

/** What a node has that need not hold every base. */
export type SomeEngines = Pick<Engines, 'declared'> & Partial<Engines>

const slots = 8

/** Opens an engine of one CPU build over a base of the world, with all adapters that were made for that base. The caller closes its host. */
export async function openEngine(world: SensitivityWorld, base: BaseChoice, variant: string | undefined, threads: number): Promise<OpenEngine> {
  const host = new EngineHost({ variant, threads, slots })
  try {
    const info = await host.loadModel(world.bases[base])
    const ids = new Map<AdapterChoice, Hex>()
    for (const [choice, folder] of Object.entries(world.adapters[base]) as [AdapterChoice, string][]) ids.set(choice, await host.registerAdapter(folder))
    return { host, info, idOf: (adapter) => (adapter === null ? null : (ids.get(adapter) ?? fail('NO_ADAPTER', `there is no adapter "${adapter}" for the base ${base}`, { action: 'stop' }))) }
  } catch (error) {
    await host.close()
    throw error
  }
}

/** Opens an engine over each base of the world. The caller closes them with `closeEngines`. */
export async function openEngines(world: SensitivityWorld, variant: string | undefined, threads: number): Promise<Engines> {
  const engines: Partial<Engines> = {}
  try {
    for (const base of ['declared', ...coarserTypes] as const) engines[base] = await openEngine(world, base, variant, threads)
    return engines as Engines
  } catch (error) {
    await closeEngines(engines)
    throw error
  }
}

export async function closeEngines(engines: Partial<Engines>): Promise<void> {
  await Promise.all(Object.values(engines).map(({ host }) => host.close()))
}
