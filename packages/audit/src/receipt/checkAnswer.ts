import type { Json, ReceiptBundle } from '@openledger/protocol'
import type { AuditEngine } from '../engine/AuditEngine.ts'
import { expectEqual, falseClaim, Skipped } from '../report/Auditor.ts'
import { isBareBase } from './checkOpenings.ts'

type Messages = { role: string; content: string }[]

/** Checks that the prompt's tokens are the conversation as the base's template writes it (or plain text, for a completion). */
export async function checkPrompt({ request }: ReceiptBundle, engine: AuditEngine): Promise<string> {
  const { messages, promptTokens } = request
  const rendered =
    typeof messages === 'string' ? await engine.host.tokenize(messages, { addSpecial: true }) : (await engine.host.encodeChat(messages as unknown as Messages)).tokens
  expectEqual('prompt tokens', promptTokens.join(' '), rendered.join(' '))
  return `${promptTokens.length} tokens render the conversation`
}

type Said = { readonly [key: string]: Json | undefined }

function saidBy(profile: Json): Said {
  return typeof profile === 'object' && profile !== null && !Array.isArray(profile) ? (profile as Said) : {}
}

/** Why an answer of another profile cannot be executed again: what the profile says of itself, or that this machine is another. */
function whyNot(profile: Json): string {
  const said = saidBy(profile)
  if (said.exactReplay !== false) return 'this machine computes under another numerics profile, where bits may differ honestly'
  if (said.batchInvariant === false) return `a device computed it (${String(said.isaVariant)}) that rounds a row differently in other company`
  return `another server computed it (${String(said.engine)} ${String(said.engineVersion)}, model ${String(said.model)}), which nobody can execute again bit for bit`
}

/**
 * Executes the answer again and compares it token for token, with every logits hash. Under another numerics profile the bits may differ
 * honestly, and so they may where the profile itself promises no equal bits; then only the text is compared with its tokens.
 */
export async function checkAnswer(bundle: ReceiptBundle, engine: AuditEngine): Promise<string | Skipped> {
  const { request, answer, receipt } = bundle
  const promised = saidBy(engine.info.profile as unknown as Json).exactReplay !== false
  if (!promised || engine.info.profileHash !== receipt.statement.profileHash) {
    const text = (await engine.host.detokenize(answer.tokens)).normalize('NFC')
    if (!text.startsWith(answer.text)) falseClaim(`served text: claimed ${JSON.stringify(answer.text.slice(0, 200))}, the tokens say ${JSON.stringify(text.slice(0, 200))}`)
    return new Skipped(`${whyNot(bundle.profile)}; the text matches its tokens`)
  }
  const again = await engine.host.generate({
    adapterId: isBareBase(bundle) ? null : receipt.statement.adapterId,
    promptTokens: request.promptTokens,
    sampling: request.sampling,
    logprobs: false,
    logitsHashes: true,
  })
  again.tokens.forEach((token, i) => {
    if (answer.tokens[i] !== token) falseClaim(`token ${i} of the answer: claimed ${answer.tokens[i] ?? 'nothing'}, executed ${token}`)
  })
  expectEqual('number of answer tokens', answer.tokens.length, again.tokens.length)
  // Exactly: expectEqual passes over the case of letters, which addresses may differ in and texts may not. Bundles are written in NFC.
  if (answer.text !== again.text.normalize('NFC')) falseClaim(`served text: claimed ${JSON.stringify(answer.text.slice(0, 200))}, executed ${JSON.stringify(again.text.slice(0, 200))}`)
  expectEqual('finish reason', answer.finishReason, again.finishReason)
  expectEqual('logits hashes', answer.logitsHashes.join(), again.logitsHashes.join())
  return `${again.tokens.length} tokens executed again: same tokens, same logits`
}
