import { fromMarkdown } from 'mdast-util-from-markdown'
import { toString } from 'mdast-util-to-string'
import { recordLimits } from '../records/recordLimits.ts'
import { draftFromFields } from './draftFromFields.ts'
import { reject, type Parsed, type ParseOptions } from './draftRecord.ts'

type Block = ReturnType<typeof fromMarkdown>['children'][number]
type Section = { title: string; line: number; depth: number; path: string[]; body: Block[] }

/** YAML front matter would be read as a heading: its lines are emptied, so that line numbers stay. */
function withoutFrontMatter(text: string): string {
  const match = /^---[ \t]*\n(?:[^\n]*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|$)/.exec(text)
  return match ? match[0].replace(/[^\n]/g, '') + text.slice(match[0].length) : text
}

/** A block as plain text: paragraphs on one line, list items with a dash or number, code as it is, raw HTML left out. */
function plainText(block: Block, depth: number): string {
  if (depth > recordLimits.markdownDepth) return ''
  const inner = (children: readonly Block[], between = '\n\n'): string => children.map((child) => plainText(child, depth + 1)).filter((t) => t !== '').join(between)
  switch (block.type) {
    case 'paragraph':
    case 'heading':
      return toString(block, { includeHtml: false }).replace(/[ \t]*\n[ \t]*/g, ' ').trim()
    case 'code':
      return block.value
    case 'blockquote':
      return inner(block.children as Block[])
    case 'list':
      return block.children.map((item, i) => `${block.ordered ? `${(block.start ?? 1) + i}.` : '-'} ${inner(item.children as Block[], '\n').replace(/\n/g, '\n  ')}`).join('\n')
    default:
      return ''
  }
}

function readSections(blocks: readonly Block[]): Section[] {
  const sections: Section[] = []
  let path: { title: string; depth: number }[] = []
  for (const block of blocks) {
    if (block.type !== 'heading') {
      sections.at(-1)?.body.push(block)
      continue
    }
    path = path.filter((p) => p.depth < block.depth)
    const title = plainText(block, 0)
    sections.push({ title, line: block.position?.start.line ?? 1, depth: block.depth, path: path.map((p) => p.title), body: [] })
    path.push({ title, depth: block.depth })
  }
  return sections
}

type Danger = { line: number; code: string; message: string; fix: string }

const containers = /^(?:[ \t]*(?:>|[-+*]|\d{1,9}[.)])(?=[ \t>]|$))*/
const fence = /^ {0,3}(?:(`{3,})[^`]*$|(~{3,}))/

/**
 * What would make the Markdown parser slow: its time grows with the square of the nesting and of the emphasis and bracket marks in one
 * block. Asked before parsing; code fences are passed over.
 */
function findDanger(text: string): Danger | null {
  let number = 0
  let marks = 0
  let open = ''
  for (const line of text.split('\n')) {
    number++
    const fenced = fence.exec(line)
    const run = fenced?.[1] ?? fenced?.[2] ?? ''
    if (open !== '') {
      if (run.startsWith(open) && line.trim() === run) open = ''
      continue
    }
    open = run
    const depth = (containers.exec(line)?.[0].match(/>|[-+*]|\d+[.)]/g) ?? []).length
    if (depth > recordLimits.markdownDepth) return { line: number, code: 'TOO_DEEP', message: `quotes and lists nest more than ${recordLimits.markdownDepth} levels`, fix: 'flatten them' }
    marks = line.trim() === '' ? 0 : marks + (line.match(/[*_[]/g) ?? []).length
    if (marks > recordLimits.markdownMarks) return { line: number, code: 'TOO_MANY_MARKS', message: `one block holds more than ${recordLimits.markdownMarks} of the signs * _ [`, fix: 'divide it by blank lines, or put it into a code fence' }
  }
  return null
}

/**
 * Reads Markdown: each heading with text below it is a record, the heading (a question or a title) its prompt and the text its completion.
 * A heading that only holds deeper headings is skipped; the headings above a record are kept as `path` in its metadata.
 */
export function* parseMarkdown(source: string, options: ParseOptions): Generator<Parsed> {
  if (source.length > recordLimits.markdownBytes) {
    yield reject(1, 'line', 'FILE_TOO_LARGE', `a Markdown file has at most ${recordLimits.markdownBytes} characters`, 'split the file at its chapters')
    return
  }
  const text = withoutFrontMatter(source.replace(/\r\n?/g, '\n'))
  const danger = findDanger(text)
  if (danger) {
    yield reject(danger.line, 'line', danger.code, danger.message, danger.fix)
    return
  }
  const sections = readSections(fromMarkdown(text).children)
  if (sections.length === 0) yield reject(1, 'heading', 'MISSING_FIELD', 'the file has no heading', 'put each question in a heading (# …) and its answer below')
  for (const [i, section] of sections.entries()) {
    const completion = section.body.map((block) => plainText(block, 0)).filter((t) => t !== '').join('\n\n')
    const below = sections[i + 1]
    if (completion === '' && below && below.depth > section.depth) continue
    const rest = new Map(section.path.length > 0 ? [['path', section.path] as const] : [])
    yield draftFromFields(section.line, ['heading', 'text'], [section.title, completion], options.contributorField ?? 'contributor', rest)
  }
}
