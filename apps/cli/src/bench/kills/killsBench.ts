import { rm } from 'node:fs/promises'
import path from 'node:path'
import { parseOpen, type Hex } from '@openledger/protocol'
import { sendCall } from '@openledger/sdk'
import { openSession, type Session } from '../../context/Session.ts'
import { Output } from '../../output/Output.ts'
import { freePort } from '../../testing/freePort.ts'
import { seededNumbers } from '../../testing/seededNumbers.ts'
import { smallSample, testUp } from '../../testing/smallSample.ts'
import { samplePlan } from '../../up/samplePlan.ts'
import { up } from '../../up/up.ts'
import { claimAll } from '../../verbs/claimAll.ts'
import { hasCode } from '../../verbs/hasCode.ts'
import { untilIndexed } from '../../verbs/untilIndexed.ts'
import { machineLine, readMachine } from '../serve/measure/machineLine.ts'
import { checkBooks, type Books } from './checkBooks.ts'
import { LedgerProcess } from './LedgerProcess.ts'
import { payerKinds, type PayerKind } from './payers.ts'

export type KillsOptions = {
  kills: number
  /** Payers of each kind. */
  payers: number
  maxTokens: number
  threads: number
  /** Of the moments. */
  seed: number
}

export type KillsReport = {
  machine: string
  /** Who was killed how often. `gateway` is gateway and node in one process. */
  killed: { gateway: number; chain: number }
  /** Rounds of each kind of payer that came to an end, and that did not because somebody was dead or refused. */
  rounds: Record<string, { done: number; stopped: number }>
  books: Omit<Books, 'collected' | 'claimed'> & { collected: string; claimed: string }
  seconds: number
}

/** The longest that processes run between two kills, milliseconds. */
const longestLifeMs = 6_000
const pauseMs = 150
const settlingMs = 300_000

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

type Payer = { name: string; kind: PayerKind }

/** Gives each payer a key and coins. */
async function preparePayers(session: Session, kinds: readonly PayerKind[], count: number): Promise<Payer[]> {
  const payers = kinds.flatMap((kind) => Array.from({ length: count }, (_, k): Payer => ({ name: `${kind.name}-${k + 1}`, kind })))
  const { writer } = await session.actor('deployer')
  for (const { name } of payers) {
    const { address } = await session.keys.ensure(name)
    await sendCall(writer, { name: 'grant', to: address, data: '0x', value: parseOpen('50') })
  }
  return payers
}

/**
 * Payers, honest and not, ask without end while gateway and chain are killed at random moments, half of them in the middle of a start; then everything is
 * settled and claimed, and the books of clients, gateway and chain are compared. The data folder stays when it fails.
 * @throws what a start that fails throws; InputError CHEAT_TAKEN when a gateway takes what it must refuse
 */
export async function killsBench(options: KillsOptions, output: Output): Promise<KillsReport> {
  const started = Date.now()
  const machine = machineLine(readMachine())
  output.line(machine)
  const quiet = new Output({ stdout: () => undefined, stderr: () => undefined, isTerminal: false }, true)
  const { data, sampleFile } = await smallSample(4)
  const ledger = new LedgerProcess({ data, port: await freePort(), chainPort: await freePort(), epochSeconds: 5, disputeWindow: testUp.disputeWindow, threads: options.threads })
  const open = (): Promise<Session> => openSession({ data, json: true, url: ledger.url }, quiet)
  let over = false
  try {
    output.line(`first run, in ${data}`)
    await (await up({ ...testUp, data, sampleFile, threads: options.threads }, quiet)).stop()
    ledger.start()
    await ledger.ready()
    const model = `openledger-tiny:${samplePlan.model}`
    const payers = await preparePayers(await open(), payerKinds({ model, maxTokens: options.maxTokens }), options.payers)
    const acknowledged = new Set<Hex>()
    const rounds: KillsReport['rounds'] = {}
    let cheat: unknown
    const play = async ({ name, kind }: Payer): Promise<void> => {
      const count = (rounds[kind.name] ??= { done: 0, stopped: 0 })
      for (let turn = 0; !over; turn++) {
        try {
          const receipt = await kind.round(await open(), name, turn)
          if (receipt !== undefined) acknowledged.add(receipt)
          count.done += 1
        } catch (error) {
          if (hasCode(error, 'CHEAT_TAKEN')) cheat ??= error
          count.stopped += 1
        }
        await pause(pauseMs)
      }
    }
    const playing = payers.map(play)
    const random = seededNumbers(options.seed)
    const killed = { gateway: 0, chain: 0 }
    while (killed.gateway + killed.chain < options.kills && cheat === undefined) {
      // One kill in four falls into a start.
      if (random.next().value >= 0.25) await ledger.ready()
      await pause(random.next().value * longestLifeMs)
      if (random.next().value < 0.5 && ledger.killChain()) killed.chain += 1
      else {
        await ledger.end('SIGKILL')
        killed.gateway += 1
        ledger.start()
      }
      if ((killed.gateway + killed.chain) % 10 === 0) output.line(`${killed.gateway + killed.chain} kills, ${acknowledged.size} answers paid for`)
    }
    await ledger.ready()
    over = true
    await Promise.all(playing)
    if (cheat !== undefined) throw cheat
    const session = await open()
    await settleAll(session)
    const books = await checkBooks(session, acknowledged)
    await rm(path.dirname(data), { recursive: true, force: true })
    return { machine, killed, rounds, books: { ...books, collected: books.collected.toString(), claimed: books.claimed.toString() }, seconds: (Date.now() - started) / 1000 }
  } finally {
    over = true
    await ledger.end('SIGTERM')
  }
}

/** Settles until nothing is left that a voucher pays for, waits for the last dispute window, and claims. */
async function settleAll(session: Session): Promise<void> {
  for (const began = Date.now(); Date.now() - began < settlingMs; await pause(500)) {
    const epochs = await session.node.epochs()
    const { attributions } = await session.node.status()
    if (attributions.pending === 0 && (await session.node.settle()) === null && epochs.every(({ final }) => final)) break
  }
  await claimAll(session)
  await untilIndexed(session)
}
