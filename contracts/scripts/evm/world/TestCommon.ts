import { Common, Hardfork, Mainnet, type CustomCrypto } from '@ethereumjs/common'
import { paramsEVM } from '@ethereumjs/evm'
import type { BlockSettings } from './BlockSettings.ts'

/** The rules of Cancun, as in `contracts/foundry.toml`, with the chain id that the test says. */
export class TestCommon extends Common {
  private readonly block: BlockSettings

  constructor(block: BlockSettings, crypto: CustomCrypto) {
    super({ chain: Mainnet, hardfork: Hardfork.Cancun, customCrypto: crypto, params: paramsEVM })
    this.block = block
  }

  override chainId(): bigint {
    return this.block.chainId
  }
}
