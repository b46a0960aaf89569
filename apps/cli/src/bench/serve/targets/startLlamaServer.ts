import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { InputError, UnavailableError } from '@openledger/protocol'
import { freePort } from '../../../testing/freePort.ts'
import { LlamaTarget } from './LlamaTarget.ts'

export type LlamaServerOptions = {
  /** Path of the built server. */
  program: string
  model: string
  adapters: readonly string[]
  threads: number
  /** Requests computed at once, and the longest of them in tokens. */
  slots: number
  positions: number
  /** Element type of the attention cache, for keys and values. */
  kvType: string
  /** `off`: weights stay in plain memory. */
  extraBuffers: 'auto' | 'off'
  signal: AbortSignal
}

export type LlamaServer = { target: LlamaTarget; pid: number; version: string; arguments: string[]; stop(): Promise<void> }

const startMs = 120_000
const exec = promisify(execFile)

/** Starts a server of llama.cpp on a free port of this machine and waits until it answers. @throws InputError, UnavailableError `LLAMA_SERVER` */
export async function startLlamaServer(options: LlamaServerOptions): Promise<LlamaServer> {
  const { program, signal } = options
  const about = await describe(program)
  const port = await freePort()
  const words = [...argumentsOf(options, about.help), '--host', '127.0.0.1', '--port', String(port)]
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'], signal, killSignal: 'SIGKILL' })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (said = (said + text).slice(-2000)))
  child.on('error', () => undefined)
  const url = `http://127.0.0.1:${port}`
  const deadline = performance.now() + startMs
  while (!(await isReady(url))) {
    signal.throwIfAborted()
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL')
      throw new UnavailableError('LLAMA_SERVER', `the server of llama.cpp did not start: ${said.trim().split('\n').slice(-3).join(' | ')}`, { action: 'fix' })
    }
    await sleep(100)
  }
  return { target: new LlamaTarget(url), pid: child.pid ?? 0, version: about.version, arguments: words, stop: () => stopChild(child) }
}

/** Switches that only some versions know are given when the help names them: no page, no caches beyond the slots, no resizing. */
function argumentsOf({ model, adapters, threads, slots, positions, kvType, extraBuffers }: LlamaServerOptions, help: string): string[] {
  const optional = [['--no-webui'], ['--cache-ram', '0'], ['--ctx-checkpoints', '0'], ['--no-kv-unified'], ['--fit', 'off'], ...(extraBuffers === 'off' ? [['--no-repack']] : [])].filter(([flag]) => help.includes(flag!.replace('--fit', '--fit-target')))
  const lora = adapters.length === 0 ? [] : ['--lora', adapters.join(','), '--lora-init-without-apply']
  return ['-m', model, '-t', String(threads), '-tb', String(threads), '-np', String(slots), '-c', String(slots * Math.ceil(positions / 256) * 256), '-ctk', kvType.toLowerCase(), '-ctv', kvType.toLowerCase(), ...optional.flat(), ...lora]
}

async function describe(program: string): Promise<{ help: string; version: string }> {
  try {
    const [help, version] = await Promise.all(['--help', '--version'].map((word) => exec(program, [word], { maxBuffer: 1 << 24 })))
    const words = `${version!.stdout}${version!.stderr}`
    return { help: help!.stdout + help!.stderr, version: /version:\s*(.+)/.exec(words)?.[1]?.trim() ?? 'unknown' }
  } catch (cause) {
    throw new InputError('LLAMA_SERVER', `${program} is not a server of llama.cpp that runs here`, { cause, field: 'llama-server', fix: 'give the path of a built llama-server' })
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok
  } catch {
    return false
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const slow = setTimeout(() => child.kill('SIGKILL'), 3000)
  await ended
  clearTimeout(slow)
}
