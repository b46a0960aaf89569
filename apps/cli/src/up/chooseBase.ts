import { findModelFile, modelStoreOf } from '@openledger/engine'
import { modelName, tinyModelPath } from '@openledger/tiny'

/** The base model to serve: its GGUF file, and what to call it. */
export type ChosenBase = { path: string; name: string }

/**
 * The base model that a user means: a model of the store, a GGUF file, or the one that comes with the program.
 * @throws InputError `NO_MODEL`
 */
export async function chooseBase(dataFolder: string, model: string | undefined, environment: Record<string, string | undefined>): Promise<ChosenBase> {
  return model === undefined ? { path: tinyModelPath(), name: modelName } : findModelFile(modelStoreOf(dataFolder, environment), model)
}
