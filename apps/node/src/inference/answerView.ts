import type { ContributorShare, Hex, Network, Receipt, Share } from '@openledger/protocol'
import type { AnswerView, SourceView } from '@openledger/sdk'
import type { Address } from 'viem'
import type { ServedModel } from '../deployments/ServedModels.ts'
import type { Names } from '../keys/Names.ts'

export type AnswerViewInput = {
  network: Network
  node: Address
  names: Names
  model: ServedModel
  receipt: Omit<Receipt, 'nonce'>
  shares: readonly Share[]
  sources: SourceView[]
  contributors: readonly ContributorShare[]
}

type Role = AnswerView['shares'][number]['role']
/** The fixed part of an answer's view; `channel` and `epoch` change with time and are added when it is shown. */
export type RecordedView = Omit<AnswerView, 'channel'>

/** Makes the view of an answer, ready but for the receipt's id. */
export async function answerView({ network, node, names, model, receipt, shares, sources, contributors }: AnswerViewInput): Promise<(receiptId: Hex) => RecordedView> {
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
  const role = (payee: Address): Role => {
    if (contributors.some((c) => same(c.contributor, payee))) return 'contributor'
    if (same(payee, network.treasury)) return 'treasury'
    if (same(payee, node)) return 'node'
    if (same(payee, network.contracts.stakes)) return 'stakers'
    return 'owner'
  }
  const amountOf = (payee: Address): string => (shares.find((s) => same(s.payee, payee))?.amount ?? 0n).toString()
  const influence: AnswerView['influence'] = []
  for (const { contributor, sharePpm } of contributors) influence.push({ contributor, name: await names.of(contributor), sharePpm, amount: amountOf(contributor) })
  const fixed = {
    model: model.name,
    deploymentId: model.deploymentId,
    fee: receipt.fee.toString(),
    time: Number(receipt.time),
    inputTokens: receipt.inputTokens,
    outputTokens: receipt.outputTokens,
    sources,
    influence,
    shares: shares.map((s) => ({ payee: s.payee, role: role(s.payee), amount: s.amount.toString() })),
    epoch: null,
  }
  return (receiptId) => ({ receiptId, ...fixed })
}
