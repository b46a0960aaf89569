import { EngineHost, type EngineInfo, type EngineOptions, type ServingEngine } from '@openledger/engine'
import type { AnswerEngine } from '@openledger/attribution'
import { UpstreamEngine, type UpstreamClock } from '../upstream/UpstreamEngine.ts'
import type { UpstreamOptions } from '../upstream/UpstreamOptions.ts'

/** An engine of this project, in a thread of its own: it answers, says where answers point, and trains. */
export type Engine = ServingEngine & Pick<EngineHost, 'answerGradient' | 'train'>

/** What attribution asks of an engine that has the adapter. */
export type GradientEngine = AnswerEngine & Pick<ServingEngine, 'registerAdapter' | 'removeAdapter' | 'close'>

export type EngineSettings = {
  /** The base model's GGUF file. */
  modelPath: string
  /** The name under which the bare base is served; adapters are `<name>:<slug>`. */
  modelName: string
  /** What is passed to the engine that answers, or only says where answers point when another server computes them. */
  serving?: EngineOptions
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
  /** Where the gradients of answers come from; null when no adapter can be attributed, so that none is served. */
  gradients: GradientEngine | null
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

/** Starts what answers: an engine of this project, or a server elsewhere with an engine of this project beside it for gradients. Errors as the engines' loadModel. */
export async function openServing(settings: EngineSettings, clock: UpstreamClock): Promise<LoadedEngine> {
  const { upstream, serving = {} } = settings
  if (!upstream) {
    const { engine, info } = await openEngine(settings, serving)
    return { engine, info, gradients: engine }
  }
  const local = upstream.gradients === 'none' ? null : await openEngine(settings, serving)
  try {
    const engine = new UpstreamEngine({ ...upstream, clock, gradientProfile: local?.info.profileHash ?? null })
    try {
      return { engine, info: await engine.loadModel(settings.modelPath), gradients: local?.engine ?? null }
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
