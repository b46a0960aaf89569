import { homedir } from 'node:os'
import path from 'node:path'
import { fail } from '@openledger/protocol'

/** How to reach a model hub, as the usual variables say. */
export type HubSettings = {
  /** Without a slash at its end. */
  endpoint: string
  /** Sent to the endpoint alone, and never written anywhere. */
  token: string | null
  offline: boolean
  /** Where other programs keep what they have downloaded. */
  cache: string
}

const truths = new Set(['1', 'true', 'yes', 'on'])

/**
 * Reads HF_ENDPOINT, HF_TOKEN, HF_HUB_OFFLINE, HF_HUB_CACHE and HF_HOME.
 * @throws InputError `HUB_ENDPOINT`
 */
export function hubSettings(environment: Record<string, string | undefined>, home: string = homedir()): HubSettings {
  const endpoint = (environment.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, '')
  if (!/^https?:\/\/[^/]/.test(endpoint) || !URL.canParse(endpoint)) fail('HUB_ENDPOINT', 'HF_ENDPOINT is no http or https address', { field: 'HF_ENDPOINT' })
  return {
    endpoint,
    token: environment.HF_TOKEN?.trim() || null,
    offline: truths.has((environment.HF_HUB_OFFLINE ?? '').toLowerCase()),
    cache: path.resolve(environment.HF_HUB_CACHE || path.join(environment.HF_HOME || path.join(home, '.cache', 'huggingface'), 'hub')),
  }
}
