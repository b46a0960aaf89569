import { fail } from '@openledger/protocol'

/** What a user names on a hub. */
export type HubReference = {
  /** `organisation/name`. */
  repository: string
  /** A branch, tag or commit. */
  revision: string
  /** A file of the repository or a part of its name, or `safetensors` for the folder; undefined: let the choice be made. */
  file: string | undefined
}

/** Reads `organisation/name[@revision][:file]`. @throws InputError `HUB_ID` */
export function parseHubReference(text: string): HubReference {
  const [, repository, revision = 'main', file] = /^([\w.-]{1,96}\/[\w.-]{1,96})(?:@([\w./-]{1,200}))?(?::([^:\0]{1,300}))?$/.exec(text) ?? []
  const parts = [...(repository ?? '').split('/'), ...revision.split('/')]
  if (repository === undefined || parts.some((part) => part === '' || part === '.' || part === '..')) {
    return fail('HUB_ID', `"${text.slice(0, 120)}" is neither a file, nor a folder, nor an id such as organisation/name`, { fix: 'name a GGUF file, a Hugging Face folder, or organisation/name[@revision][:file]' })
  }
  return { repository, revision, file }
}
