import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { AuditSession } from '@openledger/audit'
import { fail } from '@openledger/protocol'
import type { Output } from '../../output/Output.ts'
import { samplePlan } from '../../up/samplePlan.ts'
import { audit } from '../../verbs/audit.ts'
import { deploy } from '../../verbs/deploy.ts'
import { machineLine, readMachine } from '../serve/measure/machineLine.ts'
import { median, quantile } from '../serve/measure/quantile.ts'
import { askWhile, longestPause, type TimedAnswer } from './askWhile.ts'
import { bundleOf } from './bundleOf.ts'
import { LocalNetwork } from './LocalNetwork.ts'
import type { NetworkSetting } from './networkSetting.ts'
import type { NodeProcess } from './NodeProcess.ts'
import { questionOf } from './questionOf.ts'

export type NetworkBenchOptions = {
  setting: NetworkSetting
  nodes: number
  /** Nodes that are killed in the middle of an answer. */
  kills: number
  threads: number
}

/** Milliseconds. */
export type Spread = { median: number; p99: number; most: number }

export type NetworkBenchReport = {
  machine: string
  setting: string
  kills: number
  /** Answers under kills whose text was whole and whose audit holds: every token and every hash of logits as prompt and seed give them. */
  exact: number
  faults: string[]
  /** Median number of tokens that were asked with, and that an answer had when its node was killed and in the end. */
  tokens: { prompt: number; killedAfter: number; answer: number }
  /** Answers that nobody disturbed. */
  quiet: number
  quietFirstTokenMs: Spread
  /** The longest pause of each answer. */
  quietPauseMs: Spread
  killedPauseMs: Spread
  /** The longest pause of an answer whose node was killed, less the median of the longest pauses of those that nobody disturbed. */
  addedMs: Spread
  /** p99 of what a kill adds, in median times to the first token. */
  addedInFirstTokens: number
}

/** A kill that came when the answer was over does not count; a machine on which that is the rule measures nothing. */
const mostAttemptsPerKill = 30
/** Answers before the first that is measured, for each node: what a process does once is done. */
const firstAnswers = 3
/** Pause between two looks at who answers, milliseconds. */
const findMs = 10

type Measured = { quiet: TimedAnswer[]; killed: (TimedAnswer & { tokensBefore: number })[] }

/** Asks one question after the other, and kills the node that answers every second one. Between two kills the node starts again and all come to rest. */
class KillRounds {
  readonly measured: Measured = { quiet: [], killed: [] }
  readonly #network: LocalNetwork
  readonly #model: string
  readonly #setting: NetworkSetting
  #asked = 0

  constructor(network: LocalNetwork, model: string, setting: NetworkSetting) {
    this.#network = network
    this.#model = model
    this.#setting = setting
  }

  /** Answers that are not measured. */
  async begin(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.#ask()
    await this.#network.rest()
  }

  /** One answer that nobody disturbs, and one whose node is killed. @throws InputError TOO_FAST */
  async round(number: number): Promise<void> {
    const { quiet, killed } = this.measured
    quiet.push((await this.#ask()).answer)
    const after = 3 + ((37 * number) % Math.ceil(0.6 * this.#setting.maxTokens))
    for (let attempt = 0; attempt < mostAttemptsPerKill; attempt++) {
      const { answer, victim } = await this.#ask(after)
      if (!victim) {
        quiet.push(answer)
        continue
      }
      await victim.end()
      await this.#network.admit(victim)
      await this.#network.rest()
      const { receipt } = await bundleOf(this.#network.session, answer.receiptId)
      if (receipt.statement.node.toLowerCase() === victim.address.toLowerCase()) continue
      killed.push({ ...answer, tokensBefore: answer.arrivals.filter((at) => at <= answer.disturbedAt!).length })
      return
    }
    fail('TOO_FAST', `${mostAttemptsPerKill} answers running were over before their node was killed`, { field: '--max-tokens', fix: 'ask for longer answers' })
  }

  /** @param after of how many pieces of text to kill the node; default never */
  async #ask(after = Infinity): Promise<{ answer: TimedAnswer; victim: NodeProcess | undefined }> {
    const { words, maxTokens, temperature } = this.#setting
    let answering: NodeProcess | undefined
    let victim: NodeProcess | undefined
    let over = false
    // Who answers is asked for in every answer, so that undisturbed ones bear the same.
    const find = async (): Promise<void> => {
      while (!over && !answering) {
        ;[answering] = await this.#network.busy()
        await new Promise((resolve) => setTimeout(resolve, findMs))
      }
    }
    this.#asked += 1
    const finding = find()
    const answer = await askWhile(this.#network.session, {
      ...{ model: this.#model, messages: questionOf(this.#asked, words), maxTokens, temperature },
      disturb: (pieces) => {
        if (pieces <= after || !answering) return false
        answering.signal('SIGKILL')
        victim = answering
        return true
      },
    }).finally(() => (over = true))
    await finding
    return { answer, victim }
  }
}

/** The answers' texts and audits. @param model the base's file, where it is not the program's own @returns what is wrong, one line each */
async function faultsOf({ session }: LocalNetwork, answers: readonly TimedAnswer[], model: string | undefined): Promise<string[]> {
  const shared = new AuditSession()
  const faults: string[] = []
  try {
    for (const { receiptId, text } of answers) {
      const { answer } = await bundleOf(session, receiptId)
      if (answer.text !== text) faults.push(`${receiptId}: the text that streamed is not that of the receipt`)
      const { falseClaim } = await audit(session, { subject: ['receipt', receiptId], threads: 1, shared, model })
      if (falseClaim !== undefined) faults.push(`${receiptId}: ${falseClaim}`)
    }
  } finally {
    await shared.close()
  }
  return faults
}

function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), p99: quantile(values, 0.99), most: Math.max(...values) }
}

async function tokensOf({ session }: LocalNetwork, { killed }: Measured): Promise<NetworkBenchReport['tokens']> {
  const bundles = await Promise.all(killed.map(({ receiptId }) => bundleOf(session, receiptId)))
  return { prompt: median(bundles.map(({ request }) => request.promptTokens.length)), killedAfter: median(killed.map(({ tokensBefore }) => tokensBefore)), answer: median(bundles.map(({ answer }) => answer.tokens.length)) }
}

/**
 * Starts a gateway and nodes in processes of their own, kills the node that answers again and again, and measures what the client sees: whether each
 * answer is whole and exact, and how much longer its longest pause was than that of answers in between that nobody disturbed. A killed node starts
 * again when the answer has ended, and the next one is asked for when all are at rest.
 * @throws what starting and asking throw; InputError TOO_FAST
 */
export async function networkBench({ setting, nodes, kills, threads }: NetworkBenchOptions, output: Output): Promise<NetworkBenchReport> {
  const folder = await mkdtemp(path.join(tmpdir(), 'openledger-network-'))
  const machine = machineLine(readMachine())
  output.line(machine)
  let network: LocalNetwork | undefined
  try {
    const file = setting.writeBase?.(folder)
    const flags = ['--threads', String(threads), ...(file === undefined ? [] : ['--model', file])]
    network = await LocalNetwork.start({ data: path.join(folder, 'data'), port: 0, epochSeconds: 0, disputeWindow: 2, sample: false, threads, model: file, nodes, flags })
    const { base } = await network.session.node.nodeInfo()
    const { model } = await deploy(network.session, { model: { base: base.id }, owner: 'builder', ...samplePlan.prices })
    output.note(`${nodes} nodes have joined`)
    const rounds = new KillRounds(network, model, setting)
    await rounds.begin(firstAnswers * nodes)
    for (let round = 0; round < kills; round++) {
      await rounds.round(round)
      output.note(`killed ${round + 1} of ${kills}`)
    }
    const { quiet, killed } = rounds.measured
    const quietPauses = quiet.map(({ arrivals }) => longestPause(arrivals))
    const pauses = killed.map(({ arrivals }) => longestPause(arrivals))
    const added = spreadOf(pauses.map((pause) => pause - median(quietPauses)))
    const firsts = spreadOf(quiet.flatMap(({ arrivals }) => arrivals.slice(0, 1)))
    const faults = await faultsOf(network, killed, file)
    return {
      ...{ machine, setting: setting.name, kills: killed.length, exact: killed.length - new Set(faults.map((line) => line.split(':')[0])).size, faults },
      ...{ tokens: await tokensOf(network, rounds.measured), quiet: quiet.length, quietFirstTokenMs: firsts, quietPauseMs: spreadOf(quietPauses), killedPauseMs: spreadOf(pauses) },
      ...{ addedMs: added, addedInFirstTokens: added.p99 / firsts.median },
    }
  } finally {
    await network?.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
