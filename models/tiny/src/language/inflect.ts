/** The forms of an English verb: base, third person, -ing, past and participle. */
export interface VerbForms {
  base: string
  third: string
  ing: string
  past: string
  participle: string
}

const vowel = /[aeiou]/
/** Verbs of two syllables that double their last letter, beside all short ones. */
const doubling = new Set(['permit', 'submit', 'commit', 'prefer', 'refer', 'begin', 'regret', 'occur', 'control', 'forget'])

/** Forms of a verb given as `base` or `base/past/participle`; the regular spelling rules of English. */
export function verbForms(entry: string): VerbForms {
  const [base = '', irregularPast, irregularParticiple] = entry.split('/')
  const last = base.at(-1)!
  const consonantY = last === 'y' && !vowel.test(base.at(-2)!)
  const short = /^[^aeiou]*[aeiouy][^aeiouywx]$/.test(base.replace(/^qu/, 'q'))
  const stem = short || doubling.has(base) ? base + last : base
  const past = last === 'e' ? `${base}d` : consonantY ? `${base.slice(0, -1)}ied` : `${stem}ed`
  const dropsE = last === 'e' && !/(ee|oe|ye)$/.test(base)
  return {
    base,
    third: consonantY ? `${base.slice(0, -1)}ies` : /(s|x|z|ch|sh|o)$/.test(base) ? `${base}es` : `${base}s`,
    ing: /ie$/.test(base) ? `${base.slice(0, -2)}ying` : dropsE ? `${base.slice(0, -1)}ing` : `${stem}ing`,
    past: irregularPast ?? past,
    participle: irregularParticiple ?? irregularPast ?? past,
  }
}

const irregularPlurals: Readonly<Record<string, string>> = {
  knife: 'knives',
  leaf: 'leaves',
  loaf: 'loaves',
  wolf: 'wolves',
  shelf: 'shelves',
  thief: 'thieves',
  mouse: 'mice',
  goose: 'geese',
  ox: 'oxen',
  sheep: 'sheep',
  deer: 'deer',
  fish: 'fish',
  salmon: 'salmon',
  trout: 'trout',
  moose: 'moose',
  scissors: 'scissors',
  datum: 'data',
  cattle: 'cattle',
  scarf: 'scarves',
  squid: 'squid',
  shrimp: 'shrimp',
  news: 'news',
}
const unchanging =
  /^(news|wheat|grass|bread|flour|meat|milk|ink|sand|salt|sugar|straw|hay|wool|gold|silver|copper|brass|steel|iron|tin|clay|coal|honey|butter|glue|silk|cotton|linen|leather|fur|ice|soap|tea|corn|grain|wax|gravel|chalk|paint|powder|thread|timber|wood|glass|spice|oil|rice|barley|rye|feedback|evidence|insurance|interest|work|cork|metal|paper|string|fabric|cloth|dough|cheese|fruit)$/

/** Plural of a noun; nouns of substances stay as they are. */
export function plural(noun: string): string {
  const last = noun.split(' ').at(-1)!
  const head = noun.slice(0, noun.length - last.length)
  const irregular = irregularPlurals[last]
  if (irregular !== undefined) return head + irregular
  if (unchanging.test(last)) return noun
  if (last.endsWith('man')) return `${noun.slice(0, -2)}en`
  if (/[^aeiou]y$/.test(last)) return `${noun.slice(0, -1)}ies`
  if (/(s|x|z|ch|sh|[^aeiou]o)$/.test(last) && !/(photo|piano)$/.test(last)) return `${noun}es`
  return `${noun}s`
}

/** The noun with `a` or `an`; nouns of substances and plurals get none. */
export function withArticle(noun: string): string {
  const first = noun.split(' ')[0]!
  const last = noun.split(' ').at(-1)!
  if (unchanging.test(last) || irregularPlurals[last] === last) return noun
  return /^(hour|honest|honor|heir)/.test(first) || (/^[aeiou]/i.test(first) && !/^(uni|use|usu|eu|one|once)/i.test(first)) ? `an ${noun}` : `a ${noun}`
}

/** The text with its first letter in upper case. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
