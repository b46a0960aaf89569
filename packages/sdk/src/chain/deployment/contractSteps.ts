import { encodeDeployData, getContractAddress, type Address, type Hex } from 'viem'
import type { contractBytecode } from '@openledger/protocol/bytecode'
import { channelsAbi, datanetsAbi, epochsAbi, modelsAbi, parametersAbi, stakesAbi, wopenAbi } from '@openledger/protocol'
import type { Addresses } from '../connection/Addresses.ts'
import type { LedgerParameters } from '../parameters/readParameters.ts'

export type ContractName = Exclude<keyof Addresses, 'chainId' | 'deployBlock'>
export type ContractStep = { contract: ContractName; address: Address; data: Hex }
type Bytecode = typeof contractBytecode

const order: readonly ContractName[] = ['wopen', 'parameters', 'stakes', 'epochs', 'channels', 'datanets', 'models']

/** Where each contract will stand when the deployer creates them in turn from `startNonce` on. */
export function predictAddresses(deployer: Address, startNonce: number): Record<ContractName, Address> {
  const entries = order.map((contract, i) => [contract, getContractAddress({ from: deployer, nonce: BigInt(startNonce + i) })])
  return Object.fromEntries(entries) as Record<ContractName, Address>
}

/** The creations of all contracts in their order. */
export function contractSteps(deployer: Address, startNonce: number, parameters: LedgerParameters, bytecode: Bytecode): ContractStep[] {
  const at = predictAddresses(deployer, startNonce)
  const data: Record<ContractName, Hex> = {
    wopen: encodeDeployData({ abi: wopenAbi, bytecode: bytecode.WOPEN }),
    parameters: encodeDeployData({ abi: parametersAbi, bytecode: bytecode.Parameters, args: [deployer, parameters] }),
    stakes: encodeDeployData({ abi: stakesAbi, bytecode: bytecode.Stakes, args: [at.wopen, at.parameters] }),
    epochs: encodeDeployData({ abi: epochsAbi, bytecode: bytecode.Epochs, args: [at.wopen, at.parameters, at.stakes] }),
    channels: encodeDeployData({ abi: channelsAbi, bytecode: bytecode.Channels, args: [at.wopen, at.parameters, at.epochs] }),
    datanets: encodeDeployData({ abi: datanetsAbi, bytecode: bytecode.Datanets, args: [] }),
    models: encodeDeployData({ abi: modelsAbi, bytecode: bytecode.Models, args: [at.wopen, at.parameters, at.datanets] }),
  }
  return order.map((contract) => ({ contract, address: at[contract], data: data[contract] }))
}
