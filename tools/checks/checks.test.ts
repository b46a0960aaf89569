import { describe, expect, it } from 'vitest'
import { checkBorders } from './borders.ts'
import { checkErrors, checkFileSizes, checkLockFile, checkNames, checkProse } from './fileRules.ts'
import type { Unit } from './units.ts'

const units: Unit[] = [
  { name: '@x/low', path: 'packages/low', owns: '', browserSafe: true, mayImport: [] },
  { name: '@x/high', path: 'packages/high', owns: '', mayImport: ['@x/low'] },
]
const file = (path: string, text: string) => ({ path, text })

describe('borders', () => {
  it('accepts what the table allows', () => {
    const result = checkBorders(units, [file('packages/high/src/a.ts', "import '@x/low'\nimport './b.ts'\nimport 'node:fs'")])
    expect(result).toEqual({ checked: 3, what: 'imports', violations: [] })
  })

  it.each([
    ['an import upwards', [file('packages/low/src/a.ts', "import '@x/high'")], 'may not import'],
    ['a Node module in a browser-safe unit', [file('packages/low/src/a.ts', "import 'node:fs'")], 'browser-safe'],
    ['a relative path into another unit', [file('packages/high/src/a.ts', "import '../../low/src/b.ts'")], 'leaves the unit'],
    ['a dynamic import', [file('packages/low/src/a.ts', "await import('@x/high')")], 'may not import'],
    ['a cycle of folders', [file('packages/low/src/a/x.ts', "import '../b/y.ts'"), file('packages/low/src/b/y.ts', "import '../a/z.ts'")], 'cycle'],
  ])('finds %s', (_, files, message) => {
    expect(checkBorders(units, files).violations.join('\n')).toContain(message)
  })
})

describe('file rules', () => {
  it('finds a file that is too long', () => {
    expect(checkFileSizes([file('a.ts', 'x\n'.repeat(601))]).violations.length).toBeGreaterThan(0)
    expect(checkFileSizes([file('a.ts', 'x\n'.repeat(70))]).violations).toEqual([])
  })

  it('finds a vague name', () => {
    expect(checkNames([file('src/utils.ts', ''), file('src/helpers/a.ts', ''), file('src/utility.ts', '')]).violations).toHaveLength(2)
  })

  it('finds a bare error outside tests', () => {
    const text = 'throw new ' + "Error('no')"
    expect(checkErrors([file('a.ts', text), file('a.test.ts', text)]).violations).toHaveLength(1)
  })

  it('finds paths of a machine and unfinished work', () => {
    expect(checkProse([file('a.md', 'see /wo' + 'rk/main'), file('b.ts', '// TO' + 'DO later'), file('c.md', 'work/main')]).violations).toHaveLength(2)
  })

  it('finds an address in the lock file', () => {
    const lock = (resolved: string) => JSON.stringify({ packages: { a: { resolved } } })
    expect(checkLockFile(lock('https://example.org/a.tgz')).violations).toHaveLength(1)
    expect(checkLockFile(lock('packages/a')).violations).toEqual([])
  })
})
