import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { validate } from 'dockerfile-utils'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

type Service = { build?: string; image?: string; command?: string[]; ports: string[]; volumes: string[]; depends_on?: Record<string, object>; read_only?: boolean }
type Compose = { services: Record<string, Service>; volumes: Record<string, object> }

const dockerfile = readFileSync('Dockerfile', 'utf8')
const compose = parse(readFileSync('compose.yaml', 'utf8')) as Compose

/** Instructions as words: keyword and rest. */
const instructions = dockerfile.split('\n').filter((line) => /^[A-Z]+ /.test(line)).map((line): [string, string] => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)])
const lastOf = (keyword: string): string => instructions.findLast(([word]) => word === keyword)?.[1] ?? ''
const listOf = (keyword: string): string[] => JSON.parse(lastOf(keyword)) as string[]

/** The options of `openledger up` that these words name and that it does not have. */
function unknownOptions(words: readonly string[]): string[] {
  const [command, ...rest] = words
  const { stdout } = spawnSync(process.execPath, ['bin/openledger.mjs', command!, '--help'], { encoding: 'utf8' })
  return rest.filter((word) => word.startsWith('--') && !new RegExp(`^\\s*${word}\\b`, 'm').test(stdout))
}

describe('the Dockerfile', () => {
  it('has no fault that a linter finds', () => {
    expect(validate(dockerfile).map(({ message, range }) => `${range.start.line + 1}: ${message}`)).toEqual([])
    expect(validate('FORM node\nRUN').length).toBeGreaterThan(0)
  })

  it('runs as nobody special, on a version that the project supports, and says how it is', () => {
    expect(lastOf('USER')).toBe('node')
    expect(instructions.filter(([word]) => word === 'FROM')).toHaveLength(2)
    const [, major, minor] = /NODE_VERSION=(\d+)\.(\d+)\.\d+/.exec(lastOf('ARG'))!
    expect(Number(major) > 20 || Number(minor) >= 19).toBe(true)
    expect(lastOf('HEALTHCHECK')).toContain('/health')
    expect(lastOf('HEALTHCHECK')).toContain(lastOf('EXPOSE'))
  })

  it('starts a program and options that exist, on the volume', () => {
    const [program, ...words] = listOf('ENTRYPOINT')
    const flags = words.slice(0, words.findIndex((word) => !word.startsWith('--')))
    const [file, option, folder] = words.slice(flags.length)
    expect([program, option, folder]).toEqual(['node', '--data', lastOf('VOLUME')])
    expect(existsSync(path.join('.', file!.replace('/app/', '')))).toBe(true)
    // The flags of node are those of npm start, and node has them.
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } }
    expect(scripts.start).toBe(['node', ...flags, 'bin/openledger.mjs up'].join(' '))
    expect([flags, [...flags, '--no-such-flag']].map((given) => spawnSync(process.execPath, [...given, '-e', '']).status)).toEqual([0, 9])
    expect(unknownOptions(listOf('CMD'))).toEqual([])
    expect(unknownOptions(['up', '--no-such-option'])).toEqual(['--no-such-option'])
  })
})

describe('compose.yaml', () => {
  it('names options, files, volumes and services that exist, and opens no port to others', () => {
    const names = Object.keys(compose.services)
    expect(names).toEqual(['ledger', 'prometheus'])
    for (const [name, { build, image, ports, volumes, depends_on: others = {} }] of Object.entries(compose.services)) {
      expect(build === '.' || /:v?\d+\.\d+/.test(image ?? ''), name).toBe(true)
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
      for (const volume of volumes) {
        const [from] = volume.split(':') as [string]
        expect(from.startsWith('.') ? existsSync(from) : from in compose.volumes, volume).toBe(true)
      }
      expect(Object.keys(others).every((other) => names.includes(other))).toBe(true)
    }
    const { command, volumes } = compose.services['ledger']!
    expect(unknownOptions(command!)).toEqual([])
    expect(volumes).toEqual([`ledger:${lastOf('VOLUME')}`])
    expect(command![command!.indexOf('--hosts') + 1]).toBe('ledger')
  })

  it('has Prometheus scrape the node and load the rules', () => {
    const { rule_files: files, scrape_configs: jobs } = parse(readFileSync('docs/prometheus/prometheus.yml', 'utf8')) as { rule_files: string[]; scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[] }
    for (const file of files) expect(existsSync(path.join('docs/prometheus', file)), file).toBe(true)
    expect(jobs.map(({ job_name: job }) => job)).toEqual(['openledger'])
    expect(jobs[0]!.static_configs[0]!.targets).toEqual([`ledger:${lastOf('EXPOSE')}`])
  })
})
