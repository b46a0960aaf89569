import { render } from 'preact'
import { adoptToken } from '../state/api.ts'
import { listen } from '../state/live.ts'
import { followAddress } from '../state/route.ts'
import { App } from './App.tsx'

adoptToken()
followAddress()
listen()
render(<App />, document.body)
