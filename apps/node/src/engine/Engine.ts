import { EngineHost, type EngineInfo, type EngineOptions, type ServingEngine } from '@openledger/engine'
import { GradientHost } from './GradientHost.ts'
import { UpstreamEngine, type UpstreamClock } from '../upstream/UpstreamEngine.ts'
import type { UpstreamOptions } from '../upstream/UpstreamOptions.ts'

/** An engine of this project, in a thread of its own: it answers, says where answers point, and trains. */
export type Engine = ServingEngine & Pick<EngineHost, 'answerGradient' | 'train' | 'trainTogether' | 'fingerprints' | 'gradientDots' | 'exampleLosses'>

export type EngineSettings = {
  /** The base model's GGUF file. */
  modelPath: string
  /** The name under which the bare base is served; adapters are `<name>:<slug>`. */
  modelName: string
  /** What is passed to the engine that answers; absent or ignored when another server computes them. */
  serving?: EngineOptions
  /** What differs for the engine that says where answers point: one thread that stands back behind all others, unless it is said here. */
  readout?: EngineOptions
  /** What is passed to the engine that trains. */
  training?: EngineOptions
  /** A server that computes the answers, in place of this machine. */
  upstream?: UpstreamOptions
  /** Makes an engine; default: the engine of this project. */
  open?: (options: EngineOptions) => Engine
}

/** An engine that answers, with its base model loaded. */
export type LoadedEngine = {
  engine: ServingEngine
  info: EngineInfo
  /** Where the gradients of answers come from: never from the thread that answers. Null when no adapter can be attributed, so that none is served. */
  gradients: GradientHost | null
}

/** Starts an engine of this project and loads the base model; the caller closes it. Errors as EngineHost.loadModel. */
export async function openEngine(settings: EngineSettings, options: EngineOptions): Promise<{ engine: Engine; info: EngineInfo }> {
  const engine = (settings.open ?? ((given) => new EngineHost(given)))(options)
  try {
    return { engine, info: await engine.loadModel(settings.modelPath) }
  } catch (error) {
    await engine.close()
    throw error
  }
}

/** One answer at a time, on the CPU (where gradients are computed in any case), and nothing of what serving many needs. */
function readoutOptions({ serving = {}, readout }: EngineSettings): EngineOptions {
  const { device: _device, kvType: _kvType, adapterType: _adapterType, ...rest } = serving
  return { ...rest, device: 'cpu', threads: 1, niceness: 10, slots: 1, prefixSlots: 0, positions: 64, maxRows: 64, ...readout }
}

/** Starts what answers: an engine of this project, or a server elsewhere; and prepares the engine for gradients beside it. Errors as the engines' loadModel. */
export async function openServing(settings: EngineSettings, clock: UpstreamClock): Promise<LoadedEngine> {
  const { upstream, serving = {} } = settings
  const openReadout = async (): Promise<Engine> => (await openEngine(settings, readoutOptions(settings))).engine
  if (!upstream) return { ...(await openEngine(settings, serving)), gradients: new GradientHost(openReadout) }
  const local = upstream.gradients === 'none' ? null : await openEngine(settings, readoutOptions(settings))
  try {
    const engine = new UpstreamEngine({ ...upstream, clock, gradientProfile: local?.info.profileHash ?? null })
    try {
      return { engine, info: await engine.loadModel(settings.modelPath), gradients: local && new GradientHost(openReadout, local.engine) }
    } catch (error) {
      await engine.close()
      throw error
    }
  } catch (error) {
    await local?.engine.close()
    throw error
  }
}

/** Closes both engines. */
export async function closeServing({ engine, gradients }: LoadedEngine): Promise<void> {
  await engine.close()
  await gradients?.close()
}
