import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createProgram, runProgram } from './program.ts'
import { capture } from './testing/capture.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'openledger-cli-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))

const verbs = ['up', 'datanet', 'contribute', 'seal', 'train', 'publish', 'deploy', 'ask', 'receipt', 'settle', 'claim', 'audit', 'status']
const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)]
const fresh = () => createProgram({ streams: capture(), exitCode: 0 })

/** A command's help with what stands after it. */
async function helpOf(words: readonly string[]): Promise<string> {
  const streams = capture()
  expect(await runProgram([...words, '--help'], streams)).toBe(0)
  return streams.out()
}

const wordsOf = (command: Command): string[] => (command.parent ? [...wordsOf(command.parent), command.name()] : [])

/** The words of an example line; what it means stands after three blanks. */
function exampleWords(line: string): string[] {
  const text = line.trim().replace(/^\$ /, '').replace(/\s{3,}.*$/, '')
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '').slice(1)
}

describe('the command line', () => {
  it('has every verb of the loop', () => {
    expect(fresh().commands.map((c) => c.name())).toEqual(expect.arrayContaining(verbs))
  })

  it('explains every command with examples that parse', async () => {
    let parsed = 0
    for (const command of all(fresh())) {
      const help = await helpOf(wordsOf(command))
      const lines = help.slice(help.indexOf('Examples:')).split('\n').filter((line) => /^\s+(\$ )?openledger /.test(line))
      expect(lines.length, `examples of "${wordsOf(command).join(' ')}"`).toBeGreaterThan(0)
      for (const line of lines) {
        const program = fresh()
        let ran = false
        for (const each of all(program)) each.action(() => void (ran = true))
        await program.parseAsync(exampleWords(line), { from: 'user' })
        expect(ran, line).toBe(true)
        parsed++
      }
    }
    expect(parsed).toBeGreaterThan(25)
  })

  it('has the commands of the README', async () => {
    const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8')
    const lines = readme.split('\n').filter((line) => line.startsWith('npx openledger') && !line.includes('--help'))
    expect(lines.length).toBeGreaterThan(8)
    for (const line of lines) {
      const program = fresh()
      for (const each of all(program)) each.action(() => undefined)
      await program.parseAsync(exampleWords(line.replace('npx ', '').replace(/\s+#.*$/, '')), { from: 'user' })
    }
  })

  it('would notice an example that does not parse', async () => {
    const program = fresh()
    for (const each of all(program)) each.action(() => undefined)
    await expect(program.parseAsync(exampleWords('  $ openledger seal --datanet   as its owner'), { from: 'user' })).rejects.toMatchObject({ code: 'commander.optionMissingArgument' })
  })

  it.each([
    ['no command', []],
    ['an unknown command', ['frobnicate']],
    ['an unknown option', ['status', '--frobnicate']],
    ['an option without its value', ['seal', '--datanet']],
    ['a missing option', ['seal']],
    ['a value that is none', ['seal', '--datanet', 'two']],
    ['too few arguments', ['publish']],
    ['too many arguments', ['publish', 'a', 'b']],
    ['a choice that is none', ['contribute', 'x.jsonl', '--datanet', '1', '--consent', 'maybe']],
  ])('exits with 2 and a hint on %s', async (_, words) => {
    const streams = capture()
    expect(await runProgram(words, streams)).toBe(2)
    expect(streams.out()).toBe('')
    expect(streams.err()).toMatch(/--help|Usage:/)
    expect(streams.err()).not.toMatch(/\n\s+at /)
  })

  it('shows help and version with exit code 0', async () => {
    expect(await helpOf([])).toContain('Commands:')
    const streams = capture()
    expect(await runProgram(['--version'], streams)).toBe(0)
    expect(streams.out()).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('says what to do before the first start, for people', async () => {
    const streams = capture()
    expect(await runProgram(['status', '--data', folder], streams)).toBe(2)
    expect(streams.out()).toBe('')
    expect(streams.err()).toMatch(/^NO_NETWORK: .*\n {2}what to do: .*openledger up/)
    expect(streams.err()).not.toMatch(/\n\s+at /)
  })

  it.each([['{', 'BAD_NETWORK'], ['{}', 'BAD_NETWORK']])('names a network.json that is damaged: %s', async (text, expected) => {
    const damaged = await mkdtemp(path.join(folder, 'damaged-'))
    await writeFile(path.join(damaged, 'network.json'), text)
    const streams = capture()
    expect(await runProgram(['status', '--data', damaged], streams)).toBe(2)
    expect(streams.err()).toMatch(new RegExp(`^${expected}: .*network.json`))
  })

  it('and as one JSON document for programs', async () => {
    const streams = capture()
    expect(await runProgram(['status', '--json', '--data', folder], streams)).toBe(2)
    expect(JSON.parse(streams.out())).toMatchObject({ error: { code: 'NO_NETWORK', param: '--data', fix: expect.stringContaining('openledger up') as string } })
  })

  it('gives usage errors as JSON too', async () => {
    const streams = capture()
    expect(await runProgram(['seal', '--json'], streams)).toBe(2)
    expect(JSON.parse(streams.out())).toMatchObject({ error: { code: 'BAD_USAGE' } })
  })

  it('exits with 3 when the node is away', async () => {
    const streams = capture()
    expect(await runProgram(['status', '--data', folder, '--url', 'http://127.0.0.1:9'], streams)).toBe(3)
    expect(streams.err()).toMatch(/^NODE_AWAY: /)
  })

  it('exits with 1 when an audit finds a false claim, and names it', async () => {
    const file = path.join(folder, 'epoch.json')
    const network = path.join(folder, 'described.json')
    const address = `0x${'ab'.repeat(20)}`
    const contracts = Object.fromEntries(['wopen', 'parameters', 'datanets', 'models', 'channels', 'epochs', 'stakes', 'epochCourt', 'inclusionCourt', 'estates', 'attributionCourt', 'identityRegistry', 'guarantees', 'reputationRegistry', 'validationRegistry', 'guaranteeValidator', 'hashVerifier', 'receiptVerifier', 'clientVerifier', 'committeeVerifier', 'samplingBeacon', 'executionCourt'].map((name) => [name, address]))
    await writeFile(network, JSON.stringify({ kind: 'openledger/network/1', chainId: 1, rpcUrl: 'http://127.0.0.1:9', deployBlock: '0', treasury: address, contracts }))
    await writeFile(file, JSON.stringify({ kind: 'openledger/epoch/1', chainId: 1, epochs: address, gateway: address, index: -1 }))
    const words = ['audit', file, '--data', folder, '--network', network]
    const people = capture()
    expect(await runProgram(words, people)).toBe(1)
    expect(people.out()).toMatch(/audit: FALSE: .*index/)
    const programs = capture()
    expect(await runProgram([...words, '--json'], programs)).toBe(1)
    expect(JSON.parse(programs.out())).toMatchObject({ kind: 'epoch', ok: false, falseClaim: expect.stringContaining('index') as string })
  })

  it('reads a file without sending it, and names each line that is wrong', async () => {
    const file = path.join(folder, 'records.jsonl')
    await writeFile(file, '{"prompt":"What is a cactus?","completion":"A plant."}\n{"prompt":"x"}\n')
    const streams = capture()
    expect(await runProgram(['contribute', file, '--datanet', '1', '--dry-run', '--json'], streams)).toBe(0)
    expect(JSON.parse(streams.out())).toMatchObject({ datanetId: '1', records: [{ prompt: 'What is a cactus?' }], rejected: [{ line: 2, field: 'completion' }], rejectedCount: 1 })
    const people = capture()
    expect(await runProgram(['contribute', file, '--datanet', '1', '--dry-run'], people)).toBe(0)
    expect(people.out()).toMatch(/line 2, completion/)
  })

  it('exits with 2 for a file that is not there, or holds nothing', async () => {
    const streams = capture()
    expect(await runProgram(['contribute', path.join(folder, 'none.jsonl'), '--datanet', '1'], streams)).toBe(2)
    expect(streams.err()).toMatch(/^NO_FILE/)
    const empty = path.join(folder, 'empty.jsonl')
    await writeFile(empty, '')
    expect(await runProgram(['contribute', empty, '--datanet', '1'], capture())).toBe(2)
  })
})
