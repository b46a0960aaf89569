import { spawn, type ChildProcess } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readClaimed } from '@openledger/sdk'
import { openSession } from '../context/Session.ts'
import { Output } from '../output/Output.ts'
import { killChildren } from '../testing/killChildren.ts'
import { seededNumbers } from '../testing/seededNumbers.ts'
import { smallSample, testUp } from '../testing/smallSample.ts'
import type { FirstRunProgress } from './FirstRunState.ts'
import { up } from './up.ts'

const binary = fileURLToPath(new URL('../../../../bin/openledger.mjs', import.meta.url))
/** Rounds of killing; OPENLEDGER_KILLS=20 for the long mode. */
const rounds = Number(process.env['OPENLEDGER_KILLS'] ?? 2)
const minutes = 60_000

function start(data: string, sampleFile: string): ChildProcess {
  const { sampleEpochs, disputeWindow, threads } = testUp
  const options = ['--port', '0', '--epoch-seconds', '0', '--dispute-window', disputeWindow, '--sample-file', sampleFile, '--sample-epochs', sampleEpochs, '--threads', threads, '--exit']
  return spawn(process.execPath, [binary, 'up', '--data', data, '--json', ...options.map(String)], { stdio: 'ignore' })
}

const ended = (child: ChildProcess): Promise<void> => new Promise((resolve) => (child.exitCode === null && child.signalCode === null ? child.once('exit', () => resolve()) : resolve()))

async function progressOf(data: string): Promise<FirstRunProgress> {
  const text = await readFile(path.join(data, 'first-run.json'), 'utf8').catch(() => '{"receipts":[]}')
  return JSON.parse(text) as FirstRunProgress
}

describe('kill -9 at random moments of the loop', () => {
  it(`loses no receipt and pays nobody twice (${rounds} kills)`, async () => {
    const { data, sampleFile } = await smallSample(4)
    const random = seededNumbers(7)
    const acknowledged = new Set<string>()
    const reach = 9_000
    let killed = 0
    for (let round = 0; round < rounds; round++) {
      const child = start(data, sampleFile)
      let isChainDead = false
      const moment = 1500 + random.next().value * reach
      // Every other round the chain's process dies first, at some moment before; it is to be started again.
      const chainTimer = round % 2 === 1 ? setTimeout(() => (isChainDead = killChildren(child.pid)), moment * random.next().value) : undefined
      const timer = setTimeout(() => child.kill('SIGKILL'), moment)
      await ended(child)
      clearTimeout(chainTimer)
      clearTimeout(timer)
      const { receipts, verdict } = await progressOf(data)
      // A start whose chain dies under it ends by itself, and says why.
      if ((child.signalCode === 'SIGKILL' || isChainDead) && verdict === undefined) killed++
      for (const id of receipts) acknowledged.add(id)
    }
    // One more, in the middle of the answers: what was acknowledged by then must be there in the end.
    const last = start(data, sampleFile)
    while (last.exitCode === null && (await progressOf(data)).receipts.length < 2) await new Promise((resolve) => setTimeout(resolve, 20))
    last.kill('SIGKILL')
    await ended(last)
    for (const id of (await progressOf(data)).receipts) acknowledged.add(id)
    const output = new Output({ stdout: () => undefined, stderr: () => undefined, isTerminal: false }, true)
    const running = await up({ ...testUp, data, sampleFile }, output)
    try {
      console.log(`killed ${killed} times before the loop was done; ${acknowledged.size} receipts were acknowledged by then`)
      expect(killed).toBeGreaterThanOrEqual(Math.min(rounds, 2))
      expect(acknowledged.size).toBeGreaterThanOrEqual(2)
      expect(running.verdict).toBe('audit: OK')
      const session = await openSession({ data, json: true }, output)
      const kept = new Set((await session.node.receipts(null)).items.map((r) => r.receiptId))
      for (const id of acknowledged) expect(kept).toContain(id)
      const { gateway } = await session.node.nodeInfo()
      for (const { payee, final, claimed } of await session.node.balances()) {
        const onChain = await readClaimed(session.reader, gateway, payee)
        expect(onChain).toBe(BigInt(claimed))
        expect(onChain <= BigInt(final)).toBe(true)
      }
      const { totals } = await session.node.status()
      expect(BigInt(totals.claimed) <= BigInt(totals.settled)).toBe(true)
    } finally {
      await running.stop()
      await rm(path.dirname(data), { recursive: true, force: true })
    }
  }, (rounds + 4) * 2 * minutes)
})
