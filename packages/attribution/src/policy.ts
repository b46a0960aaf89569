import { hashJson, type Hex } from '@openledger/protocol'

/** Which way an answer's gradient is taken along: from the adapter without all of its responses together, or without their mean. */
export type PathMovement = 'sum' | 'mean'

/**
 * Every constant that a share or a span depends on. They are policy: changing one changes `methodHash`, so a deployment says
 * under which constants it pays. Integers only.
 *
 * **Spans.** A pattern of weight w = −Σ log2 frequency is expected N·2^−w times in a text of N independent tokens; it is kept when
 * w ≥ log2 N + `spanMarginBits`. Real text is not independent (set phrases cost about half of their unigram bits), so the margin must
 * cover that redundancy too: 32 bits leave about 9 bits over chance for a phrase of 45 bits at N = 10⁴. The margin is the same for
 * every N: in a snapshot of 300 records (N ≈ 10⁴) a token weighs up to 13 bits and four to seven tokens are enough; a shorter answer
 * ("Paris.") gets no span, because nothing tells it from chance. Its payment does not need one: influence pays, and
 * `topRecords` names similar records. A lower margin for small N would colour set phrases instead ("a kind of").
 *
 * **Shares.** The noise floor is τ = `noiseFactor` times an order statistic of |s|. From `medianFromAtoms` atoms on it is the
 * (lower) median: most contributors have nothing to do with one answer. With fewer atoms that assumption fails: when two of four
 * matter equally, a mean of the two middle values lies among those that matter and would pay nobody. So with 2 to 7 atoms it is
 * the value of rank ⌊(n−1)/4⌋ (the smallest up to 4 atoms, the second up to 7): at least one contributor is taken as noise, and
 * another one must stand `noiseFactor` times above it. Nobody does when all are alike; then the evidence tells nobody apart and
 * all is paid by training weight, which is what equal shares are. A single atom has nothing to be told apart from: τ = 0.
 *
 * **Path.** s = −⟨g, r⟩ is first order, and `trajectory` responses add up to the whole movement of training. Where an answer is well
 * learnt, the gradient at the end of that path is almost zero although the benefit is large. The gradient is therefore averaged
 * over `pathPoints` along the path (midpoint rule), which makes Σ s equal to the benefit up to the rule's error (the completeness
 * of path integrals: Aumann and Shapley 1974; Sundararajan et al. 2017). Responses that come from training without an atom do not add up to that
 * movement: each is the way to one counterfactual, and the effect of going there is the integral of the gradient along it. One pass cannot go
 * every way, and at the end of training the gradient of a well-learnt answer is almost zero; it is taken a fifth of the way back along their sum,
 * where on the banks of retrainings predictions were better than at the adapter, and the owner of a fact learnt by heart gets several times the share.
 */
export const policy = {
  /** Fixed point of span weights: this many units are one bit. */
  unitsPerBit: 1024,
  spanMarginBits: 32,
  /** Records listed as copies of a span, beside the source; the count of all is exact. */
  maxCopies: 8,
  noiseFactor: 2,
  medianFromAtoms: 8,
  /** Atoms that hurt held-out loss by more than `factor` medians, and more than 0.02 nats per token, lose shares and weight: see `haircuts`. */
  haircut: { factor: 2, leastMicroNats: 20_000 },
  /** Records that are measured and not trained on, in training sets large enough to do without them: see `heldOutRecords`. */
  heldOut: { oneIn: 16, fromRecords: 512 },
  /**
   * Bits of each token's surprisal under the bare base that are nobody's merit (2: it would have said it in one of four answers anyway): influence pays at
   * most the part of an answer's surprisal above them. Without a step, so that another rounding of a probability moves pay as little as itself.
   */
  knownBits: 2,
  /** Most that a contributor gets of an answer that holds spans of others and none of his own, in ppm of the contributors' part. */
  unwitnessedCapPpm: 250_000,
  /** Whose channel makes an answer a subsidised one, which pays no influence: see `payableShares`. */
  subsidisedBy: ['owner', 'node', 'gateway'],
  maxAtoms: 256,
  /** Values that share one power-of-two scale. */
  blockSize: 1024,
  /** The smallest and the largest exponent of a block's scale: an exact score then fits 256 bits. */
  exponents: [-64, 32],
  /** Atoms whose counterfactual adapters are trained one by one, by `responses` for all and by `coalitions` for the heaviest. */
  exactAtoms: 32,
  /** Coalitions of a random half of the other atoms that `coalitions` trains; pairs of a half and its complement. */
  halves: 64,
  maxContributors: 10_000,
  /** The part of a batch that a counterfactual step of `responses-subsampled` computes. */
  subsamplePpm: 333_333,
  /** Where along the path of training the gradient is taken, in ppm of the way: per method. */
  pathPoints: { trajectory: [125_000, 375_000, 625_000, 875_000], responses: [800_000], 'responses-subsampled': [800_000], coalitions: [800_000] },
  /** What the way is: per method. */
  pathMovement: { trajectory: 'sum', responses: 'sum', 'responses-subsampled': 'sum', coalitions: 'sum' },
} as const satisfies { pathMovement: Record<string, PathMovement>; [constant: string]: unknown }

/** A method of influence that a deployment can name. */
export type MethodName = keyof typeof policy.pathPoints

/** The hash by which a deployment names its attribution method: keccak of the canonical JSON of its name and the constants it runs under. */
export function methodHash(name: MethodName, constants: typeof policy = policy): Hex {
  return hashJson({ kind: 'openledger/method/1', name, constants: { ...constants, pathPoints: constants.pathPoints[name], pathMovement: constants.pathMovement[name] } })
}
