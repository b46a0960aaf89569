import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Backend, loadGgml } from '@openledger/tensor'
import { type HubFolderOptions, writeHubFolder } from '../fixtures/writeHubFolder.ts'
import { loadModel } from '../model/loadModel.ts'
import { encodeChat } from '../template/encodeChat.ts'
import type { ChatMessage } from '../template/ChatTemplate.ts'
import { convertFolder } from './convertFolder.ts'

const ggml = loadGgml()
const backend = new Backend(ggml, 1)
const root = mkdtempSync(join(tmpdir(), 'openledger-families-'))
const owned: { dispose(): void }[] = []
afterAll(() => {
  for (const value of owned) value.dispose()
  backend.dispose()
  rmSync(root, { recursive: true })
})

async function load(options: HubFolderOptions) {
  const place = join(root, String(owned.length))
  writeHubFolder(place, options)
  const { notes } = await convertFolder(place, `${place}.gguf`, { ggml })
  const model = loadModel(`${place}.gguf`, backend)
  owned.push(model)
  return { model, notes }
}

const system: ChatMessage = { role: 'system', content: 'Be brief.' }
const turns: ChatMessage[] = [
  { role: 'user', content: 'Who lives there?' },
  { role: 'assistant', content: 'The miller.' },
  { role: 'user', content: 'Since when?' },
]

describe('chat templates of the families', () => {
  it.each([
    ['llama2', '<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\nWho lives there? [/INST] The miller. </s><s>[INST] Since when? [/INST]'],
    ['llama3', '<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWho lives there?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nThe miller.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nSince when?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n'],
    ['qwen2', '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nWho lives there?<|im_end|>\n<|im_start|>assistant\nThe miller.<|im_end|>\n<|im_start|>user\nSince when?<|im_end|>\n<|im_start|>assistant\n'],
  ] as const)('write a conversation with a system prompt: %s', async (family, expected) => {
    const { model } = await load({ family })
    const { text, tokens } = encodeChat(model.template!, model.vocabulary, [system, ...turns])
    expect(text).toBe(expected)
    // Each control token is one token, and none is added.
    const controls = expected.match(/<\|\w+\|>|<\/?s>/g)!.length
    expect(tokens.filter((token) => model.vocabulary.isControl(token)).length).toBe(controls)
  })

  it('refuse conversations that the model does not know', async () => {
    const { model } = await load({ family: 'mistral' })
    expect(model.template!.render(turns)).toBe('<s>[INST] Who lives there? [/INST]The miller.</s>[INST] Since when? [/INST]')
    const refusal = (text: string) => expect.objectContaining({ code: 'CHAT_MESSAGES', message: expect.stringContaining(text) as string }) as Error
    expect(() => model.template!.render([system, ...turns])).toThrow(refusal('System messages are not known'))
    expect(() => model.template!.render([turns[0]!, turns[0]!])).toThrow(refusal('Roles must take turns'))
  })

  it('add a system prompt of their own where the family does', async () => {
    const { model } = await load({ family: 'smollm' })
    expect(model.template!.render(turns.slice(0, 1))).toBe('<|im_start|>system\nYou answer questions.<|im_end|>\n<|im_start|>user\nWho lives there?<|im_end|>\n<|im_start|>assistant\n')
  })
})

describe('readFolderConfig', () => {
  it('cuts the context to the window of attention, and says so', async () => {
    const { model, notes } = await load({ family: 'mistral', config: { sliding_window: 128, max_position_embeddings: 1024 } })
    expect(model.config.context).toBe(128)
    expect(notes.join()).toContain('looks back 128 positions')
    const whole = await load({ family: 'qwen2', config: { sliding_window: 128, use_sliding_window: false, max_position_embeddings: 1024 } })
    expect(whole.model.config.context).toBe(1024)
  })

  it('gives rows of the embedding that no token uses unused tokens', async () => {
    const { model } = await load({ family: 'qwen2' })
    expect(model.vocabulary.size).toBe(model.config.vocabulary)
    expect(model.vocabulary.tokenize('[PAD420]', { addSpecial: false, parseSpecial: true }).length).toBeGreaterThan(1)
  })
})
