import { encodeFunctionData, isAddressEqual, zeroAddress, type Account, type Address, type Chain, type PublicClient, type Transport, type WalletClient } from 'viem'
import { parametersAbi, timelockAbi } from '@openledger/protocol'
import type { Addresses } from '../connection/Addresses.ts'
import type { Sender } from '../connection/LedgerWriter.ts'
import { readLedger } from '../connection/readLedger.ts'
import { sendCall } from '../connection/sendCall.ts'
import { publicGovernance, type GovernanceSettings } from '../governance/GovernanceSettings.ts'
import type { LedgerParameters } from '../parameters/readParameters.ts'
import { checkContracts } from './checkContracts.ts'
import { contractSteps, listedAddresses, predictAddresses, type ContractStep } from './contractSteps.ts'

/** What must be remembered to go on after an interruption; plain JSON. The addresses follow from it. */
export type DeployProgress = { chainId: number; deployer: Address; startNonce: number; deployBlock: number }

export type DeployOptions = {
  /** What an earlier, interrupted call handed to `onProgress`. */
  progress?: DeployProgress
  /** Called before the first transaction; it must have stored the progress durably when it returns. */
  onProgress?: (progress: DeployProgress) => void | Promise<void>
  /** Called after each step, for display. */
  onStep?: (contract: string, done: number, of: number) => void
  timeoutMs?: number
  /** How the ledger is governed; default `publicGovernance`. */
  governance?: GovernanceSettings
  /** Who may pause from the beginning on; default nobody, until a decision names somebody. */
  guardian?: Address
  /** The ERC-20 of 18 decimals that is OPEN on the chain; without it OPEN is the native coin. */
  openToken?: Address
}

/**
 * Whether a stored progress can go on: every contract is there, or the deployer's next nonce is that of the first one missing.
 * A chain that was wiped, or a deployer who did something else in between, makes it unusable.
 */
async function canResume(sender: Sender, progress: DeployProgress, present: readonly boolean[]): Promise<boolean> {
  const firstMissing = present.indexOf(false)
  if (firstMissing === -1) return true
  const nonce = await readLedger(sender, 'nonce', (client) => client.getTransactionCount({ address: progress.deployer }))
  return nonce === progress.startNonce + firstMissing && present.slice(firstMissing).every((there) => !there)
}

async function isPresent(sender: Sender, address: Address): Promise<boolean> {
  const code = await readLedger(sender, 'code', (client) => client.getCode({ address }))
  return code !== undefined && code !== '0x'
}

async function begin(sender: Sender, options: DeployOptions, chainId: number): Promise<DeployProgress> {
  const deployer = sender.walletClient.account.address
  const [startNonce, block] = await readLedger(sender, 'nonce', (client) =>
    Promise.all([client.getTransactionCount({ address: deployer }), client.getBlockNumber({ cacheTime: 0 })]),
  )
  const progress = { chainId, deployer, startNonce, deployBlock: Number(block) }
  await options.onProgress?.(progress)
  return progress
}

async function createMissing(sender: Sender, progress: DeployProgress, steps: readonly ContractStep[], onStep: DeployOptions['onStep']): Promise<void> {
  for (const [i, { contract, address, data }] of steps.entries()) {
    if (!(await isPresent(sender, address))) {
      await sendCall(sender, { name: `creation of ${contract}`, data, nonce: progress.startNonce + i })
    }
    onStep?.(contract, i + 1, stepCount(steps))
  }
}

/** What `onStep` counts: creations, courts, and the two steps of the handing over. */
const stepCount = (steps: readonly ContractStep[]): number => steps.length + courts.length + 2

const courts = ['epochs', 'epochCourt', 'inclusionCourt', 'attributionCourt', 'executionCourt'] as const

/** Registers a court; the first is in force at once, a later one after the stake thaw. */
async function registerCourt(sender: Sender, { parameters }: Addresses, court: Address): Promise<void> {
  const since = await readLedger(sender, 'court', (client) =>
    client.readContract({ address: parameters, abi: parametersAbi, functionName: 'courtSince', args: [court] }),
  )
  if (since !== 0n) return
  await sendCall(sender, { name: 'court registration', to: parameters, data: encodeFunctionData({ abi: parametersAbi, functionName: 'setCourt', args: [court, true] }) })
}

/** Names the guardian and makes the timelock the owner of Parameters; the deployer keeps nothing. */
async function handOver(sender: Sender, { parameters }: Addresses, timelock: Address, guardian: Address, onStep: (contract: string) => void): Promise<void> {
  const contract = { address: parameters, abi: parametersAbi } as const
  const [owner, offered, named] = await readLedger(sender, 'owner', (client) =>
    Promise.all([
      client.readContract({ ...contract, functionName: 'owner' }),
      client.readContract({ ...contract, functionName: 'pendingOwner' }),
      client.readContract({ ...contract, functionName: 'guardian' }),
    ]),
  )
  if (!isAddressEqual(owner, timelock) && !isAddressEqual(offered, timelock)) {
    if (!isAddressEqual(named, guardian)) await sendCall(sender, { name: 'naming of the guardian', to: parameters, data: encodeFunctionData({ abi: parametersAbi, functionName: 'setGuardian', args: [guardian] }) })
    await sendCall(sender, { name: 'offer of the ownership', to: parameters, data: encodeFunctionData({ abi: parametersAbi, functionName: 'transferOwnership', args: [timelock] }) })
  }
  onStep('offer of the ownership')
  if (!isAddressEqual(owner, timelock)) {
    await sendCall(sender, { name: 'change of the owner', to: timelock, data: encodeFunctionData({ abi: timelockAbi, functionName: 'acceptOwnership', args: [parameters] }) })
  }
  onStep('owner')
}

/**
 * Creates the contracts of a ledger, or finishes what an interrupted call began: repeating it with the same progress makes nothing twice.
 * The deployer must send nothing else meanwhile, and owns nothing in the end: Parameters belongs to the timelock, which obeys the governor.
 * @returns the addresses, after all wiring was checked
 * @throws OpenLedgerError: CHAIN_AWAY, NO_FUNDS, PARAMETER_OUT_OF_BOUNDS, CONTRACTS_MISSING
 */
export async function deployContracts(
  walletClient: WalletClient<Transport, Chain | undefined, Account>,
  publicClient: PublicClient,
  parameters: LedgerParameters,
  options: DeployOptions = {},
): Promise<Addresses> {
  const sender: Sender = { walletClient, publicClient, timeoutMs: options.timeoutMs }
  const deployer = walletClient.account.address
  const { contractBytecode } = await import('@openledger/protocol/bytecode')
  const chainId = await readLedger(sender, 'chain id', (client) => client.getChainId())
  const stepsOf = (nonce: number): ContractStep[] => contractSteps(deployer, nonce, parameters, options.governance ?? publicGovernance, contractBytecode, options.openToken)
  let progress = options.progress
  if (progress && progress.chainId === chainId && progress.deployer.toLowerCase() === deployer.toLowerCase()) {
    const present = await Promise.all(stepsOf(progress.startNonce).map(({ address }) => isPresent(sender, address)))
    if (!(await canResume(sender, progress, present))) progress = undefined
  } else {
    progress = undefined
  }
  progress ??= await begin(sender, options, chainId)
  const steps = stepsOf(progress.startNonce)
  await createMissing(sender, progress, steps, options.onStep)
  const addresses: Addresses = { chainId, deployBlock: progress.deployBlock, ...listedAddresses(deployer, progress.startNonce) }
  for (const [i, court] of courts.entries()) {
    await registerCourt(sender, addresses, addresses[court])
    options.onStep?.('court', steps.length + i + 1, stepCount(steps))
  }
  let done = steps.length + courts.length
  const { timelock } = predictAddresses(deployer, progress.startNonce)
  await handOver(sender, addresses, timelock, options.guardian ?? zeroAddress, (contract) => options.onStep?.(contract, ++done, stepCount(steps)))
  await checkContracts(publicClient, addresses)
  return addresses
}
