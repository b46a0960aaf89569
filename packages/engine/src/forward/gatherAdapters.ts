import type { LoadedAdapter } from './LoadedAdapter.ts'
import type { SequenceStep } from './StepPlan.ts'

/** Has the adapters of a step moved side by side in their windows. */
export function gatherAdapters(steps: readonly SequenceStep[]): void {
  const active = new Set<LoadedAdapter>()
  for (const { adapters } of steps) for (const { adapter } of adapters) active.add(adapter)
  if (active.size < 2) return
  for (const window of new Set([...active].map(({ slab }) => slab.window))) window.gather(active)
}
