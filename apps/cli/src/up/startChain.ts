import { readFile } from 'node:fs/promises'
import { startEmbeddedChain, type EmbeddedChainOptions } from '@openledger/chain'
import { networkSchema, OpenLedgerError, readArtefact } from '@openledger/protocol'
import type { DataFolder } from '../context/dataFolder.ts'
import { ChainKeeper } from './ChainKeeper.ts'

/** The chain id of embedded chains. */
export const embeddedChainId = 7117

export type ChainOptions = { folder: DataFolder; port: number | undefined; genesis: Record<string, bigint>; onNote: (text: string) => void; onLog?: (line: string) => void }

/** The port that the chain had at its last start, so that other programs find it again. */
async function lastPort(folder: DataFolder): Promise<number> {
  const text = await readFile(folder.network, 'utf8').catch(() => null)
  if (text === null) return 0
  return Number(new URL(readArtefact(networkSchema, text).rpcUrl).port) || 0
}

const patienceMs = 20_000
const pauseMs = 200

/**
 * Starts a chain, and waits while another process still holds its folder: when a node was killed, its chain takes a moment to notice and to end.
 * Two nodes on one data folder are refused before this.
 */
async function whenFree<T>(start: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + patienceMs; ; ) {
    try {
      return await start()
    } catch (error) {
      if (!(error instanceof OpenLedgerError) || error.code !== 'CHAIN_DATA_LOCKED' || Date.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
}

/**
 * Starts the embedded chain on the data folder: on the port that was asked for, else on that of the last start, else on any free one.
 * @throws OpenLedgerError CHAIN_PORT_IN_USE (only for a port that was asked for), CHAIN_DATA_LOCKED, CHAIN_DATA_CORRUPT, …
 */
export async function startChain({ folder, port, genesis, onNote, onLog }: ChainOptions): Promise<ChainKeeper> {
  const options: EmbeddedChainOptions = { dataDir: folder.chain, chainId: embeddedChainId, genesisAccounts: genesis, sharedSeconds: true, onLog }
  const start = async (chosen: number): Promise<ChainKeeper> => new ChainKeeper(await whenFree(() => startEmbeddedChain({ ...options, port: chosen })), options, onNote)
  if (port !== undefined) return start(port)
  try {
    return await start(await lastPort(folder))
  } catch (error) {
    if (error instanceof OpenLedgerError && error.code === 'CHAIN_PORT_IN_USE') return start(0)
    throw error
  }
}
