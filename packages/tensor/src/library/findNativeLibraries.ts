import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { UnavailableError } from '@openledger/protocol'
import { abi } from './abi.ts'

/** Paths of the shared libraries of one platform package, and what its build metadata says. */
export type NativeLibraries = {
  folder: string
  base: string
  ggml: string
  llama: string
  /** CPU backends by ISA variant, e.g. `haswell`. */
  cpu: Map<string, string>
  release: string
}

const packageByPlatform: Record<string, string[]> = {
  'linux-x64': ['linux-x64'],
  'linux-arm64': ['linux-arm64'],
  'darwin-arm64': ['mac-arm64-metal'],
  'darwin-x64': ['mac-x64'],
  'win32-x64': ['win-x64'],
}

/**
 * Finds the native libraries of this platform in the installed optional packages.
 * @throws UnavailableError `NATIVE_MISSING` when no package fits, `NATIVE_ABI` when one of another version is installed
 */
export function findNativeLibraries(platform = `${process.platform}-${process.arch}`): NativeLibraries {
  const names = packageByPlatform[platform]
  if (!names) {
    throw new UnavailableError('NATIVE_MISSING', `no native build of ggml exists for ${platform}`, {
      action: 'stop',
      fix: `run on one of ${Object.keys(packageByPlatform).join(', ')}`,
    })
  }
  const require = createRequire(import.meta.url)
  for (const name of names) {
    const root = packageRoot(require, `@node-llama-cpp/${name}`)
    if (root) return readPackage(root, name)
  }
  throw new UnavailableError('NATIVE_MISSING', `the package @node-llama-cpp/${names[0]} is not installed`, {
    action: 'stop',
    fix: `run: npm install --include=optional (it brings @node-llama-cpp/${names[0]}@${abi.packageVersion})`,
  })
}

function packageRoot(require: NodeJS.Require, name: string): string | null {
  try {
    return dirname(dirname(require.resolve(name)))
  } catch {
    return null
  }
}

function readPackage(root: string, name: string): NativeLibraries {
  const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
  const folder = join(root, 'bins', name)
  const metadataPath = join(folder, '_nlcBuildMetadata.json')
  const metadata = existsSync(metadataPath)
    ? (JSON.parse(readFileSync(metadataPath, 'utf8')) as { buildOptions?: { llamaCpp?: { release?: string } } })
    : {}
  const release = metadata.buildOptions?.llamaCpp?.release ?? 'unknown'
  if (version !== abi.packageVersion || release !== abi.release) refuse(`@node-llama-cpp/${name}@${version} (llama.cpp ${release})`)
  const files = readdirSync(folder)
  const pick = (pattern: RegExp): string => {
    const file = files.find((candidate) => pattern.test(candidate))
    if (!file) refuse(`${folder} without ${String(pattern)}`)
    return join(folder, file)
  }
  const cpu = new Map<string, string>()
  for (const file of files) {
    const match = /^(?:lib)?ggml-cpu(?:-(\w[\w.]*?))?(?:\.v[\d.]+)?\.(?:so|dylib|dll)$/.exec(file)
    if (match) cpu.set(match[1] ?? 'default', join(folder, file))
  }
  return {
    folder,
    base: pick(/^(?:lib)?ggml-base(?:\.v[\d.]+)?\.(?:so|dylib|dll)$/),
    ggml: pick(/^(?:lib)?ggml(?:\.v[\d.]+)?\.(?:so|dylib|dll)$/),
    llama: pick(/^(?:lib)?llama(?:\.v[\d.]+)?\.(?:so|dylib|dll)$/),
    cpu,
    release,
  }
}

/** Throws the error for a native build other than the pinned one. */
export function refuse(found: string): never {
  throw new UnavailableError('NATIVE_ABI', `found ${found}, which has another binary interface than the pinned one`, {
    action: 'stop',
    fix: `install exactly @node-llama-cpp/*@${abi.packageVersion} (llama.cpp ${abi.release}, ggml ${abi.ggml})`,
  })
}
