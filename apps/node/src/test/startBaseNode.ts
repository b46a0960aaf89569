import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { zeroHash, type Hex, type Network } from '@openledger/protocol'
import type { NodeOptions } from '../config/NodeOptions.ts'
import { silentLog } from '../config/Log.ts'
import { ensureKey } from '../keys/keyFile.ts'
import { startNode, type NodeHandle } from '../node/startNode.ts'
import { sendCall } from '@openledger/sdk'
import { Api } from './Api.ts'
import { deployTestLedger, testAccount, testWriter } from './deployTestLedger.ts'
import { cast, deploy, openTestChannel, prepareLedger } from './playLoop.ts'
import { startAnvil, type Anvil } from './startAnvil.ts'
import { randomModel } from './tinyModel.ts'

export type BaseNode = {
  anvil: Anvil
  network: Network
  folder: string
  dataDir: string
  node: NodeHandle
  api: Api
  /** A channel of the test payer. */
  channel: Hex
  options: NodeOptions
  restart(change?: Partial<NodeOptions>): Promise<void>
  stop(): Promise<void>
}

/** A node on a test chain that serves the bare base as `tiny`, with a payer key of its own. */
export async function startBaseNode(change: Partial<NodeOptions> = {}): Promise<BaseNode> {
  const anvil = await startAnvil()
  const network = await deployTestLedger(anvil.url)
  const folder = mkdtempSync(path.join(tmpdir(), 'base-node-'))
  const dataDir = path.join(folder, 'data')
  const options: NodeOptions = {
    dataDir,
    network,
    port: 0,
    engine: { modelPath: await randomModel(folder), modelName: 'tiny', serving: { threads: 1 } },
    keys: { node: testAccount(cast.node), gateway: testAccount(cast.gateway) },
    settlementMs: 0,
    pollMs: 50,
    creditLimit: 0n,
    log: silentLog,
    processMetrics: false,
    page: false,
    ...change,
  }
  const node = await startNode(options)
  const api = new Api(node.url, node.operatorToken)
  const { base } = await api.get<{ base: { id: Hex } }>('/api/node')
  await prepareLedger(network, base.id)
  await deploy(network, api, base.id, zeroHash)
  const channel = await openTestChannel(network, node.gateway)
  const self: BaseNode = {
    ...{ anvil, network, folder, dataDir, node, api, channel, options },
    async restart(more = {}) {
      await self.node.stop()
      self.node = await startNode({ ...options, ...more })
      self.api = new Api(self.node.url, self.node.operatorToken)
    },
    async stop() {
      await self.node.stop()
      await anvil.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return self
}

/** Makes a payer key in the node's folder and gives it coins; returns its address. */
export async function fundedPayer({ dataDir, network }: BaseNode, name: string): Promise<{ address: `0x${string}`; account: Awaited<ReturnType<typeof ensureKey>> }> {
  const account = await ensureKey(path.join(dataDir, 'keys'), name)
  await sendCall(testWriter(network, 0), { name: 'gift', to: account.address, data: '0x', value: 10n ** 19n })
  return { address: account.address, account }
}
