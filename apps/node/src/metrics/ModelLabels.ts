import type { Hex } from '@openledger/protocol'

/** Labels stay few: beyond this many models, the rest are counted as "other". */
const maxModels = 100
const other = 'other'

/** Which models have a label of their own. Names, not ids: ids of adapters that nobody asked for have no bound. */
export class ModelLabels {
  readonly #names = new Set<string>()
  readonly #adapters = new Map<Hex, string>()

  /** The label of a model: its name for the first hundred. */
  of(model: string): string {
    if (this.#names.size < maxModels) this.#names.add(model)
    return this.#names.has(model) ? model : other
  }

  /** Remembers which model an adapter answers for. */
  note(adapterId: Hex, model: string): void {
    const label = this.of(model)
    if (label !== other) this.#adapters.set(adapterId, label)
  }

  /** The label of the model that an adapter answers for. */
  ofAdapter(adapterId: Hex): string {
    return this.#adapters.get(adapterId) ?? other
  }
}
