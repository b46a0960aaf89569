import type { JSONObject, LanguageModelV3Source, SharedV3ProviderMetadata } from '@ai-sdk/provider'
import type { AnswerView } from '@openledger/sdk'
import { providerName } from './OpenLedgerOptions.ts'

/**
 * `providerMetadata.openledger` of a result: the answer's receipt, fee, sources and attribution. Amounts are decimal strings in the smallest
 * unit of OPEN.
 */
export type OpenLedgerMetadata = AnswerView

/** What a result brings beside its text. */
export function toMetadata(view: OpenLedgerMetadata): SharedV3ProviderMetadata {
  return { [providerName]: view as unknown as JSONObject }
}

/** The answer's receipt and attribution out of a result's `providerMetadata`; undefined when another provider answered. */
export function openledgerMetadata(metadata: SharedV3ProviderMetadata | undefined): OpenLedgerMetadata | undefined {
  return metadata?.[providerName] as unknown as OpenLedgerMetadata | undefined
}

/** The records in which words of the answer stand, one source for each; `providerMetadata.openledger.spans` says which words. @param url the node's address */
export function toSources(view: OpenLedgerMetadata, url: string): LanguageModelV3Source[] {
  const byRecord = new Map<string, OpenLedgerMetadata['sources']>()
  for (const span of view.sources) byRecord.set(span.recordId, [...(byRecord.get(span.recordId) ?? []), span])
  return [...byRecord].map(([recordId, spans]) => {
    const { contributor, contributorName } = spans[0]!
    return {
      type: 'source',
      sourceType: 'url',
      id: recordId,
      url: `${url}/#/records/${recordId}`,
      title: `a record of ${contributorName ?? contributor}`,
      providerMetadata: { [providerName]: { recordId, contributor, contributorName, spans: spans.map(({ start, end, text, copies, weight }) => ({ start, end, text, copies, weight })) } },
    }
  })
}
