import type { Block } from '@ethereumjs/block'
import { EVMError } from '@ethereumjs/evm'
import { createFeeMarket1559Tx } from '@ethereumjs/tx'
import { runTx, type RunTxResult, type VM } from '@ethereumjs/vm'
import { OpenLedgerError } from '@openledger/protocol/errors'
import type { Chain } from '../blocks/Chain.ts'
import { createChainVm } from '../evm/createChainVm.ts'
import type { CallRequest } from './CallRequest.ts'
import { ExecutionFailed, requireSuccess } from './ExecutionFailed.ts'

const transferGas = 21_000n
const callStipend = 2_300n
// The search ends when the answer is known to one and a half per cent; wallets add more than that.
const toleranceNumerator = 3n
const toleranceDenominator = 200n

/**
 * Finds how much gas a transaction needs on the state after a block: a limit at which it succeeds, at most 1.5 % above the least.
 * @param around the block that it would be in, with base fee 0
 * @throws ExecutionFailed when it fails with all the gas that it may have
 */
export async function estimateGas(chain: Chain, block: Block, around: Block, request: CallRequest): Promise<bigint> {
  const state = chain.stateOf(block)
  const vm = await createChainVm(chain.common, state, chain.hashOf)
  const ceiling = await gasCeiling(vm, request, around.header.gasLimit)
  const isTransfer = request.to !== undefined && request.data.length === 0 && request.accessList.length === 0
  if (isTransfer && ceiling >= transferGas && (await state.getCode(request.to as NonNullable<typeof request.to>)).length === 0) {
    const transfer = await tryGas(vm, around, request, transferGas)
    if (transfer !== undefined) requireSuccess(transfer.execResult)
    return transferGas
  }
  const first = await tryGas(vm, around, request, ceiling)
  if (ranOut(first)) throw new ExecutionFailed(`gas required exceeds allowance (${ceiling})`)
  requireSuccess(first.execResult)
  let enough = ceiling
  let short = first.totalGasSpent - 1n
  const guess = ((first.totalGasSpent + first.gasRefund + callStipend) * 64n) / 63n
  if (guess < enough) {
    if (succeeded(await tryGas(vm, around, request, guess))) enough = guess
    else short = guess
  }
  while (short + 1n < enough && (enough - short) * toleranceDenominator > enough * toleranceNumerator) {
    // Most need little more than they use: look near the lower end first.
    const middle = (enough + short) / 2n
    const next = middle > short * 2n ? short * 2n : middle
    if (succeeded(await tryGas(vm, around, request, next))) enough = next
    else short = next
  }
  return enough
}

/** The most gas the transaction may have: what it asks for, what a block holds, what its sender can pay. */
async function gasCeiling(vm: VM, request: CallRequest, blockLimit: bigint): Promise<bigint> {
  let ceiling = request.gas !== undefined && request.gas < blockLimit && request.gas >= transferGas ? request.gas : blockLimit
  if (request.maxFeePerGas > 0n) {
    const balance = (await vm.stateManager.getAccount(request.from))?.balance ?? 0n
    if (balance < request.value) throw new ExecutionFailed('insufficient funds for transfer')
    const affordable = (balance - request.value) / request.maxFeePerGas
    if (affordable < ceiling) ceiling = affordable
  }
  return ceiling
}

/** Undefined where the gas does not even pay for the transaction's own bytes. */
type Trial = RunTxResult | undefined

const succeeded = (trial: Trial): boolean => trial !== undefined && trial.execResult.exceptionError === undefined

const ranOut = (trial: Trial): trial is undefined => trial === undefined || trial.execResult.exceptionError?.error === EVMError.errorMessages.OUT_OF_GAS

/** Runs it with this much gas and takes everything back. */
async function tryGas(vm: VM, around: Block, request: CallRequest, gasLimit: bigint): Promise<Trial> {
  const { to, value, data, accessList } = request
  const tx = createFeeMarket1559Tx({ to, value, data, accessList, gasLimit, maxFeePerGas: 0n, maxPriorityFeePerGas: 0n }, { common: vm.common, freeze: false })
  tx.getSenderAddress = () => request.from
  await vm.stateManager.checkpoint()
  try {
    return await runTx(vm, { tx, block: around, skipNonce: true, skipHardForkValidation: true })
  } catch (error) {
    if (error instanceof OpenLedgerError) throw error
    const text = error instanceof Error ? error.message : String(error)
    if (/enough funds/.test(text)) throw new ExecutionFailed('insufficient funds for gas * price + value')
    if (/INTRINSIC_GAS_TOO_LOW/.test(text)) return undefined
    throw new ExecutionFailed(text)
  } finally {
    await vm.stateManager.revert()
  }
}
