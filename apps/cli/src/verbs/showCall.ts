import { ledgerGovernorAbi, parametersAbi, samplingBeaconAbi, timelockAbi } from '@openledger/protocol'
import type { ProposedCall } from '@openledger/sdk'
import { decodeFunctionData } from 'viem'

const plain = (value: unknown): string => JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? v.toString() : v))

/** What a proposal would do, for people: the function's name and its arguments, or the bare data of a call that is not known here. */
export function showCall({ target, data }: ProposedCall): string {
  try {
    const { functionName, args = [] } = decodeFunctionData({ abi: [...parametersAbi, ...ledgerGovernorAbi, ...timelockAbi, ...samplingBeaconAbi], data })
    return `${functionName}(${args.map(plain).join(', ')}) of ${target}`
  } catch {
    return `${data} to ${target}`
  }
}
