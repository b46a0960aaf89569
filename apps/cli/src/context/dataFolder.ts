import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fail, networkSchema, readArtefact, StorageError, UnavailableError, type Network } from '@openledger/protocol'

/** The places inside a data folder. */
export type DataFolder = {
  root: string
  keys: string
  content: string
  chain: string
  network: string
  operatorToken: string
  /** Where the running node says its address. */
  endpoint: string
  receipts: string
  /** Contributions of this folder's keys, with their salts, until they are revealed and after. */
  contributions: string
  /** The last voucher of each payment channel of this folder's keys. */
  vouchers: string
  /** The promises of agents that this folder's keys signed or accepted. */
  guarantees: string
}

/** The places inside the data folder at `root`; creates nothing. */
export function dataFolder(root: string): DataFolder {
  const at = (name: string): string => path.join(path.resolve(root), name)
  return {
    root: path.resolve(root),
    keys: at('keys'),
    content: at('content'),
    chain: at('chain'),
    network: at('network.json'),
    operatorToken: at('operator.token'),
    endpoint: at('endpoint.json'),
    receipts: at('receipts'),
    contributions: at('contributions'),
    vouchers: at('vouchers'),
    guarantees: at('guarantees'),
  }
}

/** Reads the description of the ledger from the data folder; fails with NO_NETWORK before the first start, with BAD_NETWORK when it is damaged. */
export async function readNetwork(folder: DataFolder): Promise<Network> {
  const text = await readFile(folder.network, 'utf8').catch(() => null)
  if (text === null) {
    fail('NO_NETWORK', `${folder.network} does not exist`, { field: '--data', fix: 'start a node once with: openledger up, or name its data folder with --data' })
  }
  try {
    return readArtefact(networkSchema, text)
  } catch (cause) {
    throw new StorageError('BAD_NETWORK', `${folder.network} is damaged: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
      field: '--data',
      fix: 'restore it from a copy, or delete it and start the node, which writes it again',
    })
  }
}

/** Reads the address of the node that runs on this data folder; fails with NO_NODE when none runs. */
export async function readEndpoint(folder: DataFolder): Promise<string> {
  const text = await readFile(folder.endpoint, 'utf8').catch(() => null)
  if (text === null) {
    throw new UnavailableError('NO_NODE', 'no node runs on this data folder', { field: '--url', action: 'retry', fix: 'start one with: openledger up, or name its address with --url' })
  }
  try {
    return String((JSON.parse(text) as { url: unknown }).url)
  } catch (cause) {
    throw new StorageError('BAD_ENDPOINT', `${folder.endpoint} is damaged`, { cause, field: '--url', fix: 'start the node again, or name its address with --url' })
  }
}
