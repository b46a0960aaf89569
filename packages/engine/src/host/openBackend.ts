import { statSync } from 'node:fs'
import { Backend, loadDevice } from '@openledger/tensor'
import { readGguf } from '../gguf/readGguf.ts'
import { readModelConfig } from '../model/ModelConfig.ts'

/** What an engine will keep on its device besides the weights. */
export type DeviceNeeds = { device: string; variant?: string; slots: number; positions: number; kvType: 'F32' | 'F16' | 'Q8_0'; adapterBytes: number }

const kvBytes = { F32: 4, F16: 2, Q8_0: 34 / 32 }

/** Results and intermediate ones of the graphs that are kept, roughly. */
const graphBytes = 512 * 2 ** 20

/**
 * Opens the device that an engine computes on. For `auto`, one other than the processor must have room for the weights, the attention cache, all
 * adapters and the graphs.
 * @returns a backend of one thread; the caller disposes it
 * @throws what `loadDevice` and `readGguf` throw
 */
export function openBackend(path: string, { device, variant, ...needs }: DeviceNeeds): Backend {
  const found = loadDevice(device, { variant, bytes: device === 'auto' ? bytesNeeded(path, needs) : 0 })
  return new Backend(found.ggml, 1, found.device)
}

function bytesNeeded(path: string, { slots, positions, kvType, adapterBytes }: Omit<DeviceNeeds, 'device' | 'variant'>): number {
  const { layers, kvHeads, headWidth, context } = readModelConfig(readGguf(path))
  const cache = 2 * layers * kvHeads * headWidth * Math.min(positions, context) * slots * kvBytes[kvType]
  return statSync(path).size + cache + adapterBytes + graphBytes
}
