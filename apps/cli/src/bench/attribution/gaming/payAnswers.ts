import { influenceShares, policy, type ShareRules } from '@openledger/attribution'
import { splitFee, type ContributorShare } from '@openledger/protocol'
import type { AnsweredQuestion, Evidence } from './Evidence.ts'
import { accountOf, addressOf } from './sealPlay.ts'

/** How the contributors' part of an answer is divided. */
export type PayScheme = 'ours' | 'plain' | 'gradDot' | 'dataInf'

/** The rules against gaming switched off: what is left is influence over its noise floor. */
const withoutDefence: ShareRules = { haircut: { factor: 0, leastMicroNats: Number.MAX_SAFE_INTEGER }, unwitnessedCapPpm: 1_000_000, knownBits: 0 }

/** The contributors' part of each answer: large enough that rounding does not show. */
const wholePart = 10n ** 15n
const nobody = addressOf(1_000_000)

/**
 * What each account gets of each answer, as parts of its contributors' part, by the product's own shares and split. The baselines pay in proportion
 * to positive scores, all of it, as systems that are built on them do.
 */
export function payAnswers(evidence: Evidence, scheme: PayScheme, rules: ShareRules = policy): Map<number, number>[] {
  return evidence.answers.map((answer) => {
    if (scheme === 'gradDot' || scheme === 'dataInf') return byScore(evidence, answer[scheme])
    const contributors = sharesOf(evidence, answer, scheme === 'ours' ? rules : withoutDefence)
    const deployment = { owner: nobody, nodePpm: 0, ownerPpm: 0, stakersPpm: 0, contributorsPpm: 1_000_000 }
    const paid = splitFee({ fee: wholePart, platformFee: 0n, deployment, node: nobody, treasury: nobody, stakers: nobody, contributors })
    return new Map(paid.map(({ payee, amount }) => [accountOf(payee), Number(amount) / Number(wholePart)]))
  })
}

function sharesOf({ atoms, heldOut }: Evidence, answer: AnsweredQuestion, rules: ShareRules): ContributorShare[] {
  return influenceShares({
    scores: { exponent: answer.scores.exponent, values: answer.scores.values.map(BigInt) },
    atoms: atoms.map(({ account, trainingWeight }) => ({ contributor: addressOf(account), trainingWeight })),
    losses: answer.losses,
    answerKey: answer.answerKey,
    heldOut: heldOut ?? undefined,
    witnesses: new Set(answer.witnesses.map(addressOf)),
    rules,
  })
}

function byScore({ atoms }: Evidence, scores: readonly number[]): Map<number, number> {
  const positive = scores.map((score) => Math.max(0, score))
  const total = positive.reduce((sum, score) => sum + score, 0)
  const paid = new Map<number, number>()
  atoms.forEach(({ account }, a) => paid.set(account, (paid.get(account) ?? 0) + (total > 0 ? positive[a]! / total : 1 / atoms.length)))
  return paid
}
