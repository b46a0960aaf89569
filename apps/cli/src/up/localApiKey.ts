import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { writeFileSafely } from '@openledger/files'
import { OpenLedgerClient } from '@openledger/sdk'
import type { Session } from '../context/Session.ts'
import { openPayerChannel } from '../verbs/openPayerChannel.ts'

/**
 * The API key by which OpenAI clients on this machine pay from the key "payer": made once, kept in `api.key` of the data folder (mode 0600).
 * @param deposit what the payer's channel shall hold when it is opened, smallest unit of OPEN
 */
export async function localApiKey(session: Session, url: string, operatorToken: string, deposit: bigint): Promise<string> {
  const file = path.join(session.folder.root, 'api.key')
  const known = (await readFile(file, 'utf8').catch(() => '')).trim()
  if (known !== '') return known
  const client = new OpenLedgerClient({ url, token: operatorToken })
  const { channelId } = await openPayerChannel(session, { payer: 'payer', amount: deposit, enough: 0n })
  // A key of an interrupted start was never shown: it is taken back.
  if ((await client.apiKeys()).some((key) => key.name === 'local')) await client.revokeApiKey('local')
  const { key } = await client.createApiKey({ name: 'local', payerKey: 'payer', channelId })
  await writeFileSafely(file, `${key}\n`)
  return key
}
