import { spawn, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { createRequire } from 'node:module'
import path from 'node:path'

export type Anvil = { url: string; stop(): Promise<void>; pause(): void; resume(): void; request(method: string, params?: unknown[]): Promise<unknown> }

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** An independent EVM for tests; `blockTime` in seconds, or a block for each transaction. */
export async function startAnvil(options: { blockTime?: number; chainId?: number } = {}): Promise<Anvil> {
  const port = await freePort()
  const folder = path.dirname(createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json'))
  const args = ['--port', String(port), '--silent', '--chain-id', String(options.chainId ?? 31337), '--threads', '1', ...(options.blockTime ? ['--block-time', String(options.blockTime)] : [])]
  const child: ChildProcess = spawn(process.execPath, [path.join(folder, 'bin.mjs'), ...args], { stdio: 'ignore', detached: true })
  const url = `http://127.0.0.1:${port}`
  const request = async (method: string, params: unknown[] = []): Promise<unknown> => {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) })
    const body = (await response.json()) as { result?: unknown; error?: { message: string } }
    if (body.error) throw new Error(body.error.message)
    return body.result
  }
  for (let i = 0; ; i++) {
    if (await request('eth_chainId').then(() => true, () => false)) break
    if (i > 200) throw new Error('anvil did not start')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const signal = (name: NodeJS.Signals): void => {
    try {
      process.kill(-child.pid!, name)
    } catch {
      // it has ended
    }
  }
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    url,
    request,
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    stop: async () => {
      signal('SIGCONT')
      signal('SIGKILL')
      await ended
    },
  }
}
