import { UnavailableError } from '@openledger/protocol'
import type { Pointer } from '../library/bindFunctions.ts'
import { type AcceleratorKind, acceleratorKinds } from '../library/findNativeLibraries.ts'
import type { Ggml } from '../library/Ggml.ts'
import type { Device, DeviceKind } from './Device.ts'

/** A backend that was looked for in vain, and why. */
export type MissingDevices = { kind: AcceleratorKind; reason: string }

const typeNames = ['cpu', 'gpu', 'integrated', 'accelerator'] as const

/** The processor. */
export function cpuDevice(ggml: Ggml): Device {
  return describe(ggml, 'cpu', 0, ggml.cpu.cpuRegistration<Pointer>())
}

/** All devices that the loaded package can compute on: the processor, then others, best backend first; and the backends without any. */
export function listDevices(ggml: Ggml): { devices: Device[]; missing: MissingDevices[] } {
  const devices = [cpuDevice(ggml)]
  const missing: MissingDevices[] = []
  for (const kind of acceleratorKinds) {
    try {
      const registration = ggml.accelerator(kind)
      const count = Number(ggml.base.registrationDevices<number>(registration))
      if (count === 0) missing.push({ kind, reason: `the ${kind} backend finds no device` })
      for (let index = 0; index < count; index++) devices.push(describe(ggml, kind, index, registration))
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error
      missing.push({ kind, reason: error.message })
    }
  }
  return { devices, missing }
}

function describe(ggml: Ggml, kind: DeviceKind, index: number, registration: Pointer): Device {
  const { base } = ggml
  const address = base.registrationDevice<Pointer>(registration, index)
  const [free, total] = [[0], [0]]
  base.deviceMemory(address, free, total)
  return {
    id: kind === 'cpu' ? 'cpu' : `${kind}:${index}`,
    kind,
    index,
    name: base.deviceDescription<string>(address),
    type: typeNames[base.deviceType<number>(address)] ?? 'accelerator',
    totalBytes: Number(total[0]),
    freeBytes: Number(free[0]),
    address,
  }
}
