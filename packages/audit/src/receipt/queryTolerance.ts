/**
 * How near a query vector must come out again on a machine of another numerics profile, where sums are rounded in another order: the relative L2
 * difference of the vectors that the bytes stand for. Within one profile it must come out exactly. Measured by `openledger bench audit`; see
 * docs/attribution.md.
 */
export const queryTolerance = { relativeL2: 0.05 } as const
