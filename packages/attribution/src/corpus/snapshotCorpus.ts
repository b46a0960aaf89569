import type { Address } from 'viem'
import type { TrainingExample } from '@openledger/engine'
import { ProofError, type Hex } from '@openledger/protocol'
import type { SpanRecord } from '../spans/SpanIndex.ts'

/** A record of a sealed snapshot, as its file tells it; its order is the order of commitment. */
export type CorpusRecord = {
  recordId: Hex
  contributor: Address
  weight: number
  prompt: string
  completion: string
  /** What of the completion is trained on; absent: all of it. Spans are looked for in all of it. */
  taught?: string
}

/** How the served model writes text as tokens: an engine in a thread, or a model at hand. */
export type CorpusTokenizer = {
  encodeChat(messages: readonly { role: string; content: string }[], addGenerationPrompt: boolean): Promise<{ tokens: number[] }> | { tokens: number[] }
  /** Plain text: no special tokens are added or read. */
  tokenize(text: string): Promise<number[]> | number[]
  /** The token that ends a turn. */
  endOfTurn: number
}

/** What a snapshot is to one base model: whose it is, what is trained on, and what is searched for spans. */
export type SnapshotCorpus = {
  /** Lower-case addresses in ascending order; groups and atoms count in this order. */
  contributors: Address[]
  /** Each contributor's training weight: the number of its records that are trained on. */
  weights: number[]
  /** One for each record of weight above 0, in the snapshot's order. */
  examples: TrainingExample[]
  /** The record of each example. */
  exampleIds: Hex[]
  /** One for each record, copies included. */
  spanRecords: SpanRecord[]
}

/**
 * Reads a snapshot for one base model: every record as a chat turn whose answer, with the token that ends it, is supervised; and as plain tokens
 * for the span index. The same snapshot and model give the same corpus, so training and audit share it.
 * @param maxLength longest example in tokens; a longer one loses its end
 * @throws ProofError TEMPLATE_NOT_PREFIX when the chat template does not continue a prompt
 */
export async function snapshotCorpus(records: readonly CorpusRecord[], tokenizer: CorpusTokenizer, maxLength: number): Promise<SnapshotCorpus> {
  const owner = (record: CorpusRecord): Address => record.contributor.toLowerCase() as Address
  const contributors = [...new Set(records.map(owner))].sort()
  const weights = contributors.map(() => 0)
  const examples: TrainingExample[] = []
  const exampleIds: Hex[] = []
  const spanRecords: SpanRecord[] = []
  for (const [commitOrder, record] of records.entries()) {
    const group = contributors.indexOf(owner(record))
    const [prompt, completion] = [await tokenizer.tokenize(record.prompt), await tokenizer.tokenize(record.completion)]
    spanRecords.push({ recordId: record.recordId, contributor: group, commitOrder, prompt, completion })
    if (record.weight === 0) continue
    weights[group] = (weights[group] ?? 0) + record.weight
    examples.push({ ...(await chatExample(record, tokenizer, maxLength)), group })
    exampleIds.push(record.recordId)
  }
  return { contributors, weights, examples, exampleIds, spanRecords }
}

async function chatExample(record: CorpusRecord, tokenizer: CorpusTokenizer, maxLength: number): Promise<Pick<TrainingExample, 'tokens' | 'supervisedFrom'>> {
  const question = { role: 'user', content: record.prompt }
  const { tokens: opening } = await tokenizer.encodeChat([question], true)
  const { tokens: whole } = await tokenizer.encodeChat([question, { role: 'assistant', content: record.taught ?? record.completion }], false)
  if (!opening.every((token, i) => whole[i] === token)) {
    throw new ProofError('TEMPLATE_NOT_PREFIX', `the chat template does not continue the prompt of record ${record.recordId}`, { fix: 'use a base model whose chat template only appends' })
  }
  const end = whole.indexOf(tokenizer.endOfTurn, opening.length)
  return { tokens: whole.slice(0, Math.min(end < 0 ? whole.length : end + 1, maxLength)), supervisedFrom: opening.length }
}
