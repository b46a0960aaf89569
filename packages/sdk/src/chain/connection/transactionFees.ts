import { Eip1559FeesNotSupportedError, type PublicClient } from 'viem'

export type TransactionFees = { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint } | { gasPrice: bigint }

/** What to pay per gas now, in the smallest unit; a legacy price on chains without a base fee. */
export async function transactionFees(publicClient: PublicClient): Promise<TransactionFees> {
  try {
    const { maxFeePerGas, maxPriorityFeePerGas } = await publicClient.estimateFeesPerGas()
    // Twice the base fee, so that a transaction outlives a few full blocks.
    return { maxFeePerGas: 2n * maxFeePerGas, maxPriorityFeePerGas }
  } catch (error) {
    if (!(error instanceof Eip1559FeesNotSupportedError)) throw error
    return { gasPrice: await publicClient.getGasPrice() }
  }
}
