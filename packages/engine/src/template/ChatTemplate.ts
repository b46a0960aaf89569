import { Template } from '@huggingface/jinja'
import { fail } from '@openledger/protocol'
import type { Vocabulary } from '@openledger/tensor'

export type ChatMessage = { role: string; content: string }

/** A model's own way to write a conversation as text (Jinja, as Hugging Face defines it). */
export class ChatTemplate {
  readonly text: string
  readonly #template: Template
  readonly #specials: { bos_token: string; eos_token: string }

  /** @throws InputError `CHAT_TEMPLATE` when the template cannot be parsed */
  constructor(text: string, vocabulary: Vocabulary) {
    this.text = text
    try {
      this.#template = new Template(text)
    } catch (cause) {
      fail('CHAT_TEMPLATE', 'the chat template of the model cannot be parsed', { cause })
    }
    const special = (token: number): string => (token < 0 ? '' : vocabulary.detokenize([token], true))
    this.#specials = { bos_token: special(vocabulary.bos), eos_token: special(vocabulary.eos) }
  }

  /**
   * Writes a conversation as the text that the model continues.
   * @param addGenerationPrompt end with the opening of the assistant's turn; false when the last message is the answer (training)
   * @throws InputError `CHAT_MESSAGES` when the template refuses the messages
   */
  render(messages: readonly ChatMessage[], addGenerationPrompt = true): string {
    if (messages.length === 0) fail('CHAT_MESSAGES', 'a conversation needs at least one message', { field: 'messages' })
    try {
      return this.#template.render({ messages, add_generation_prompt: addGenerationPrompt, ...this.#specials })
    } catch (cause) {
      return fail('CHAT_MESSAGES', `the chat template refuses these messages: ${cause instanceof Error ? cause.message : String(cause)}`, { field: 'messages', cause })
    }
  }
}
