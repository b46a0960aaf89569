import type { Block } from '@ethereumjs/block'
import { call } from '../../execution/call.ts'
import { callContext } from '../../execution/callContext.ts'
import { estimateGas } from '../../execution/estimateGas.ts'
import { meansHead, requireBlock } from '../findBlock.ts'
import { hexOf, quantity } from '../format/hex.ts'
import { isObject, readCall } from '../readParams.ts'
import { badParams } from '../RpcError.ts'
import type { RpcContext, RpcMethods } from '../RpcContext.ts'

function refuseOverrides(...overrides: unknown[]): void {
  for (const override of overrides) {
    if (isObject(override) && Object.keys(override).length > 0) throw badParams('state and block overrides are not supported')
  }
}

function timeOf(block: Block, tag: unknown, asNext: boolean, { clock }: RpcContext): bigint {
  if (!meansHead(tag)) return block.header.timestamp
  return asNext ? clock.next(block.header.timestamp) : clock.seenFrom(block.header.timestamp)
}

/** Simulations. On the head they see the clock's time, since time passes without blocks; on a block of the past they see its time. */
export const callMethods: RpcMethods = {
  eth_call: async ([request, tag, state, overrides], context) => {
    refuseOverrides(state, overrides)
    const { chain } = context
    const block = requireBlock(chain, tag)
    const asNext = tag === 'pending'
    const around = callContext(block, { timestamp: timeOf(block, tag, asNext, context), baseFeePerGas: block.header.baseFeePerGas ?? 0n, asNext })
    return hexOf(await call(chain, block, around, readCall(request)))
  },
  eth_estimateGas: async ([request, tag, state], context) => {
    refuseOverrides(state)
    const { chain } = context
    const block = requireBlock(chain, tag)
    const asNext = meansHead(tag)
    const around = callContext(block, { timestamp: timeOf(block, tag, asNext, context), baseFeePerGas: 0n, asNext })
    return quantity(await estimateGas(chain, block, around, readCall(request)))
  },
}
