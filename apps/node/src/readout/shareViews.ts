import type { ContributorShare, Network, Share } from '@openledger/protocol'
import type { AnswerView } from '@openledger/sdk'
import type { Address } from 'viem'
import type { Names } from '../keys/Names.ts'

export type ShareViewInput = { network: Network; node: Address; names: Names; shares: readonly Share[]; contributors: readonly ContributorShare[] }

type Role = AnswerView['shares'][number]['role']
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Whom an answer pays, and whose data shaped it, as people read it. */
export async function shareViews({ network, node, names, shares, contributors }: ShareViewInput): Promise<Pick<AnswerView, 'influence' | 'shares'>> {
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
  return { influence, shares: shares.map((s) => ({ payee: s.payee, role: role(s.payee), amount: s.amount.toString() })) }
}
