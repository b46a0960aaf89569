import { describe, expect, it } from 'vitest'
import { HeldLines } from './HeldLines.ts'

/** Lines over a clock that is moved by hand. */
function held(): { lines: HeldLines; written: string[]; pass: (ms: number) => Promise<void> } {
  let now = 0
  const sleepers: { at: number; wake: () => void }[] = []
  const written: string[] = []
  const clock = { now: () => now, sleep: (ms: number) => new Promise<void>((wake) => sleepers.push({ at: now + ms, wake })) }
  const pass = async (ms: number): Promise<void> => {
    now += ms
    for (const { at, wake } of sleepers) if (at <= now) wake()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { lines: new HeldLines({ clock, holdMs: 5, write: (text) => written.push(`${now}:${text}`) }), written, pass }
}

describe('HeldLines', () => {
  it('writes slow lines at once, and fast ones together', async () => {
    const { lines, written, pass } = held()
    for (const line of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) {
      lines.add(line)
      await pass(1)
    }
    await pass(20)
    await pass(10)
    lines.add('h')
    expect(written).toEqual(['0:a', '5:bcde', '27:fg', '37:h'])
  })

  it('flushes what is held, once', async () => {
    const { lines, written, pass } = held()
    lines.add('a')
    lines.add('b')
    lines.add('end')
    lines.flush()
    await pass(100)
    expect(written).toEqual(['0:a', '0:bend'])
  })
})
