import type { NodeParts } from './NodeParts.ts'

type Part = { ok: boolean; note?: string }
/** `degraded`: answers come, something else waits (the chain is away, say); `failed`: no answer can be given. */
export type HealthView = { status: 'ok' | 'degraded' | 'failed'; chain: Part & { block: number; indexed: number }; journal: Part; database: Part; settlement: Part; engine: Part }

/** Whether each part of the node does its work; the node answers as long as it can, and says what is missing. */
export async function healthView({ indexer, ledger, settlement, serving, clock }: NodeParts, journalFault: string | undefined): Promise<HealthView> {
  const { reachable, awaySince, head, indexed } = indexer.state
  const { shown, recorded, failure } = ledger.state
  const engineFault = await serving.engine.load().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  const part = (fault: string | null | undefined): Part => (fault ? { ok: false, note: fault } : { ok: true })
  const away = awaySince === null ? 'the chain has not answered yet' : `the chain has been away for ${Math.round((clock.now() - awaySince) / 1000)} s`
  const view = {
    chain: { ...part(reachable ? undefined : away), block: head, indexed },
    journal: part(journalFault),
    database: part(failure?.message ?? (shown < recorded - 1000 ? 'it is behind the journal' : undefined)),
    settlement: part(settlement.lastError),
    engine: part(engineFault),
  }
  const serves = view.journal.ok && view.engine.ok
  return { status: !serves ? 'failed' : Object.values(view).every((p) => p.ok) ? 'ok' : 'degraded', ...view }
}
