import type { ComponentType } from 'preact'
import { connected } from '../state/live.ts'
import { route } from '../state/route.ts'
import { Adapters } from '../views/Adapters.tsx'
import { AnswerPage } from '../views/AnswerPage.tsx'
import { Answers } from '../views/Answers.tsx'
import { Datanets } from '../views/Datanets.tsx'
import { EpochPage } from '../views/EpochPage.tsx'
import { MoneyPage } from '../views/MoneyPage.tsx'
import { MoneySearch } from '../views/MoneySearch.tsx'
import { Overview } from '../views/Overview.tsx'
import { Payouts } from '../views/Payouts.tsx'
import { RecordPage } from '../views/RecordPage.tsx'
import { Records } from '../views/Records.tsx'

type View = ComponentType<{ id: string }>

const lists: Record<string, View> = { '': Overview, datanets: Datanets, adapters: Adapters, answers: Answers, payouts: Payouts, money: MoneySearch }
const pages: Record<string, View> = { datanets: Records, records: RecordPage, answers: AnswerPage, payouts: EpochPage, money: MoneyPage }
const places = [
  ['', 'Overview'],
  ['datanets', 'Datanets'],
  ['adapters', 'Adapters'],
  ['answers', 'Answers'],
  ['payouts', 'Payouts'],
  ['money', 'Money'],
] as const

/** The whole page: header, and the view that the address names. */
export function App() {
  const [place = '', id = ''] = route.value
  const Shown = (id ? pages[place] : lists[place]) ?? Overview
  return (
    <>
      <header>
        <h1>OpenLedger</h1>
        <nav>
          {places.map(([name, label]) => (
            <a href={`#/${name}`} aria-current={place === name ? 'page' : undefined}>
              {label}
            </a>
          ))}
        </nav>
        <span class="live">{connected.value ? '● live' : '○ connecting'}</span>
      </header>
      <main>
        <Shown id={id} key={`${place}/${id}`} />
      </main>
    </>
  )
}
