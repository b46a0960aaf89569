import { fail } from '@openledger/protocol/errors'

/** What a chain starts from. Two chains with the same genesis have the same genesis block. */
export type Genesis = {
  chainId: number
  /** Balance of each account in the smallest unit (10^-18 OPEN), by lower-case address. */
  alloc: Record<string, bigint>
}

/** The chain id of a new chain when none is given. */
export const defaultChainId = 7117

/** The most gas that one block, and so one transaction, may use. */
export const blockGasLimit = 30_000_000n

/** What one unit of gas costs at the start: 1 gwei. It moves by EIP-1559 from there. */
export const initialBaseFee = 1_000_000_000n

/**
 * Checks and normalises a genesis: addresses in lower case and in order.
 * @throws InputError naming the field that is wrong
 */
export function genesisOf(chainId: number, alloc: Record<string, bigint>): Genesis {
  if (!Number.isSafeInteger(chainId) || chainId < 1) fail('CHAIN_ID_INVALID', `chain id ${chainId} is not a positive integer`, { field: 'chainId' })
  const normal: Record<string, bigint> = {}
  for (const [address, balance] of Object.entries(alloc).sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))) {
    if (!/^0x[0-9a-fA-F]{40}$/.test(address)) fail('CHAIN_GENESIS_INVALID', `"${address}" is not an address of 20 bytes`, { field: 'alloc' })
    if (balance < 0n || balance >= 1n << 200n) fail('CHAIN_GENESIS_INVALID', `the balance of ${address} is out of range`, { field: 'alloc' })
    normal[address.toLowerCase()] = balance
  }
  return { chainId, alloc: normal }
}

/** Writes a genesis as JSON; balances as decimal strings. Equal geneses give equal text. */
export function formatGenesis(genesis: Genesis): string {
  const alloc = Object.fromEntries(Object.entries(genesis.alloc).map(([address, balance]) => [address, balance.toString()]))
  return `${JSON.stringify({ chainId: genesis.chainId, alloc }, null, 2)}\n`
}

/**
 * Reads what {@link formatGenesis} wrote, or a file of the same shape written by hand.
 * @throws InputError `CHAIN_GENESIS_INVALID`
 */
export function parseGenesis(text: string): Genesis {
  try {
    const { chainId, alloc } = JSON.parse(text) as { chainId: number; alloc: Record<string, string> }
    return genesisOf(chainId, Object.fromEntries(Object.entries(alloc).map(([address, balance]) => [address, BigInt(balance)])))
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('CHAIN_') === true) throw error
    return fail('CHAIN_GENESIS_INVALID', 'the genesis is not JSON of the shape {"chainId": 7117, "alloc": {"0x…": "1000"}}', {
      fix: 'correct the file, or start on an empty folder without it',
      cause: error,
    })
  }
}
