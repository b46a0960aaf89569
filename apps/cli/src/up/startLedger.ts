import { ensureKey } from '@openledger/node/keys'
import { fail, type Network } from '@openledger/protocol'
import { publicGovernance } from '@openledger/sdk'
import { createPublicClient, http } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { DataFolder } from '../context/dataFolder.ts'
import type { ChainKeeper } from './ChainKeeper.ts'
import { ensureLedger } from './ensureLedger.ts'
import { ensureStake } from './ensureStake.ts'
import { embeddedGovernance, embeddedParameters } from './ledgerParameters.ts'
import { roles, type Role } from './roles.ts'
import { startChain } from './startChain.ts'

export type StartLedgerOptions = {
  folder: DataFolder
  /** A chain that runs elsewhere; without one, the embedded chain is started. */
  rpcUrl?: string
  chainPort?: number
  /** Seconds; for new contracts on an embedded chain. */
  disputeWindow: number
  onNote: (text: string) => void
  onChainLog?: (line: string) => void
}

export type StartedLedger = { network: Network; chain: ChainKeeper | undefined; keys: Record<Role, PrivateKeyAccount> }

async function ensureRoleKeys(folder: DataFolder): Promise<Record<Role, PrivateKeyAccount>> {
  const names = Object.keys(roles) as Role[]
  const entries: [Role, PrivateKeyAccount][] = []
  for (const name of names) entries.push([name, await ensureKey(folder.keys, name)])
  return Object.fromEntries(entries) as Record<Role, PrivateKeyAccount>
}

async function chainIdOf(rpcUrl: string): Promise<number> {
  try {
    return await createPublicClient({ transport: http(rpcUrl) }).getChainId()
  } catch (cause) {
    fail('CHAIN_AWAY', `${rpcUrl} does not answer as a chain`, { cause, action: 'retry', field: '--rpc', fix: 'check the address, and that the chain runs' })
  }
}

/**
 * Starts or reaches the chain, sees to the contracts, and to the stakes of node and gateway. What an earlier, interrupted start did is found.
 * On a chain that runs elsewhere the keys in the data folder must hold coins for gas, fees and stakes.
 */
export async function startLedger({ folder, rpcUrl, chainPort, disputeWindow, onNote, onChainLog }: StartLedgerOptions): Promise<StartedLedger> {
  const keys = await ensureRoleKeys(folder)
  const genesis = Object.fromEntries(Object.entries(roles).map(([name, amount]) => [keys[name as Role].address, amount]))
  const chain = rpcUrl === undefined ? await startChain({ folder, port: chainPort, genesis, onNote, onLog: onChainLog }) : undefined
  try {
    const url = chain?.url ?? rpcUrl!
    const chainId = chain?.chainId ?? (await chainIdOf(url))
    onNote(`chain ${chainId} at ${url}`)
    const network = await ensureLedger({
      folder,
      rpcUrl: url,
      chainId,
      deployer: keys.deployer,
      parameters: embeddedParameters(keys.deployer.address, disputeWindow),
      governance: rpcUrl === undefined ? embeddedGovernance : publicGovernance,
      onStep: (contract, done, of) => onNote(`contract ${done} of ${of}: ${contract}`),
    })
    await ensureStake(network, keys.node, 'node')
    await ensureStake(network, keys.gateway, 'gateway')
    return { network, chain, keys }
  } catch (error) {
    await chain?.stop()
    throw error
  }
}
