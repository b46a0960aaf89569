import type { Hex, Receipt } from '@openledger/protocol'
import type { AnswerView } from '@openledger/sdk'
import type { ServedModel } from '../deployments/ServedModels.ts'
import { shareViews, type ShareViewInput } from './shareViews.ts'

export type AnswerViewInput = ShareViewInput & {
  model: ServedModel
  receipt: Omit<Receipt, 'nonce'>
  /** Unix seconds until which the answer must be attributed; null when there is nothing to attribute. */
  deadline: number | null
}

/** The fixed part of an answer's view; `channel` and `epoch` change with time and are added when it is shown. */
export type RecordedView = Omit<AnswerView, 'channel'>

/** Makes the view of an answer as it leaves the node, ready but for the receipt's id: nothing is known yet of whose data shaped it. */
export async function answerView({ model, receipt, deadline, ...input }: AnswerViewInput): Promise<(receiptId: Hex) => RecordedView> {
  const fixed = {
    model: model.name,
    deploymentId: model.deploymentId,
    fee: receipt.fee.toString(),
    time: Number(receipt.time),
    inputTokens: receipt.inputTokens,
    outputTokens: receipt.outputTokens,
    attribution: { status: deadline === null ? ('none' as const) : ('pending' as const), deadline, at: null, method: null, error: null },
    sources: [],
    ...(await shareViews(input)),
    epoch: null,
  }
  return (receiptId) => ({ receiptId, ...fixed })
}
