import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { writeFileSafely } from '@openledger/files'
import { fail, openAccount, StorageError } from '@openledger/protocol'
import { generatePrivateKey, type PrivateKeyAccount } from 'viem/accounts'

type KeyFile = { address: string; privateKey: `0x${string}` }

function keyPath(keysDir: string, name: string): string {
  if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(name)) fail('BAD_KEY_NAME', `"${name.slice(0, 64)}" is not a key name: use lower-case letters, digits and hyphens`)
  return path.join(keysDir, `${name}.json`)
}

/**
 * Reads a key from `<keysDir>/<name>.json`; undefined when there is none.
 * @throws StorageError BAD_KEY_FILE
 */
export async function readKey(keysDir: string, name: string): Promise<PrivateKeyAccount | undefined> {
  const file = keyPath(keysDir, name)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if ((cause as { code?: string }).code === 'ENOENT') return undefined
    throw new StorageError('BAD_KEY_FILE', `${file} cannot be read`, { cause, action: 'stop' })
  }
  try {
    const account = openAccount((JSON.parse(text) as KeyFile).privateKey)
    return account
  } catch {
    // The parser's own message could quote the key.
    throw new StorageError('BAD_KEY_FILE', `${file} holds no private key`, { action: 'stop', fix: 'restore the key file from a copy' })
  }
}

/** Reads a key, or makes and keeps a new one (file mode 0600). */
export async function ensureKey(keysDir: string, name: string): Promise<PrivateKeyAccount> {
  const found = await readKey(keysDir, name)
  if (found) return found
  const privateKey = generatePrivateKey()
  const account = openAccount(privateKey)
  const content: KeyFile = { address: account.address, privateKey }
  await writeFileSafely(keyPath(keysDir, name), JSON.stringify(content, null, 2) + '\n')
  return account
}
