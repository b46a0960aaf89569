import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the whole repository. */
export const repositoryRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const architectures: Partial<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** Where the forge binary lies; null on a platform for which npm brought none. */
export function forgePath(): string | null {
  try {
    const manifest = createRequire(import.meta.url).resolve(`@foundry-rs/forge-${platform()}-${architectures[arch()] ?? arch()}/package.json`)
    const path = join(dirname(manifest), 'bin', platform() === 'win32' ? 'forge.exe' : 'forge')
    return existsSync(path) ? path : null
  } catch {
    return null
  }
}

function spawnForge(forge: string, options: readonly string[], { environment = {}, errors = 'pipe' }: { environment?: Record<string, string>; errors?: 'pipe' | 'inherit' } = {}): { status: number; stdout: string; stderr: string } {
  const env = { ...process.env, FOUNDRY_CONFIG: 'contracts/foundry.toml', FOUNDRY_DISABLE_NIGHTLY_WARNING: '1', ...environment }
  const { status, stdout, stderr, error } = spawnSync(forge, [...options, '--root', repositoryRoot], { cwd: repositoryRoot, env, stdio: ['ignore', 'pipe', errors], encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (error) console.error(error.message)
  return { status: status ?? 1, stdout: stdout ?? '', stderr: stderr ?? '' }
}

/**
 * Runs forge over the contracts, offline, with the npm solc.
 * @param forge the binary's path
 * @param options its command line after `forge`
 * @param environment more environment variables
 * @returns its exit status and its standard output, which is also shown
 */
export function runForge(forge: string, options: readonly string[], environment: Record<string, string> = {}): { status: number; output: string } {
  const { status, stdout } = spawnForge(forge, options, { environment, errors: 'inherit' })
  process.stdout.write(stdout)
  return { status, output: stdout }
}

/** What forge says on its standard output. Nothing is shown unless it fails. */
export function askForge(forge: string, options: readonly string[]): string {
  const { status, stdout, stderr } = spawnForge(forge, options)
  if (status !== 0) console.error(stderr)
  return stdout
}

/** What forge says on its error output, where its lints go. Nothing is shown. */
export function warningsOfForge(forge: string, options: readonly string[]): { status: number; output: string } {
  const { status, stderr } = spawnForge(forge, options)
  return { status, output: stderr }
}
