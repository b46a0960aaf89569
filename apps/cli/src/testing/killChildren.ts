import { existsSync, readFileSync } from 'node:fs'

/** SIGKILL for the processes that a process has started; for a node's process: the chain (and a bundler that is done). @returns whether there were any; false where /proc does not tell */
export function killChildren(pid: number | undefined): boolean {
  const file = `/proc/${pid}/task/${pid}/children`
  const children = existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean) : []
  for (const child of children) process.kill(Number(child), 'SIGKILL')
  return children.length > 0
}
