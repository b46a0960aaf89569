import { quantity } from '../format/hex.ts'
import { readQuantity } from '../readParams.ts'
import type { RpcMethods } from '../RpcContext.ts'

/** Only with `--dev`: moving time, and blocks without transactions, for tests of waiting periods. */
export const devMethods: RpcMethods = {
  evm_mine: async (_, { producer }) => {
    await producer.produce(true)
    return '0x0'
  },
  evm_increaseTime: ([seconds], { clock }) => {
    const added = readQuantity(seconds, 'seconds')
    clock.advance(added)
    return quantity(added)
  },
  evm_setNextBlockTimestamp: ([timestamp], { clock }) => {
    clock.force(readQuantity(timestamp, 'timestamp'))
    return null
  },
}
