import { existsSync } from 'node:fs'

const places = [
  process.env['OPENLEDGER_BROWSER'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** An installed Chromium or Chrome; undefined when there is none. OPENLEDGER_BROWSER names one elsewhere. */
export function findBrowser(): string | undefined {
  return places.find((place) => place !== undefined && existsSync(place))
}
