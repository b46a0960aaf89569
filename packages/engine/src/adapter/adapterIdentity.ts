import { createHash } from 'node:crypto'
import { adapterId, type Hex } from '@openledger/protocol'
import type { SafeTensor } from '../safetensors/readSafetensors.ts'
import { type AdapterConfig, adapterConfigHash } from './AdapterConfig.ts'

/** The hash of PEFT tensors in canonical form: names in order, shapes, and values as little-endian F32. */
export function adapterTensorsHash(tensors: ReadonlyMap<string, SafeTensor>): Hex {
  const hash = createHash('sha256')
  for (const name of [...tensors.keys()].sort()) {
    const { shape, values } = tensors.get(name)!
    hash.update(`${JSON.stringify([name, shape])}\n`, 'utf8')
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  }
  return `0x${hash.digest('hex')}`
}

/** An adapter's id: over its tensors and its configuration, so that a changed scale is another adapter. */
export function identifyAdapter(tensors: ReadonlyMap<string, SafeTensor>, config: AdapterConfig): Hex {
  return adapterId({ tensorsHash: adapterTensorsHash(tensors), configHash: adapterConfigHash(config) })
}
