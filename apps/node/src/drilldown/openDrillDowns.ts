import type { ContentStore } from '@openledger/datanet'
import { readArtefact, runManifestSchema } from '@openledger/protocol'
import type { ServedModels } from '../deployments/ServedModels.ts'
import type { LoadedEngine } from '../engine/Engine.ts'
import type { Names } from '../keys/Names.ts'
import { DrillDowns } from './DrillDowns.ts'

/** Prepares the drill-down for a node: gradients from the engine beside the one that answers, tokens from the one that does. */
export function openDrillDowns({ content, names, serving, models, isBusy }: { content: ContentStore; names: Names; serving: LoadedEngine; models: ServedModels; isBusy: () => boolean }): DrillDowns {
  const { engine, gradients, info } = serving
  return new DrillDowns({
    content,
    names,
    tokenizer: {
      endOfTurn: info.eos,
      tokenize: (text) => engine.tokenize(text, { addSpecial: false }),
      encodeChat: (messages, open) => engine.encodeChat(messages, open),
    },
    engine: gradients,
    isBusy,
    revoked: async ({ run, receipt }) => models.revokedOf(readArtefact(runManifestSchema, await content.get(run!)), Number(receipt.statement.time)),
  })
}
