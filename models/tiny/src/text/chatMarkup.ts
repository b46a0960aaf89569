/** Control tokens of the vocabulary, by id. */
export const controlTokens = ['<|bos|>', '<|im_start|>', '<|im_end|>', '<|endoftext|>'] as const

/** One turn of a conversation. */
export interface Turn {
  role: 'system' | 'user' | 'assistant'
  content: string
}

/** A conversation as the model reads it, without the opening `<|bos|>`. */
export function renderChat(turns: readonly Turn[]): string {
  return turns.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`).join('')
}

/** The same format as a Jinja template, for the metadata of the model file. */
export const chatTemplate =
  "{{ bos_token }}{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
