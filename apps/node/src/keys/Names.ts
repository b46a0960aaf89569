import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import type { Address } from 'viem'

const refreshMs = 5000

/** Local names of addresses: those of the key files in the data folder. Names are for people; nothing depends on them. */
export class Names {
  readonly #keysDir: string
  #names = new Map<string, string>()
  #readAt = -Infinity

  constructor(keysDir: string) {
    this.#keysDir = keysDir
  }

  /** The name of an address, or null. */
  async of(address: Address): Promise<string | null> {
    const key = address.toLowerCase()
    if (!this.#names.has(key) && performance.now() - this.#readAt > refreshMs) await this.#read()
    return this.#names.get(key) ?? null
  }

  async #read(): Promise<void> {
    this.#readAt = performance.now()
    for (const file of await readdir(this.#keysDir).catch(() => [])) {
      if (!file.endsWith('.json')) continue
      const text = await readFile(path.join(this.#keysDir, file), 'utf8').catch(() => '')
      const address = /"address"\s*:\s*"(0x[0-9a-fA-F]{40})"/.exec(text)?.[1]
      if (address) this.#names.set(address.toLowerCase(), file.slice(0, -'.json'.length))
    }
  }
}
