import { fork, spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FileLock } from './FileLock.ts'
import { processStart } from './processStart.ts'

let folder: string
let file: string
const children: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'lock-'))
  file = path.join(folder, 'lock')
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

const take = (): FileLock => FileLock.take(file, (holder) => new Error(`held by ${holder?.pid ?? 'somebody'}`))
const stale = (token: number): string => JSON.stringify({ pid: 2 ** 22 + 1, start: '1', host: hostname(), token })

/** A process of its own that takes the lock when told. */
async function contender(): Promise<{ child: ChildProcess; ask(message: { take?: string }): Promise<string> }> {
  const child = fork(fileURLToPath(new URL('testing/contender.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] })
  children.push(child)
  await once(child, 'message')
  const ask = async (message: { take?: string }): Promise<string> => {
    const answer = once(child, 'message')
    child.send(message)
    return (await answer)[0] as string
  }
  return { child, ask }
}

describe('FileLock', () => {
  it('is held by one, and free again after its release', () => {
    const lock = take()
    expect(take).toThrow(`held by ${process.pid}`)
    lock.release()
    const next = take()
    // Given back twice, it is still the other's.
    lock.release()
    expect(take).toThrow(`held by ${process.pid}`)
    next.release()
    expect(readdirSync(folder)).toEqual([])
  })

  it('is taken over from a process that was killed, and from a pid that belongs to another process now', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    children.push(child)
    const start = processStart(child.pid!)!
    const hold = (by: object): void => writeFileSync(file, JSON.stringify({ pid: child.pid, start, host: hostname(), ...by }))
    hold({})
    expect(take).toThrow(`held by ${child.pid}`)
    hold({ start: `${start}0` })
    take().release()
    hold({})
    child.kill('SIGKILL')
    await once(child, 'exit')
    const lock = take()
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() })
    lock.release()
    expect(readdirSync(folder)).toEqual([])
  })

  it('leaves the lock of another machine alone, and takes one that was cut off', () => {
    writeFileSync(file, JSON.stringify({ pid: 1, start: '1', host: 'elsewhere' }))
    expect(take).toThrow('held by 1')
    for (const text of ['{"pid":', '', 'null', '[]']) {
      writeFileSync(file, text)
      take().release()
    }
    expect(readdirSync(folder)).toEqual([])
  })

  it('follows those that were killed while they took over, and clears away what they left', () => {
    const texts = [stale(1), '{"pid":', stale(2)]
    const link = (text: string, after: string[]): void => {
      const before = after.at(-1)
      writeFileSync(before === undefined ? file : `${file}.${createHash('sha256').update(before).digest('hex').slice(0, 32)}`, text)
    }
    texts.forEach((text, i) => link(text, texts.slice(0, i)))
    link(JSON.stringify({ pid: 7, start: '1', host: 'elsewhere' }), texts)
    expect(take).toThrow('held by 7')
    expect(readdirSync(folder)).toHaveLength(4)
    link(stale(3), texts)
    const lock = take()
    expect(take).toThrow(`held by ${process.pid}`)
    expect(readdirSync(folder)).toEqual(['lock'])
    lock.release()
    expect(readdirSync(folder)).toEqual([])
  })

  it('of processes that find the lock of a dead one at the same moment, lets in exactly one', { timeout: 60_000 }, async () => {
    const all = await Promise.all([contender(), contender(), contender(), contender()])
    for (let round = 0; round < 250; round++) {
      writeFileSync(file, round % 5 === 0 ? '{"pid":' : stale(round))
      const answers = await Promise.all(all.map(({ ask }) => ask({ take: file })))
      expect(answers.filter((answer) => answer === 'held')).toHaveLength(1)
      expect(answers.filter((answer) => /^held by \d+$/.test(answer))).toHaveLength(3)
      await all[answers.indexOf('held')]!.ask({})
      expect(readdirSync(folder).filter((name) => name === 'lock')).toEqual([])
    }
  })
})
