import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { Api } from './Api.ts'

export type SpawnedNode = { url: string; api: Api; kill(): Promise<void> }

/** A node in a process of its own, on a data folder with network.json and keys. */
export async function spawnNode(dataDir: string, modelPath: string): Promise<SpawnedNode> {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--data', dataDir, '--model', modelPath, '--name', 'tiny', '--port', '0', '--settle', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.on('data', (chunk) => (errors += chunk))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const url = await new Promise<string>((resolve, reject) => {
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += chunk
      const line = /\{"event":"ready","url":"([^"]+)"\}/.exec(text)
      if (line) resolve(line[1]!)
    })
    void ended.then(() => reject(new Error(`the node ended: ${errors}`)))
  })
  const token = readFileSync(path.join(dataDir, 'operator.token'), 'utf8').trim()
  return {
    url,
    api: new Api(url, token),
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}
