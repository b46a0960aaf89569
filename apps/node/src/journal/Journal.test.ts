import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Journal } from './Journal.ts'
import { diskFiles, type JournalFiles } from './JournalFiles.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'journal-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const all = async (journal: Journal): Promise<unknown[]> => {
  const out: unknown[] = []
  for await (const entry of journal.read()) out.push(entry.data)
  return out
}
const segments = (): string[] => readdirSync(folder).sort().map((name) => path.join(folder, name))
async function written(count: number): Promise<void> {
  const journal = await Journal.open({ folder })
  for (let i = 1; i <= count; i++) await journal.append('n', { i, text: 'ä'.repeat(10) })
  await journal.close()
}

describe('Journal', () => {
  it('gives back what was appended, in order, over segments and restarts', async () => {
    const journal = await Journal.open({ folder, segmentBytes: 200 })
    const entries = await Promise.all([1, 2, 3].map((i) => journal.append('n', { i })))
    expect(entries.map((e) => e.seq)).toEqual([1, 2, 3])
    for (let i = 4; i <= 20; i++) await journal.append('n', { i })
    await journal.close()
    expect(segments().length).toBeGreaterThan(3)
    const again = await Journal.open({ folder, segmentBytes: 200 })
    expect(again.lastSeq).toBe(20)
    expect(await all(again)).toEqual(Array.from({ length: 20 }, (_, i) => ({ i: i + 1 })))
    expect((await again.append('n', { i: 21 })).seq).toBe(21)
    const tail: number[] = []
    for await (const e of again.read(19)) tail.push(e.seq)
    expect(tail).toEqual([19, 20, 21])
    await again.close()
  })

  it('writes the fields whose JSON it is given as that', async () => {
    const journal = await Journal.open({ folder })
    await journal.append('n', { a: 'ä', b: undefined, c: { d: [2] } }, { c: '{"d":[2]}' })
    await journal.append('n', { c: { d: [2] } }, { c: '{"d":[3]}' })
    expect(await all(journal)).toEqual([{ a: 'ä', c: { d: [2] } }, { c: { d: [3] } }])
    await journal.close()
  })

  it('cuts off a torn tail at every length, and nothing more', async () => {
    await written(3)
    const [file] = segments()
    const whole = readFileSync(file!)
    const starts = [...whole.keys()].filter((i) => i === 0 || whole[i - 1] === 0x0a)
    for (let size = starts[2]! + 1; size < whole.length; size += 7) {
      writeFileSync(file!, whole.subarray(0, size))
      const journal = await Journal.open({ folder })
      expect(journal.lastSeq).toBe(2)
      await journal.close()
      expect(statSync(file!).size).toBe(starts[2])
    }
    writeFileSync(file!, Buffer.concat([whole, Buffer.alloc(100)]))
    const journal = await Journal.open({ folder })
    expect(journal.lastSeq).toBe(3)
    await journal.close()
  })

  it('names file and offset for every flipped byte, and changes nothing', async () => {
    await written(3)
    const [file] = segments()
    const whole = readFileSync(file!)
    let flips = 0
    for (let at = 0; at < whole.length; at += 3) {
      const copy = Buffer.from(whole)
      copy[at]! ^= 0x01
      writeFileSync(file!, copy)
      await expect(Journal.open({ folder }), `byte ${at}`).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED', message: expect.stringMatching(/\.log: .* at byte \d+/) })
      expect(readFileSync(file!).equals(copy)).toBe(true)
      flips++
    }
    expect(flips).toBeGreaterThan(50)
  })

  it('refuses a missing or shortened segment in the middle', async () => {
    const journal = await Journal.open({ folder, segmentBytes: 100 })
    for (let i = 0; i < 10; i++) await journal.append('n', { i })
    await journal.close()
    const [first, second] = segments()
    const bytes = readFileSync(second!)
    rmSync(second!)
    await expect(Journal.open({ folder })).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' })
    writeFileSync(second!, bytes)
    truncateSync(second!, bytes.length - 5)
    await expect(Journal.open({ folder })).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' })
    writeFileSync(second!, bytes)
    const whole = await Journal.open({ folder })
    expect(whole.lastSeq).toBe(10)
    await whole.close()
    rmSync(first!)
    await expect(Journal.open({ folder })).rejects.toMatchObject({ code: 'JOURNAL_DAMAGED' })
  })

  it('tells the caller that the disk is full, and goes on when there is space again', async () => {
    let room = 300
    const files: JournalFiles = {
      ...diskFiles,
      async open(name) {
        const file = await diskFiles.open(name)
        return {
          ...file,
          async write(bytes, offset) {
            if (bytes.length <= room) return file.write(bytes, offset)
            await file.write(bytes.subarray(0, room), offset)
            throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' })
          },
        }
      },
    }
    const journal = await Journal.open({ folder, files })
    await journal.append('n', { i: 1 })
    const big = { text: 'x'.repeat(1000) }
    await expect(journal.append('n', big)).rejects.toMatchObject({ code: 'NO_SPACE', status: 507 })
    expect((await journal.append('n', { i: 2 })).seq).toBe(2)
    room = 10_000
    expect((await journal.append('n', big)).seq).toBe(3)
    await journal.close()
    const again = await Journal.open({ folder })
    expect(await all(again)).toEqual([{ i: 1 }, { i: 2 }, big])
    await again.close()
  })

  it('takes nothing more after a failed flush, until it is opened again', async () => {
    const files: JournalFiles = {
      ...diskFiles,
      open: async (name) => ({ ...(await diskFiles.open(name)), flush: () => Promise.reject(Object.assign(new Error('bad disk'), { code: 'EIO' })) }),
    }
    const journal = await Journal.open({ folder, files })
    await expect(journal.append('n', {})).rejects.toMatchObject({ code: 'JOURNAL_WRITE_FAILED' })
    expect(journal.broken?.code).toBe('JOURNAL_WRITE_FAILED')
    await expect(journal.append('n', {})).rejects.toMatchObject({ code: 'JOURNAL_WRITE_FAILED' })
    await journal.close()
  })

  it('loses no acknowledged fact when the process is killed', async () => {
    const script = path.join(folder, 'writer.mts')
    const log = path.join(folder, 'log')
    writeFileSync(
      script,
      `import { Journal } from ${JSON.stringify(new URL('./Journal.ts', import.meta.url).href)}
       const run = async () => {
         const journal = await Journal.open({ folder: ${JSON.stringify(log)}, segmentBytes: 20000 })
         for (;;) await Promise.all([1, 2, 3].map(async () => { const e = await journal.append('n', { pad: 'p'.repeat(300) }); process.stdout.write(e.seq + '\\n') }))
       }
       void run()`,
    )
    let acknowledged = 0
    for (let round = 0; round < 4; round++) {
      const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] })
      let text = ''
      child.stdout.on('data', (chunk) => (text += chunk))
      while (text.length < 200 + 37 * round && child.exitCode === null) await new Promise((r) => setTimeout(r, 5))
      child.kill('SIGKILL')
      await new Promise((r) => child.on('close', r))
      acknowledged = Math.max(acknowledged, ...text.split('\n').slice(0, -1).map(Number))
      const journal = await Journal.open({ folder: log, segmentBytes: 20000 })
      expect(journal.lastSeq).toBeGreaterThanOrEqual(acknowledged)
      await journal.close()
    }
    expect(acknowledged).toBeGreaterThan(100)
  }, 60_000)
})
