import type { Block } from '@ethereumjs/block'
import type { Chain } from '../blocks/Chain.ts'
import { createChainVm } from '../evm/createChainVm.ts'
import type { CallRequest } from './CallRequest.ts'
import { requireSuccess } from './ExecutionFailed.ts'

/**
 * Runs a call on the state after a block and keeps nothing of it.
 * @param around what the call sees as its block
 * @returns what the contract returned
 * @throws ExecutionFailed with the revert data
 */
export async function call(chain: Chain, block: Block, around: Block, request: CallRequest): Promise<Uint8Array> {
  const vm = await createChainVm(chain.common, chain.stateOf(block), chain.hashOf)
  const limit = block.header.gasLimit
  const { execResult } = await vm.evm.runCall({
    block: around,
    caller: request.from,
    to: request.to,
    data: request.data,
    value: request.value,
    gasPrice: request.maxFeePerGas,
    gasLimit: request.gas !== undefined && request.gas < limit ? request.gas : limit,
  })
  requireSuccess(execResult)
  return execResult.returnValue
}
