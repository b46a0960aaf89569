import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Template } from '@huggingface/jinja'
import { fail } from '@openledger/protocol'
import { JsonObject } from './JsonObject.ts'
import { readJsonFileIfThere, readTextFile } from './readJsonFile.ts'

const maxBytes = 1 << 20

/**
 * The chat template of a model folder: `chat_template.jinja`, else `chat_template.json`, else the one in `tokenizer_config.json`
 * (of several, the one called `default`); null when there is none.
 * @throws InputError `CHAT_TEMPLATE` when it cannot be parsed, `MODEL_FOLDER`
 */
export function readChatTemplate(folder: string, tokenizerConfig: JsonObject | null): string | null {
  const text = templateText(folder, tokenizerConfig)
  if (text === null) return null
  try {
    new Template(text)
  } catch (cause) {
    fail('CHAT_TEMPLATE', `the chat template of ${folder} cannot be parsed`, { cause })
  }
  return text
}

function templateText(folder: string, tokenizerConfig: JsonObject | null): string | null {
  const file = join(folder, 'chat_template.jinja')
  if (existsSync(file)) return readTextFile(file, maxBytes)
  const source = readJsonFileIfThere(join(folder, 'chat_template.json'), maxBytes) ?? tokenizerConfig
  if (!source?.has('chat_template')) return null
  const value = source.fields.chat_template
  if (!Array.isArray(value)) return source.text('chat_template')
  const entries = value.map((entry, index) => new JsonObject(`chat template ${index} of ${source.source}`, entry))
  return entries.find((entry) => entry.text('name') === 'default')?.text('template') ?? null
}
