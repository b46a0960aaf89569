import type { Vocabulary } from '@openledger/tensor'
import type { ChatMessage, ChatTemplate } from './ChatTemplate.ts'

const controlTexts = new WeakMap<Vocabulary, string[]>()

/**
 * Writes a conversation with the model's template and splits it into tokens.
 * Control tokens are read from the template alone: the same characters inside a message stay plain text.
 * @param addGenerationPrompt end with the opening of the assistant's turn
 * @throws InputError `CHAT_MESSAGES`
 */
export function encodeChat(
  template: ChatTemplate,
  vocabulary: Vocabulary,
  messages: readonly ChatMessage[],
  addGenerationPrompt = true,
): { text: string; tokens: number[] } {
  const text = template.render(messages, addGenerationPrompt)
  const controls = controlsOf(vocabulary)
  const suspicious = messages.map((message) => message.content).filter((content) => controls.some((control) => content.includes(control)))
  const tokens: number[] = []
  let at = 0
  for (const content of suspicious) {
    const found = text.indexOf(content.trim(), at)
    if (found < 0) continue
    tokens.push(...vocabulary.tokenize(text.slice(at, found), { addSpecial: at === 0, parseSpecial: true }))
    tokens.push(...vocabulary.tokenize(content.trim(), { addSpecial: false, parseSpecial: false }))
    at = found + content.trim().length
  }
  tokens.push(...vocabulary.tokenize(text.slice(at), { addSpecial: at === 0, parseSpecial: true }))
  if (tokens.length > 1 && tokens[0] === vocabulary.bos && tokens[1] === vocabulary.bos) tokens.shift()
  return { text, tokens }
}

function controlsOf(vocabulary: Vocabulary): string[] {
  let texts = controlTexts.get(vocabulary)
  if (!texts) {
    texts = []
    for (let token = 0; token < vocabulary.size; token++) {
      if (!vocabulary.isControl(token)) continue
      const text = vocabulary.detokenize([token], true)
      if (text !== '') texts.push(text)
    }
    controlTexts.set(vocabulary, texts)
  }
  return texts
}
