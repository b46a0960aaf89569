import { spawn } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Inside this unit, so that imports of a recipe are found as in any program of this repository. */
const folder = path.join(import.meta.dirname, '..', '..', 'build', 'recipes')

/** Runs a recipe as a program of its own; gives what it printed. Fails with what it wrote to standard error. */
export async function runRecipe(name: string, code: string, env: Record<string, string>): Promise<string> {
  await mkdir(folder, { recursive: true })
  const file = path.join(folder, `${name}-${process.pid}.mts`)
  await writeFile(file, code)
  try {
    return await new Promise<string>((resolve, reject) => {
      const child = spawn(process.execPath, ['--import', 'tsx', file], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
      const [out, err]: [string[], string[]] = [[], []]
      child.stdout.on('data', (chunk) => void out.push(String(chunk)))
      child.stderr.on('data', (chunk) => void err.push(String(chunk)))
      child.once('error', reject)
      child.once('close', (status) => (status === 0 ? resolve(out.join('').trim()) : reject(new AggregateError([], `the recipe ${name} ended with ${status}: ${err.join('').slice(0, 2000)}`))))
    })
  } finally {
    await rm(file, { force: true })
  }
}
