import { fail } from '@openledger/protocol'
import { z } from 'zod'
import { parseReply, readReply } from './jsonFields.ts'
import type { Ask } from './UpstreamDialect.ts'

const modelsSchema = z.looseObject({ data: z.array(z.looseObject({ id: z.string(), parent: z.string().nullish(), max_model_len: z.int().min(1).nullish() })) })

/**
 * The base model of a server, by its list of models: the one that is wanted, or the only one.
 * @throws InputError `UPSTREAM_MODEL`
 */
export async function servedBase(ask: Ask, wanted: string | undefined): Promise<z.infer<typeof modelsSchema>['data'][number]> {
  const bases = readReply(modelsSchema, parseReply((await ask('/v1/models'))!)).data.filter((model) => !model.parent)
  const found = wanted === undefined && bases.length === 1 ? bases[0] : bases.find((model) => model.id === wanted)
  return found ?? fail('UPSTREAM_MODEL', `the upstream server serves ${bases.map((model) => model.id).join(', ') || 'no model'}`, { field: 'upstream.model', fix: 'name one of them' })
}
