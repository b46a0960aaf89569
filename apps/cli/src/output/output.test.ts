import { readFile } from 'node:fs/promises'
import { OpenLedgerError, PaymentError, UnavailableError } from '@openledger/protocol'
import { describe, expect, it } from 'vitest'
import { capture } from '../testing/capture.ts'
import { describeError, exitCodeOf, withCode } from './exitCode.ts'
import { Output } from './Output.ts'
import { Progress } from './Progress.ts'

describe('output', () => {
  it('is text for people', () => {
    const streams = capture()
    const output = new Output(streams, false)
    output.line('hello')
    output.table(['a', 'long heading'], [['wide cell', 'x'], ['y', 'z']])
    output.note('waiting')
    output.result({ not: 'shown' })
    expect(streams.out()).toMatch(/^hello\n.*a {10}long heading.*\n {2}wide cell {2}x\n {2}y {10}z\n$/)
    expect(streams.err()).toBe('waiting\n')
  })

  it('is colored only for streams that ask for it', () => {
    const [plain, colored] = [capture(), { ...capture(), isColored: true }]
    for (const streams of [plain, colored]) new Output(streams, false).field('name', 'value')
    expect(plain.out()).toBe(`  ${'name'.padEnd(18)} value\n`)
    expect(colored.out()).toBe(`  \u001b[2m${'name'.padEnd(18)}\u001b[22m value\n`)
  })

  it('is one JSON document for programs, amounts as strings', () => {
    const streams = capture()
    const output = new Output(streams, true)
    output.line('not shown')
    output.heading('not shown')
    output.note('not shown')
    output.result({ amount: 10n ** 30n, list: [1n], missing: undefined })
    expect(JSON.parse(streams.out())).toEqual({ amount: `1${'0'.repeat(30)}`, list: ['1'] })
    expect(streams.err()).toBe('')
  })

  it('reports progress on stderr, a line now and then where there is no terminal, nothing in JSON', () => {
    const streams = capture()
    let now = 0
    const progress = new Progress(new Output(streams, false), 'training', () => now)
    for (let done = 0; done <= 100; done++) {
      now += 1000
      progress.update({ done, total: 100, text: `loss ${done}` })
    }
    progress.stop()
    const lines = streams.err().trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(10)
    expect(lines.length).toBeLessThan(30)
    expect(lines.at(-1)).toBe('  training 100 % loss 100')
    const silent = capture()
    new Progress(new Output(silent, true), 'training').update({ done: 1, total: 2, text: '' })
    expect(silent.err() + silent.out()).toBe('')
  })
})

describe('exit codes', () => {
  it.each([
    [2, new OpenLedgerError('A', 'a')],
    [2, new PaymentError('A', 'a')],
    [3, new UnavailableError('A', 'a', { action: 'retry' })],
    [70, new OpenLedgerError('A', 'a', { action: 'stop' })],
    [70, new TypeError('a bug')],
  ])('is %i for %s', (code, error) => expect(exitCodeOf(error)).toBe(code))

  it('gives failed calls of the operating system a code, and leaves others alone', async () => {
    const error: unknown = await readFile('/nowhere/at/all').catch((e: unknown) => e)
    expect(withCode(error)).toMatchObject({ code: 'FILE_FAILED', message: expect.stringContaining('/nowhere/at/all') as string })
    expect(exitCodeOf(withCode(error))).toBe(2)
    const bug = new TypeError('a bug')
    expect(withCode(bug)).toBe(bug)
    expect(withCode(undefined)).toBeUndefined()
  })

  it('shows a stack for faults of the program alone', () => {
    expect(describeError(new TypeError('a bug'))).toMatch(/^fault: TypeError: a bug\n\s+at /)
    expect(describeError(new OpenLedgerError('BAD', 'is bad', { fix: 'mend it' }))).toBe('BAD: is bad\n  what to do: mend it')
  })
})
