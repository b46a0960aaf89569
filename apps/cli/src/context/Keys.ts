import { mkdir, readFile, readdir } from 'node:fs/promises'
import { isAddress, type Address } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { fail, openAccount } from '@openledger/protocol'
import { ensureKey, readKey } from '@openledger/node/keys'
import type { DataFolder } from './dataFolder.ts'

/** The keys of a data folder, and the one that `--key` names. */
export class Keys {
  readonly #folder: DataFolder
  readonly #file: string | undefined

  /** @param file a key file that acts in the place of every named key */
  constructor(folder: DataFolder, file: string | undefined) {
    this.#folder = folder
    this.#file = file
  }

  /** Reads a key; fails with NO_KEY when there is none of that name. */
  async read(name: string): Promise<PrivateKeyAccount> {
    if (this.#file !== undefined) return readKeyFile(this.#file)
    const account = await readKey(this.#folder.keys, name)
    return account ?? fail('NO_KEY', `there is no key "${name}" in ${this.#folder.keys}`, { field: '--as', fix: `make it with: openledger key create ${name}, or name a key file with --key` })
  }

  /** Reads a key, or makes one. */
  async ensure(name: string): Promise<PrivateKeyAccount> {
    await mkdir(this.#folder.keys, { recursive: true, mode: 0o700 })
    return ensureKey(this.#folder.keys, name)
  }

  /** Whether the folder holds a key of this name. */
  async has(name: string): Promise<boolean> {
    return (await this.names()).includes(name)
  }

  /** The names of the folder's keys, sorted. */
  async names(): Promise<string[]> {
    const files = await readdir(this.#folder.keys).catch(() => [])
    return files.filter((f) => f.endsWith('.json')).map((f) => f.slice(0, -'.json'.length)).sort()
  }

  /** The address that a text means: an address, or the name of a key. */
  async address(nameOrAddress: string): Promise<Address> {
    if (isAddress(nameOrAddress, { strict: false })) return nameOrAddress.toLowerCase() as Address
    const account = await readKey(this.#folder.keys, nameOrAddress)
    if (!account) fail('NO_KEY', `"${nameOrAddress.slice(0, 64)}" is neither an address nor a key of this data folder`, { fix: 'see openledger key list' })
    return account.address.toLowerCase() as Address
  }
}

async function readKeyFile(file: string): Promise<PrivateKeyAccount> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => fail('NO_KEY', `${file} cannot be read`, { cause, field: '--key', fix: 'name a key file that exists' }))
  try {
    const { privateKey } = JSON.parse(text) as { privateKey: `0x${string}` }
    return openAccount(privateKey)
  } catch {
    // The parser's own message could quote the key.
    return fail('BAD_KEY_FILE', `${file} holds no private key`, { field: '--key', fix: 'name a JSON file with the field "privateKey"' })
  }
}
