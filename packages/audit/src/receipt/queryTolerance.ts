/**
 * How near an answer's query vector and losses must come out again on a machine of another numerics profile, where sums are rounded in another order:
 * the relative L2 distance of the vectors that the bytes stand for, micro-nats per answer token, and what contributors gain or lose
 * in shares between the published and the measured vector. The last one bounds what a node could gain by a vector bent within the first. Within one profile all must come
 * out exactly. Measured by `openledger bench audit`; see docs/attribution.md.
 */
export const queryTolerance = { relativeL2: 0.02, lossMicroNats: 1_000, sharePpm: 2_000 } as const
