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
import { askWhile, pauseAfter, pausesOf, type TimedAnswer } from './askWhile.ts'
import { bundleOf } from './bundleOf.ts'
import { LocalNetwork } from './LocalNetwork.ts'

export type NetworkBenchOptions = {
  nodes: number
  /** Nodes that are killed in the middle of an answer. */
  kills: number
  /** Answers that nobody disturbs. */
  quiet: number
  maxTokens: number
  threads: number
}

export type NetworkBenchReport = {
  machine: string
  kills: number
  /** Answers under kills whose text was whole and whose audit holds: every token and every hash of logits as prompt and seed give them. */
  exact: number
  faults: string[]
  /** Milliseconds. */
  quietFirstTokenMs: { median: number; p99: number }
  quietPauseMs: { median: number; p99: number }
  /** The longest pause after a kill, less the median pause. */
  addedMs: { median: number; p99: number; most: number }
  /** p99 of what a kill adds, in median times to the first token. */
  addedInFirstTokens: number
}

const questionOf = (number: number): string => `Tell me a long story about the mill, number ${number}.`
/** A kill that came when the answer was over does not count; a machine on which that is the rule measures nothing. */
const mostAttemptsPerKill = 30

type Killed = TimedAnswer & { disturbedAt: number }

/** Asks until a node was killed in the middle of its answer, and takes it in again. */
async function killOnce(network: LocalNetwork, round: number, options: NetworkBenchOptions, model: string): Promise<Killed> {
  for (let attempt = 0; attempt < mostAttemptsPerKill; attempt++) {
    let killed: string | undefined
    const answer = await askWhile(network.session, {
      ...{ model, question: questionOf(1000 + mostAttemptsPerKill * round + attempt), maxTokens: options.maxTokens, temperature: 1, after: 3 + ((7 * round) % 20) },
      disturb: async () => {
        const [node] = await network.busy()
        node?.signal('SIGKILL')
        killed = node?.address
        return node !== undefined
      },
    })
    const node = network.nodes.find(({ address }) => address === killed)
    if (!node) continue
    await node.end()
    await network.admit(node)
    const { receipt } = await bundleOf(network.session, answer.receiptId)
    if (receipt.statement.node.toLowerCase() !== node.address.toLowerCase() && answer.disturbedAt !== undefined) return { ...answer, disturbedAt: answer.disturbedAt }
  }
  return fail('TOO_FAST', `${mostAttemptsPerKill} answers running were over before their node was killed`, { field: '--max-tokens', fix: 'ask for longer answers' })
}

/** The answers' texts and audits. @returns what is wrong, one line each */
async function faultsOf({ session }: LocalNetwork, answers: readonly TimedAnswer[]): Promise<string[]> {
  const shared = new AuditSession()
  const faults: string[] = []
  try {
    for (const { receiptId, text } of answers) {
      const { answer } = await bundleOf(session, receiptId)
      if (answer.text !== text) faults.push(`${receiptId}: the text that streamed is not that of the receipt`)
      const { falseClaim } = await audit(session, { subject: ['receipt', receiptId], threads: 1, shared })
      if (falseClaim !== undefined) faults.push(`${receiptId}: ${falseClaim}`)
    }
  } finally {
    await shared.close()
  }
  return faults
}

/**
 * Starts a gateway and nodes in processes of their own, kills the node that answers again and again, and measures what the client sees: whether each
 * answer is whole and exact, and how much longer its longest pause was.
 * @throws what starting and asking throw; InputError TOO_FAST
 */
export async function networkBench(options: NetworkBenchOptions, output: Output): Promise<NetworkBenchReport> {
  const folder = await mkdtemp(path.join(tmpdir(), 'openledger-network-'))
  const machine = machineLine(readMachine())
  output.line(machine)
  let network: LocalNetwork | undefined
  try {
    network = await LocalNetwork.start({ data: path.join(folder, 'data'), port: 0, epochSeconds: 0, disputeWindow: 2, sample: false, threads: options.threads, nodes: options.nodes, flags: ['--threads', String(options.threads)] })
    const { base } = await network.session.node.nodeInfo()
    const { model } = await deploy(network.session, { model: { base: base.id }, owner: 'builder', ...samplePlan.prices })
    output.note(`${options.nodes} nodes have joined`)
    const quiet: TimedAnswer[] = []
    for (let i = 0; i < options.quiet; i++) quiet.push(await askWhile(network.session, { model, question: questionOf(i), maxTokens: options.maxTokens, temperature: 1 }))
    const disturbed: Killed[] = []
    for (let round = 0; round < options.kills; round++) {
      disturbed.push(await killOnce(network, round, options, model))
      output.note(`killed ${round + 1} of ${options.kills}`)
    }
    const pauses = quiet.flatMap(({ arrivals }) => pausesOf(arrivals))
    const firsts = quiet.flatMap(({ arrivals }) => arrivals.slice(0, 1))
    const added = disturbed.map(({ arrivals, disturbedAt }) => (pauseAfter(arrivals, disturbedAt) ?? 0) - median(pauses))
    const faults = await faultsOf(network, disturbed)
    return {
      ...{ machine, kills: disturbed.length, exact: disturbed.length - new Set(faults.map((line) => line.split(':')[0])).size, faults },
      quietFirstTokenMs: { median: median(firsts), p99: quantile(firsts, 0.99) },
      quietPauseMs: { median: median(pauses), p99: quantile(pauses, 0.99) },
      addedMs: { median: median(added), p99: quantile(added, 0.99), most: Math.max(...added) },
      addedInFirstTokens: quantile(added, 0.99) / median(firsts),
    }
  } finally {
    await network?.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
