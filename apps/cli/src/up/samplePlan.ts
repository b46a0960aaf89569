import { consentTerms, parseOpen } from '@openledger/protocol'

/** What the first run makes of the sample records. */
export const samplePlan = {
  datanet: {
    name: 'openledger-basics',
    description: 'Questions and answers about OpenLedger itself, by four contributors.',
  },
  /** What the sample's contributors allow, and its datanet promises. */
  consent: consentTerms({ training: 'allowed', sold: true }),
  licence: 'Apache-2.0',
  model: 'basics',
  /** Passes over the records: enough to answer them, and short enough for a first look. */
  epochs: 10,
  /** For 1,000 tokens. */
  prices: { inputPrice: parseOpen('0.5'), outputPrice: parseOpen('2') },
  deposit: parseOpen('20'),
  /** The last three are worded otherwise than in any record. */
  questions: [
    'What is a datanet?',
    'What is a receipt?',
    'What is a LoRA adapter?',
    'What is OPEN?',
    'Tell me what a datanet is.',
    'Explain what a record is.',
    'Can you tell me who seals a snapshot?',
  ],
} as const
