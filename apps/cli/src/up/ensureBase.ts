import { readBase, registerBase } from '@openledger/sdk'
import type { Hex } from '@openledger/protocol'
import type { Session } from '../context/Session.ts'

/** Registers the node's base model on the chain by the builder's key, unless it is there. @param weightHash SHA-256 of its file */
export async function ensureBase(session: Session, baseId: Hex, weightHash: Hex): Promise<void> {
  if (await readBase(session.reader, baseId)) return
  const { writer } = await session.actor('builder')
  await registerBase(writer, baseId, weightHash)
}
