import { EVMError, type EVMResult, type Log, type Message } from '@ethereumjs/evm'
import { Account, createAddressFromString, type Address } from '@ethereumjs/util'
import { decodeAbiParameters, encodeAbiParameters, encodeErrorResult, hexToBytes, parseAbi, toFunctionSelector, toFunctionSignature, type Abi, type AbiFunction } from 'viem'
import { hexOf } from '../artifacts/Artifact.ts'
import type { CallHooks } from '../world/TestEvm.ts'
import { CheatFailed } from './CheatFailed.ts'
import { cheatCodes, rejectedInput, type CheatContext } from './cheatCodes.ts'
import { CheatState } from './CheatState.ts'
import { checkRevert } from './RevertExpectation.ts'

/** Where tests look for cheat codes: the address that comes of `keccak256("hevm cheat code")`. */
export const cheatAddress: Address = createAddressFromString('0x7109709ecfa91a80626ff3989d68f67f5b1dd12d')

const errorAbi = parseAbi(['error Error(string)'])
const ended = (message: Message, returnValue: Uint8Array, exceptionError?: EVMError): EVMResult => ({
  execResult: { returnValue, executionGasUsed: 0n, gasRefund: message.gasRefund, ...(exceptionError && { exceptionError }) },
})

/** The revert by which a cheat code that failed fails its test. */
export function revertData(message: string): Uint8Array {
  if (message === new TextDecoder().decode(rejectedInput)) return rejectedInput
  return hexToBytes(encodeErrorResult({ abi: errorAbi, errorName: 'Error', args: [`cheat code: ${message}`] }))
}

const failed = (message: Message, why: string): EVMResult => ended(message, revertData(why), new EVMError(EVMError.errorMessages.REVERT))

/** Answers the cheat codes and holds calls to what they said. */
export class CheatHooks implements CallHooks {
  cheats = new CheatState()
  private readonly selectors: ReadonlyMap<string, AbiFunction>
  private readonly context: Omit<CheatContext, 'cheats' | 'depth' | 'caller'>
  private readonly isolate: ((message: Message, proceed: () => Promise<EVMResult>) => Promise<{ result: EVMResult; gas: bigint }>) | undefined

  /** @param isolate makes a call a transaction of its own; undefined where calls are parts of one transaction */
  constructor(abi: Abi, context: CheatHooks['context'], isolate: CheatHooks['isolate']) {
    this.selectors = new Map(abi.filter((entry) => entry.type === 'function').map((entry) => [toFunctionSelector(entry), entry]))
    this.context = context
    this.isolate = isolate
  }

  log(depth: number, log: Log): void {
    this.cheats.logs.seen(depth, log)
  }

  pretends(depth: number, contract: Address): boolean {
    return this.cheats.pranks.changes(depth, contract)
  }

  async call(message: Message, proceed: () => Promise<EVMResult>): Promise<EVMResult> {
    if (message.to?.equals(cheatAddress)) return this.answer(message)
    let result = await this.perform(message, proceed)
    this.cheats.pranks.ended(message.depth)
    const error = result.execResult.exceptionError
    if (this.cheats.revert) result = this.settleRevert(message, result, error ? result.execResult.returnValue : undefined)
    try {
      this.cheats.logs.ended(message.depth)
    } catch (missing) {
      return failed(message, (missing as Error).message)
    }
    return result
  }

  /** What is still expected when a test function has ended. @returns why the test fails for it, or undefined */
  leftOver(): string | undefined {
    if (this.cheats.revert) return 'a revert was expected of a call that never came'
    try {
      this.cheats.logs.ended(0)
      return undefined
    } catch (missing) {
      return (missing as Error).message
    }
  }

  private async perform(message: Message, proceed: () => Promise<EVMResult>): Promise<EVMResult> {
    const answer = this.cheats.mocks.answerTo(message.to, message.data)
    if (answer) return ended(message, answer)
    const creator = this.cheats.pranks.apply(message)
    if (creator && !message.to) await this.moveNonce(creator, message.caller)
    if (this.isolate && message.depth === 1 && !message.isStatic && !message.delegatecall) {
      const { result, gas } = await this.isolate(message, proceed)
      this.cheats.lastGas = gas
      return result
    }
    const result = await proceed()
    if (message.depth === 1) this.cheats.lastGas = result.execResult.executionGasUsed
    return result
  }

  /** The one who pretends to create pays with its nonce, on which the new address depends. */
  private async moveNonce(from: Address, to: Address): Promise<void> {
    for (const [address, step] of [[from, -1n], [to, 1n]] as const) {
      const account = (await this.context.state.getAccount(address)) ?? new Account()
      account.nonce += step
      await this.context.state.putAccount(address, account)
    }
  }

  private settleRevert(message: Message, result: EVMResult, reverted: Uint8Array | undefined): EVMResult {
    const expected = this.cheats.revert!
    if (message.depth > expected.depth + 1) return result
    this.cheats.revert = undefined
    try {
      if (message.depth <= expected.depth) throw new CheatFailed('a revert was expected of a call that never came')
      checkRevert(expected, reverted)
    } catch (error) {
      return failed(message, (error as Error).message)
    }
    // The caller goes on as if the call had come back: with zeros enough for any result to be decoded.
    const settled = ended(message, new Uint8Array(message.to ? 8_192 : 0))
    settled.execResult.executionGasUsed = result.execResult.executionGasUsed
    if (result.createdAddress) settled.createdAddress = result.createdAddress
    return settled
  }

  private async answer(message: Message): Promise<EVMResult> {
    const entry = this.selectors.get(hexOf(message.data.subarray(0, 4)))
    const code = entry && cheatCodes[toFunctionSignature(entry)]
    if (!entry || !code) return failed(message, `${entry?.name ?? hexOf(message.data.subarray(0, 4))} is not known`)
    try {
      const args = decodeAbiParameters(entry.inputs, message.data.subarray(4))
      const context: CheatContext = { ...this.context, cheats: this.cheats, depth: message.depth - 1, caller: message.caller }
      const value: unknown = await code(context, ...(args as never[]))
      const values = entry.outputs.length === 0 ? [] : Array.isArray(value) ? value : [value]
      return ended(message, hexToBytes(encodeAbiParameters(entry.outputs, values)))
    } catch (error) {
      return failed(message, `${entry.name}: ${(error as Error).message}`.replace(/^assume: /, ''))
    }
  }
}
