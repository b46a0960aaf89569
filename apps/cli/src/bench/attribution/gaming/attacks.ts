import { RandomStream } from '../../serve/workload/RandomStream.ts'
import { madeUpName } from './madeUpName.ts'
import { recordOf, type GamingWorld, type WrittenRecord } from './gamingWorld.ts'
import { nearCopy, paraphrase } from './rewriteText.ts'

/** A record and whose it is. Accounts are numbered; honest contributor t has account t, the attacker further ones. */
export type OwnedRecord = WrittenRecord & { account: number }

/** An attack as it is played: all records in the order of their commitment, and the accounts that pay the attacker. */
export type PlayedAttack = { records: OwnedRecord[]; accounts: number[] }

export type Attack = {
  name: string
  about: string
  /** Most that the attacker's pay may be multiplied by, by the design; absent where it names none: then 1.10, as for paraphrases. */
  target: number
  play: (setting: AttackSetting) => PlayedAttack
}

export type AttackSetting = {
  world: GamingWorld
  /** What everybody commits honestly, the attacker too. */
  honest: readonly OwnedRecord[]
  attacker: number
  /** The contributor who is copied. */
  victim: number
  seed: number
}

/** Everybody's own records: one account per topic, committed in turns. */
export function honestRecords(world: GamingWorld): OwnedRecord[] {
  const most = Math.max(...world.topics.map(({ facts }) => facts.length))
  return Array.from({ length: most }, (_, i) => world.topics.flatMap(({ facts }, account) => (facts[i] ? [{ ...recordOf(facts[i]), account }] : []))).flat()
}

const own = ({ honest, attacker }: AttackSetting): OwnedRecord[] => honest.filter(({ account }) => account === attacker)
const stolen = ({ honest, victim }: AttackSetting): OwnedRecord[] => honest.filter(({ account }) => account === victim)

/** Adds rewritten records under an account. */
function adding(source: (setting: AttackSetting) => OwnedRecord[], rewrite: (record: WrittenRecord, turn: number) => WrittenRecord, anew: boolean) {
  return (setting: AttackSetting): PlayedAttack => {
    const account = anew ? setting.world.topics.length : setting.attacker
    const added = source(setting).map((record, turn) => ({ ...rewrite(record, turn), account }))
    return { records: [...setting.honest, ...added], accounts: anew ? [setting.attacker, account] : [setting.attacker] }
  }
}

/** Changes the attacker's own records and adds none. @param last the attacker commits behind all others, as who repeats their words must */
function changing(rewrite: (record: WrittenRecord, setting: AttackSetting, random: RandomStream, turn: number) => WrittenRecord, { last = false } = {}) {
  return (setting: AttackSetting): PlayedAttack => {
    const random = new RandomStream(setting.seed, 41)
    let turn = 0
    const records = setting.honest.map((record) => (record.account === setting.attacker ? { ...rewrite(record, setting, random, turn++), account: setting.attacker } : record))
    const isLast = ({ account }: OwnedRecord): boolean => last && account === setting.attacker
    return { records: [...records.filter((r) => !isLast(r)), ...records.filter(isLast)], accounts: [setting.attacker] }
  }
}

const same = ({ prompt, completion }: WrittenRecord): WrittenRecord => ({ prompt, completion })

/** Spreads the attacker's own records over several accounts. */
const splitOver =
  (parts: number) =>
  (setting: AttackSetting): PlayedAttack => {
    let turn = 0
    const first = setting.world.topics.length
    const records = setting.honest.map((record) => (record.account === setting.attacker ? { ...record, account: first + (turn++ % parts) } : record))
    return { records, accounts: Array.from({ length: parts }, (_, i) => first + i) }
  }

const rareWords = (random: RandomStream, count: number): string => {
  const known = new Set<string>()
  return Array.from({ length: count }, () => madeUpName(random, known)).join(' ')
}

/** A question that users ask about somebody else's topic. */
function popular({ world, attacker }: AttackSetting, random: RandomStream): WrittenRecord {
  const topics = world.topics.filter((_, t) => t !== attacker)
  const { facts } = topics[random.integer(0, topics.length)]!
  return recordOf(facts[random.integer(0, Math.min(4, facts.length))]!)
}

/** All attacks on one training. The names are stable: results are kept under them. */
export const attacks: readonly Attack[] = [
  { name: 'exact copies of own records', about: 'a second account commits all of the attacker’s records again', target: 1.02, play: adding(own, same, true) },
  { name: 'exact copies of another', about: 'the attacker commits all records of another contributor after him', target: 1.02, play: adding(stolen, same, false) },
  { name: 'near copies of own records', about: 'a second account, a word or sign changed in each record', target: 1.1, play: adding(own, nearCopy, true) },
  { name: 'near copies of another', about: 'another’s records with a word or sign changed', target: 1.1, play: adding(stolen, nearCopy, false) },
  { name: 'paraphrases of own records', about: 'a second account, every record in other words', target: 1.1, play: adding(own, paraphrase, true) },
  { name: 'paraphrases of another', about: 'another’s records in other words', target: 1.1, play: adding(stolen, paraphrase, false) },
  { name: 'sybil split', about: 'own records spread over three accounts', target: 1.1, play: splitOver(3) },
  {
    name: 'outliers, long',
    about: 'forty rare words behind every answer of the attacker',
    target: 1.2,
    play: changing((record, _, random) => ({ ...record, completion: `${record.completion} ${rareWords(random, 40)}.` })),
  },
  {
    name: 'outliers, repeated',
    about: 'every answer of the attacker says its statement three times',
    target: 1.2,
    play: changing((record) => ({ ...record, completion: `${record.completion} ${record.completion} ${record.completion}` })),
  },
  {
    name: 'outliers, contradicting',
    about: 'every record asks what others are asked and answers with rare words',
    target: 1.2,
    play: changing((_, setting, random) => ({ prompt: popular(setting, random).prompt, completion: `${rareWords(random, 12)}.` })),
  },
  {
    name: 'outliers, mixed',
    about: 'half of the records stay, half answer another’s question falsely',
    target: 1.2,
    play: changing((record, setting, random, turn) => (turn % 2 === 0 ? record : { prompt: popular(setting, random).prompt, completion: `It is ${rareWords(random, 3)}, and nothing else.` })),
  },
  {
    name: 'phrase stuffing',
    about: 'two popular statements of others behind every answer of the attacker',
    target: 1.1,
    play: changing((record, setting, random) => ({ ...record, completion: `${record.completion} ${popular(setting, random).completion} ${popular(setting, random).completion}` }), { last: true }),
  },
  {
    name: 'question stuffing',
    about: 'popular questions and their answers in front of every question of the attacker',
    target: 1.1,
    play: changing((record, setting, random) => {
      const { prompt, completion } = popular(setting, random)
      return { prompt: `${prompt} ${completion} ${record.prompt}`, completion: `${completion} ${record.completion}` }
    }, { last: true }),
  },
]
