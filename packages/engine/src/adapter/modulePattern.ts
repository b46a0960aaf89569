const plainName = /^[\w.]+$/
// What keys of published adapters are made of: names, dots, classes, choices and repetitions of single characters.
const knownSyntax = /^(?:[\w.|^$]|\\[.dws]|\((?:\?:)?|\)|\[\^?[\w-]+\]|[*+?]|\{\d{1,3}(?:,\d{0,3})?\})+$/
const limits = { keys: 4096, expressions: 32, length: 256, groups: 3, repetitions: 2, optional: 4 }

const compiled = new Map<string, RegExp>()

/**
 * The value of the first key that matches a module's name. As in PEFT (`get_pattern_key`), a key is a regular expression that has to
 * match the whole name or all that follows one of its dots.
 * @param module its PEFT name, e.g. `model.layers.0.mlp.up_proj`
 */
export function patternValue(pattern: Readonly<Record<string, number>>, module: string): number | undefined {
  for (const [key, value] of Object.entries(pattern)) if (plainName.test(key) ? endsWithName(module, key) : expressionOf(key).test(module)) return value
  return undefined
}

/** A name as an expression: each dot in it stands for any one character. */
function endsWithName(module: string, key: string): boolean {
  const start = module.length - key.length
  if (start < 0 || (start > 0 && module[start - 1] !== '.')) return false
  for (let index = 0; index < key.length; index++) if (key[index] !== '.' && key[index] !== module[start + index]) return false
  return true
}

function expressionOf(key: string): RegExp {
  let expression = compiled.get(key)
  if (!expression) {
    if (compiled.size >= 1024) compiled.clear()
    compiled.set(key, (expression = new RegExp(`^(?:.*\\.)?(?:${key})$`)))
  }
  return expression
}

/**
 * Checks the keys of a pattern. They may come from anyone, so only expressions are taken whose matching takes little time: no group is
 * repeated, and few parts repeat.
 * @param refuse is told what is wrong; it throws
 */
export function checkPattern(keys: readonly string[], refuse: (why: string) => never): void {
  const expressions = keys.filter((key) => !plainName.test(key))
  if (keys.length > limits.keys) refuse(`it has ${keys.length} keys; at most ${limits.keys} are read`)
  if (expressions.length > limits.expressions) refuse(`it has ${expressions.length} regular expressions; at most ${limits.expressions} are read`)
  for (const key of expressions) {
    const count = (part: RegExp): number => key.match(part)?.length ?? 0
    const slow = /\)[*+{]/.test(key) || count(/\(/g) > limits.groups || count(/[*+]|\{\d+,\d*\}/g) > limits.repetitions || count(/(?<!\()\?/g) > limits.optional
    if (key.length > limits.length || !knownSyntax.test(key)) refuse(`key ${key.slice(0, limits.length)} is not a name or a simple regular expression`)
    if (slow) refuse(`key ${key} repeats groups or too many parts; matching it could take for ever`)
    try {
      expressionOf(key)
    } catch {
      refuse(`key ${key} is not a regular expression`)
    }
  }
}
