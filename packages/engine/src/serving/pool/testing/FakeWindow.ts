import { type Adapter, adapterBytes } from '../../../adapter/Adapter.ts'
import type { LoadedAdapter } from '../../../forward/LoadedAdapter.ts'
import type { WindowStore } from '../WindowStore.ts'

/** A window for tests that counts bytes alone; every adapter has a slab of its own, so that any may make room for any. */
export class FakeWindow implements WindowStore {
  readonly maxBytes: number
  readonly live = new Set<LoadedAdapter>()

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  place(adapter: Adapter): LoadedAdapter | null {
    const bytes = adapterBytes(adapter)
    let used = 0
    for (const other of this.live) used += other.bytes
    if (used + bytes > this.maxBytes) return null
    const loaded = { id: adapter.id, shape: {} as LoadedAdapter['shape'], slab: { used: 1 } as LoadedAdapter['slab'], slot: 0, bytes }
    this.live.add(loaded)
    return loaded
  }

  remove(loaded: LoadedAdapter): void {
    if (!this.live.delete(loaded)) throw new RangeError(`adapter ${loaded.id} is not in the window`)
  }
}
