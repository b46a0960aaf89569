import { EngineHost, type EngineOptions, type ModelInfo } from '@openledger/engine'

/** What the node asks of an engine; the engine of this project is one, in a thread of its own. */
export type Engine = Pick<
  EngineHost,
  'loadModel' | 'encodeChat' | 'tokenize' | 'pieces' | 'registerAdapter' | 'removeAdapter' | 'generate' | 'answerGradient' | 'train' | 'load' | 'close'
>

export type EngineSettings = {
  /** The base model's GGUF file. */
  modelPath: string
  /** The name under which the bare base is served; adapters are `<name>:<slug>`. */
  modelName: string
  /** What is passed to the engine that answers. */
  serving?: EngineOptions
  /** What is passed to the engine that trains. */
  training?: EngineOptions
  /** Makes an engine; default: the engine of this project. */
  open?: (options: EngineOptions) => Engine
}

/** An engine with its base model loaded. */
export type LoadedEngine = { engine: Engine; info: ModelInfo }

/** Starts an engine and loads the base model; the caller closes it. Errors as EngineHost.loadModel. */
export async function openEngine(settings: EngineSettings, options: EngineOptions): Promise<LoadedEngine> {
  const engine = (settings.open ?? ((given) => new EngineHost(given)))(options)
  try {
    return { engine, info: await engine.loadModel(settings.modelPath) }
  } catch (error) {
    await engine.close()
    throw error
  }
}
