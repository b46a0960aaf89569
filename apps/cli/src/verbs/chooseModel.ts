import { fail } from '@openledger/protocol'
import type { Session } from '../context/Session.ts'

/** The model that answers when none is named: the latest active one with an adapter, else the base. Fails with NO_MODEL. */
export async function chooseModel({ node }: Pick<Session, 'node'>): Promise<string> {
  const active = (await node.deployments()).filter((d) => d.active)
  const model = active.findLast((d) => d.model.includes(':')) ?? active.at(-1)
  return model?.model ?? fail('NO_MODEL', 'this node serves no model', { field: '--model', fix: 'deploy one with: openledger deploy' })
}
