import { readFile } from 'node:fs/promises'
import { startEmbeddedChain, type EmbeddedChain } from '@openledger/chain'
import { networkSchema, OpenLedgerError, readArtefact } from '@openledger/protocol'
import type { DataFolder } from '../context/dataFolder.ts'

/** The chain id of embedded chains. */
export const embeddedChainId = 7117

export type ChainOptions = { folder: DataFolder; port: number | undefined; genesis: Record<string, bigint>; onLog?: (line: string) => void }

/** The port that the chain had at its last start, so that other programs find it again. */
async function lastPort(folder: DataFolder): Promise<number> {
  const text = await readFile(folder.network, 'utf8').catch(() => null)
  if (text === null) return 0
  return Number(new URL(readArtefact(networkSchema, text).rpcUrl).port) || 0
}

/**
 * Starts the embedded chain on the data folder: on the port that was asked for, else on that of the last start, else on any free one.
 * @throws OpenLedgerError CHAIN_PORT_IN_USE (only for a port that was asked for), CHAIN_DATA_LOCKED, CHAIN_DATA_CORRUPT, …
 */
export async function startChain({ folder, port, genesis, onLog }: ChainOptions): Promise<EmbeddedChain> {
  const start = (chosen: number): Promise<EmbeddedChain> =>
    startEmbeddedChain({ dataDir: folder.chain, port: chosen, chainId: embeddedChainId, genesisAccounts: genesis, onLog })
  if (port !== undefined) return start(port)
  try {
    return await start(await lastPort(folder))
  } catch (error) {
    if (error instanceof OpenLedgerError && error.code === 'CHAIN_PORT_IN_USE') return start(0)
    throw error
  }
}
