import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import path from 'node:path'
import { fail } from '@openledger/protocol/errors'
import { defaultChainId, formatGenesis, genesisOf, parseGenesis, type Genesis } from './Genesis.ts'

const genesisPath = (folder: string): string => path.join(folder, 'genesis.json')

/** The genesis that a folder's chain started from; undefined in a new folder. */
export function readGenesisFile(folder: string): Genesis | undefined {
  const file = genesisPath(folder)
  return existsSync(file) ? parseGenesis(readFileSync(file, 'utf8')) : undefined
}

/** Writes the file whole or not at all. */
export function writeGenesisFile(folder: string, genesis: Genesis): void {
  const partial = `${genesisPath(folder)}.partial`
  const descriptor = openSync(partial, 'w')
  try {
    writeSync(descriptor, formatGenesis(genesis))
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(partial, genesisPath(folder))
}

/** What the caller says about the genesis; what is left out is taken from the folder. */
export type GenesisRequest = { chainId?: number; alloc?: Record<string, bigint> }

/**
 * The genesis to go on with: the folder's own, which what the caller says must agree with; in a new folder, what the caller says.
 * @throws InputError `CHAIN_GENESIS_MISMATCH`
 */
export function settleGenesis(folder: string, request: GenesisRequest): Genesis {
  const stored = readGenesisFile(folder)
  if (stored === undefined) return genesisOf(request.chainId ?? defaultChainId, request.alloc ?? {})
  const wanted = genesisOf(request.chainId ?? stored.chainId, request.alloc ?? stored.alloc)
  if (formatGenesis(wanted) !== formatGenesis(stored)) {
    fail('CHAIN_GENESIS_MISMATCH', `${folder} holds a chain with another genesis (chain id ${stored.chainId}, ${Object.keys(stored.alloc).length} accounts)`, {
      fix: `start it with the genesis in ${genesisPath(folder)}, or choose another data folder`,
    })
  }
  return stored
}
