import { type ChoiceParameters, chooseToken } from './chooseToken.ts'
import { keptTokens } from './keptTokens.ts'
import { RankedTokens } from './RankedTokens.ts'

/** The largest margin that is told; what no change of logits would choose has it too. In logits. */
export const mostMargin = 32
/** Halvings of the span in which a margin lies: 32 / 2^22 is less than 1e-5. */
const halvings = 22

/**
 * How far the logits would have to be others for a draw to choose a given token: the least spread 2ε such that changes of at most ε to each logit can make
 * `chooseToken` take it; 0 when it does already. For temperature 0 that is the distance to the largest logit. It is the margin of Token-DiFR (Karvonen et al. 2025,
 * arXiv 2511.20621: the score of the best token under the shared noise less the claimed token's), taken over from Gumbel noise, where that difference is this spread, to draws by
 * inverse cumulative probability: there a change of logits moves the token's place in the order, the mass before it, and its own. An honest machine whose logits are at most ε away from
 * these never gets more than 2ε; with top-p up to what the last token that it leaves weighs.
 * @param logits one per token, changed by schema and penalties already
 * @param draw a number in [0, 1); not looked at for temperature 0
 * @returns from 0 to `mostMargin`, in units of the logits
 */
export function tokenMargin(logits: Float32Array, parameters: ChoiceParameters, draw: number, token: number): number {
  if (chooseToken(logits, parameters, draw) === token) return 0
  const own = logits[token]!
  if (!(own > -Infinity)) return mostMargin
  const top = logits.reduce((most, logit) => Math.max(most, logit), -Infinity)
  if (parameters.temperature === 0) return Math.min(mostMargin, top - own)
  const reaches = reachOf(logits, parameters, draw, token, top)
  if (!reaches(mostMargin)) return mostMargin
  let [low, high] = [0, mostMargin]
  for (let i = 0; i < halvings; i++) {
    const middle = (low + high) / 2
    if (reaches(middle)) high = middle
    else low = middle
  }
  return high
}

/** Whether changes of a given spread let the draw choose the token. */
function reachOf(logits: Float32Array, { temperature, ...limits }: ChoiceParameters, draw: number, token: number, top: number): (spread: number) => boolean {
  const weights = Float64Array.from(logits, (logit) => Math.exp((logit - top) / temperature))
  const [own, ownWeight] = [logits[token]!, weights[token]!]
  const ranked = new RankedTokens(logits, temperature)
  const { count, mass } = keptTokens(ranked, limits)
  const cut = count < ranked.count
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  // What is kept may be another part of the whole: by the changes, and by the last token that is kept or left out.
  const [kept, edge] = [mass / all, cut ? (mass - ranked.massOf(count - 1)) / all : 0]
  return (spread) => {
    const grown = Math.exp(spread / 2 / temperature)
    // Tokens that stand before it whatever the changes; that may stand before or behind it; and the weight of these where each is behind it.
    let [before, places, near, behind, capped] = [0, 0, 0, 0, 0]
    for (let other = 0; other < weights.length; other++) {
      if (other === token) continue
      const weight = weights[other]!
      if (logits[other]! > own + spread) {
        before += weight
        places += 1
      } else if (logits[other]! >= own - spread) {
        near += weight
        capped += Math.min(weight, ownWeight)
      } else behind += weight
    }
    if (limits.topK > 0 && places >= limits.topK) return false
    if (limits.minP > 0 && ownWeight * grown * grown < limits.minP) return false
    const start = before / grown / (before / grown + (capped + behind + ownWeight) * grown)
    const reached = (before + near + ownWeight) * grown
    const end = reached / (reached + behind / grown)
    const { sure, possible } = limits.minP > 0 ? keptByMinP(weights, limits.minP, grown * grown) : { sure: all, possible: 0 }
    const most = cut ? Math.min(1, Math.max(kept + edge, possible / all) * grown * grown) : 1
    const whole = sure / (sure + (all - sure) * grown * grown)
    const least = cut ? Math.max(0, Math.min((kept - edge) / grown / grown, whole)) : whole
    return start <= draw * most && (end > draw * least || behind === 0)
  }
}

/** The weights that min-p keeps whatever the changes, which make one token at most `apart` times as heavy against another one, and those that it may keep. */
function keptByMinP(weights: Float64Array, minP: number, apart: number): { sure: number; possible: number } {
  let [sure, possible] = [0, 0]
  for (const weight of weights) {
    if (weight >= minP * apart) sure += weight
    if (weight * apart >= minP) possible += weight
  }
  return { sure, possible }
}
