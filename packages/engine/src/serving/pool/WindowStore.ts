import type { Adapter } from '../../adapter/Adapter.ts'
import type { LoadedAdapter } from '../../forward/LoadedAdapter.ts'

/** Memory that steps compute with, as the pool fills and empties it: `AdapterWindow`. */
export type WindowStore = {
  /** Copies an adapter in. @returns null when there is no room before another one is removed @throws InputError `ADAPTER_TOO_LARGE` */
  place(adapter: Adapter): LoadedAdapter | null
  /** Takes an adapter out; no step may use it any more. */
  remove(loaded: LoadedAdapter): void
  readonly maxBytes: number
}
