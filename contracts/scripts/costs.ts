/**
 * Writes docs/costs.md: what an answer costs on chain, by the committed gas snapshot.
 * With --check it writes nothing, compares, and exits with 1 when the committed page is stale.
 */
import { costsPage, isCostsPage, writeCostsPage } from './costsPage.ts'

const text = costsPage()
if (!process.argv.includes('--check')) {
  writeCostsPage(text)
  console.log('wrote docs/costs.md')
} else if (isCostsPage(text)) console.log('checked the page of costs against the gas snapshot: up to date')
else {
  console.error('docs/costs.md is stale: run `npm run contracts:costs` and commit the result')
  process.exit(1)
}
