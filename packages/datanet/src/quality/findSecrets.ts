import { qualityLimits } from './qualityLimits.ts'

/** Something in a text that may be private; a person decides. */
export type SecretSign = { code: 'POSSIBLE_KEY' | 'EMAIL_ADDRESS' | 'PAYMENT_CARD' | 'LONG_NUMBER'; what: string }

// Forms in which their issuers hand keys out.
const keys: [RegExp, string][] = [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/, 'a private key in PEM form'],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/, 'a cloud access key'],
  [/\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,}|glpat-[\w-]{20,})/, 'a source host token'],
  [/\b(?:sk|rk|pk)[-_](?:live|test|proj|ant|or)?[-_]?[A-Za-z0-9_-]{20,}/, 'an API key'],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,}/, 'a chat token'],
  [/\bAIza[0-9A-Za-z_-]{35}/, 'an API key'],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/, 'a signed web token'],
  [/(?:private|secret|seed)[^\n]{0,40}?\b(?:0x)?[0-9a-f]{64}\b/i, 'a private key in hexadecimal'],
  [/\b(?:password|passwd|api[_-]?key|secret)\b\s*[:=]\s*["']?[^\s"']{8,}/i, 'a password or key'],
]
const email = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/u
// Digits with the separators of telephone and card numbers; not inside a word, a hexadecimal number or a decimal fraction.
const digits = /(?<![\p{L}\p{N}.,])\+?\(?\d(?:[ \-()./]{0,2}\d){7,40}(?![\p{L}\p{N}])/gu

const date = /\b\d{4}-\d{2}-\d{2}\b/g

/** Whether digits stand in groups as people write telephones and cards: no decimal fraction, no list of single digits. */
function isGrouped(number: string): boolean {
  return !/^\d+\.\d+$/.test(number) && number.split(/\D+/).filter((group) => group.length === 1).length <= 2
}

/** The check digit of payment cards (ISO/IEC 7812-1, Luhn). */
function isLuhn(number: string): boolean {
  let sum = 0
  for (let i = 0; i < number.length; i++) {
    const digit = Number(number[number.length - 1 - i]) * (i % 2 === 0 ? 1 : 2)
    sum += digit > 9 ? digit - 9 : digit
  }
  return sum % 10 === 0
}

/** Looks for keys, addresses and long numbers; at most one sign of each kind. Values are not repeated in the answer. */
export function findSecrets(text: string): SecretSign[] {
  const signs: SecretSign[] = []
  const key = keys.find(([pattern]) => pattern.test(text))
  if (key) signs.push({ code: 'POSSIBLE_KEY', what: key[1] })
  if (email.test(text)) signs.push({ code: 'EMAIL_ADDRESS', what: 'an email address' })
  const numbers = (text.replace(date, 'date').match(digits) ?? []).filter(isGrouped).map((n) => n.replace(/\D/g, ''))
  const long = numbers.filter((n) => n.length >= qualityLimits.longNumberDigits && !n.endsWith('0'.repeat(qualityLimits.roundNumberZeros)))
  const card = long.some((n) => n.length >= 13 && n.length <= 19 && !/^(\d)\1*$/.test(n) && isLuhn(n))
  if (card) signs.push({ code: 'PAYMENT_CARD', what: 'a number with the check digit of a payment card' })
  else if (long.length > 0) signs.push({ code: 'LONG_NUMBER', what: `a number of ${long[0]!.length} digits, as telephones and accounts have` })
  return signs
}
