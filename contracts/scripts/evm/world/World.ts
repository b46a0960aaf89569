import type { CustomCrypto } from '@ethereumjs/common'
import type { EVMRunCallOpts } from '@ethereumjs/evm'
import { Account, createAddressFromString, type Address } from '@ethereumjs/util'
import type { Abi } from 'viem'
import { CheatHooks, cheatAddress } from '../cheats/CheatHooks.ts'
import { isRejected } from '../cheats/cheatCodes.ts'
import { BlockSettings } from './BlockSettings.ts'
import { JournaledState } from './JournaledState.ts'
import type { Recorder } from './Recorder.ts'
import { TestCommon } from './TestCommon.ts'
import { TestEvm } from './TestEvm.ts'

export type WorldOptions = {
  cheatAbi: Abi
  crypto: CustomCrypto & { keccak256: (bytes: Uint8Array) => Uint8Array }
  /** True where each call out of a test function is a transaction of its own. */
  isolate: boolean
  readText(path: string): string
  snapshot(group: string, name: string, value: bigint): void
  recorder?: Recorder
}

/** How a call into the world ended. */
export type Outcome = {
  ok: boolean
  /** What it returned or what the revert carried. */
  data: Uint8Array
  /** Why it failed where no revert data says so. */
  why?: string
  /** The test did not want this input: `assume` was not fulfilled. */
  rejected: boolean
}

/** Who calls test functions, and with which nonce it begins: as in Forge, so that every address and thus every gas figure is the same. */
const sender = createAddressFromString('0x1804c8ab1f12e6bbf3894d4083f33e07309d1f38')
const gasLimit = 2n ** 30n
const coins = 2n ** 96n - 1n

/** A state, a block and an EVM with cheat codes, for one test contract. */
export class World {
  readonly state: JournaledState
  readonly block: BlockSettings
  private readonly hooks: CheatHooks
  private readonly evm: TestEvm

  constructor({ cheatAbi, crypto, isolate, readText, snapshot, recorder }: WorldOptions) {
    this.state = new JournaledState(crypto.keccak256)
    this.block = new BlockSettings(crypto.keccak256)
    const context = { state: this.state, block: this.block, readText, snapshot }
    this.hooks = new CheatHooks(cheatAbi, context, isolate ? (message, proceed) => this.evm.asTransaction(message, proceed) : undefined)
    this.evm = new TestEvm(new TestCommon(this.block, crypto), this.state, this.block, this.hooks, recorder)
  }

  /** Deploys a test contract. @returns its address, and how its constructor ended */
  async deploy(creationCode: Uint8Array): Promise<{ address: Address; outcome: Outcome }> {
    await this.state.putAccount(sender, new Account(0n, 2n ** 255n))
    // Calls are refused where there is no code; this is code that nobody runs.
    await this.state.putCode(cheatAddress, new Uint8Array(1))
    await this.state.modifyAccountFields(sender, { nonce: 1n })
    const { outcome, createdAddress } = await this.run({ data: creationCode, caller: sender })
    const address = createdAddress ?? sender
    await this.state.modifyAccountFields(address, { balance: coins })
    return { address, outcome }
  }

  /** Calls a contract from outside. Changes to the state stay, unless it fails. */
  async call(to: Address, data: Uint8Array, caller: Address = sender): Promise<Outcome> {
    return (await this.run({ to, data, caller, skipNonceIncrement: true })).outcome
  }

  private async run(call: Pick<EVMRunCallOpts, 'to' | 'data' | 'skipNonceIncrement'> & { caller: Address }): Promise<{ outcome: Outcome; createdAddress: Address | undefined }> {
    this.evm.beginTransaction([call.caller, call.to])
    const block = this.block as unknown as NonNullable<EVMRunCallOpts['block']>
    const { execResult, createdAddress } = await this.evm.runCall({ ...call, block, origin: call.caller, gasLimit, depth: 0 })
    const error = execResult.exceptionError
    const why = error === undefined ? this.hooks.leftOver() : error.error
    const outcome = { ok: why === undefined, data: execResult.returnValue, rejected: error !== undefined && isRejected(execResult.returnValue), ...(why !== undefined && { why }) }
    return { outcome, createdAddress }
  }

  /** Does something and takes back all that it changed: state, block, and what cheat codes had set. */
  async within<T>(work: () => Promise<T>): Promise<T> {
    const cheats = this.hooks.cheats
    const restore = this.block.save()
    await this.state.checkpoint()
    this.hooks.cheats = cheats.copy()
    try {
      return await work()
    } finally {
      await this.state.revert()
      this.hooks.cheats = cheats
      restore()
    }
  }
}
