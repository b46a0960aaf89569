import { useState } from 'preact/hooks'
import type { AnswerView, DeploymentView } from '@openledger/sdk'
import { SourceText } from '../parts/SourceText.tsx'
import { openAmount } from '../parts/format.ts'
import { postJson, operatorToken } from '../state/api.ts'
import { useResource } from '../state/useResource.ts'

type Completion = { choices: { message: { content: string } }[]; openledger: AnswerView }

/** An answer, its sources coloured as soon as they are known. */
function Answered({ text, view }: { text: string; view: AnswerView }) {
  const { value } = useResource<AnswerView>(`/api/receipts/${view.receiptId}/summary`)
  const known = value ?? view
  return (
    <>
      <SourceText text={text} spans={known.sources} contributors={known.influence.map((i) => i.contributor)} />
      {known.attribution.status === 'pending' && <p class="quiet">Looking for whose data shaped it…</p>}
    </>
  )
}

/** Asks a deployed model; paid by the operator's own payer, so it needs the operator token of this page. */
export function Ask() {
  const { value: deployments } = useResource<{ items: DeploymentView[] }>('/api/deployments')
  const [model, setModel] = useState('')
  const [question, setQuestion] = useState('')
  const [busy, setBusy] = useState(false)
  const [answer, setAnswer] = useState<{ text: string; view: AnswerView } | null>(null)
  const [error, setError] = useState<string | null>(null)
  if (!operatorToken()) return null
  const models = (deployments?.items ?? []).filter((d) => d.active).map((d) => d.model)
  const chosen = model || models.find((m) => m.includes(':')) || models[0] || ''

  const ask = async (event: Event): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setError(null)
    try {
      const body = { model: chosen, messages: [{ role: 'user', content: question }], max_tokens: 96, temperature: 0 }
      const completion = await postJson<Completion>('/v1/chat/completions', body)
      setAnswer({ text: completion.choices[0]?.message.content ?? '', view: completion.openledger })
    } catch (problem) {
      setError(problem instanceof Error ? problem.message : String(problem))
    }
    setBusy(false)
  }

  return (
    <section class="card">
      <form class="ask" onSubmit={(e) => void ask(e)}>
        <select aria-label="model" value={chosen} onChange={(e) => setModel(e.currentTarget.value)}>
          {models.map((m) => (
            <option value={m}>{m}</option>
          ))}
        </select>
        <input type="text" aria-label="question" placeholder="Ask the model" value={question} onInput={(e) => setQuestion(e.currentTarget.value)} />
        <button class="act" type="submit" disabled={busy || question.trim() === '' || chosen === ''}>
          {busy ? 'Answering…' : 'Ask'}
        </button>
      </form>
      {error && <p class="error">{error}</p>}
      {answer && (
        <>
          <Answered text={answer.text} view={answer.view} />
          <p class="quiet">
            {openAmount(answer.view.fee)} · <a href={`#/answers/${answer.view.receiptId}`}>receipt, sources and payment</a>
          </p>
        </>
      )}
    </section>
  )
}
