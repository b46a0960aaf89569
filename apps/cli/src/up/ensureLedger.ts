import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { writeFileSafely } from '@openledger/files'
import { networkSchema, readArtefact, writeArtefact, type Network } from '@openledger/protocol'
import { addressesOfNetwork, checkContracts, deployContracts, type DeployProgress, type GovernanceSettings, type LedgerParameters } from '@openledger/sdk'
import type { Address } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { DataFolder } from '../context/dataFolder.ts'
import { chainClients } from '../context/ledgerClients.ts'

export type LedgerOptions = {
  folder: DataFolder
  rpcUrl: string
  chainId: number
  deployer: PrivateKeyAccount
  parameters: LedgerParameters
  governance: GovernanceSettings
  /** Who may pause from the beginning on; default nobody. */
  guardian?: Address
  /** The ERC-20 that is OPEN; default: the native coin is. */
  openToken?: Address
  onStep?: (contract: string, done: number, of: number) => void
}

/** The ledger of this data folder: the one that network.json names, or new contracts; an interrupted creation is finished. Writes network.json. */
export async function ensureLedger({ folder, rpcUrl, chainId, deployer, parameters, governance, guardian, openToken, onStep }: LedgerOptions): Promise<Network> {
  const { publicClient, walletClient } = chainClients({ rpcUrl, chainId }, deployer)
  const known = await readFile(folder.network, 'utf8').catch(() => null)
  if (known !== null) {
    const network: Network = { ...readArtefact(networkSchema, known), rpcUrl }
    await checkContracts(publicClient, addressesOfNetwork(network))
    await writeFileSafely(folder.network, writeArtefact(network))
    return network
  }
  const progressFile = path.join(folder.root, 'deployment.json')
  const text = await readFile(progressFile, 'utf8').catch(() => null)
  const progress = text === null ? undefined : (JSON.parse(text) as DeployProgress)
  const onProgress = (next: DeployProgress): Promise<void> => writeFileSafely(progressFile, JSON.stringify(next))
  const { deployBlock, chainId: id, ...contracts } = await deployContracts(walletClient, publicClient, parameters, { progress, onProgress, onStep, governance, guardian, openToken })
  const network: Network = { kind: 'openledger/network/1', chainId: id, rpcUrl, deployBlock: BigInt(deployBlock), treasury: parameters.treasury, contracts }
  await writeFileSafely(folder.network, writeArtefact(network))
  return network
}
