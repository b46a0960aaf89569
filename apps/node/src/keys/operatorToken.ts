import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { writeFileSafely } from '@openledger/files'

/** Reads the operator's token from its file (mode 0600), or makes one. */
export async function operatorToken(file: string): Promise<string> {
  const found = await readFile(file, 'utf8').catch(() => '')
  if (/^[\w-]{43}\s*$/.test(found)) return found.trim()
  const token = randomBytes(32).toString('base64url')
  await writeFileSafely(file, token + '\n')
  return token
}

/** Whether two secrets are the same, in a time that says nothing about where they differ. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
