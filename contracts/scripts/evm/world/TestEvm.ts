import { EVM, NobleBN254, type EVMMockBlockchainInterface, type EVMResult, type EVMRunCallOpts, type Log, type Message } from '@ethereumjs/evm'
import { Account, type Address } from '@ethereumjs/util'
import type { BlockSettings } from './BlockSettings.ts'
import type { JournaledState } from './JournaledState.ts'
import type { Recorder } from './Recorder.ts'
import type { TestCommon } from './TestCommon.ts'

/** What stands between a frame and the calls and logs that it makes. */
export type CallHooks = {
  /** Around each call and creation that a contract makes. `proceed` lets it happen as it then stands in the message. */
  call(message: Message, proceed: () => Promise<EVMResult>): Promise<EVMResult>
  /** After each log. `depth` is that of the frame that wrote it; a test function has 0. */
  log(depth: number, log: Log): void
  /** Whether the next call of a contract's frame goes out in the name of another. */
  pretends(depth: number, contract: Address): boolean
}

const [firstLog, lastLog, jumpIf, callOpcode] = [0xa0, 0xa4, 0x57, 0xf1]
type RunState = {
  code: Uint8Array
  programCounter: number
  stack: { peek(n: number): bigint[] }
  env: { depth: number; address: Address; contract: Account }
  interpreter: { _result: { logs: Log[] } }
}
type Frame = NonNullable<EVMRunCallOpts['message']>

const calldataGas = (data: Uint8Array): bigint => data.reduce((sum, byte) => sum + (byte === 0 ? 4n : 16n), 0n)

/** The EVM of EthereumJS, with a hook around every call between contracts and one at every log. */
export class TestEvm extends EVM {
  private readonly hooks: CallHooks
  private readonly state: JournaledState
  private readonly settings: BlockSettings

  constructor(common: TestCommon, state: JournaledState, settings: BlockSettings, hooks: CallHooks, recorder?: Recorder) {
    const blockchain: EVMMockBlockchainInterface = {
      getBlock: async (number) => ({ hash: () => settings.hashOf(BigInt(number as number)) }),
      putBlock: async () => {},
      shallowCopy: () => blockchain,
    }
    // Test contracts are larger than a chain would take, as they are in Forge; `contracts/scripts/build.ts` checks the sizes of those that are deployed.
    super({ common, stateManager: state, blockchain, bn254: new NobleBN254(), allowUnlimitedContractSize: true, allowUnlimitedInitCodeSize: true })
    this.hooks = hooks
    this.state = state
    this.settings = settings
    this.watchLogs()
    this.letOthersPay()
    if (recorder) this.watchInstructions(recorder)
  }

  /** Puts something around an instruction. Its handler runs when the counter already stands behind it. */
  private wrap(opcode: number, around: (state: RunState, handle: () => unknown) => unknown): void {
    const entry = this._opcodeMap[opcode]!
    const handler = entry.opHandler as (...all: unknown[]) => unknown
    const wrapped = (state: RunState, ...rest: unknown[]): unknown => around(state, () => handler(state, ...rest))
    this._opcodeMap[opcode] = { ...entry, opHandler: wrapped as unknown as typeof entry.opHandler }
  }

  private watchLogs(): void {
    for (let opcode = firstLog; opcode <= lastLog; opcode++) {
      this.wrap(opcode, ({ env, interpreter }, handle) => {
        handle()
        this.hooks.log(env.depth, interpreter._result.logs.at(-1)!)
      })
    }
  }

  /** The interpreter asks whether the calling contract can pay; when it calls for another, that one has to be asked, and the call itself does. */
  private letOthersPay(): void {
    this.wrap(callOpcode, async ({ env }, handle) => {
      if (!this.hooks.pretends(env.depth, env.address)) return handle()
      const { contract } = env
      const { balance } = contract
      contract.balance = 2n ** 256n - 1n
      try {
        return await handle()
      } finally {
        contract.balance = balance
      }
    })
  }

  /** The handler runs when the counter already stands behind the instruction. Written out, as this runs for every one. */
  private watchInstructions(recorder: Recorder): void {
    for (const [opcode, entry] of this._opcodeMap.entries()) {
      if (entry.opHandler === undefined) continue
      const handler = entry.opHandler as unknown as (state: RunState, common: unknown) => unknown
      const isJump = opcode === jumpIf
      const wrapped = (state: RunState, common: unknown): unknown => {
        recorder.ran(state.code, state.programCounter - 1, isJump ? state.stack.peek(2)[1] !== 0n : undefined)
        return handler(state, common)
      }
      this._opcodeMap[opcode] = { ...entry, opHandler: wrapped as unknown as typeof entry.opHandler }
    }
  }

  override runCall(options: EVMRunCallOpts): Promise<EVMResult> {
    const { message } = options
    if (message === undefined || message.depth === 0) return super.runCall(options)
    return this.hooks.call(message, () => super.runCall(options))
  }

  /** Forgets which accounts and slots are warm and what they held at first, as a new transaction does. */
  beginTransaction(warm: readonly (Address | undefined)[]): void {
    const Fresh = this.journal.constructor as new (state: JournaledState, common: EVM['common']) => EVM['journal']
    this.journal = new Fresh(this.state, this.common)
    this.state.originalStorageCache.clear()
    for (const address of this.precompiles.keys()) this.journal.addAlwaysWarmAddress(address)
    for (const address of [...warm, this.settings.header.coinbase]) if (address) this.journal.addAlwaysWarmAddress(address.toString())
  }

  /**
   * Lets a call out of a test function be a transaction of its own.
   * @returns its result, and the gas that it costs in all: with the base price and the calldata, less what is given back
   */
  async asTransaction(message: Frame, proceed: () => Promise<EVMResult>): Promise<{ result: EVMResult; gas: bigint }> {
    const { journal, transientStorage } = this
    const words = BigInt(Math.ceil(message.data.length / 32))
    const base = 21_000n + calldataGas(message.data) + (message.to ? 0n : 32_000n + 2n * words)
    if (message.to) await this.bumpNonce(message.caller)
    const outer = transientStorage as { constructor: unknown }
    this.beginTransaction([message.caller, message.to])
    Object.assign(this, { transientStorage: new (outer.constructor as new () => EVM['transientStorage'])() })
    message.gasRefund = 0n
    const result = await proceed()
    Object.assign(this, { journal, transientStorage })
    this.state.originalStorageCache.clear()
    const spent = base + result.execResult.executionGasUsed
    const back = result.execResult.gasRefund ?? 0n
    result.execResult.gasRefund = 0n
    return { result, gas: spent - (back < spent / 5n ? back : spent / 5n) }
  }

  private async bumpNonce(address: Address): Promise<void> {
    const account = (await this.state.getAccount(address)) ?? new Account()
    account.nonce++
    await this.state.putAccount(address, account)
  }
}
