import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Client as McpClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { Role, TaskState, type Task } from '@a2a-js/sdk'
import { ClientFactory } from '@a2a-js/sdk/client'
import { createOpenLedger, openledgerMetadata } from '@openledger/ai-provider'
import { formatOpen, guaranteeFileSchema, parseOpen, readArtefact, type Hex } from '@openledger/protocol'
import { ensureWopen, OpenLedgerClient, readGuarantee, sendCall, type AnswerView } from '@openledger/sdk'
import { ExactEvmScheme } from '@x402/evm/exact/client'
import { wrapFetchWithPayment, x402Client } from '@x402/fetch'
import { APICallError, createProviderRegistry, generateText, Output, streamText, type ModelMessage } from 'ai'
import OpenAI from 'openai'
import { encodeFunctionData, erc20Abi } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { serveAgent } from '../a2a/serveAgent.ts'
import { accept } from '../agents/accept.ts'
import { registerAgentKey } from '../agents/registerAgentKey.ts'
import { openMcpContext } from '../mcp/openMcpContext.ts'
import { serveHttp } from '../mcp/serveHttp.ts'
import { findBrowser } from '../testing/findBrowser.ts'
import { audit } from '../verbs/audit.ts'
import { ensureFunds } from '../verbs/ensureFunds.ts'
import type { PageAnswer } from './browserPage.ts'
import { bundleForBrowser } from './bundleForBrowser.ts'
import { startPageServer, type PageServer } from './PageServer.ts'
import { recipes } from './recipes.ts'
import { runRecipe } from './runRecipe.ts'
import { startNetwork, type StartedNetwork } from './startNetwork.ts'

declare module 'vitest' {
  interface TaskMeta {
    /** What a client did here, for `npm run test:clients`. */
    did?: string
  }
}

// What the SDK warns of is looked at below.
globalThis.AI_SDK_LOG_WARNINGS = false
/** How long a step may take on a machine that has much else to do. */
const patience = 4 * 60_000
let network: StartedNetwork
/** A page whose origin the node's operator has named, and one of anybody else. */
let app: PageServer
let stranger: PageServer

beforeAll(async () => {
  ;[app, stranger] = await Promise.all([startPageServer(), startPageServer()])
  network = await startNetwork([app.origin])
}, 4 * patience)
afterAll(async () => {
  await network?.stop()
  await Promise.all([app?.close(), stranger?.close()])
})

const bin = fileURLToPath(new URL('../../../../bin/openledger.mjs', import.meta.url))

/** The key of a new wallet that holds one WOPEN and no coin for gas. */
async function walletKey(): Promise<Hex> {
  const { writer } = await network.session.actor('operator')
  const gift = parseOpen('1')
  await ensureWopen(writer, writer.addresses.channels, gift)
  const key = generatePrivateKey()
  await sendCall(writer, { name: 'gift', to: writer.addresses.wopen, data: encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [privateKeyToAccount(key).address, gift] }) })
  return key
}

/** The words that a receipt binds, as the operator reads them. */
const boundText = async (receiptId: string | undefined): Promise<string> => (await network.session.node.receiptView(receiptId as Hex)).text

describe('openai', () => {
  it('streams an answer that its receipt binds', async ({ task }) => {
    const { url, apiKey, model, question } = network
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 })
    expect((await client.models.list()).data.map(({ id }) => id)).toContain(model)
    const stream = await client.chat.completions.create({ model, messages: [{ role: 'user', content: question }], max_tokens: 40, stream: true })
    let text = ''
    let answer: AnswerView | undefined
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      answer = (chunk as { openledger?: AnswerView }).openledger ?? answer
    }
    expect(text).not.toBe('')
    expect(await boundText(answer?.receiptId)).toBe(text)
    task.meta.did = `streamed ${answer!.outputTokens} tokens for ${formatOpen(BigInt(answer!.fee))} OPEN, receipt ${answer!.receiptId.slice(0, 10)}`
  }, patience)
})

describe('ai', () => {
  const provider = (attributionMs = patience) => createOpenLedger({ baseURL: `${network.url}/v1`, apiKey: network.apiKey, attributionMs })

  it('generates and streams with receipt, sources and attribution', async ({ task }) => {
    const { model, question, url } = network
    const openledger = provider()
    const whole = await generateText({ model: openledger(model), prompt: question, maxOutputTokens: 40 })
    const metadata = openledgerMetadata(whole.providerMetadata)!
    expect(await boundText(metadata.receiptId)).toBe(whole.text)
    expect(metadata.attribution.status).toBe('complete')
    expect(metadata.influence.find(({ name }) => name === 'ada')!.sharePpm).toBeGreaterThan(0)
    expect(whole.usage).toMatchObject({ inputTokens: metadata.inputTokens, outputTokens: metadata.outputTokens })
    expect(whole).toMatchObject({ finishReason: 'stop', warnings: [] })
    const [source] = whole.sources
    if (source?.sourceType !== 'url') expect.fail('there is no source')
    expect(source).toMatchObject({ title: 'a record of ada', url: `${url}/#/records/${source.id}` })
    const { completion } = await network.session.node.record(source.id)
    for (const span of source.providerMetadata!.openledger!.spans as { start: number; end: number }[]) expect(completion).toContain(whole.text.slice(span.start, span.end))

    const stream = streamText({ model: createProviderRegistry({ openledger }).languageModel(`openledger:${model}`), prompt: question, maxOutputTokens: 40, onError: ({ error }) => expect.fail(String(error)) })
    const pieces: string[] = []
    for await (const piece of stream.textStream) pieces.push(piece)
    expect(pieces.length).toBeGreaterThan(3)
    expect(pieces.join('')).toBe(whole.text)
    expect(await stream.sources).toEqual(whole.sources)
    expect(openledgerMetadata(await stream.providerMetadata)!.receiptId).not.toBe(metadata.receiptId)
    task.meta.did = `generated and streamed ${metadata.outputTokens} tokens, ${whole.sources.length} source: ${source.title}`
  }, 3 * patience)

  it('writes objects of a schema, takes conversations, and warns of what it cannot follow', async ({ task }) => {
    const openledger = provider(0)
    const schema = z.object({ house: z.enum(['red', 'blue']), rooms: z.number().int().min(1).max(9) })
    const { output } = await generateText({ model: openledger(network.model), prompt: 'Describe a house.', maxOutputTokens: 60, output: Output.object({ schema }) })
    expect(schema.safeParse(output).success).toBe(true)
    const messages: ModelMessage[] = [{ role: 'user', content: 'Hello.' }, { role: 'assistant', content: 'Hello!' }, { role: 'user', content: [{ type: 'text', text: network.question }] }]
    const tool = { description: 'nothing', inputSchema: z.object({}) }
    const { warnings, text, response } = await generateText({ model: openledger(network.model), system: 'Be brief.', messages, maxOutputTokens: 5, tools: { tool }, stopSequences: ['1', '2', '3', '4', '5'] })
    expect(warnings).toMatchObject([{ type: 'unsupported', feature: 'tools' }, { type: 'unsupported', feature: 'stopSequences' }])
    expect(text).not.toBe('')
    expect(response.modelId).toBe(network.model)
    task.meta.did = `wrote ${JSON.stringify(output)} to a schema, warned of tools`
  }, patience)

  it('shows the node’s refusals as errors of the SDK', async () => {
    const refused = await generateText({ model: provider()('nothing'), prompt: 'x', maxRetries: 0 }).catch((error: unknown) => error)
    expect(APICallError.isInstance(refused) && [refused.statusCode, refused.isRetryable, refused.data]).toMatchObject([404, false, { code: 'MODEL_NOT_FOUND' }])
    const aborted = AbortSignal.abort()
    await expect(generateText({ model: provider()(network.model), prompt: 'x', abortSignal: aborted })).rejects.toThrow()
  })
})

describe('x402', () => {
  it('lets somebody without key, channel or coins for gas pay for one answer', async ({ task }) => {
    const { session, url, model, question } = network
    const { wopen } = session.network.contracts
    const account = privateKeyToAccount(await walletKey())
    const paying = x402Client.fromConfig({
      schemes: [{ network: 'eip155:*', client: new ExactEvmScheme(account) }],
      spendControls: { allowedAssets: [{ network: `eip155:${session.network.chainId}`, asset: wopen, maxAmountPerPayment: parseOpen('1').toString() }] },
    })
    // Under the OpenAI client as well as under the AI SDK.
    const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'x402', maxRetries: 0, fetch: wrapFetchWithPayment(fetch, paying) })
    const answer = (await openai.chat.completions.create({ model, messages: [{ role: 'user', content: question }], max_tokens: 12 })) as OpenAI.ChatCompletion & { openledger: AnswerView }
    expect(await boundText(answer.openledger.receiptId)).toBe(answer.choices[0]!.message.content)
    const openledger = createOpenLedger({ baseURL: url, fetch: wrapFetchWithPayment(fetch, paying), attributionMs: patience })
    const { providerMetadata } = await generateText({ model: openledger(model), prompt: question, maxOutputTokens: 12 })
    const second = openledgerMetadata(providerMetadata)!
    expect(second.channel.id).not.toBe(answer.openledger.channel.id)
    const paid = await session.node.payments(second.receiptId)
    expect(paid.paid.payer).toBe(account.address.toLowerCase())
    const fees = BigInt(answer.openledger.fee) + BigInt(second.fee)
    task.meta.did = `paid ${formatOpen(fees)} OPEN for two answers from a wallet without gas`
  }, 2 * patience)
})

describe('mcp', () => {
  const args = (...own: string[]): string[] => [bin, 'mcp', '--data', network.data, '--max-tokens', '40', '--wait', '240', ...own]
  type Asked = { answer: string; receipt: string; fee_open: string; spent_open: string; attribution: string; sources: { text: string; record: string }[] }
  const call = async (client: McpClient, name: string, given: Record<string, unknown>, onprogress?: () => void) => {
    const { isError, content, structuredContent } = (await client.callTool({ name, arguments: given }, undefined, { timeout: patience, onprogress })) as CallToolResult
    return { isError, words: content.map((part) => (part.type === 'text' ? part.text : '')).join(''), result: structuredContent as unknown }
  }

  it('serves its tools over stdio, and spends no more than its owner allows', async ({ task }) => {
    const client = new McpClient({ name: 'test', version: '1' })
    await client.connect(new StdioClientTransport({ command: process.execPath, args: args('--limit', '0.2', '--total-limit', '0.3'), stderr: 'inherit' }))
    try {
      const { tools } = await client.listTools()
      expect(tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint])).toEqual([['ask', false], ['sources', true], ['receipt', true], ['datanets', true]])
      expect(tools.every(({ inputSchema, outputSchema }) => inputSchema.type === 'object' && outputSchema?.type === 'object')).toBe(true)
      expect(client.getInstructions()).toContain('0.3 in all')
      const datanets = (await call(client, 'datanets', {})).result as { datanets: { name: string }[]; models: { model: string }[] }
      expect(datanets).toMatchObject({ datanets: [{ datanet: '1', name: 'openledger-basics' }], models: [{ model: network.model }] })

      let steps = 0
      const asked = (await call(client, 'ask', { question: network.question }, () => steps++)).result as Asked
      expect(await boundText(asked.receipt)).toBe(asked.answer)
      expect(steps).toBeGreaterThan(3)
      expect(asked).toMatchObject({ attribution: 'complete', spent_open: asked.fee_open, limit_open: '0.3' })
      const sources = (await call(client, 'sources', { receipt: asked.receipt })).result as { sources: object[]; records: { completion: string }[] }
      expect(sources.sources).toEqual(asked.sources)
      expect(sources.records[0]!.completion).toContain(asked.sources[0]!.text)
      const receipt = (await call(client, 'receipt', { receipt: asked.receipt.slice(0, 18) })).result as { payments: { paid_open: string }[] }
      expect(receipt).toMatchObject({ receipt: asked.receipt, fee_open: asked.fee_open, attribution: 'complete', epoch: null })
      expect(receipt.payments.reduce((sum, line) => sum + parseOpen(line.paid_open), 0n)).toBe(parseOpen(asked.fee_open))

      const tooLong = await call(client, 'ask', { question: network.question, max_tokens: 200 })
      expect([tooLong.isError, tooLong.words]).toEqual([true, expect.stringMatching(/^ABOVE_ANSWER_LIMIT: .* 0\.2 are allowed/)])
      expect(await call(client, 'ask', { question: 'x', model: 'nothing' })).toMatchObject({ isError: true, words: expect.stringContaining('MODEL_NOT_FOUND') as string })
      expect((await call(client, 'ask', { question: '' })).isError).toBe(true)
      let answers = 1
      for (let next = await call(client, 'ask', { question: network.question }); ; next = await call(client, 'ask', { question: network.question })) {
        if (!next.isError) expect(parseOpen((next.result as Asked).spent_open)).toBeLessThanOrEqual(parseOpen('0.3'))
        else expect(next.words).toMatch(/^ABOVE_TOTAL_LIMIT/)
        if (next.isError) break
        answers++
      }
      task.meta.did = `asked over stdio with ${tools.length} tools; stopped by its owner's limit of 0.3 OPEN after ${answers} answers`
    } finally {
      await client.close()
    }
  }, 3 * patience)

  it('forgets nothing at a restart, and serves Streamable HTTP to those who know its token', async ({ task }) => {
    const caps = { perAnswer: parseOpen('0.2'), total: parseOpen('0.3') }
    const context = await openMcpContext(network.session, { payer: 'payer', caps, maxTokens: 40, attributionMs: patience })
    const running = await serveHttp(context, '1', { host: '127.0.0.1', port: 0, token: 'secret' })
    const connect = async (headers: Record<string, string>): Promise<McpClient> => {
      const client = new McpClient({ name: 'test', version: '1' })
      await client.connect(new StreamableHTTPClientTransport(new URL(running.url), { requestInit: { headers } }) as Parameters<McpClient['connect']>[0])
      return client
    }
    const authorization = 'Bearer secret'
    try {
      await expect(connect({ authorization: 'Bearer wrong' })).rejects.toThrow()
      await expect(connect({ authorization, origin: 'http://evil.example' })).rejects.toThrow()
      const [one, two] = await Promise.all([connect({ authorization }), connect({ authorization })])
      expect((await call(one, 'ask', { question: network.question })).words).toMatch(/^ABOVE_TOTAL_LIMIT/)
      expect((await call(two, 'datanets', { datanet: '1' })).result).toMatchObject({ datanets: [{ datanet: '1' }] })
      await Promise.all([one.close(), two.close()])
      task.meta.did = 'two clients over Streamable HTTP'
    } finally {
      await running.close()
    }
  }, patience)
})

describe('sdk', () => {
  it('asks, waits for the attribution and follows the payment, in Node', async ({ task }) => {
    const client = new OpenLedgerClient({ url: network.url, token: network.apiKey })
    const input = { model: network.model, messages: [{ role: 'user' as const, content: network.question }], maxTokens: 40 }
    const most = await client.quote(input)
    const { text, view } = await client.chat(input)
    const fee = BigInt(view.fee)
    expect(fee > 0n && fee <= most).toBe(true)
    expect(await boundText(view.receiptId)).toBe(text)
    expect((await client.waitForAttribution(view.receiptId, { timeoutMs: 240_000 })).sources.length).toBeGreaterThan(0)
    const { lines } = await client.payments(view.receiptId)
    expect(lines.reduce((sum, line) => sum + BigInt(line.amount), 0n)).toBe(fee)
    await expect(client.quote({ ...input, model: 'nothing' })).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' })
    task.meta.did = `paid ${formatOpen(fee)} of at most ${formatOpen(most)} OPEN to ${lines.length} payees`
  }, patience)
})

const executablePath = findBrowser()
if (executablePath === undefined) console.log('the SDK is not tested in a browser: no Chromium or Chrome is installed here (OPENLEDGER_BROWSER can name one)')

describe.skipIf(executablePath === undefined)('sdk in a browser', () => {
  it('asks from a page of another origin that the operator named, and from no other', async ({ task }) => {
    const script = await bundleForBrowser("import { askInPage } from './browserPage.ts'; globalThis.askInPage = askInPage")
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'] })
    try {
      const askFrom = async (server: PageServer): Promise<PageAnswer> => {
        server.show(script)
        const page = await browser.newPage()
        await page.goto(server.origin)
        await page.waitForFunction(() => 'askInPage' in globalThis)
        const { url, apiKey: token, model, question } = network
        return page.evaluate((call) => globalThis.askInPage(call), { url, token, model, question })
      }
      const answer = await askFrom(app)
      expect(answer).toMatchObject({ attribution: 'complete', sources: 1, refused: 'UNKNOWN_RECORD' })
      expect(answer.pieces).toBeGreaterThan(3)
      expect(await boundText(answer.receiptId)).toBe(answer.text)
      const before = (await network.session.node.status()).counts.receipts
      await expect(askFrom(stranger)).rejects.toThrow(/no node answers/)
      expect((await network.session.node.status()).counts.receipts).toBe(before)
      task.meta.did = `a page of ${Math.round(script.length / 1024)} KiB in ${browser.browserType().name()} ${browser.version()} streamed ${answer.pieces} pieces and checked the signature; a page of another origin was refused`
    } finally {
      await browser.close()
    }
  }, 2 * patience)
})

describe('a2a', () => {
  it('finds a bonded agent by its card, takes its promise, accepts it, and gets the delivered answer', async ({ task }) => {
    const { session, question, model } = network
    const [agent, client] = ['keen', 'a2a-client']
    const [reward, penalty] = [parseOpen('1'), parseOpen('2')]
    for (const name of [agent, client]) await ensureFunds(session, (await session.keys.ensure(name)).address, 'operator')
    const { agentId } = await registerAgentKey(session, { agent, bond: penalty })
    const terms = { agentId, name: 'keen', description: 'answers', version: '1', reward, penalty }
    const served = await serveAgent({ session, agent, host: '127.0.0.1', port: 0, terms, model, maxTokens: 12, acceptSeconds: 600, deliverSeconds: 600, now: Date.now })
    try {
      const a2a = await new ClientFactory().createFromUrl(served.url)
      const card = await a2a.getAgentCard()
      const [identity, guarantees] = card.capabilities!.extensions
      expect(identity).toMatchObject({ uri: 'https://eips.ethereum.org/EIPS/eip-8004', params: { agentId: Number(agentId), agentRegistry: `eip155:${session.network.chainId}:${session.network.contracts.identityRegistry}` } })
      expect(guarantees!.params).toMatchObject({ bond: penalty.toString(), penalty: penalty.toString(), record: { kept: 0, broken: 0 } })
      const registration = (await (await fetch(new URL('/registration.json', served.url))).json()) as object
      expect(registration).toMatchObject({ services: [{ name: 'A2A', endpoint: new URL('/.well-known/agent-card.json', served.url).href }], registrations: [{ agentId: Number(agentId) }] })

      const recipe = recipes().find(({ name }) => name === 'a2a')!
      expect(await runRecipe('a2a', recipe.code, { AGENT_URL: served.url })).toMatch(new RegExp(`^keen eip155:.* ${agentId} ${penalty} `))

      const { address } = await session.keys.ensure(client)
      const send = async (text: string, metadata: object | undefined, taskId = '', contextId = '', returnImmediately = false): Promise<Task> => {
        const part = { content: { $case: 'text' as const, value: text }, metadata: undefined, filename: '', mediaType: 'text/plain' }
        const message = { messageId: generatePrivateKey(), contextId, taskId, role: Role.ROLE_USER, parts: [part], metadata: metadata as Record<string, unknown> | undefined, extensions: [], referenceTaskIds: [] }
        return (await a2a.sendMessage({ tenant: '', message, configuration: { acceptedOutputModes: [], taskPushNotificationConfig: undefined, returnImmediately }, metadata: undefined }, { serviceParameters: { 'A2A-Extensions': guarantees!.uri } })) as Task
      }
      const wordsOf = ({ status }: Task): string => (status?.message?.parts[0]?.content?.value as string | undefined) ?? ''
      const strange = await send(question, undefined)
      expect([strange.status!.state, wordsOf(strange)]).toEqual([TaskState.TASK_STATE_REJECTED, expect.stringMatching(/^NO_CLIENT/)])
      const offered = await send(question, { [guarantees!.uri]: { client: address } })
      expect(offered.status!.state).toBe(TaskState.TASK_STATE_INPUT_REQUIRED)
      const early = await send('go on', undefined, offered.id, offered.contextId)
      expect(wordsOf(early)).toContain('not accepted')
      const file = readArtefact(guaranteeFileSchema, offered.artifacts[0]!.parts[0]!.content!.value as object)
      expect(file.task).toBe(question)
      const { guaranteeId } = await accept(session, client, file)
      await send('go on', undefined, offered.id, offered.contextId, true)
      let done = await a2a.getTask({ id: offered.id, tenant: '', historyLength: 0 })
      for (let tries = 0; tries < 4000 && done.status!.state === TaskState.TASK_STATE_WORKING; tries++) {
        // Epochs are put together on demand here; the first ones may hold answers of other clients alone.
        await session.node.settle()
        await new Promise((resolve) => setTimeout(resolve, 100))
        done = await a2a.getTask({ id: offered.id, tenant: '', historyLength: 0 })
      }
      expect([done.status!.state, wordsOf(done)]).toEqual([TaskState.TASK_STATE_COMPLETED, 'the promise is kept'])
      const [words, proof] = done.artifacts.at(-1)!.parts.map(({ content }) => content!.value as unknown)
      const { receiptId } = proof as { receiptId: string }
      expect(await boundText(receiptId)).toBe(words)
      expect((await readGuarantee(session.reader, guaranteeId))!.status).toBe('kept')
      const after = (await (await fetch(new URL('/.well-known/agent-card.json', served.url))).json()) as { capabilities: { extensions: { params: object }[] } }
      expect(after.capabilities.extensions[1]!.params).toMatchObject({ record: { kept: 1 }, bond: (reward + penalty).toString() })
      task.meta.did = `agent ${agentId} promised, was accepted, and delivered receipt ${receiptId.slice(0, 10)}: ${String(words).slice(0, 40)}`
    } finally {
      await served.close()
    }
  }, 4 * patience)
})

describe('the recipes of docs/clients.md', () => {
  const all = recipes()

  it('are all there', () => {
    expect(all.map(({ name }) => name)).toEqual(['openai', 'ai', 'mcp', 'x402', 'a2a', 'sdk'])
  })

  it.each(all.filter(({ name, language }) => language === 'ts' && name !== 'a2a'))('$name runs as it stands there', async ({ name, code }) => {
    const before = (await network.session.node.status()).counts.receipts
    const env = { OPENLEDGER_URL: network.url, OPENLEDGER_API_KEY: network.apiKey, OPENLEDGER_MODEL: network.model, WALLET_KEY: await walletKey() }
    expect(await runRecipe(name, code, env)).toMatch(/dataset/)
    expect((await network.session.node.status()).counts.receipts).toBe(before + 1)
  }, 2 * patience)

  it('mcp starts a server with the tools that the page names', async () => {
    const { mcpServers } = JSON.parse(all.find(({ name }) => name === 'mcp')!.code) as { mcpServers: { openledger: { command: string; args: string[] } } }
    const { command, args } = mcpServers.openledger
    expect([command, args[0]]).toEqual(['npx', 'openledger'])
    const client = new McpClient({ name: 'test', version: '1' })
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [bin, ...args.slice(1).map((arg) => (arg === '.openledger' ? network.data : arg))] }))
    const page = readFileSync(new URL('../../../../docs/clients.md', import.meta.url), 'utf8')
    const { tools } = await client.listTools().finally(() => client.close())
    for (const { name } of tools) expect(page).toContain(`| \`${name}\` |`)
  }, patience)
})

describe('the receipts of all of them', () => {
  it('are settled and audited like any other', async () => {
    const { session } = network
    const [{ receiptId }] = (await session.node.receipts(null)).items as [AnswerView]
    await session.node.attributed(receiptId, undefined, patience)
    const report = await audit(session, { subject: receiptId })
    expect(report.falseClaim).toBeUndefined()
    expect(report.checks.filter(({ status }) => status === 'ok').length).toBeGreaterThanOrEqual(10)
  }, 3 * patience)
})
