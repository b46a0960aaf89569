import { attributionCourtAbi, channelsAbi, datanetsAbi, epochCourtAbi, epochsAbi, estatesAbi, executionCourtAbi, inclusionCourtAbi, ledgerGovernorAbi, modelsAbi, parametersAbi, samplingBeaconAbi, stakesAbi, timelockAbi, tokenWOPENAbi, wopenAbi } from '@openledger/protocol'
import type { Abi, AbiItem } from 'viem'
import { agentsErrorAbi } from './agentsErrorAbi.ts'

const everything: readonly AbiItem[] = [...datanetsAbi, ...modelsAbi, ...channelsAbi, ...epochsAbi, ...stakesAbi, ...parametersAbi, ...attributionCourtAbi, ...epochCourtAbi, ...inclusionCourtAbi, ...estatesAbi, ...samplingBeaconAbi, ...executionCourtAbi, ...agentsErrorAbi, ...wopenAbi, ...tokenWOPENAbi, ...timelockAbi, ...ledgerGovernorAbi]

/** Every custom error of every contract: a call can fail in a contract that the called one calls. */
export const ledgerErrorAbi: Abi = everything.filter((item) => item.type === 'error')
