import { fail } from '@openledger/protocol'
import type { HubFile } from './listRepository.ts'

/** What to take of a repository: one GGUF file, or the files of a Hugging Face folder. */
export type HubChoice = { kind: 'gguf'; file: HubFile } | { kind: 'folder'; files: HubFile[] }

const folderFiles = new Set(['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja', 'chat_template.json', 'model.safetensors.index.json'])
const shard = /^model-\d{5}-of-\d{5}\.safetensors$/
const maxSmall = 64 << 20

/**
 * Chooses what to take: the GGUF file that is named by its path or a part of it, `safetensors` for the folder, or what there is when
 * there is only one thing.
 * @throws InputError `HUB_CHOICE` that lists what there is, `HUB_NO_MODEL`, `HUB_SPLIT`
 */
export function chooseFiles(repository: string, files: readonly HubFile[], wanted: string | undefined): HubChoice {
  const gguf = files.filter(({ path }) => /\.gguf$/i.test(path))
  const folder = folderOf(files)
  if (wanted === 'safetensors') return folder ? { kind: 'folder', files: folder } : fail('HUB_NO_MODEL', `${repository} holds no safetensors folder with config.json and tokenizer.json`)
  const text = wanted?.toLowerCase()
  const exact = gguf.filter(({ path }) => path === wanted)
  const fitting = exact.length > 0 ? exact : gguf.filter(({ path }) => text === undefined || path.toLowerCase().includes(text))
  const [only] = fitting
  const choices = (): string => [...gguf.map(({ path, bytes }) => `${repository}:${path} (${Math.ceil(bytes / 2 ** 20)} MiB)`), ...(folder ? [`${repository}:safetensors`] : [])].join('\n    ')
  if (only && fitting.length === 1 && (wanted !== undefined || !folder)) {
    if (/-\d{5}-of-\d{5}\.gguf$/i.test(only.path)) fail('HUB_SPLIT', `${only.path} is one of several parts of a model, which cannot be read`, { fix: 'choose a file that holds the whole model' })
    return { kind: 'gguf', file: only }
  }
  if (gguf.length === 0 && wanted === undefined) return folder ? { kind: 'folder', files: folder } : fail('HUB_NO_MODEL', `${repository} holds neither a GGUF file nor a safetensors folder with config.json and tokenizer.json`)
  return fail('HUB_CHOICE', `${repository} holds ${fitting.length === 0 ? `no GGUF file that fits "${wanted ?? ''}"` : 'more than one model'}`, { fix: `name one of\n    ${choices() || 'another repository'}` })
}

/** The files that make a folder; null when it would lack something. */
function folderOf(files: readonly HubFile[]): HubFile[] | null {
  const named = new Map(files.map((file) => [file.path, file]))
  if (!named.has('config.json') || !named.has('tokenizer.json')) return null
  const sharded = named.has('model.safetensors.index.json')
  const weights = files.filter(({ path }) => (sharded ? shard.test(path) : path === 'model.safetensors'))
  if (weights.length === 0) return null
  const small = files.filter(({ path }) => folderFiles.has(path) && (sharded || path !== 'model.safetensors.index.json'))
  for (const { path, bytes } of small) if (bytes > maxSmall) fail('HUB_TOO_LARGE', `${path} has ${bytes} bytes; at most ${maxSmall} are fetched`)
  return [...small, ...weights]
}
