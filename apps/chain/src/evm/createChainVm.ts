import { EVMError, createEVM, type EVMMockBlockchainInterface } from '@ethereumjs/evm'
import type { MerkleStateManager } from '@ethereumjs/statemanager'
import { createAddressFromString } from '@ethereumjs/util'
import { createVM, type VM } from '@ethereumjs/vm'
import type { ChainCommon } from './ChainCommon.ts'

/** Finds a block's hash by its number, for the BLOCKHASH instruction. */
export type BlockHashes = (number: number) => Uint8Array

function blockSource(hashes: BlockHashes): EVMMockBlockchainInterface {
  const source: EVMMockBlockchainInterface = {
    getBlock: async (number) => {
      const hash = hashes(number)
      return { hash: () => hash }
    },
    putBlock: async () => {},
    shallowCopy: () => source,
  }
  return source
}

/** The chain carries no blobs, so the point evaluation precompile fails every call, as it does for a wrong proof. */
const withoutBlobs = {
  address: createAddressFromString('0x000000000000000000000000000000000000000a'),
  function: (input: { gasLimit: bigint }) => ({
    returnValue: new Uint8Array(),
    executionGasUsed: input.gasLimit,
    exceptionError: new EVMError(EVMError.errorMessages.INVALID_PROOF),
  }),
}

/** Creates an EVM over one state. The state manager is owned by the caller and changed by what runs. */
export async function createChainVm(common: ChainCommon, state: MerkleStateManager, hashes: BlockHashes): Promise<VM> {
  const blockchain = blockSource(hashes)
  const evm = await createEVM({ common, stateManager: state, blockchain, customPrecompiles: [withoutBlobs] })
  return createVM({ common, stateManager: state, blockchain, evm })
}
