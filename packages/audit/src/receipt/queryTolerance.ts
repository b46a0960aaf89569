/**
 * How near an answer's query vector and losses must come out again on a machine of another numerics profile, where sums are rounded in another order:
 * the relative L2 distance of the vectors that the bytes stand for, and micro-nats per answer token. Within one profile they must come out
 * exactly. Measured by `openledger bench audit`; see docs/attribution.md.
 */
export const queryTolerance = { relativeL2: 0.05, lossMicroNats: 50_000 } as const
