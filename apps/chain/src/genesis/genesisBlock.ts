import { Block, createBlockHeader } from '@ethereumjs/block'
import { createAccount, createAddressFromString } from '@ethereumjs/util'
import { stateAt } from '../evm/stateAt.ts'
import type { ChainCommon } from '../evm/ChainCommon.ts'
import { StateNodes } from '../storage/StateNodes.ts'
import type { ChainStore } from '../storage/ChainStore.ts'
import { blockGasLimit, initialBaseFee, type Genesis } from './Genesis.ts'

/** Makes block 0 of a genesis and the trie nodes of its state. Depends on the genesis alone: its time is 0. */
export async function genesisBlock(genesis: Genesis, common: ChainCommon, store: ChainStore): Promise<{ block: Block; nodes: ReadonlyMap<string, Uint8Array> }> {
  const nodes = new StateNodes(store)
  const state = stateAt(common, nodes, emptyStateRoot(common), { lasting: false })
  for (const [address, balance] of Object.entries(genesis.alloc)) {
    await state.putAccount(createAddressFromString(address), createAccount({ balance }))
  }
  const stateRoot = await state.getStateRoot()
  const header = createBlockHeader({ number: 0n, stateRoot, gasLimit: blockGasLimit, baseFeePerGas: initialBaseFee }, { common })
  return { block: new Block(header, [], [], [], { common }), nodes: nodes.written }
}

/** The root of a state without accounts: the hash of an empty RLP string. */
function emptyStateRoot(common: ChainCommon): Uint8Array {
  return common.keccak256(Uint8Array.of(0x80))
}
