import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { UnavailableError } from '@openledger/protocol'
import { abi } from './abi.ts'
import { type NativeLibraries, readNativePackage } from './readNativePackage.ts'

/** Backends other than the CPU, best first. */
export const acceleratorKinds = ['cuda', 'vulkan', 'metal'] as const
export type AcceleratorKind = (typeof acceleratorKinds)[number]

/** Packages by platform, each with the backend that it adds to the CPU; those with more come first, for they are installed on purpose. */
const packagesByPlatform: Record<string, readonly { name: string; adds?: AcceleratorKind }[]> = {
  'linux-x64': [{ name: 'linux-x64-cuda', adds: 'cuda' }, { name: 'linux-x64-vulkan', adds: 'vulkan' }, { name: 'linux-x64' }],
  'linux-arm64': [{ name: 'linux-arm64' }],
  'darwin-arm64': [{ name: 'mac-arm64-metal', adds: 'metal' }],
  'darwin-x64': [{ name: 'mac-x64' }],
  'win32-x64': [{ name: 'win-x64-cuda', adds: 'cuda' }, { name: 'win-x64-vulkan', adds: 'vulkan' }, { name: 'win-x64' }],
}

export type LibrarySearch = {
  platform?: string
  /** The backend that the package must bring; default any. */
  accelerator?: AcceleratorKind
  /** An unpacked platform package to take whatever is installed; default the environment's OPENLEDGER_GGML_DIR. */
  folder?: string
}

/**
 * Finds the native libraries of this platform: one package, because the libraries of one process must share one ggml.
 * @throws UnavailableError `NATIVE_MISSING` when no package fits, `NATIVE_ABI` when one of another version is installed
 */
export function findNativeLibraries(search: LibrarySearch = {}): NativeLibraries {
  const { platform = `${process.platform}-${process.arch}`, accelerator, folder = process.env.OPENLEDGER_GGML_DIR || undefined } = search
  const candidates = packagesByPlatform[platform]
  if (!candidates) {
    throw new UnavailableError('NATIVE_MISSING', `no native build of ggml exists for ${platform}`, {
      action: 'stop',
      fix: `run on one of ${Object.keys(packagesByPlatform).join(', ')}`,
    })
  }
  if (folder !== undefined) {
    const libraries = withExtension(folder, readNativePackage(folder, basename(folder)))
    if (accelerator === undefined || libraries.accelerators.has(accelerator)) return libraries
    throw new UnavailableError('NATIVE_MISSING', `${folder} has no ${accelerator} backend`, { action: 'fix', fix: `let OPENLEDGER_GGML_DIR name a package with ${accelerator}` })
  }
  const fitting = candidates.filter(({ adds }) => accelerator === undefined || adds === accelerator)
  for (const { name } of fitting) {
    const root = packageRoot(`@node-llama-cpp/${name}`)
    if (root) return withExtension(root, readNativePackage(root, name))
  }
  const wanted = fitting.at(-1)?.name
  if (accelerator !== undefined) {
    throw new UnavailableError('NATIVE_MISSING', wanted ? `the package @node-llama-cpp/${wanted} is not installed` : `there is no ${accelerator} backend for ${platform}`, {
      action: 'fix',
      fix: wanted ? `run: npm install @node-llama-cpp/${wanted}@${abi.packageVersion}, or compute on another device` : 'compute on another device',
    })
  }
  throw new UnavailableError('NATIVE_MISSING', `the package @node-llama-cpp/${wanted} is not installed`, {
    action: 'stop',
    fix: `run: npm install --include=optional (it brings @node-llama-cpp/${wanted}@${abi.packageVersion})`,
  })
}

/** Adds the builds for an older CUDA, which lie in a package of their own. */
function withExtension(root: string, libraries: NativeLibraries): NativeLibraries {
  if (!libraries.accelerators.has('cuda')) return libraries
  const name = `${basename(root)}-ext`
  const extension = packageRoot(`@node-llama-cpp/${name}`) ?? join(dirname(root), name)
  const file = process.platform === 'win32' ? 'ggml-cuda.dll' : 'libggml-cuda.so'
  libraries.accelerators.get('cuda')!.push(join(extension, 'bins', basename(root), 'fallback', file))
  return libraries
}

function packageRoot(name: string): string | null {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch {
    return null
  }
}
