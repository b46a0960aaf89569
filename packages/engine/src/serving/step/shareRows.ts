/** A prompt that wants to be computed in this step. */
export type RowDemand = {
  readonly payer: string
  /** Prompt tokens that are left. */
  readonly rows: number
  /** It gets all it wants before the others share what is left. Default no. */
  readonly first?: boolean
}

/** Payers take turns rather than share a step when each would get fewer rows than this: crumbs cost more than they bring. */
const smallestShare = 16

/** Pieces of unfinished prompts are multiples of this, so that steps repeat the shapes of earlier ones. */
const wholePiece = 16

/**
 * Shares out a step's prompt rows: equally over payers, what one does not need going to the others (max-min fairness), and inside a
 * payer in the order given.
 * @param demands in the order of their start; a payer whose first demand comes early is not left out for one that comes late
 * @param budget rows to share out
 * @returns rows for each demand, in the same order; 0 for one that sits this step out
 */
export function shareRows(demands: readonly RowDemand[], budget: number): number[] {
  const before = demands.filter(({ first }) => first)
  if (before.length === 0 || before.length === demands.length) return shareAlike(demands, budget)
  const own = shareAlike(before, budget)
  const rest = shareAlike(demands.filter(({ first }) => !first), budget - own.reduce((sum, rows) => sum + rows, 0))
  return demands.map(({ first }) => (first ? own : rest).shift()!)
}

function shareAlike(demands: readonly RowDemand[], budget: number): number[] {
  const wanted = new Map<string, number>()
  const most = Math.max(1, Math.floor(budget / smallestShare))
  for (const { payer, rows } of demands) if (wanted.has(payer) || wanted.size < most) wanted.set(payer, (wanted.get(payer) ?? 0) + rows)
  const shares = new Map<string, number>()
  let [left, sharers] = [budget, wanted.size]
  for (const [payer, rows] of [...wanted].sort(([, a], [, b]) => a - b)) {
    const share = Math.min(rows, Math.floor(left / sharers))
    shares.set(payer, share)
    left -= share
    sharers -= 1
  }
  return demands.map(({ payer, rows }) => {
    const share = shares.get(payer) ?? 0
    const given = rows <= share ? rows : share > wholePiece ? share - (share % wholePiece) : share
    shares.set(payer, rows <= share ? share - rows : 0)
    return given
  })
}
