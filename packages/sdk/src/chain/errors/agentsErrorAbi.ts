import { clientVerifierAbi, committeeVerifierAbi, guaranteeValidatorAbi, guaranteesAbi, hashVerifierAbi, identityRegistryAbi, receiptVerifierAbi, reputationRegistryAbi, validationRegistryAbi } from '@openledger/protocol'
import type { AbiItem } from 'viem'

const everything: readonly AbiItem[] = [...identityRegistryAbi, ...guaranteesAbi, ...reputationRegistryAbi, ...validationRegistryAbi, ...guaranteeValidatorAbi, ...hashVerifierAbi, ...receiptVerifierAbi, ...clientVerifierAbi, ...committeeVerifierAbi]

/** The custom errors of the contracts of agents. */
export const agentsErrorAbi: readonly AbiItem[] = everything.filter((item) => item.type === 'error')
