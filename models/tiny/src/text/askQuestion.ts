import type { SeededRandom } from '../SeededRandom.ts'
import type { Fact } from '../world/World.ts'
import { capital } from '../language/inflect.ts'

const directFrames = [
  '{d}?',
  '{d}?',
  '{d}?',
  '{d}?',
  '{d}?',
  'Please tell me: {l}?',
  'Hello! {d}?',
  'One question: {l}?',
  'In short, {l}?',
  '{d}, please?',
  'Quick question. {d}?',
  'I have a question. {d}?',
  'Tell me, {l}?',
  'So, {l}?',
  'In this case, {l}?',
  'Sorry, but {l}?',
  'And {l}?',
] as const
const indirectFrames = [
  'Tell me {i}.',
  'Can you tell me {i}?',
  'Could you explain {i}?',
  'Explain {i}.',
  'Please explain {i}.',
  'I want to know {i}.',
  'Do you know {i}?',
  'I would like to know {i}.',
  'Say {i}.',
  'Please say {i}.',
  'Can you say {i}?',
  'I wonder {i}.',
  'Describe {i}.',
  'Let me know {i}.',
  'Remind me {i}.',
  'Would you mind telling me {i}?',
  'In a few words, tell me {i}.',
  'Help me understand {i}.',
  'Is it clear {i}?',
  'I forgot {i}.',
  'My question is {i}.',
] as const

/** One of the many wordings of a fact's question, sometimes careless about capitals and marks as people are. */
export function askQuestion(fact: Fact, random: SeededRandom): string {
  const [direct, indirect] = random.pick(fact.questions)
  const question = random.percent(58)
    ? random
        .pick(directFrames)
        .replace('{d}', () => capital(direct))
        .replace('{l}', () => direct.charAt(0).toLowerCase() + direct.slice(1))
    : random.pick(indirectFrames).replace('{i}', () => indirect)
  if (random.percent(6)) return question.toLowerCase()
  return random.percent(5) ? question.slice(0, -1) : question
}
