import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StorageError, UnavailableError } from '@openledger/protocol'
import { abi } from './abi.ts'

/** Paths of the shared libraries of one platform package, and what its build metadata says. */
export type NativeLibraries = {
  folder: string
  base: string
  ggml: string
  llama: string
  /** CPU backends by ISA variant, e.g. `haswell`. */
  cpu: Map<string, string>
  /** Other backends by name, e.g. `vulkan`: paths to try in order. */
  accelerators: Map<string, string[]>
  release: string
}

/** Reads what an unpacked platform package holds. @throws UnavailableError `NATIVE_ABI`; StorageError `FILE_UNREADABLE` */
export function readNativePackage(root: string, name: string): NativeLibraries {
  const { version } = readJson(join(root, 'package.json')) as { version: string }
  const folder = join(root, 'bins', name)
  const metadataPath = join(folder, '_nlcBuildMetadata.json')
  const metadata = existsSync(metadataPath) ? (readJson(metadataPath) as { buildOptions?: { llamaCpp?: { release?: string } } }) : {}
  const release = metadata.buildOptions?.llamaCpp?.release ?? 'unknown'
  if (version !== abi.packageVersion || release !== abi.release) refuse(`@node-llama-cpp/${name}@${version} (llama.cpp ${release})`)
  const files = readdirSync(folder)
  // Files are called e.g. libggml.so, libggml.v1.2.3.so or libggml.vulkan.v1.2.3.so.
  const pattern = (stem: string): RegExp => new RegExp(`^(?:lib)?${stem}(?:\\.(?:cuda|vulkan|metal))?(?:\\.v[\\d.]+)?\\.(?:so|dylib|dll)$`)
  const pick = (stem: string): string => {
    const file = files.find((candidate) => pattern(stem).test(candidate))
    if (!file) refuse(`${folder} without ${stem}`)
    return join(folder, file)
  }
  const cpu = new Map<string, string>()
  const accelerators = new Map<string, string[]>()
  for (const file of files) {
    const variant = pattern('ggml-cpu(?:-(\\w[\\w.]*?))?').exec(file)
    if (variant) cpu.set(variant[1] ?? 'default', join(folder, file))
    const accelerator = pattern('ggml-(cuda|vulkan|metal)').exec(file)
    if (accelerator) accelerators.set(accelerator[1]!, [join(folder, file)])
  }
  return { folder, base: pick('ggml-base'), ggml: pick('ggml'), llama: pick('llama'), cpu, accelerators, release }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new StorageError('FILE_UNREADABLE', `${path} cannot be read`, { cause, action: 'fix', fix: 'name the folder of an unpacked @node-llama-cpp package' })
  }
}

/** Throws the error for a native build other than the pinned one. */
export function refuse(found: string): never {
  throw new UnavailableError('NATIVE_ABI', `found ${found}, which has another binary interface than the pinned one`, {
    action: 'stop',
    fix: `install exactly @node-llama-cpp/*@${abi.packageVersion} (llama.cpp ${abi.release}, ggml ${abi.ggml})`,
  })
}
