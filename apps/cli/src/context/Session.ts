import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import * as files from 'node:fs/promises'
import path from 'node:path'
import { FolderStore } from '@openledger/datanet'
import type { Network } from '@openledger/protocol'
import type { LedgerReader } from '@openledger/sdk'
import type { Output } from '../output/Output.ts'
import type { Actor } from './Actor.ts'
import { dataFolder, readEndpoint, readNetwork, type DataFolder } from './dataFolder.ts'
import { Keys } from './Keys.ts'
import { readerOf, writerOf } from './ledgerClients.ts'
import type { NodeApi } from './NodeApi.ts'
import type { GlobalOptions } from './options.ts'
import { SdkNode } from './SdkNode.ts'

/** What every verb works with: a data folder, the ledger it belongs to, its node, its keys. */
export type Session = {
  readonly folder: DataFolder
  readonly network: Network
  /** The node's HTTP API, with the operator's token when the folder has one. */
  readonly node: NodeApi
  readonly content: FolderStore
  readonly reader: LedgerReader
  readonly keys: Keys
  readonly output: Output
  /** The key of this name, or that of `--key`; the same object each time, so that its transactions wait for each other. */
  actor(name: string): Promise<Actor>
  /** Random bytes, for salts and nonces. */
  random(bytes: number): Uint8Array
}

/** Where things lie, when not in the data folder: for audits of files from elsewhere. */
export type Places = {
  /** The content folder. */
  content?: string
  /** The folder of receipt bundles. */
  receipts?: string
  /** The file that describes the ledger. */
  network?: string
  /** The chain's RPC address, in the place of the one in the description. */
  rpc?: string
}

function folderOf(data: string, places: Places): DataFolder {
  const folder = dataFolder(data)
  const { content = folder.content, receipts = folder.receipts, network = folder.network } = places
  return { ...folder, content: path.resolve(content), receipts: path.resolve(receipts), network: path.resolve(network) }
}

/** The network of the data folder; without one, the network of the node that `--url` names. */
async function networkOf(folder: DataFolder, node: NodeApi, url: string | undefined): Promise<Network> {
  try {
    return await readNetwork(folder)
  } catch (error) {
    if (url === undefined) throw error
    return node.network()
  }
}

/**
 * Opens a session on a data folder. The node need not run: its absence shows when it is asked.
 * @throws InputError NO_NETWORK before the first start, BAD_ARTEFACT for a damaged network.json
 */
export async function openSession(options: GlobalOptions, output: Output, places: Places = {}): Promise<Session> {
  const folder = folderOf(options.data, places)
  const token = (await readFile(folder.operatorToken, 'utf8').catch(() => '')).trim() || undefined
  const node = new SdkNode({ url: () => (options.url === undefined ? readEndpoint(folder) : Promise.resolve(options.url)), token })
  const described = await networkOf(folder, node, options.url)
  const network = places.rpc === undefined ? described : { ...described, rpcUrl: places.rpc }
  const reader = readerOf(network)
  const keys = new Keys(folder, options.key)
  const actors = new Map<string, Promise<Actor>>()
  const open = async (name: string): Promise<Actor> => {
    const account = await keys.read(name)
    return { name, account, writer: writerOf(network, reader, account) }
  }
  const actor = (name: string): Promise<Actor> => {
    const place = options.key === undefined ? name : ''
    const known = actors.get(place) ?? open(name)
    actors.set(place, known)
    known.catch(() => actors.delete(place))
    return known
  }
  return { folder, network, node, content: new FolderStore(folder.content, files), reader, keys, output, actor, random: randomBytes }
}
