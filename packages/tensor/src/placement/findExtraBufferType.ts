import koffi from 'koffi'
import type { Pointer } from '../library/bindFunctions.ts'
import type { Ggml } from '../library/Ggml.ts'
import { cpuDevice } from '../device/listDevices.ts'

/** A kind of memory in which the CPU build keeps weights in an order of its own, for faster products. */
export type ExtraBufferType = { name: string; address: Pointer }

const found = new WeakMap<Ggml, readonly ExtraBufferType[]>()

/** All kinds of such memory that this CPU build offers on this processor. */
function extraBufferTypes(ggml: Ggml): readonly ExtraBufferType[] {
  const known = found.get(ggml)
  if (known) return known
  const lister = ggml.base.registrationFunction<Pointer | null>(ggml.cpu.cpuRegistration<Pointer>(), 'ggml_backend_dev_get_extra_bufts')
  const types: ExtraBufferType[] = []
  if (lister) {
    // An anonymous prototype: declaring a named one a second time in the process would be an error.
    const list = (koffi.decode(lister, koffi.proto('void *(void *device)')) as (device: Pointer) => Pointer | null)(cpuDevice(ggml).address)
    for (let index = 0n; list; index++) {
      const address = koffi.decode(list + index * 8n, 'void *') as Pointer | null
      if (!address) break
      types.push({ name: ggml.base.bufferTypeName<string>(address), address })
    }
  }
  found.set(ggml, types)
  return types
}

/** The extra kind of memory of a name, e.g. `AMX`; null when this processor has none. `CPU_REPACK` must not be used: it ends the process on x86 with Q8_0. */
export function findExtraBufferType(ggml: Ggml, name: string): ExtraBufferType | null {
  return extraBufferTypes(ggml).find((type) => type.name === name) ?? null
}
