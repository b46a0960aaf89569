import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readSchema } from './readSchema.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'read-schema-'))
const file = (name: string, text: string): string => {
  writeFileSync(path.join(folder, name), text)
  return path.join(folder, name)
}
afterAll(() => rmSync(folder, { recursive: true }))

it('reads an object, and refuses everything else', async () => {
  expect(await readSchema(file('good.json', '{"type": "object"}'))).toEqual({ type: 'object' })
  for (const bad of [file('list.json', '[]'), file('broken.json', '{'), path.join(folder, 'absent.json')]) {
    await expect(readSchema(bad)).rejects.toMatchObject({ code: 'BAD_SCHEMA' })
  }
})
