import { mkdir } from 'node:fs/promises'
import { ensureKey } from '@openledger/node/keys'
import { fail, parseOpen, type Network } from '@openledger/protocol'
import { publicGovernance, type GovernanceSettings, type LedgerParameters } from '@openledger/sdk'
import { createPublicClient, http, type Address } from 'viem'
import type { DataFolder } from '../context/dataFolder.ts'
import { readChanges } from '../verbs/proposeChange.ts'
import { ensureLedger } from './ensureLedger.ts'

export type CreateLedgerInput = {
  folder: DataFolder
  rpcUrl: string
  /** Parameters that differ from `publicParameters`, each as "name=value". */
  changes?: readonly string[]
  /** What differs from `publicGovernance`. */
  governance?: Partial<GovernanceSettings>
  /** Who may pause; default nobody. */
  guardian?: Address
  /** The ERC-20 that is OPEN; without it OPEN is the chain's native coin. */
  openToken?: Address
  onStep?: (contract: string, done: number, of: number) => void
}

/** The parameters of a ledger that many share: a day to disprove an epoch, a week for stakes to thaw. @param treasury where fees go */
export const publicParameters = (treasury: Address): LedgerParameters => ({
  disputeWindow: 86_400,
  channelThaw: 86_400,
  stakeThaw: 7 * 86_400,
  minimumStake: parseOpen('1000'),
  deploymentFee: parseOpen('5'),
  platformFee: parseOpen('0.0001'),
  challengeDeposit: parseOpen('10'),
  treasury,
})

/**
 * Creates a ledger's contracts on a chain that runs elsewhere, from the key "deployer" of the data folder, and writes network.json. An interrupted
 * creation is finished by the same call. In the end the deployer owns nothing.
 * @throws UnavailableError CHAIN_AWAY; PaymentError NO_FUNDS naming the deployer's address
 */
export async function createLedger({ folder, rpcUrl, changes = [], governance = {}, guardian, openToken, onStep }: CreateLedgerInput): Promise<{ network: Network; deployer: Address }> {
  await mkdir(folder.keys, { recursive: true, mode: 0o700 })
  const deployer = await ensureKey(folder.keys, 'deployer')
  const client = createPublicClient({ transport: http(rpcUrl) })
  const [chainId, balance] = await Promise.all([client.getChainId(), client.getBalance({ address: deployer.address })]).catch((cause: unknown) =>
    fail('CHAIN_AWAY', `${rpcUrl} does not answer as a chain`, { cause, action: 'retry', field: '--rpc', fix: 'check the address, and that the chain runs' }),
  )
  if (balance === 0n) fail('NO_FUNDS', `the deployer ${deployer.address} has no coins on chain ${chainId}`, { fix: 'send it coins for gas, then run this again' })
  const parameters = { ...publicParameters(deployer.address), ...readChanges(changes) }
  const network = await ensureLedger({ folder, rpcUrl, chainId, deployer, parameters, governance: { ...publicGovernance, ...governance }, guardian, openToken, onStep })
  return { network, deployer: deployer.address }
}
