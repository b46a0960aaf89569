import type { RunView } from '@openledger/sdk'

/** What a run says of itself while it goes on. */
export function progressText({ losses, tokensPerSecond, etaSeconds, step, steps, counterfactuals }: Pick<RunView, 'losses' | 'tokensPerSecond' | 'etaSeconds' | 'step' | 'steps' | 'counterfactuals'>): string {
  const loss = losses.at(-1)
  const without = counterfactuals && step === steps ? `counterfactuals ${counterfactuals.done} of ${counterfactuals.total}` : ''
  return [without, loss === undefined ? '' : `loss ${loss.toFixed(3)}`, tokensPerSecond > 0 ? `${Math.round(tokensPerSecond)} tokens/s` : '', etaSeconds === null ? '' : `${Math.ceil(etaSeconds)} s left`].filter((part) => part !== '').join(', ')
}
