import { Common, Hardfork, Mainnet, type CustomCrypto } from '@ethereumjs/common'
import { paramsEVM } from '@ethereumjs/evm'
import type { BlockSettings } from './BlockSettings.ts'

/** The rules of Cancun, as in `contracts/foundry.toml`, with the chain id that the test says. */
export class TestCommon extends Common {
  private readonly block: BlockSettings
  private readonly active = new Map<number, boolean>()

  constructor(block: BlockSettings, crypto: CustomCrypto) {
    super({ chain: Mainnet, hardfork: Hardfork.Cancun, customCrypto: crypto, params: paramsEVM })
    this.block = block
  }

  /** Asked several times for each instruction, and there is one hardfork for good. */
  override isActivatedEIP(eip: number): boolean {
    // The constructor of `Common` asks before there is anything to remember it in.
    if ((this.active as Map<number, boolean> | undefined) === undefined) return super.isActivatedEIP(eip)
    const known = this.active.get(eip)
    if (known !== undefined) return known
    const isActive = super.isActivatedEIP(eip)
    this.active.set(eip, isActive)
    return isActive
  }

  override chainId(): bigint {
    return this.block.chainId
  }
}
