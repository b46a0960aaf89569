import { expect, it } from 'vitest'
import { buildExplorer } from './buildExplorer.ts'

it('bundles the page into three files of bounded size', async () => {
  const assets = await buildExplorer()
  expect([...assets.keys()].sort()).toEqual(['/', '/main.css', '/main.js'])
  const script = assets.get('/main.js')!.body
  expect(script.length).toBeLessThan(400_000)
  expect(script).toContain('Whose data shaped it')
})
