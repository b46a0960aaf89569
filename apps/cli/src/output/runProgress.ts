import type { RunView } from '@openledger/sdk'

type Running = Pick<RunView, 'losses' | 'tokensPerSecond' | 'etaSeconds' | 'step' | 'steps' | 'counterfactuals'>

/** What a counterfactual takes of the time of one training, about. */
const counterfactualPart = 0.4

/** How far a run is, its counterfactuals counted by what they take, and what it says of itself. */
export function runProgress({ losses, tokensPerSecond, etaSeconds, step, steps, counterfactuals }: Running): { done: number; total: number; text: string } {
  const { done, total } = counterfactuals ?? { done: 0, total: 0 }
  const loss = losses.at(-1)
  const words = [
    counterfactuals && step === steps ? `counterfactuals ${done} of ${total}` : '',
    loss === undefined ? '' : `loss ${loss.toFixed(3)}`,
    tokensPerSecond > 0 ? `${Math.round(tokensPerSecond)} tokens/s` : '',
    etaSeconds === null ? '' : `${Math.ceil(etaSeconds)} s left`,
  ]
  return { done: Math.round(step + counterfactualPart * steps * done), total: Math.round(steps * (1 + counterfactualPart * total)), text: words.filter((word) => word !== '').join(', ') }
}
