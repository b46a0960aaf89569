import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { hashFile } from '@openledger/engine'
import { writeFileSafely } from '@openledger/files'
import { ensureKey } from '@openledger/node/keys'
import { checkDataFolder, jsonLog, joinNetwork, lockDataFolder, type JoinedNode } from '@openledger/node'
import { fail, parseOpen, writeArtefact, type Network } from '@openledger/protocol'
import { OpenLedgerClient } from '@openledger/sdk'
import { closeAll } from '../context/closeAll.ts'
import { dataFolder, readNetwork, type DataFolder } from '../context/dataFolder.ts'
import { chooseBase } from '../up/chooseBase.ts'
import { openLogFile } from '../up/openLogFile.ts'
import { servingOptions, type ServingFlags } from '../up/servingOptions.ts'
import { bondNode } from './bondNode.ts'

export type JoinNodeOptions = ServingFlags & {
  /** The data folder of this node. */
  data: string
  gateway: string
  /** OPEN. */
  stake: string
  rpc?: string
  model?: string
  host: string
  port: number
  /** Where the gateway reaches this node, when that is not where it listens. */
  address?: string
  tlsCert?: string
  tlsKey?: string
  /** OPEN for 1,000 tokens. */
  minInput?: string
  minOutput?: string
}

const wildcards = new Set(['0.0.0.0', '::'])

async function tlsOf({ tlsCert, tlsKey }: JoinNodeOptions): Promise<{ cert: string; key: string } | undefined> {
  if (tlsCert === undefined && tlsKey === undefined) return undefined
  if (tlsCert === undefined || tlsKey === undefined) return fail('TLS_INCOMPLETE', 'TLS takes a certificate and its key', { field: tlsCert === undefined ? '--tls-cert' : '--tls-key' })
  return { cert: await readFile(tlsCert, 'utf8'), key: await readFile(tlsKey, 'utf8') }
}

/** Compares the weight file with the gateway's before anything is bonded for it. */
async function checkBase(modelPath: string, gateway: string): Promise<void> {
  const { base } = await new OpenLedgerClient({ url: gateway }).node()
  if ((await hashFile(modelPath)) !== base.commitment.weightHash) fail('OTHER_BASE', `the gateway serves ${base.name}, and ${modelPath} is another file`, { field: '--model', fix: 'start the node with the same base model' })
}

/** The ledger of the data folder; the first time it is the one that the gateway names, and from then on no gateway can name another. */
async function ledgerOf(folder: DataFolder, gateway: string): Promise<Network> {
  if (existsSync(folder.network)) return readNetwork(folder)
  const network = await new OpenLedgerClient({ url: gateway }).network()
  await writeFileSafely(folder.network, writeArtefact(network))
  return network
}

/**
 * Joins a gateway's network with this machine: bonds the stake, then starts the node.
 * @param note told what happens
 * @throws InputError ADDRESS_NEEDED, TLS_INCOMPLETE, OTHER_BASE; as bondNode and joinNetwork
 */
export async function joinNode(options: JoinNodeOptions, note: (text: string) => void): Promise<JoinedNode & { bonded: bigint }> {
  const folder = dataFolder(options.data)
  await mkdir(folder.root, { recursive: true, mode: 0o700 })
  const lock = await lockDataFolder(folder.root)
  const closers: (() => Promise<unknown>)[] = [() => lock.release()]
  const stop = (): Promise<void> => closeAll(closers)
  try {
    await checkDataFolder(folder.root)
    if (wildcards.has(options.host) && options.address === undefined) fail('ADDRESS_NEEDED', `${options.host} is no address that a gateway can call`, { field: '--address', fix: 'say where the gateway reaches this machine with --address' })
    const base = await chooseBase(folder.root, options.model, process.env)
    const network = await ledgerOf(folder, options.gateway)
    const rpcUrl = options.rpc ?? network.rpcUrl
    const account = await ensureKey(folder.keys, 'node')
    note(`node ${account.address}`)
    await checkBase(base.path, options.gateway)
    const bonded = await bondNode({ ...network, rpcUrl }, account, parseOpen(options.stake))
    const log = await openLogFile(folder.root)
    closers.push(() => log.close())
    const node = await joinNetwork({
      dataDir: folder.root,
      gateway: options.gateway,
      network,
      rpcUrl,
      engine: { modelPath: base.path, modelName: base.name, serving: servingOptions(options), training: { threads: options.threads } },
      account,
      host: options.host,
      port: options.port,
      url: options.address,
      tls: await tlsOf(options),
      prices: { input: parseOpen(options.minInput ?? '0'), output: parseOpen(options.minOutput ?? '0') },
      lock,
      log: jsonLog(log.line),
    })
    closers.push(() => node.stop())
    return { ...node, bonded, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
