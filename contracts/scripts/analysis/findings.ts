import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { repositoryRoot } from '../forge.ts'

/** What a lint says about one place; `code` is the source it points at, with single spaces. */
export type Finding = { rule: string; file: string; line: number; code: string; message: string }

export type Explanations = { rules: Readonly<Record<string, string>>; places: readonly { rule: string; file: string; code: string; reason: string }[] }

const diagnosticSchema = z.object({
  $message_type: z.literal('diagnostic'),
  message: z.string(),
  code: z.object({ code: z.string() }),
  spans: z.array(z.object({ file_name: z.string(), byte_start: z.int(), byte_end: z.int(), line_start: z.int(), is_primary: z.boolean() })),
})

/** Findings in what `forge lint --json` prints, one JSON object a line; other lines are passed over. @param read a source by its path from the root, as bytes */
export function findingsOf(output: string, read: (file: string) => Uint8Array = (file) => readFileSync(join(repositoryRoot, file))): Finding[] {
  const findings: Finding[] = []
  for (const text of output.split('\n')) {
    if (!text.startsWith('{')) continue
    const { success, data } = diagnosticSchema.safeParse(JSON.parse(text))
    const span = data?.spans.find((one) => one.is_primary)
    if (!success || !span) continue
    const code = Buffer.from(read(span.file_name)).toString('utf8', span.byte_start, span.byte_end).replace(/\s+/g, ' ')
    findings.push({ rule: data.code.code, file: span.file_name.replace(/^contracts\/src\//, ''), line: span.line_start, code, message: data.message })
  }
  return findings
}

/** The findings that nothing explains, and the explanations that explain nothing. */
export function unexplained(findings: readonly Finding[], { rules, places }: Explanations): { open: Finding[]; stale: string[] } {
  const key = ({ rule, file, code }: { rule: string; file: string; code: string }): string => `${rule} in ${file}: ${code}`
  const found = new Set(findings.flatMap((finding) => [finding.rule, key(finding)]))
  const explained = new Set([...Object.keys(rules), ...places.map(key)])
  return { open: findings.filter((finding) => !explained.has(finding.rule) && !explained.has(key(finding))), stale: [...explained].filter((one) => !found.has(one)) }
}
