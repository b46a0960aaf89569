import { answerBytes, claimGas, gatewaySeconds, planScale } from './planScale.ts'
import { assumed as a, measured as m, sizes } from './scaleInputs.ts'

const count = (value: number): string => (value >= 100 ? Math.round(value).toLocaleString('en') : Number(value.toPrecision(2)).toString())
const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']
function size(bytes: number): string {
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(bytes) / 3)))
  return `${Number((bytes / 1000 ** step).toPrecision(3))} ${units[step]}`
}
const gas = (value: number): string => (value >= 1e9 ? `${Number((value / 1e9).toPrecision(3)).toLocaleString('en')} G` : `${Number((value / 1e6).toPrecision(3))} M`)
const coins = (value: number): string => count((value * a.gasPriceGwei) / 1e9)
const percent = (part: number, whole: number): string => `${Number(((100 * part) / whole).toPrecision(2))} %`
const table = (head: string[], rows: string[][]): string => [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

/** The plan for growth, docs/scale.md, computed from what was measured and what is assumed. */
export function scalePage(): string {
  const plans = sizes.map((network) => ({ network, plan: planScale(network) }))
  const { network: most, plan: largest } = plans.at(-1)!
  const epochs = [60, 600, 3600, 86_400].map((seconds) => ({ seconds, ...largest.post(seconds) }))
  const dollars = (bytes: number, month: number): string => count((bytes / 1e9) * month)

  return `# From one node to ten thousand

Computed by \`npm run scale\` (\`tools/scale\`), which CI compares. Measured figures come from [measured.md](measured.md), [attribution.md](attribution.md), [costs.md](costs.md), \`contracts/gas/transactions.json\` and
\`docs/bench/bytes.json\` (\`apps/node/src/bench/measureLedgerBytes.ts\`). None of the larger sizes has been run: this page is arithmetic, and says where it would break.

## Assumptions

${table(
  ['assumed', 'value'],
  [
    ['tokens of an answer: prompt, answer', `${a.promptTokens}, ${a.answerTokens}; ${a.promptTokenBytes} and ${a.answerTokenBytes} bytes each in a bundle (an answer's token brings a logits hash)`],
    ['busiest second over the mean', `${a.peak}`],
    ['answers of a payer in a day; vouchers collected from each', `${count(a.answersPerPayerDay)}; ${a.collectionsPerDay} a day`],
    ['records of a contributor; of a contribution; tokens of a record', `${count(a.recordsPerContributor)}; ${a.recordsPerContribution}; ${a.tokensPerRecord}`],
    ['claims of a payee', `${a.claimsPerYear} a year, all from one gateway`],
    ['an adapter', `${count(a.adapterParameters)} parameters of ${a.adapterBytesPerParameter} bytes, ${a.atoms} atoms in its influence table (int8), each record in one adapter's index`],
    ['answers drawn for an execution case', `1 in ${count(a.auditEvery)}`],
    ['gas price; blocks', `${a.gasPriceGwei} gwei; ${count(a.blockGas)} gas every ${a.blockSeconds} s`],
    ['prices in dollars a month', `${a.objectStoreMonth} per GB in an object store, ${a.diskMonth} per GB on a database's disk, ${a.coreMonth} per core`],
    ['texts of records, answers and questions', 'as long in bytes as those of the sample datanet, but for the tokens above'],
    ['a claim among more than 1,024 payees', `grows with each level of the tree as between 16 and 1,024: ${count(claimGas(1e6))} gas among a million`],
  ],
)}

## One answer

${table(
  ['where', 'bytes', 'kept'],
  [
    ['journal of its gateway: receipt, attribution, voucher', count(answerBytes.journal), 'for good; the truth that tables are made from'],
    ['tables and their indexes on PostgreSQL', count(answerBytes.tables), 'can be made again'],
    ['its lines in the epoch file', count(answerBytes.epochFile), 'for good, in the content store'],
    [`query vector, ${size(m.bytes.queryVectorBytes / m.sampleParameters)} a parameter`, count(answerBytes.queryVector), 'until nobody may dispute it'],
  ],
)}

At the gateway it takes ${Number((gatewaySeconds * 1000).toPrecision(3))} ms of one core (order, receipt, seal, ${a.answerTokens} tokens), taken on a busy machine; a gateway is one process that decides on one core, so ${count(1 / gatewaySeconds)} answers a second at most.

## By size

${table(
  ['nodes', 'answers a day', 'adapters', 'records', 'gateways', 'tokens/s a node, busiest', 'cores that score, busiest', 'journal a day', 'tables a day', 'epoch files a day', 'query vectors a day'],
  plans.map(({ network, plan }) => [count(network.nodes), count(network.answers), count(network.adapters), count(network.records), count(plan.gateways), count(plan.nodeTokens), count(plan.scoreCores), size(plan.journal), size(plan.tables), size(plan.epochFiles), size(plan.queryVectors)]),
)}

${table(
  ['nodes', 'records and their facts', 'tables of records', 'span indexes on disk', 'in memory', 'adapters', 'influence tables'],
  plans.map(({ network, plan: { standing } }) => [count(network.nodes), size(standing.records), size(standing.recordTables), size(standing.indexDisk), size(standing.indexMemory), size(standing.adapters), size(standing.influence)]),
)}

A two-core node gave ${m.serveTokens} tokens a second with 32 adapters on a model of 135 million parameters; how many a larger model gives on a larger machine has to be measured there.

## Gas

By the length of an epoch, ${count(most.nodes)} nodes, ${count(largest.gateways)} gateways. An epoch takes ${count(m.epochReceipts)} answers and is posted once in its time; where more come, as many more epochs are counted, and the node must be told to settle more often:

${table(
  ['epoch', 'answers in it, one gateway, on the mean', 'posts a day', 'posting, collecting, claiming a day', 'an answer', 'OPEN a day', 'of what the chain holds'],
  epochs.map(({ seconds, posts, gas: all, answers }) => [seconds < 3600 ? `${seconds / 60} min` : `${seconds / 3600} h`, `${count(answers)}${answers > m.epochReceipts ? ': too many for one' : ''}`, count(posts), gas(all), count(all / most.answers), coins(all), percent(all, largest.chainGas)]),
)}

${table(
  ['nodes', 'collecting a day', 'claiming a day', 'execution cases a day', 'of what the chain holds', 'once: contributions', 'once: adapters, with snapshot and deployment', 'all of once, OPEN'],
  plans.map(({ network, plan }) => [count(network.nodes), gas(plan.collect), gas(plan.claims), gas(plan.audits), percent(plan.collect + plan.claims + plan.audits, plan.chainGas), gas(plan.once.contributions), gas(plan.once.adapters), coins(plan.once.contributions + plan.once.adapters + plan.once.nodes)]),
)}

## Latency

What an answer waits for at any size is its node: routing looks at the homes of one adapter alone. Of a gateway's core it takes ${Number((m.requestSeconds * 1000).toPrecision(2))} ms before and after and ${Number((m.tokenSeconds * 1e6).toPrecision(2))} µs a token; near ${count(1 / gatewaySeconds)} answers a second
on one gateway a queue forms, which is why gateways are counted by the busiest second. Scoring ${a.atoms} atoms takes ${m.scoreSeconds * 1000} ms and delays no answer. A receipt is settled when its epoch is posted and the time for disputes is over; a chain
with a block every ${a.blockSeconds} s adds seconds. How routing and placement do on four nodes is simulated in [network.md](network.md); thousands of nodes at one gateway are not.

## Money

${table(
  ['nodes', 'journals and epoch files of a year, dollars a month', 'tables of 30 days', 'query vectors of 14 days', 'cores of gateways and scoring', 'gas a month at epochs of an hour, OPEN'],
  plans.map(({ network, plan }) => [
    count(network.nodes),
    dollars((plan.journal + plan.epochFiles) * 365, a.objectStoreMonth),
    dollars(plan.tables * 30 + plan.standing.recordTables, a.diskMonth),
    dollars(plan.queryVectors * 14, a.objectStoreMonth),
    count((plan.gateways + plan.scoreCores) * a.coreMonth),
    coins(30 * (plan.post(3600).gas + plan.audits)),
  ]),
)}

## What breaks first, and what follows

1. **Query vectors.** ${size(answerBytes.queryVector)} an answer are ${size(largest.queryVectors)} a day at the last size, ${count(answerBytes.queryVector / answerBytes.journal)} times the journal. Everything else about an answer is small beside them. They follow from the receipt by one
   backward pass, so that only those that are asked for need to be kept: commit to the hash, keep for the time of disputes, and let a drawn answer be measured again. Today a vector is kept for every answer.
2. **Influence tables.** ${size(largest.standing.influence)} for ${count(most.adapters)} adapters, ${a.atoms / a.adapterBytesPerParameter} times the adapters themselves. A table is needed where its adapter is served, so they lie in the content store and beside the adapters that are asked for; fewer atoms for adapters of few contributors.
3. **One core of a gateway.** ${count(1 / gatewaySeconds)} answers a second, ${percent(a.answerTokens * m.tokenSeconds, gatewaySeconds)} of it reading and hashing the answer's tokens. Gateways are added, each with a key, a data folder and a database of its own ([operations.md](operations.md#postgresql)): ${count(largest.gateways)} at the last size.
4. **Claims.** ${gas(largest.claims)} a day, as a payee claims from one gateway. If every payee claimed from every gateway as often, it would be ${gas(largest.claims * largest.gateways)}, ${percent(largest.claims * largest.gateways, largest.chainGas)} of the chain: contributors should keep to few gateways, or claim less often, which costs them nothing but waiting.
5. **Execution cases.** ${gas(largest.audits)} a day at 1 in ${count(a.auditEvery)}, ${percent(largest.audits, largest.chainGas)} of the chain; the rate is a parameter of the ledger.
6. **Settlement.** One epoch of ${count(m.epochReceipts)} answers (${size(m.epochReceipts * answerBytes.epochFile)}) a turn: a gateway at its limit of ${count(1 / gatewaySeconds)} answers a second fills it in ${count(m.epochReceipts * gatewaySeconds)} s, so \`--epoch-seconds\` must stay below that, or settlement falls behind what was promised. The default of 60 does${m.epochReceipts * gatewaySeconds > 60 ? '' : ' not'}.
7. **Registration.** ${gas(largest.once.contributions + largest.once.adapters)} once for all records and adapters, ${percent(largest.once.contributions + largest.once.adapters, largest.chainGas)} of a day of the chain: spread over months it does not show; larger contributions make it smaller.
`
}
