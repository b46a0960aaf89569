import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { freePort } from './startAnvil.ts'

const run = promisify(execFile)

/** A PostgreSQL server for tests. */
export type TestPostgres = {
  /** The address of a new, empty database. */
  newDatabase(): Promise<string>
  /** Ends the server process as a crash does, and starts it again; both undefined where the server is not ours. */
  kill?: () => Promise<void>
  start?: () => Promise<void>
  stop(): Promise<void>
}

/** The folder of PostgreSQL's programs on this machine. */
function findBinaries(): string | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [...versions.map((version) => path.join(root, version, 'bin')), ...(process.env.PATH ?? '').split(path.delimiter)]
  return folders.find((folder) => existsSync(path.join(folder, 'initdb')) && existsSync(path.join(folder, 'postgres')))
}

/** Where the tests' PostgreSQL comes from: a server that OPENLEDGER_TEST_POSTGRES names, else programs that are installed, else nowhere. */
export const postgresSource: { url: string } | { binaries: string } | undefined = (() => {
  const url = process.env.OPENLEDGER_TEST_POSTGRES
  if (url) return { url }
  const binaries = process.platform === 'win32' ? undefined : findBinaries()
  return binaries === undefined ? undefined : { binaries }
})()

/** Said where tests over PostgreSQL are left out. */
export const noPostgres = 'no PostgreSQL is installed and OPENLEDGER_TEST_POSTGRES names none'

async function createDatabase(server: string): Promise<string> {
  const name = `openledger_test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
  const client = new Client({ connectionString: server })
  await client.connect()
  await client.query(`create database ${name} template template0 encoding 'UTF8'`)
  await client.end()
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

/** PostgreSQL refuses to run as root: then it runs as the user that its package made. */
async function serverUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]).catch(() => undefined)
    if (ids) return { uid: Number(ids[0].stdout), gid: Number(ids[1].stdout) }
  }
  throw new Error('there is no user to run PostgreSQL as')
}

async function startPrivate(binaries: string): Promise<TestPostgres> {
  const folder = await mkdtemp(path.join(tmpdir(), 'openledger-postgres-'))
  const user = await serverUser()
  if (user) await chown(folder, user.uid, user.gid)
  const data = path.join(folder, 'data')
  await run(path.join(binaries, 'initdb'), ['-D', data, '-U', 'tester', '--auth=trust', '--no-sync', '-E', 'UTF8', '--locale=C'], { ...user, cwd: folder })
  const port = await freePort()
  const server = `postgres://tester:secret-of-tests@127.0.0.1:${port}/postgres`
  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    // Our own files are gone with the test, so that the disk need not be waited for; what a killed process leaves behind is real.
    const settings = ['fsync=off', 'shared_buffers=16MB', 'max_connections=40', 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, 'restart_after_crash=on']
    child = spawn(path.join(binaries, 'postgres'), ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])], { ...user, cwd: folder, stdio: 'ignore' })
    for (let i = 0; ; i++) {
      const client = new Client({ connectionString: server })
      const up = await client.connect().then(() => client.end()).then(() => true, () => false)
      if (up) return
      if (i > 300) throw new Error('PostgreSQL did not start')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ended = new Promise((resolve) => child?.once('exit', resolve))
    if (child?.exitCode !== null) return
    child.kill(signal)
    await ended
  }
  await start()
  return {
    newDatabase: () => createDatabase(server),
    start,
    kill: () => end('SIGQUIT'),
    stop: async () => {
      await end('SIGQUIT')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A server of {@link postgresSource}; ask first whether there is one. */
export function startPostgres(): Promise<TestPostgres> {
  if (!postgresSource) throw new Error(noPostgres)
  if ('binaries' in postgresSource) return startPrivate(postgresSource.binaries)
  const { url } = postgresSource
  return Promise.resolve({ newDatabase: () => createDatabase(url), stop: () => Promise.resolve() })
}
