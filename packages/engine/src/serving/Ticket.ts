import type { OpenLedgerError, Hex } from '@openledger/protocol'
import type { LoadedAdapter } from '../forward/LoadedAdapter.ts'
import type { AdapterUse } from '../forward/StepPlan.ts'
import type { Job } from './jobs/Job.ts'
import type { ParkedSlot, TakenSlot } from './prefix/PrefixCache.ts'
import type { Waiting } from './queue/WaitingQueue.ts'

/** An adapter on loan; `release` gives it back, calling it twice does nothing more. */
export type AdapterLease = { readonly adapter: LoadedAdapter; release(): void }

/** Where the batcher gets adapters from. */
export type AdapterSource = {
  /** Says which adapters are wanted soon, the most urgent first. */
  prefetch(ids: readonly Hex[]): void
  /** Lends an adapter that steps can use now, or null while it is on its way or there is no room for it. */
  tryAcquire(id: Hex): AdapterLease | null
  /** Whether steps can use an adapter now, so that `tryAcquire` will lend it. */
  inWindow(id: Hex): boolean
  /** Whether an adapter is wanted that finds no room before another is given back. */
  readonly lacksRoom: boolean
  /** Why an adapter cannot be had at all; null when it can. */
  failure(id: Hex): OpenLedgerError | null
  /** Keeps an adapter usable for a request that was taken on, even when it is removed before its turn comes. @returns ends it */
  hold(id: Hex): () => void
  /** Calls back when an adapter has come, has failed or has gone. @returns ends it */
  onChange(listener: () => void): () => void
}

/** An adapter that a request wants, by id. */
export type WantedAdapter = { readonly adapterId: Hex; readonly weight: number }

/** A request from its arrival to its end. */
export type Ticket = Waiting & {
  readonly job: Job
  readonly adapters: readonly WantedAdapter[]
  /** When it is given up, by the runtime's clock; Infinity for never. */
  readonly deadlineMs: number
  /** Prompt tokens that have to be computed, as it looked on arrival. */
  readonly rows: number
  /** Virtual tokens that it will cost, as it looked on arrival. */
  readonly cost: number
  /** What was predicted until the first token, and what was allowed; milliseconds from arrival. */
  readonly predictedMs: number
  readonly boundMs: number | undefined
  /** Calls off what waits for the caller's signal, and lets go of adapters that were removed since. */
  readonly letGo: () => void
  /** When its turn came and an adapter was missing; 0 when none was. */
  asideMs: number
  ended: boolean
}

/** A request that holds a slot and its adapters. */
export type Active = {
  readonly ticket: Ticket
  /** Where its positions are; while it pauses, outside of the cache. */
  slot: TakenSlot | ParkedSlot
  readonly uses: readonly AdapterUse[]
  readonly release: () => void
  /** A sequence that is about to compute a prompt that this one needs too, and how much of it. */
  waitsFor: { active: Active; positions: number } | null
  generated: number
  /** When the last token came; 0 before the first. */
  lastTokenMs: number
  /** How long it has paused in all, and since when it does; null while it is computed. */
  pausedMs: number
  pausedSince: number | null
}
