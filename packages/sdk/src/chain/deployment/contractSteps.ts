import { encodeDeployData, getContractAddress, type Address, type Hex } from 'viem'
import type { contractBytecode } from '@openledger/protocol/bytecode'
import {
  attributionCourtAbi,
  channelsAbi,
  clientVerifierAbi,
  committeeVerifierAbi,
  datanetsAbi,
  epochCourtAbi,
  epochsAbi,
  estatesAbi,
  executionCourtAbi,
  guaranteeValidatorAbi,
  guaranteesAbi,
  hashVerifierAbi,
  identityRegistryAbi,
  inclusionCourtAbi,
  indexJudgeAbi,
  ledgerGovernorAbi,
  modelsAbi,
  parametersAbi,
  parseOpen,
  paymentJudgeAbi,
  receiptVerifierAbi,
  reputationRegistryAbi,
  samplingBeaconAbi,
  scoreJudgeAbi,
  spanJudgeAbi,
  stakesAbi,
  tokenWOPENAbi,
  timelockAbi,
  validationRegistryAbi,
  wopenAbi,
} from '@openledger/protocol'
import type { Addresses } from '../connection/Addresses.ts'
import type { GovernanceSettings } from '../governance/GovernanceSettings.ts'
import type { LedgerParameters } from '../parameters/readParameters.ts'

/** The judges have no state and are named by their court. */
type JudgeName = 'scoreJudge' | 'spanJudge' | 'indexJudge' | 'paymentJudge'
/** Found from Parameters: its owner is the timelock, which names its governor. */
type GovernanceName = 'timelock' | 'governor'
type ListedName = Exclude<keyof Addresses, 'chainId' | 'deployBlock'>
export type ContractName = ListedName | JudgeName | GovernanceName
export type ContractStep = { contract: ContractName; address: Address; data: Hex }
type Bytecode = typeof contractBytecode

const core: readonly ListedName[] = ['wopen', 'parameters', 'stakes', 'epochs', 'channels', 'datanets', 'models', 'epochCourt', 'inclusionCourt', 'estates']
const agents: readonly ListedName[] = ['identityRegistry', 'guarantees', 'reputationRegistry', 'validationRegistry', 'guaranteeValidator', 'hashVerifier', 'receiptVerifier', 'clientVerifier', 'committeeVerifier']
const executions: readonly ListedName[] = ['samplingBeacon', 'executionCourt']
const listed: readonly ListedName[] = [...core, 'attributionCourt', ...agents, ...executions]
const order: readonly ContractName[] = [...core, 'scoreJudge', 'spanJudge', 'indexJudge', 'paymentJudge', 'attributionCourt', ...agents, ...executions, 'timelock', 'governor']

/** How answers are sampled and judged until a decision says otherwise: one in a hundred, by three auditors for 0.2 OPEN each. */
const firstAuditTerms = { ratePpm: 10_000, size: 3, fee: parseOpen('0.2') }

/** Where each contract will stand when the deployer creates them in turn from `startNonce` on. */
export function predictAddresses(deployer: Address, startNonce: number): Record<ContractName, Address> {
  const entries = order.map((contract, i) => [contract, getContractAddress({ from: deployer, nonce: BigInt(startNonce + i) })])
  return Object.fromEntries(entries) as Record<ContractName, Address>
}

/** The addresses that a ledger is known by. */
export function listedAddresses(deployer: Address, startNonce: number): Pick<Addresses, ListedName> {
  const at = predictAddresses(deployer, startNonce)
  return Object.fromEntries(listed.map((name) => [name, at[name]])) as Pick<Addresses, ListedName>
}

/** The creations of all contracts in their order. @param openToken the ERC-20 that is OPEN; without it OPEN is the native coin */
export function contractSteps(deployer: Address, startNonce: number, parameters: LedgerParameters, governance: GovernanceSettings, bytecode: Bytecode, openToken?: Address): ContractStep[] {
  const at = predictAddresses(deployer, startNonce)
  const judges = { score: at.scoreJudge, span: at.spanJudge, index: at.indexJudge, payment: at.paymentJudge }
  const data: Record<ContractName, Hex> = {
    wopen: openToken === undefined ? encodeDeployData({ abi: wopenAbi, bytecode: bytecode.WOPEN }) : encodeDeployData({ abi: tokenWOPENAbi, bytecode: bytecode.TokenWOPEN, args: [openToken] }),
    parameters: encodeDeployData({ abi: parametersAbi, bytecode: bytecode.Parameters, args: [deployer, parameters] }),
    stakes: encodeDeployData({ abi: stakesAbi, bytecode: bytecode.Stakes, args: [at.wopen, at.parameters, at.epochs] }),
    epochs: encodeDeployData({ abi: epochsAbi, bytecode: bytecode.Epochs, args: [at.wopen, at.parameters, at.stakes, at.estates, at.channels] }),
    channels: encodeDeployData({ abi: channelsAbi, bytecode: bytecode.Channels, args: [at.wopen, at.parameters, at.epochs] }),
    datanets: encodeDeployData({ abi: datanetsAbi, bytecode: bytecode.Datanets, args: [] }),
    models: encodeDeployData({ abi: modelsAbi, bytecode: bytecode.Models, args: [at.wopen, at.parameters, at.datanets] }),
    epochCourt: encodeDeployData({ abi: epochCourtAbi, bytecode: bytecode.EpochCourt, args: [at.wopen, at.parameters, at.epochs] }),
    inclusionCourt: encodeDeployData({ abi: inclusionCourtAbi, bytecode: bytecode.InclusionCourt, args: [at.wopen, at.parameters, at.stakes, at.epochs] }),
    estates: encodeDeployData({ abi: estatesAbi, bytecode: bytecode.Estates, args: [at.wopen, at.parameters, at.epochs, at.channels] }),
    scoreJudge: encodeDeployData({ abi: scoreJudgeAbi, bytecode: bytecode.ScoreJudge }),
    spanJudge: encodeDeployData({ abi: spanJudgeAbi, bytecode: bytecode.SpanJudge }),
    indexJudge: encodeDeployData({ abi: indexJudgeAbi, bytecode: bytecode.IndexJudge }),
    paymentJudge: encodeDeployData({ abi: paymentJudgeAbi, bytecode: bytecode.PaymentJudge, args: [at.parameters, at.channels, at.stakes] }),
    attributionCourt: encodeDeployData({ abi: attributionCourtAbi, bytecode: bytecode.AttributionCourt, args: [at.wopen, at.parameters, at.stakes, at.epochs, judges] }),
    identityRegistry: encodeDeployData({ abi: identityRegistryAbi, bytecode: bytecode.IdentityRegistry }),
    guarantees: encodeDeployData({ abi: guaranteesAbi, bytecode: bytecode.Guarantees, args: [at.wopen, at.parameters, at.identityRegistry] }),
    reputationRegistry: encodeDeployData({ abi: reputationRegistryAbi, bytecode: bytecode.ReputationRegistry, args: [at.identityRegistry, at.guarantees] }),
    validationRegistry: encodeDeployData({ abi: validationRegistryAbi, bytecode: bytecode.ValidationRegistry, args: [at.identityRegistry] }),
    guaranteeValidator: encodeDeployData({ abi: guaranteeValidatorAbi, bytecode: bytecode.GuaranteeValidator, args: [at.guarantees, at.validationRegistry] }),
    hashVerifier: encodeDeployData({ abi: hashVerifierAbi, bytecode: bytecode.HashVerifier }),
    receiptVerifier: encodeDeployData({ abi: receiptVerifierAbi, bytecode: bytecode.ReceiptVerifier, args: [at.epochs, at.channels] }),
    clientVerifier: encodeDeployData({ abi: clientVerifierAbi, bytecode: bytecode.ClientVerifier }),
    committeeVerifier: encodeDeployData({ abi: committeeVerifierAbi, bytecode: bytecode.CommitteeVerifier, args: [at.wopen, at.parameters, at.stakes, at.guarantees] }),
    samplingBeacon: encodeDeployData({ abi: samplingBeaconAbi, bytecode: bytecode.SamplingBeacon, args: [at.parameters, at.epochs, firstAuditTerms] }),
    executionCourt: encodeDeployData({ abi: executionCourtAbi, bytecode: bytecode.ExecutionCourt, args: [at.wopen, at.parameters, at.stakes, at.samplingBeacon, at.committeeVerifier] }),
    timelock: encodeDeployData({ abi: timelockAbi, bytecode: bytecode.Timelock, args: [BigInt(governance.timelockDelay), at.governor] }),
    governor: encodeDeployData({ abi: ledgerGovernorAbi, bytecode: bytecode.LedgerGovernor, args: [at.wopen, at.timelock, governance] }),
  }
  return order.map((contract) => ({ contract, address: at[contract], data: data[contract] }))
}
