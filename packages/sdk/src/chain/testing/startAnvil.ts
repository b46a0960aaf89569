import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { UnavailableError } from '@openledger/protocol'

const architectures: Partial<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** Where the anvil binary lies; null on a platform for which none was installed. */
export function anvilPath(): string | null {
  try {
    const manifest = createRequire(import.meta.url).resolve(`@foundry-rs/anvil-${platform()}-${architectures[arch()] ?? arch()}/package.json`)
    const path = join(dirname(manifest), 'bin', platform() === 'win32' ? 'anvil.exe' : 'anvil')
    return existsSync(path) ? path : null
  } catch {
    return null
  }
}

export type RunningAnvil = { rpcUrl: string; stop(): Promise<void> }

/** Starts anvil on a free port of this machine; the caller stops it. @param options more command-line options */
export async function startAnvil(options: readonly string[] = []): Promise<RunningAnvil> {
  const path = anvilPath()
  if (path === null) throw new UnavailableError('NO_ANVIL', 'npm brought no anvil binary for this platform')
  const child = spawn(path, ['--port', '0', '--threads', '1', ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /Listening on (\S+)/.exec(line)?.[1]
    if (address === undefined) continue
    child.stdout.resume()
    return {
      rpcUrl: `http://${address}`,
      async stop() {
        child.kill('SIGKILL')
        await exited
      },
    }
  }
  throw new UnavailableError('NO_ANVIL', 'anvil ended before it listened')
}
