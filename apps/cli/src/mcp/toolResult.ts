import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { describeError, withCode } from '../output/exitCode.ts'

/** What a tool answers: words for models that read text, and the same in the tool's output schema. */
export function toolResult(text: string, structuredContent: { [field: string]: unknown }): CallToolResult {
  return { content: [{ type: 'text', text }], structuredContent }
}

/** Runs a tool; a failure is an answer that says what is wrong and what to do, as MCP wants it. */
export async function asTool(work: () => Promise<CallToolResult>): Promise<CallToolResult> {
  try {
    return await work()
  } catch (error) {
    return { content: [{ type: 'text', text: describeError(withCode(error)) }], isError: true }
  }
}
