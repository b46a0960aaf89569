import { isAddressEqual, type Address, type PublicClient } from 'viem'
import { attributionCourtAbi, channelsAbi, committeeVerifierAbi, epochCourtAbi, epochsAbi, estatesAbi, executionCourtAbi, guaranteesAbi, inclusionCourtAbi, ledgerGovernorAbi, modelsAbi, parametersAbi, receiptVerifierAbi, reputationRegistryAbi, samplingBeaconAbi, stakesAbi, StorageError, UnavailableError } from '@openledger/protocol'
import type { Addresses } from '../connection/Addresses.ts'
import { readLedger } from '../connection/readLedger.ts'
import { readGovernance } from '../governance/readGovernance.ts'

const mismatch = (message: string, cause?: unknown): never => {
  throw new StorageError('CONTRACTS_MISSING', message, {
    cause,
    action: 'stop',
    fix: 'check the chain’s address and the stored addresses; on a new chain, deploy the contracts first',
  })
}

/**
 * Checks that a ledger's contracts stand on this chain and know each other.
 * @throws StorageError CONTRACTS_MISSING with what is wrong; UnavailableError CHAIN_AWAY
 */
export async function checkContracts(publicClient: PublicClient, addresses: Addresses): Promise<void> {
  const { chainId, deployBlock: _, ...contracts } = addresses
  const { wopen, parameters, stakes, epochs, channels, datanets, models, epochCourt, inclusionCourt, attributionCourt, estates } = contracts
  const actual = await readLedger({ publicClient }, 'chain id', (client) => client.getChainId())
  if (actual !== chainId) mismatch(`the chain's id is ${actual}, the ledger lives on ${chainId}`)
  for (const [name, address] of Object.entries(contracts)) {
    const code = await readLedger({ publicClient }, 'code', (client) => client.getCode({ address }))
    if (code === undefined || code === '0x') mismatch(`there is no contract ${name} at ${address}`)
  }
  const same = (what: string, found: Address, wanted: Address): void => {
    if (!isAddressEqual(found, wanted)) mismatch(`${what} is ${found}, not ${wanted}`)
  }
  const read = { functionName: 'wopen' } as const
  const wiring = await readLedger({ publicClient }, 'wiring', (client) =>
    Promise.all([
      client.readContract({ address: stakes, abi: stakesAbi, ...read }),
      client.readContract({ address: epochs, abi: epochsAbi, ...read }),
      client.readContract({ address: channels, abi: channelsAbi, ...read }),
      client.readContract({ address: models, abi: modelsAbi, ...read }),
      client.readContract({ address: epochs, abi: epochsAbi, functionName: 'stakes' }),
      client.readContract({ address: epochs, abi: epochsAbi, functionName: 'parameters' }),
      client.readContract({ address: channels, abi: channelsAbi, functionName: 'epochs' }),
      client.readContract({ address: models, abi: modelsAbi, functionName: 'datanets' }),
      client.readContract({ address: parameters, abi: parametersAbi, functionName: 'courtSince', args: [epochs] }),
      client.readContract({ address: parameters, abi: parametersAbi, functionName: 'courtSince', args: [attributionCourt] }),
      client.readContract({ address: attributionCourt, abi: attributionCourtAbi, functionName: 'stakes' }),
      client.readContract({ address: parameters, abi: parametersAbi, functionName: 'courtSince', args: [epochCourt] }),
      client.readContract({ address: epochCourt, abi: epochCourtAbi, functionName: 'epochs' }),
      client.readContract({ address: parameters, abi: parametersAbi, functionName: 'courtSince', args: [inclusionCourt] }),
      client.readContract({ address: inclusionCourt, abi: inclusionCourtAbi, functionName: 'epochs' }),
      client.readContract({ address: epochs, abi: epochsAbi, functionName: 'estates' }),
      client.readContract({ address: estates, abi: estatesAbi, functionName: 'epochs' }),
      client.readContract({ address: estates, abi: estatesAbi, functionName: 'channels' }),
      client.readContract({ address: epochs, abi: epochsAbi, functionName: 'channels' }),
    ]),
  )
  wiring.slice(0, 4).forEach((found) => same('the token of a contract', found as Address, wopen))
  same("the epochs' stakes", wiring[4], stakes)
  same("the epochs' parameters", wiring[5], parameters)
  same("the channels' epochs", wiring[6], epochs)
  same("the models' datanets", wiring[7], datanets)
  if (wiring[8] === 0n) mismatch('the epochs are not registered as a court')
  if (wiring[9] === 0n) mismatch('the court of attributions is not registered')
  same("the court's stakes", wiring[10], stakes)
  if (wiring[11] === 0n) mismatch('the court of epochs is not registered')
  same("the court's epochs", wiring[12], epochs)
  if (wiring[13] === 0n) mismatch('the court of inclusion is not registered')
  same("the court of inclusion's epochs", wiring[14], epochs)
  same("the epochs' estates", wiring[15], estates)
  same("the estates' epochs", wiring[16], epochs)
  same("the estates' channels", wiring[17], channels)
  same("the epochs' channels", wiring[18], channels)
  const { timelock, governor } = await readGovernance({ publicClient, addresses }).catch((cause: unknown) => {
    if (cause instanceof UnavailableError) throw cause
    return mismatch('the parameters belong to no timelock', cause)
  })
  const [obeyed, votes] = await readLedger({ publicClient }, 'governor', (client) =>
    Promise.all([
      client.readContract({ address: governor, abi: ledgerGovernorAbi, functionName: 'timelock' }),
      client.readContract({ address: governor, abi: ledgerGovernorAbi, functionName: 'token' }),
    ]),
  )
  same("the governor's timelock", obeyed, timelock)
  same("the governor's token", votes, wopen)
  await checkAgents(publicClient, addresses, same)
  await checkExecutions(publicClient, addresses, same)
}

async function checkAgents(publicClient: PublicClient, at: Addresses, same: (what: string, found: Address, wanted: Address) => void): Promise<void> {
  const { guarantees } = at
  const found = await readLedger({ publicClient }, 'wiring of agents', (client) =>
    Promise.all([
      client.readContract({ address: guarantees, abi: guaranteesAbi, functionName: 'wopen' }),
      client.readContract({ address: guarantees, abi: guaranteesAbi, functionName: 'identity' }),
      client.readContract({ address: at.reputationRegistry, abi: reputationRegistryAbi, functionName: 'guarantees' }),
      client.readContract({ address: at.committeeVerifier, abi: committeeVerifierAbi, functionName: 'guarantees' }),
      client.readContract({ address: at.receiptVerifier, abi: receiptVerifierAbi, functionName: 'epochs' }),
    ]),
  )
  same("the guarantees' token", found[0], at.wopen)
  same("the guarantees' identities", found[1], at.identityRegistry)
  same("the reputation's guarantees", found[2], guarantees)
  same("the committee's guarantees", found[3], guarantees)
  same("the receipt verifier's epochs", found[4], at.epochs)
}

async function checkExecutions(publicClient: PublicClient, at: Addresses, same: (what: string, found: Address, wanted: Address) => void): Promise<void> {
  const court = { address: at.executionCourt, abi: executionCourtAbi } as const
  const found = await readLedger({ publicClient }, 'wiring of executions', (client) =>
    Promise.all([
      client.readContract({ ...court, functionName: 'stakes' }),
      client.readContract({ ...court, functionName: 'beacon' }),
      client.readContract({ ...court, functionName: 'roll' }),
      client.readContract({ address: at.samplingBeacon, abi: samplingBeaconAbi, functionName: 'epochs' }),
      client.readContract({ address: at.parameters, abi: parametersAbi, functionName: 'courtSince', args: [at.executionCourt] }),
    ]),
  )
  same("the court of executions' stakes", found[0], at.stakes)
  same("the court of executions' beacon", found[1], at.samplingBeacon)
  same("the court of executions' auditors", found[2], at.committeeVerifier)
  same("the beacon's epochs", found[3], at.epochs)
  if (found[4] === 0n) mismatch('the court of executions is not registered')
}
