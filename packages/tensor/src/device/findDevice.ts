import { InputError, UnavailableError } from '@openledger/protocol'
import { type AcceleratorKind, acceleratorKinds } from '../library/findNativeLibraries.ts'
import { type Ggml, loadGgml } from '../library/Ggml.ts'
import type { Device } from './Device.ts'
import { cpuDevice, listDevices } from './listDevices.ts'

function parse(wanted: string): { kind: AcceleratorKind | 'cpu' | 'auto'; index: number | null } {
  const [, name, index] = /^([a-z]+)(?::(\d{1,3}))?$/.exec(wanted) ?? []
  const kind = (['cpu', 'auto', ...acceleratorKinds] as const).find((candidate) => candidate === name)
  if (!kind || (index !== undefined && (kind === 'cpu' || kind === 'auto'))) {
    throw new InputError('DEVICE_NAME', `there is no device called ${wanted}`, { field: 'device', fix: `name one of cpu, auto, ${acceleratorKinds.join(', ')}, or one with its index, e.g. vulkan:1` })
  }
  return { kind, index: index === undefined ? null : Number(index) }
}

/**
 * The device of a name: `cpu`, `auto`, `cuda`, `vulkan:1`. `auto` is the one with most free memory that has room for `bytes`, not counting the
 * processor, or else the processor. A backend without index means its device with most free memory.
 * @throws InputError `DEVICE_NAME`; UnavailableError `DEVICE_MISSING`, `NATIVE_MISSING`, `DEVICE_LIBRARY`
 */
export function findDevice(ggml: Ggml, wanted: string, bytes = 0): Device {
  const { kind, index } = parse(wanted)
  if (kind === 'cpu') return cpuDevice(ggml)
  if (kind !== 'auto') ggml.accelerator(kind)
  const { devices } = listDevices(ggml)
  const fitting = devices.filter((device) => (kind === 'auto' ? device.kind !== 'cpu' && device.freeBytes >= bytes : device.kind === kind && (index === null || device.index === index)))
  fitting.sort((x, y) => y.freeBytes - x.freeBytes)
  const [best] = fitting
  if (best) return best
  if (kind === 'auto') return cpuDevice(ggml)
  throw new UnavailableError('DEVICE_MISSING', `there is no device ${wanted}`, { action: 'fix', fix: `compute on one of ${devices.map(({ id }) => id).join(', ')}` })
}

/** Loads ggml from the package that a device needs. @param wanted as for `findDevice` @throws what `findDevice` and `loadGgml` throw */
export function loadDevice(wanted: string, options: { variant?: string; bytes?: number } = {}): { ggml: Ggml; device: Device } {
  const { kind } = parse(wanted)
  const ggml = loadGgml({ variant: options.variant, ...(kind === 'cpu' || kind === 'auto' ? {} : { accelerator: kind }) })
  return { ggml, device: findDevice(ggml, wanted, options.bytes) }
}
