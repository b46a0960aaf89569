import { Option, type Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { when } from './format.ts'

type AddOptions = { name?: string; type?: string }
type StoredSource = { kind: string; path?: string; repository?: string; commit?: string; file?: string }

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`
const origin = ({ path, repository, commit, file }: StoredSource): string => (repository === undefined ? (path ?? '') : `${repository}@${(commit ?? '').slice(0, 10)}${file === undefined ? '' : `:${file}`}`)

/** The store of this data folder, under a lock when it will be changed. */
async function openStore(data: string) {
  const { modelStoreOf } = await import('@openledger/engine')
  return modelStoreOf(data, process.env)
}

async function locked<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const { lockDataFolder } = await import('@openledger/node')
  const lock = await lockDataFolder(folder)
  return work().finally(() => lock.release())
}

function addCommand(context: CommandContext, parent: Command): void {
  const command = parent
    .command('add')
    .summary('add a base model from a file, a folder or a hub')
    .description(
      'Adds a GGUF file, a Hugging Face folder (Llama 2/3, Mistral, Qwen 2/2.5/3, SmolLM shapes; converted once) or a model of a hub to the store in the data folder, or in OPENLEDGER_MODELS. A stopped download goes on with the next call. HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE, HF_HOME and HF_HUB_CACHE are honoured.',
    )
    .argument('<model>', 'a file, a folder, or organisation/name[@revision][:file]')
    .option('--name <name>', 'what to call it; by default after the file, folder or repository')
    .addOption(new Option('--type <type>', 'for folders: how to store the matrices; by default as they are').choices(['q8_0', 'f16', 'bf16', 'f32']))
  examples(command, [
    ['openledger models add ./model.gguf --name base', 'a file'],
    ['openledger models add HuggingFaceTB/SmolLM2-135M-Instruct --type q8_0', 'from the hub, made smaller'],
    ['openledger models add some/repository-GGUF:Q4_K_M', 'one of several files'],
  ])
  runs<AddOptions>(context, command, async ({ options, args, output }) => {
    const { addModel } = await import('../models/addModel.ts')
    const { Progress } = await import('../output/Progress.ts')
    const store = await openStore(options.data)
    const stop = new AbortController()
    const abort = (): void => stop.abort()
    process.once('SIGINT', abort)
    let progress: { stage: string; bar: InstanceType<typeof Progress> } | undefined
    try {
      const type = options.type?.toUpperCase() as 'Q8_0' | 'F16' | 'BF16' | 'F32' | undefined
      const model = await locked(store.folder, () =>
        addModel(store, args[0] as string, {
          name: options.name,
          type,
          environment: process.env,
          now: () => Math.floor(Date.now() / 1000),
          world: { signal: stop.signal },
          onProgress(stage, update) {
            if (progress?.stage !== stage) {
              progress?.bar.stop()
              progress = { stage, bar: new Progress(output, stage) }
            }
            progress.bar.update(update)
          },
        }),
      )
      progress?.bar.stop()
      output.line(`${model.name} is added`)
      output.field('file', store.pathOf(model))
      output.field('size', mebibytes(model.bytes))
      for (const note of model.notes) output.field('note', note)
      output.line(`  serve it with: openledger up --model ${model.name}`)
      output.result({ ...model, path: store.pathOf(model) })
    } finally {
      progress?.bar.stop()
      process.off('SIGINT', abort)
    }
  })
}

function listCommand(context: CommandContext, parent: Command): void {
  const command = parent.command('list').summary('list the models of the store').description('Lists the base models of the store with their sizes and where they came from.')
  examples(command, [['openledger models list --json', 'for programs']])
  runs(context, command, async ({ options, output }) => {
    const store = await openStore(options.data)
    const models = await store.list()
    output.table(['name', 'size', 'added', 'from'], models.map((m) => [m.name, mebibytes(m.bytes), when(m.addedAt), origin(m.source)]))
    output.result(models.map((model) => ({ ...model, path: store.pathOf(model) })))
  })
}

function removeCommand(context: CommandContext, parent: Command): void {
  const command = parent.command('remove').summary('remove a model from the store').description('Removes a name, and its file when no other name stands for it.').argument('<name>', 'the name of a model')
  examples(command, [['openledger models remove base', 'frees its space']])
  runs(context, command, async ({ options, args, output }) => {
    const store = await openStore(options.data)
    const name = args[0] as string
    await store.need(name)
    const freed = await locked(store.folder, () => store.remove(name))
    output.line(`${name} is removed, ${mebibytes(freed)} are free`)
    output.result({ name, freed })
  })
}

function verifyCommand(context: CommandContext, parent: Command): void {
  const command = parent.command('verify').summary('check a model’s file').description('Reads the whole file of a model again and compares its hash; without a name, of all models.').argument('[name]', 'the name of a model')
  examples(command, [['openledger models verify', 'all of them']])
  runs(context, command, async ({ options, args, output }) => {
    const { Progress } = await import('../output/Progress.ts')
    const store = await openStore(options.data)
    const names = args[0] === undefined ? (await store.list()).map(({ name }) => name) : [args[0] as string]
    for (const name of names) {
      const progress = new Progress(output, name)
      await store.verify(name, (done, total) => progress.update({ done, total, text: '' })).finally(() => progress.stop())
      output.line(`  ok     ${name}`)
    }
    output.line(`checked ${names.length} models`)
    output.result({ checked: names })
  })
}

/** `openledger models …` */
export function modelsCommand(context: CommandContext, program: Command): void {
  const parent = program.command('models').summary('add, list, verify and remove base models').description('Base models are kept once each by the hash of their file, and found by name.')
  examples(parent, [['openledger models add HuggingFaceTB/SmolLM2-135M-Instruct', 'from the hub']])
  addCommand(context, parent)
  listCommand(context, parent)
  verifyCommand(context, parent)
  removeCommand(context, parent)
}
