import { z } from 'zod'
import type { Json } from '../encoding/canonicalJson.ts'
import { cid, hash32 } from './fields.ts'
import { signed, trainingRunSchema } from './statementSchemas.ts'

const json = z.custom<Json>((v) => v !== undefined)

/** Everything public about one training run: what an auditor needs to check an adapter. A file in the content store. */
export const runManifestSchema = z.strictObject({
  kind: z.literal('openledger/run/1'),
  run: signed(trainingRunSchema),
  /** The base's commitment (model id = hash of it) and, when it is published, the content id of its weight file. */
  base: z.strictObject({ weightHash: hash32, tokenizerHash: hash32, templateHash: hash32, name: z.string().max(200), cid: cid.nullable() }),
  /** Hyperparameters, data order rule, code version; `recipeHash` is its canonical hash. */
  recipe: json,
  /** `profileHash` is its canonical hash. */
  profile: json,
  /** Loss curve and evaluation; `metricsHash` is its canonical hash. */
  metrics: json,
  /** The snapshot files in the order of `snapshotIds`, each with the contribution bundles that its records name. */
  snapshots: z
    .array(z.strictObject({ snapshotId: hash32, cid, contributions: z.array(z.strictObject({ contributionId: hash32, cid })).min(1).max(100_000) }))
    .min(1)
    .max(64),
  /** The PEFT folder: adapter_config.json and adapter_model.safetensors. */
  adapter: z.strictObject({ config: cid, tensors: cid }),
  /** The influence table; the span index, or the list of its shards. */
  influenceTable: cid,
  spanIndex: cid,
  /** Which records repeat others, and so were trained on with weight 0; runs before clusters have none: their snapshots' weights held. */
  clusters: cid.optional(),
})

export type RunManifest = z.infer<typeof runManifestSchema>
