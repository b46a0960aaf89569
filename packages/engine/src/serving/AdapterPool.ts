import { fail, type Hex } from '@openledger/protocol'
import type { Adapter } from '../adapter/Adapter.ts'
import { readPeftFolder } from '../adapter/peftFolder.ts'
import { AdapterWindow } from '../forward/AdapterWindow.ts'
import type { LoadedAdapter } from '../forward/LoadedAdapter.ts'
import type { Model } from '../model/Model.ts'

type Entry = {
  /** Null for an adapter that lives in memory alone. */
  folder: string | null
  /** Set for an adapter that lives in memory alone. */
  memory: Adapter | null
  loaded: LoadedAdapter | null
  uses: number
  lastUse: number
  retired: boolean
}

/**
 * The adapters that can be served over one base: known by id, loaded from their folders when a request needs them, and dropped
 * again, least recently used first, when they take more than `maxBytes`. An adapter in use is never dropped.
 */
export class AdapterPool {
  readonly #model: Model
  readonly #maxBytes: number
  readonly #window: AdapterWindow
  readonly #entries = new Map<Hex, Entry>()
  #clock = 0
  #last: Adapter | null = null

  constructor(model: Model, maxBytes: number) {
    this.#model = model
    this.#maxBytes = maxBytes
    this.#window = new AdapterWindow(model.backend, 2 ** 40)
  }

  /** Reads and checks a PEFT folder and makes its adapter known; the folder must stay in place. @returns the adapter's id */
  register(folder: string): Hex {
    return this.#add(readPeftFolder(folder, this.#model), folder)
  }

  /** Makes an adapter known that exists in memory alone; it is never dropped before `remove`. */
  registerInMemory(adapter: Adapter): Hex {
    return this.#add(adapter, null)
  }

  get ids(): Hex[] {
    return [...this.#entries.keys()]
  }

  has(id: Hex): boolean {
    return this.#entries.has(id)
  }

  /** Bytes of all adapters that are loaded now. */
  get bytes(): number {
    let bytes = 0
    for (const entry of this.#entries.values()) bytes += entry.loaded?.bytes ?? 0
    return bytes
  }

  /**
   * Lends an adapter, loading it first if need be. Each `acquire` needs one call of the returned `release`.
   * @throws InputError `ADAPTER_UNKNOWN`, `ADAPTER_CHANGED` when the folder now holds another adapter
   */
  acquire(id: Hex): { adapter: LoadedAdapter; release: () => void } {
    const entry = this.#entries.get(id)
    if (!entry) fail('ADAPTER_UNKNOWN', `adapter ${id} is not registered here`, { field: 'adapterId', fix: 'register its folder first', status: 404 })
    if (!entry.loaded) {
      entry.loaded = this.#window.place(this.#read(id, entry.folder!))
      this.#trim(entry)
    }
    entry.uses += 1
    entry.lastUse = ++this.#clock
    let released = false
    const adapter = entry.loaded!
    const release = (): void => {
      if (released) return
      released = true
      entry.uses -= 1
      if (entry.retired && entry.uses === 0) this.#window.remove(adapter)
    }
    return { adapter, release }
  }

  /** An adapter's tensors in host memory; the last one asked for is kept. @throws like `acquire` */
  adapterOf(id: Hex): Adapter {
    if (this.#last?.id === id) return this.#last
    const entry = this.#entries.get(id)
    if (!entry) fail('ADAPTER_UNKNOWN', `adapter ${id} is not registered here`, { field: 'adapterId', fix: 'register its folder first', status: 404 })
    this.#last = entry.memory ?? this.#read(id, entry.folder!)
    return this.#last
  }

  /** Forgets an adapter; requests in flight finish with it. */
  remove(id: Hex): void {
    const entry = this.#entries.get(id)
    if (!entry) return
    this.#entries.delete(id)
    entry.retired = true
    if (this.#last?.id === id) this.#last = null
    if (entry.uses === 0 && entry.loaded) this.#window.remove(entry.loaded)
  }

  dispose(): void {
    for (const id of this.ids) this.remove(id)
    this.#window.dispose()
  }

  #read(id: Hex, folder: string): Adapter {
    const adapter = readPeftFolder(folder, this.#model)
    if (adapter.id !== id) fail('ADAPTER_CHANGED', `the folder of adapter ${id} now holds ${adapter.id}`, { action: 'stop' })
    return adapter
  }

  #add(adapter: Adapter, folder: string | null): Hex {
    const known = this.#entries.get(adapter.id)
    if (known) {
      known.folder ??= folder
      return adapter.id
    }
    const entry: Entry = { folder, memory: folder === null ? adapter : null, loaded: this.#window.place(adapter), uses: 0, lastUse: ++this.#clock, retired: false }
    this.#entries.set(adapter.id, entry)
    this.#trim(entry)
    return adapter.id
  }

  #trim(keep: Entry): void {
    const idle = [...this.#entries.values()].filter((entry) => entry !== keep && entry.uses === 0 && entry.loaded && entry.folder !== null)
    idle.sort((a, b) => a.lastUse - b.lastUse)
    for (const entry of idle) {
      if (this.bytes <= this.#maxBytes) return
      if (entry.loaded) this.#window.remove(entry.loaded)
      entry.loaded = null
    }
  }
}
