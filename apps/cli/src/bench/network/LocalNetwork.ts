import path from 'node:path'
import { parseOpen, UnavailableError } from '@openledger/protocol'
import { readParameters, sendCall } from '@openledger/sdk'
import { openSession, type Session } from '../../context/Session.ts'
import { dataFolder } from '../../context/dataFolder.ts'
import { Keys } from '../../context/Keys.ts'
import { Output } from '../../output/Output.ts'
import { up, type Up, type UpOptions } from '../../up/up.ts'
import { NodeProcess } from './NodeProcess.ts'

export type LocalNetworkOptions = Omit<UpOptions, 'answers' | 'json'> & {
  /** How many nodes join. */
  nodes: number
  /** Further words for each `openledger node join`. */
  flags?: readonly string[]
}

const patienceMs = 120_000
const pollMs = 50
/** A node is at rest when it uses less than this part of a core for so long, milliseconds. */
const restShare = 0.05
const restMs = 1000

/** Chain and gateway in this process, and nodes beside it in processes of their own, each with its key, bond and data folder. The gateway computes no answer. */
export class LocalNetwork {
  readonly nodes: readonly NodeProcess[]
  readonly session: Session
  readonly #up: Up

  private constructor(running: Up, session: Session, nodes: readonly NodeProcess[]) {
    this.#up = running
    this.session = session
    this.nodes = nodes
  }

  /** Starts everything and waits until all nodes are taken in. What fails half-way ends what was started. */
  static async start({ nodes: count, flags, ...options }: LocalNetworkOptions): Promise<LocalNetwork> {
    const output = new Output({ stdout: () => undefined, stderr: () => undefined, isTerminal: false }, true)
    const running = await up({ ...options, json: true, answers: false }, output)
    const nodes: NodeProcess[] = []
    try {
      const session = await openSession({ data: options.data, json: true, url: running.url }, output)
      const { minimumStake } = await readParameters(session.reader)
      for (let index = 0; index < count; index++) nodes.push(await prepareNode(session, { data: path.join(options.data, `node-${index}`), gateway: running.url, bond: minimumStake, flags }))
      const network = new LocalNetwork(running, session, nodes)
      for (const node of nodes) await network.admit(node)
      return network
    } catch (error) {
      for (const node of nodes) await node.end()
      await running.stop()
      throw error
    }
  }

  /** Starts a node and waits until the gateway gives it orders. @throws UnavailableError NODE_ENDED, NODE_LATE */
  async admit(node: NodeProcess): Promise<void> {
    const before = await this.#provenAt(node)
    node.start()
    const started = Date.now()
    for (;;) {
      const provenAt = await this.#provenAt(node)
      if (provenAt !== null && provenAt !== before) return
      node.checkAlive()
      if (Date.now() - started > patienceMs) throw new UnavailableError('NODE_LATE', `the gateway has not taken ${node.address} in for ${patienceMs} ms`)
      await new Promise((resolve) => setTimeout(resolve, pollMs))
    }
  }

  /** Waits until no node computes anything: what a start leaves to do is done. @throws UnavailableError NODE_LATE */
  async rest(): Promise<void> {
    const used = (): number[] => this.nodes.map((node) => node.processorMs)
    const started = Date.now()
    for (let before = used(); ; ) {
      await new Promise((resolve) => setTimeout(resolve, restMs))
      const now = used()
      if (now.every((ms, index) => ms - before[index]! < restShare * restMs)) return
      if (Date.now() - started > patienceMs) throw new UnavailableError('NODE_LATE', `the nodes have not come to rest for ${patienceMs} ms`)
      before = now
    }
  }

  /** The nodes that have an order now. */
  async busy(): Promise<NodeProcess[]> {
    const standings = await this.session.node.nodes()
    return this.nodes.filter(({ address }) => standings.some((s) => s.inFlight > 0 && s.node.toLowerCase() === address.toLowerCase()))
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) await node.end()
    await this.#up.stop()
  }

  async #provenAt({ address }: NodeProcess): Promise<number | null> {
    const standings = await this.session.node.nodes()
    return standings.find(({ node }) => node.toLowerCase() === address.toLowerCase())?.provenAt ?? null
  }
}

/** Makes a node's key and gives it what it will bond, and gas. */
async function prepareNode(session: Session, { data, gateway, bond, flags }: { data: string; gateway: string; bond: bigint; flags?: readonly string[] }): Promise<NodeProcess> {
  const { address } = await new Keys(dataFolder(data), undefined).ensure('node')
  const { writer } = await session.actor('deployer')
  await sendCall(writer, { name: 'grant', to: address, data: '0x', value: bond + parseOpen('1') })
  return new NodeProcess({ data, address, gateway, stake: String(bond / parseOpen('1')), flags })
}
