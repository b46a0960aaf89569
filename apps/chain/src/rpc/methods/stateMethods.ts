import { getMerkleStateProof } from '@ethereumjs/statemanager'
import { requireBlock } from '../findBlock.ts'
import { hexOf, quantity } from '../format/hex.ts'
import { readAddress, readSlot } from '../readParams.ts'
import { badParams } from '../RpcError.ts'
import type { RpcMethods } from '../RpcContext.ts'

/** Accounts, at the head or after any block of the past. */
export const stateMethods: RpcMethods = {
  eth_getBalance: async ([address, tag], { chain }) => quantity((await chain.stateOf(requireBlock(chain, tag)).getAccount(readAddress(address)))?.balance ?? 0n),
  eth_getCode: async ([address, tag], { chain }) => hexOf(await chain.stateOf(requireBlock(chain, tag)).getCode(readAddress(address))),
  eth_getStorageAt: async ([address, slot, tag], { chain }) => {
    const value = await chain.stateOf(requireBlock(chain, tag)).getStorage(readAddress(address), readSlot(slot))
    return `0x${Buffer.from(value).toString('hex').padStart(64, '0')}`
  },
  eth_getTransactionCount: async ([value, tag], { chain, pool }) => {
    const address = readAddress(value)
    if (tag === 'pending') return quantity(await pool.nextNonce(address))
    return quantity((await chain.stateOf(requireBlock(chain, tag)).getAccount(address))?.nonce ?? 0n)
  },
  eth_getProof: ([address, slots, tag], { chain }) => {
    if (!Array.isArray(slots) || slots.length > 1_024) throw badParams('storage slots must be a list of at most 1024')
    return getMerkleStateProof(chain.stateOf(requireBlock(chain, tag)), readAddress(address), slots.map(readSlot))
  },
}
