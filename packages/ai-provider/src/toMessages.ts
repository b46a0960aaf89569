import { UnsupportedFunctionalityError, type LanguageModelV3Prompt, type SharedV3Warning } from '@ai-sdk/provider'

export type NodeMessage = { role: 'system' | 'user' | 'assistant'; content: string }

const unsupported = (functionality: string): never => {
  throw new UnsupportedFunctionalityError({ functionality, message: `models of OpenLedger read text alone: ${functionality} cannot be sent` })
}

/**
 * A prompt of the AI SDK as the node reads it. Reasoning of earlier turns is left out, with a warning.
 * @throws UnsupportedFunctionalityError for files and tools: an answer without them would be to another question
 */
export function toMessages(prompt: LanguageModelV3Prompt): { messages: NodeMessage[]; warnings: SharedV3Warning[] } {
  let dropped = false
  const messages = prompt.map((message): NodeMessage => {
    if (message.role === 'system') return { role: 'system', content: message.content }
    if (message.role === 'tool') return unsupported('results of tools')
    const pieces = message.content.map((part) => {
      if (part.type === 'text') return part.text
      if (part.type !== 'reasoning') return unsupported(part.type === 'file' ? `files (${part.mediaType})` : 'calls of tools')
      dropped = true
      return ''
    })
    return { role: message.role, content: pieces.join('') }
  })
  return { messages, warnings: dropped ? [{ type: 'unsupported', feature: 'reasoning', details: 'reasoning of earlier turns is left out of the prompt' }] : [] }
}
