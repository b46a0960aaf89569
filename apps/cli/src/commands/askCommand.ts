import type { Command } from 'commander'
import type { CommandContext } from './CommandContext.ts'
import { runs } from './CommandContext.ts'
import { examples } from './examples.ts'
import { decimalNumber, openAmount, wholeNumber } from './optionValues.ts'

type AskOptions = { model?: string; maxTokens?: number; temperature?: number; system?: string; presencePenalty?: number; frequencyPenalty?: number; jsonSchema?: string; deposit: string; wait: boolean }

/** `openledger ask` */
export function askCommand(context: CommandContext, program: Command): void {
  const command = program
    .command('ask')
    .summary('ask a model, pay for the answer, keep its receipt')
    .description('Asks a model and pays from the payer’s channel (--as, by default the key "payer"): the receipt is checked before it is paid and kept in the data folder.')
    .argument('<question...>', 'the question')
    .option('--model <name>', 'by default the model that was deployed last')
    .option('--max-tokens <n>', 'longest answer, in tokens', wholeNumber(1))
    .option('--temperature <x>', '0 always takes the likeliest token', decimalNumber, 0)
    .option('--system <text>', 'a system message before the question')
    .option('--presence-penalty <x>', 'taken off what the answer holds already, up to 2', decimalNumber)
    .option('--frequency-penalty <x>', 'the same for each time that it is there, up to 2', decimalNumber)
    .option('--json-schema <file>', 'a JSON Schema that the answer must be valid under')
    .option('--no-wait', 'do not wait until it is known whose data shaped the answer')
    .option('--deposit <open>', 'what the channel is filled up to when it cannot pay', openAmount, '10')
  examples(command, [
    ['openledger ask "What is a datanet?"', 'the latest model'],
    ['openledger ask "How often should I water a cactus?" --model openledger-tiny:plants --json', 'everything about the answer'],
  ])
  runs<AskOptions>(context, command, async ({ options, args, output, session }) => {
    const { parseOpen } = await import('@openledger/protocol')
    const { ask } = await import('../verbs/ask.ts')
    const { readSchema } = await import('../verbs/readSchema.ts')
    const { showAnswer } = await import('./showAnswer.ts')
    const question = (args[0] as string[]).join(' ')
    const { model, maxTokens, temperature, system, presencePenalty, frequencyPenalty } = options
    const jsonSchema = options.jsonSchema === undefined ? undefined : await readSchema(options.jsonSchema)
    const messages = system === undefined ? undefined : [{ role: 'system' as const, content: system }, { role: 'user' as const, content: question }]
    const onText = (text: string): void => void (output.json || context.streams.stdout(text))
    const answered = await ask(await session(), { model, question, messages, payer: options.as ?? 'payer', maxTokens, temperature, conditions: { presencePenalty, frequencyPenalty, jsonSchema }, deposit: parseOpen(options.deposit), onText, ...(options.wait ? {} : { attributionMs: 0 }) })
    output.line()
    output.line()
    showAnswer(output, answered.view)
    output.line(`next: openledger audit ${answered.receiptId.slice(0, 18)}`)
    const { text, finishReason, receiptId, view, signed } = answered
    output.result({ text, finishReason, receiptId, signed, answer: view })
  })
}
