import { paramsBlock } from '@ethereumjs/block'
import { Common, Hardfork, type ChainConfig, type CustomCrypto } from '@ethereumjs/common'
import { paramsEVM } from '@ethereumjs/evm'
import { paramsTx } from '@ethereumjs/tx'
import { paramsVM } from '@ethereumjs/vm'

/** The rules of the chain: Cancun, which is what solc emits for `evmVersion: cancun`. */
export const chainHardfork = Hardfork.Cancun

const byBlock = [
  Hardfork.Chainstart, Hardfork.Homestead, Hardfork.TangerineWhistle, Hardfork.SpuriousDragon, Hardfork.Byzantium,
  Hardfork.Constantinople, Hardfork.Petersburg, Hardfork.Istanbul, Hardfork.Berlin, Hardfork.London, Hardfork.Paris,
]
const byTime = [Hardfork.Shanghai, Hardfork.Cancun]

function chainConfig(chainId: number): ChainConfig {
  return {
    name: 'openledger',
    chainId,
    defaultHardfork: chainHardfork,
    consensus: { type: 'pos', algorithm: 'casper', casper: {} },
    genesis: { gasLimit: 0, difficulty: 0, nonce: '0x0000000000000000', extraData: '0x' },
    hardforks: [
      ...byBlock.map((name) => ({ name, block: 0 })),
      ...byTime.map((name) => ({ name, block: null, timestamp: 0 })),
    ],
    bootstrapNodes: [],
  }
}

/**
 * One instance for the whole process. The library copies its `Common`, and rebuilds a table of parameters, for every transaction and
 * header, because another one might live under another hardfork. Here there is one hardfork for good, so a copy is the instance
 * itself and the parameters of all packages are merged once.
 */
export class ChainCommon extends Common {
  readonly keccak256: (bytes: Uint8Array) => Uint8Array
  private complete = false

  constructor(chainId: number, crypto: CustomCrypto & { keccak256: (bytes: Uint8Array) => Uint8Array }) {
    super({ chain: chainConfig(chainId), hardfork: chainHardfork, customCrypto: crypto })
    this.keccak256 = crypto.keccak256
    for (const params of [paramsTx, paramsBlock, paramsEVM, paramsVM]) super.updateParams(params)
    this.complete = true
  }

  override copy(): Common {
    return this
  }

  override updateParams(params: Parameters<Common['updateParams']>[0]): void {
    if (!this.complete) super.updateParams(params)
  }
}
