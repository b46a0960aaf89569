import { canonicalJson, fail, ProofError, readArtefact, utf8, type Json } from '@openledger/protocol'
import { z } from 'zod'
import { clusterPolicyHash } from './clusterPolicy.ts'
import type { ClusterAppeal, ClusterEvidence, ClusterPlace, ClusterRecord } from './ClusterRecord.ts'
import { committedFirst, findClusters } from './findClusters.ts'
import { newSentences } from './newSentences.ts'

const hash32 = z.custom<`0x${string}`>((v) => typeof v === 'string' && /^0x[0-9a-f]{64}$/.test(v), 'expected 0x and 64 lower-case hexadecimal digits')
const cid = z.string().regex(/^b[a-z2-7]{20,100}$/, 'expected a CIDv1 in base32')
const place = z.int().min(0).max(0xffffffff)

/** A record in one contribution. */
const named = { recordId: hash32, contributionId: hash32 }

export const clusterMethods = ['exact', 'near', 'covered', 'reworded', 'paraphrase', 'sealed'] as const

/** What a training run says of the copies among its records: public, and recomputed by audits. */
export const clusterFileSchema = z.strictObject({
  kind: z.literal('openledger/clusters/1'),
  /** Hash of the constants under which copies were found. */
  policy: hash32,
  /** Records of the run's snapshots, in their order. */
  records: place,
  /** Content id of the model's evidence (see `encodeEvidence`); null when the model was not asked. */
  evidence: cid.nullable(),
  /** The copies, by their place: whose they are of, how that was found, and the likeness in permille by that method's measure. */
  copies: z.array(z.strictObject({ at: place, ...named, of: place, centre: z.strictObject(named), method: z.enum(clusterMethods), similarity: z.int().min(-1000).max(1000) })),
  /** Decisions of curators that records are no copies. */
  appeals: z.array(z.strictObject({ recordId: hash32, contributionId: hash32, reason: z.string().min(1).max(2000), by: z.string().min(1).max(200), at: z.int().min(0) })),
})

export type ClusterFile = z.infer<typeof clusterFileSchema>

/** Writes down what was found, as the file that is published with a run. */
export function clusterFile(records: readonly ClusterRecord[], places: readonly ClusterPlace[], appeals: readonly ClusterAppeal[], evidence: string | null): ClusterFile {
  const copies = places.flatMap(({ of, method, similarity }, at) => {
    const name = ({ recordId, contributionId }: ClusterRecord) => ({ recordId, contributionId })
    return method === undefined ? [] : [{ at, ...name(records[at]!), of, centre: name(records[of]!), method, similarity: similarity ?? 0 }]
  })
  return { kind: 'openledger/clusters/1', policy: clusterPolicyHash(), records: records.length, evidence, copies, appeals: [...appeals] }
}

/** The file's bytes: canonical JSON. */
export function encodeClusterFile(file: ClusterFile): Uint8Array {
  return utf8(canonicalJson(file as unknown as Json))
}

/**
 * Reads a cluster file and finds the clusters again: the constants, every copy and its centre must be the same.
 * @param evidence what the file's `evidence` holds, one for each record; undefined when it names none
 * @throws InputError BAD_ARTEFACT; ProofError OTHER_POLICY, WRONG_CLUSTERS naming the first record that differs
 */
export function verifyClusterFile(bytes: Uint8Array, records: readonly ClusterRecord[], evidence: readonly ClusterEvidence[] | undefined): { file: ClusterFile; places: ClusterPlace[] } {
  const file = readArtefact(clusterFileSchema, bytes)
  if (file.policy !== clusterPolicyHash()) {
    throw new ProofError('OTHER_POLICY', `copies were found under constants ${file.policy}, this version has ${clusterPolicyHash()}`, { field: 'policy', fix: 'audit with the version that the run was made with' })
  }
  if ((file.evidence === null) !== (evidence === undefined)) fail('BAD_EVIDENCE', 'the file and the evidence at hand do not go together', { field: 'evidence', fix: 'fetch the evidence that the file names' })
  const places = findClusters({ records, evidence, appeals: file.appeals })
  const truth = clusterFile(records, places, file.appeals, file.evidence)
  const wrong = (what: string, field: string): never => {
    throw new ProofError('WRONG_CLUSTERS', `the cluster file is false: ${what}`, { field, fix: 'fetch it again from another source; if it is the same there, the run weighed its records falsely' })
  }
  if (file.records !== records.length) wrong(`it speaks of ${file.records} records, the snapshots hold ${records.length}`, 'records')
  const length = Math.max(file.copies.length, truth.copies.length)
  for (let i = 0; i < length; i++) {
    const [said, found] = [file.copies[i], truth.copies[i]]
    if (said !== undefined && found !== undefined && canonicalJson(said as unknown as Json) === canonicalJson(found as unknown as Json)) continue
    const at = Math.min(said?.at ?? Infinity, found?.at ?? Infinity)
    wrong(said?.at === at && found?.at !== at ? `record ${at} is no copy` : found?.at === at && said?.at !== at ? `record ${at} is a copy of record ${found.of}` : `record ${at} is a copy of record ${found?.of} (${found?.method}), not of ${said?.of} (${said?.method})`, `copies[${i}]`)
  }
  return { file, places }
}

/**
 * What of each record is trained on, by clusters: one unit of weight for the record committed first and nothing for its copies; and of its answer, what it
 * says anew (`newSentences`).
 */
export function weighByClusters<R extends Taught>(records: readonly R[], places: readonly ClusterPlace[]): (R & { weight: number; taught: string })[] {
  const centres = places.flatMap(({ of }, i) => (of === i ? [i] : [])).sort((a, b) => committedFirst(records[a]!, records[b]!) || a - b)
  const texts = newSentences(centres.map((i) => records[i]!))
  const taught = new Map(centres.map((i, k) => [i, texts[k]!]))
  return records.map((record, i) => ({ ...record, weight: places[i]!.of === i ? 1 : 0, taught: taught.get(i) ?? record.completion }))
}

type Taught = Pick<ClusterRecord, 'recordId' | 'contributionId' | 'contributor' | 'completion' | 'order'>
