// `limpet share`: a link to one session, from the command line; found, listed, and taken back.

import { connect } from '@limpet/client'
import { runProgram, startHost, startLimpet, type LimpetFixture } from '@limpet/testkit'
import { describe, expect, test } from 'vitest'

interface Said {
  readonly out: string
  readonly err: string
  readonly code: number | null
}

async function said(
  argv: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Said> {
  const ran = await runProgram(argv, { environment })
  return { out: ran.stdout.toString(), err: ran.stderr.toString(), code: ran.code }
}

/** The link by number: names below localhost are for browsers. */
function byNumber(link: string, limpet: LimpetFixture): string {
  const address = new URL(link.trim())
  address.host = new URL(limpet.url).host
  return address.href
}

describe('limpet share', () => {
  test('prints a link that lets others watch this session only, and takes it back', async () => {
    await using limpet = await startLimpet()
    const share = (...args: readonly string[]): Promise<Said> =>
      said(limpet.cli('share', ...args), limpet.cliEnvironment)
    await using owner = await limpet.connect()
    const session = await owner.open({ argv: ['cat'], tty: true }, { name: 'shown' })
    await owner.open({ argv: ['cat'] }, { name: 'hidden' })
    const made = await share('shown', '--name', 'Ada', '--for', '2h')
    expect(made).toMatchObject({
      out: expect.stringMatching(/^http:\S+\/s\/\w+\/#\S{22,}\n$/),
      code: 0,
    })
    expect(made.err).toMatch(
      /^limpet: who has this link may watch shown for 2h; take it back with: /,
    )
    const id = /--revoke (\w+)\n$/.exec(made.err)?.[1] ?? ''

    await using guest = await connect(byNumber(made.out, limpet))
    expect([guest.rights, guest.sharedSession]).toEqual([['view'], session.id])
    expect((await guest.sessions()).map(({ name }) => name)).toEqual(['shown'])
    const asGuest = await said(
      limpet.cli('ls', '--url', byNumber(made.out, limpet)),
      limpet.environment,
    )
    expect(asGuest.out).toMatch(/ shown +cat$/m)
    expect(asGuest.out).not.toContain('hidden')
    const list = await share('--list')
    expect(list.out).toMatch(
      new RegExp(`^${id} +${session.id.slice(0, 8)} +viewer +[12]h +Ada +shown$`, 'm'),
    )
    expect(list.out).not.toContain(made.out.trim().split('#')[1])
    expect(JSON.parse((await share('--list', '--json', 'shown')).out)).toEqual([
      expect.objectContaining({ id, session: session.id, role: 'viewer', name: 'Ada' }),
    ])
    expect((await share('--list', 'hidden')).err).toBe('No share holds.\n')

    expect(await share('--revoke', id)).toEqual({ out: '', err: '', code: 0 })
    expect((await share('--list')).err).toBe('No share holds.\n')
    await expect(connect(byNumber(made.out, limpet))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    })
    expect(await share('--revoke', id)).toMatchObject({
      err: expect.stringContaining('(SHARE_NOT_FOUND)'),
      code: 1,
    })
  })

  test('with --type lets them type; --json gives all of it; through --url as well', async () => {
    await using limpet = await startLimpet()
    await using owner = await limpet.connect()
    const session = await owner.open({ argv: ['cat'] }, { name: 'typed into' })
    const way = ['--url', limpet.url, '--token', limpet.token]
    const made = await said(
      limpet.cli('share', ...way, '--type', '--json', session.id),
      limpet.environment,
    )
    const { share, link } = JSON.parse(made.out) as { share: { role: string }; link: string } // its own format
    expect(share.role).toBe('operator')
    await using guest = await connect(byNumber(link, limpet))
    const handle = await guest.attach(session.id)
    await handle.write('from the guest\n')
    for await (const record of handle.output) {
      if (record.type === 'output' && Buffer.from(record.bytes).includes('from the guest')) break
    }
  })

  test('says what to do when no gateway runs, no session is named, or there is none of that name', async () => {
    await using host = await startHost()
    const none = await said(host.cli('share', 'any'), host.cliEnvironment)
    expect(none).toMatchObject({ out: '', code: 1 })
    expect(none.err).toMatch(
      /^limpet: No gateway runs for \S+\. Start one with: limpet serve .*\(NO_GATEWAY\)\n$/,
    )
    expect(await said(host.cli('share'), host.cliEnvironment)).toMatchObject({
      err: expect.stringContaining('limpet share SESSION'),
      code: 2,
    })
  })
})
