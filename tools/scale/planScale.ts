import { assumed as a, measured as m, type sizes } from './scaleInputs.ts'

export type NetworkSize = (typeof sizes)[number]
const day = 86_400

/** Bytes that the tokens of an assumed answer add to one that was measured. */
const moreTokens = (a.promptTokens - m.bytes.tokens.prompt) * a.promptTokenBytes + (a.answerTokens - m.bytes.tokens.answer) * a.answerTokenBytes

/** Bytes that one answer leaves in each place. */
export const answerBytes = {
  journal: m.bytes.journalBytes.receipt + m.bytes.journalBytes.attribution + m.bytes.journalBytes.voucher + moreTokens,
  tables: m.bytes.tableBytes + moreTokens,
  epochFile: m.bytes.epochFileBytes,
  queryVector: (m.bytes.queryVectorBytes / m.sampleParameters) * a.adapterParameters,
}

/** Seconds of one core that an answer takes at its gateway. */
export const gatewaySeconds = m.requestSeconds + m.sealSeconds + a.answerTokens * m.tokenSeconds

/** Gas of a claim among so many payees: the two that were measured, and what each level of the tree between them added. */
export function claimGas(payees: number): number {
  const [few, many] = [m.gas['claim again, 16 payees']!, m.gas['claim again, 1,024 payees']!]
  return few + ((many - few) / 6) * Math.max(0, Math.ceil(Math.log2(payees)) - 4)
}

/** What a network of a size needs; bytes and gas by day unless the name says otherwise. */
export function planScale({ nodes, answers, adapters, records }: NetworkSize) {
  const perSecond = answers / day
  const gateways = Math.max(1, Math.ceil(perSecond * a.peak * gatewaySeconds))
  const payers = Math.max(1, Math.ceil(answers / a.answersPerPayerDay))
  const payees = Math.ceil(records / a.recordsPerContributor)
  const collect = (m.gas['collect ten vouchers of new channels']! / 10) * payers * a.collectionsPerDay
  const claims = (claimGas(payees) * payees * a.claimsPerYear) / 365
  const post = (seconds: number): { posts: number; gas: number; answers: number } => {
    const posts = gateways * Math.max(day / seconds, answers / gateways / m.epochReceipts)
    return { posts, gas: posts * m.gas['post an epoch']! + collect + claims, answers: (answers / gateways / day) * seconds }
  }
  const audits = (answers / a.auditEvery) * m.executionCaseGas
  const tokens = records * a.tokensPerRecord
  return {
    perSecond,
    gateways,
    payers,
    payees,
    collect,
    claims,
    post,
    audits,
    journal: answers * answerBytes.journal,
    tables: answers * answerBytes.tables,
    epochFiles: answers * answerBytes.epochFile,
    queryVectors: answers * answerBytes.queryVector,
    standing: {
      records: records * (m.bytes.record.journalBytes + m.bytes.record.contentBytes),
      recordTables: records * m.bytes.record.tableBytes,
      indexDisk: tokens * m.indexDiskBytes,
      indexMemory: tokens * a.symbolsPerToken * m.indexMemoryBytes,
      adapters: adapters * a.adapterParameters * a.adapterBytesPerParameter,
      influence: adapters * a.atoms * a.adapterParameters,
    },
    once: {
      contributions: (records / a.recordsPerContribution) * (m.gas['commit a contribution']! + m.gas['reveal a contribution']!),
      adapters: adapters * (m.gas['register an adapter']! + m.gas['deploy a model']! + m.gas['seal a snapshot']!),
      nodes: nodes * m.gas['bond']!,
    },
    nodeTokens: (perSecond * a.peak * a.answerTokens) / nodes,
    scoreCores: perSecond * a.peak * m.scoreSeconds,
    chainGas: (day / a.blockSeconds) * a.blockGas,
  }
}
