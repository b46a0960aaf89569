import { fail, zeroHash, type Announcement } from '@openledger/protocol'

const loopback = new Set(['127.0.0.1', 'localhost', '[::1]'])

/**
 * Refuses addresses to which prompts would travel in clear: plain HTTP is for the machine's own addresses, everything else shows a certificate.
 * @throws InputError UNSAFE_ADDRESS
 */
export function checkAddress({ url, certificate }: Pick<Announcement, 'url' | 'certificate'>): void {
  const { protocol, hostname } = new URL(url)
  const hasCertificate = certificate !== zeroHash
  if (protocol === 'https:' ? hasCertificate : !hasCertificate && loopback.has(hostname)) return
  fail('UNSAFE_ADDRESS', `a gateway sends no prompt to ${url} without the certificate that it will see there`, { field: 'url', fix: 'listen with --tls-cert and --tls-key' })
}
