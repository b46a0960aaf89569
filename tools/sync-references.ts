/** Writes every unit's tsconfig.json (and the root one) from units.json, so that TypeScript refuses an import the table does not allow. */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

type Unit = { name: string; path: string; browserSafe?: boolean; mayImport: string[] }
const { units } = JSON.parse(readFileSync('units.json', 'utf8')) as { units: Unit[] }
const check = process.argv.includes('--check')
let stale = 0

function emit(file: string, value: unknown): void {
  const text = JSON.stringify(value, null, 2) + '\n'
  if (!check) return writeFileSync(file, text)
  let current = ''
  try {
    current = readFileSync(file, 'utf8')
  } catch {
    // reported below as stale
  }
  if (current === text) return
  stale++
  console.error(`${file} does not match units.json: run "npm run sync"`)
}

for (const unit of units) {
  const allowed = unit.mayImport.includes('*') ? units.filter((u) => u !== unit) : units.filter((u) => unit.mayImport.includes(u.name))
  const up = path.relative(unit.path, '.')
  emit(path.join(unit.path, 'tsconfig.json'), {
    extends: `${up}/tsconfig.base.json`,
    compilerOptions: {
      rootDir: 'src',
      outDir: 'build',
      tsBuildInfoFile: 'build/tsconfig.tsbuildinfo',
      ...(unit.browserSafe ? { lib: ['ES2023', 'ES2024.String', 'DOM', 'DOM.Iterable'] } : {}),
    },
    include: ['src'],
    references: allowed.map((u) => ({ path: path.relative(unit.path, u.path) })),
  })
}
emit('tsconfig.json', { files: [], references: [...units.map((u) => ({ path: u.path })), { path: 'tools' }, { path: 'contracts/scripts/evm' }] })
console.log(`checked ${units.length + 1} generated tsconfig files${check ? '' : ' (written)'}`)
process.exit(stale > 0 || units.length === 0 ? 1 : 0)
