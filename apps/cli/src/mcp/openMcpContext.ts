import path from 'node:path'
import { KeptFiles } from '../context/KeptFiles.ts'
import type { Session } from '../context/Session.ts'
import type { McpContext } from './McpContext.ts'
import { SpendingLimit, type SpendingCaps } from './SpendingLimit.ts'

export type McpInput = { payer: string; caps: SpendingCaps; model?: string; maxTokens: number; attributionMs: number }

/** What the tools work with. What was spent is kept in the data folder, by the payer's address: a restart forgets none of it. */
export async function openMcpContext(session: Session, { payer, caps, ...rest }: McpInput): Promise<McpContext> {
  const { account } = await session.actor(payer)
  const files = new KeptFiles(path.join(session.folder.root, 'limits', account.address.toLowerCase()))
  return { ...rest, session, payer, limit: new SpendingLimit({ files, caps, random: session.random }) }
}
