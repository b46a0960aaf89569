import { fileURLToPath } from 'node:url'

/** Path of the model's GGUF file, which comes with the package. */
export function tinyModelPath(): string {
  return fileURLToPath(new URL('../weights/openledger-tiny.gguf', import.meta.url))
}
