import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Output } from '../output/Output.ts'
import { findBrowser } from '../testing/findBrowser.ts'
import { smallSample, testUp } from '../testing/smallSample.ts'
import { up, type Up } from './up.ts'

const executablePath = findBrowser()
if (executablePath === undefined) console.log('the page is not tested: no Chromium or Chrome is installed here (OPENLEDGER_BROWSER can name one)')

const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
const minutes = 60_000

describe.skipIf(executablePath === undefined)('the page in a browser', () => {
  let running: Up
  let browser: Browser
  let page: Page
  let data: string
  const faults: string[] = []

  beforeAll(async () => {
    const sample = await smallSample(4)
    data = sample.data
    const output = new Output({ stdout: () => undefined, stderr: () => undefined, isTerminal: false }, true)
    running = await up({ ...testUp, data, sampleFile: sample.sampleFile }, output)
    browser = await chromium.launch({ executablePath, args: quiet })
    page = await browser.newPage({ viewport: { width: 1200, height: 900 } })
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    await page.goto(`${running.url}/#token=${running.operatorToken}`)
  }, 10 * minutes)

  afterAll(async () => {
    await browser?.close()
    await running?.stop()
    await rm(path.dirname(data), { recursive: true, force: true })
  })

  const shot = async (name: string): Promise<void> => {
    const folder = process.env['OPENLEDGER_SCREENSHOTS']
    if (folder === undefined) return
    mkdirSync(folder, { recursive: true })
    await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true })
  }

  it('shows the loop with its counts, and hides the token from the address', async () => {
    await page.getByText('● live').waitFor()
    await page.getByText('paid for answers').waitFor()
    expect(page.url()).not.toContain('token')
    expect(await page.locator('.loop li').count()).toBe(8)
    await shot('overview')
  }, minutes)

  it('shows records and what became of them', async () => {
    await page.getByRole('link', { name: 'Datanets', exact: true }).click()
    await page.getByRole('link', { name: 'openledger-basics' }).click()
    await page.getByText('What is a datanet?').waitFor()
    await shot('records')
  }, minutes)

  it('leads by one click from an answer to the payment that it caused', async () => {
    await page.getByRole('link', { name: 'Answers', exact: true }).click()
    await page.locator('td a').first().click()
    await page.getByText('The payment it caused').waitFor()
    await page.getByText('final', { exact: false }).first().waitFor()
    await page.locator('.answer').waitFor()
    expect(await page.locator('#payments tbody tr').count()).toBeGreaterThanOrEqual(4)
    expect(await page.locator('#payments').getByText('yes, in').count()).toBeGreaterThanOrEqual(4)
    await shot('answer')
    await page.locator('#payments a[href^="#/payouts/"]').first().click()
    await page.getByText('balances root').waitFor()
    await shot('epoch')
    await page.goBack()
    await page.locator('#payments a[href^="#/money/"]').first().click()
    await page.getByText('The money of').waitFor()
    await page.getByText('spent on answers').first().waitFor()
    await shot('money')
  }, minutes)

  it('asks, shows the answer with its price, and the event appears live', async () => {
    await page.getByRole('link', { name: 'Overview', exact: true }).click()
    await page.getByLabel('question').fill('What is a datanet?')
    await page.getByRole('button', { name: 'Ask' }).click()
    await page.getByText('receipt, sources and payment').waitFor({ timeout: minutes })
    await page.locator('.feed li').first().waitFor()
    await shot('asked')
  }, 2 * minutes)

  it('shows runs with their curves, and payouts', async () => {
    await page.getByRole('link', { name: 'Adapters', exact: true }).click()
    await page.locator('svg.curve path').first().waitFor()
    await shot('adapters')
    await page.getByRole('link', { name: 'Payouts', exact: true }).click()
    await page.getByText('Who earned what').waitFor()
    await page.getByText('chidi').first().waitFor()
    await shot('payouts')
    expect(faults).toEqual([])
  }, minutes)
})
