import type { Query, Statement } from '../database/Database.ts'
import type { JsonTexts } from '../journal/Journal.ts'
import type { FactType, Facts } from './facts.ts'

/** What a projection may read besides the fact: files that the fact names. */
export type ProjectionSources = { content(cid: string): Promise<Uint8Array> }

export type FactOf<T extends FactType> = { seq: number; time: number; type: T; data: Facts[T]; texts?: JsonTexts }

/** Writes one kind of fact into the tables, inside the transaction that also moves the cursor. */
export type Projection<T extends FactType> = (query: Query, fact: FactOf<T>, sources: ProjectionSources) => Promise<void>

/** Projections of facts that are written one after the other. */
export type SingleProjections<Kinds extends FactType> = { [T in Kinds]: Projection<T> }

/**
 * What writes several facts of one kind: a message to the database costs more than what it says. Kinds that are written so have tables of their own: between
 * them order does not matter.
 */
export type JointProjection<T extends FactType> = { together(facts: readonly FactOf<T>[]): readonly Statement[] }

export type Projections = { [T in FactType]: Projection<T> | JointProjection<T> }
