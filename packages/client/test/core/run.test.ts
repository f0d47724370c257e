import { describe, expect, it } from 'vitest'
import type { RunOptions, RunOutput } from '../../src/index.ts'
import { connected, fateOf, type Connected } from '../support/connected.ts'
import type { FakeSession } from '../support/fake-session.ts'
import { settled } from '../support/manual-runtime.ts'

/** Starts a run, and gives its far end once it is there. */
async function running(
  context: Connected,
  options: RunOptions = {},
): Promise<{ result: ReturnType<Connected['limpet']['run']>; far: FakeSession }> {
  const result = context.limpet.run(['prog', 'arg'], options)
  result.catch(() => {})
  await settled()
  const far = [...context.host.sessions.values()].at(-1)
  if (far === undefined) throw new Error('nothing was started')
  return { result, far }
}

describe('run', () => {
  it('collects stdout and stderr apart, as bytes and as text', async () => {
    await using context = await connected()
    const { result, far } = await running(context)
    const [first, second] = [Uint8Array.of(0xc3), Uint8Array.of(0xbc, 0xff)]
    far.append(1, first)
    far.print('err\n', 'stderr')
    far.append(1, second)
    far.exit({ code: 3, durationMs: 5 })
    expect(await result).toEqual({
      stdout: 'ü\ufffd',
      stderr: 'err\n',
      stdoutBytes: Uint8Array.of(0xc3, 0xbc, 0xff),
      stderrBytes: new TextEncoder().encode('err\n'),
      exit: { code: 3, signal: null, durationMs: 5 },
      missingBytes: 0,
    })
  })

  it('asks for an argv that ends with its connection and has nothing to read', async () => {
    await using context = await connected()
    const { result, far } = await running(context, { cwd: '/tmp', environment: { A: 'b' } })
    far.exit()
    await result
    const [request] = context.host.requests
    expect(request).toMatchObject({
      method: 'program.start',
      params: {
        program: 'exec',
        argv: ['prog', 'arg'],
        cwd: '/tmp',
        environment: { A: 'b' },
        stdin: 'empty',
        lifetime: 'client',
      },
    })
  })

  it('feeds stdin and ends it; a program that reads none of it is no failure', async () => {
    await using context = await connected()
    const { result, far } = await running(context, { stdin: 'typed' })
    expect(context.host.requests[0]?.params).toMatchObject({ stdin: 'pipe' })
    expect(far.input).toEqual([
      { text: 'typed', isAnswer: false, isLast: false },
      { text: '', isAnswer: false, isLast: true },
    ])
    far.exit()
    expect(await result).toMatchObject({ exit: { code: 0 } })
    const { result: second, far: deaf } = await running(context, { stdin: 'x'.repeat(1_000_000) })
    deaf.exit({ code: 1 })
    expect(await second).toMatchObject({ exit: { code: 1 } })
  })

  it('hands over output as it comes', async () => {
    await using context = await connected()
    const seen: string[] = []
    const onOutput = ({ stream, bytes }: RunOutput): void => {
      seen.push(`${stream} ${new TextDecoder().decode(bytes)}`)
    }
    const { result, far } = await running(context, { onOutput })
    far.print('1')
    await settled()
    expect(seen).toEqual(['stdout 1'])
    far.print('2', 'stderr')
    far.exit()
    await result
    expect(seen).toEqual(['stdout 1', 'stderr 2'])
  })

  it('keeps the window open, however much comes', async () => {
    await using context = await connected()
    const { result, far } = await running(context)
    for (let i = 0; i < 100; i++) far.print('x'.repeat(64 * 1024))
    far.exit()
    const { stdout } = await result
    expect(stdout).toHaveLength(100 * 64 * 1024)
  })

  it('ends the program at the limit of its output, with OUTPUT_OVERFLOW', async () => {
    await using context = await connected()
    const { result, far } = await running(context, { maxOutputBytes: 10 })
    far.print('12345')
    far.print('67890', 'stderr')
    await settled()
    expect(fateOf(result).now).toBe('waits')
    far.print('!')
    await expect(result).rejects.toMatchObject({
      code: 'OUTPUT_OVERFLOW',
      details: { limitBytes: 10 },
    })
    await settled()
    expect([far.hasExited, far.viewers.size]).toEqual([true, 0])
  })

  it('counts bytes that the host no longer had', async () => {
    await using context = await connected()
    const { result, far } = await running(context)
    far.end = 100
    far.forget(100)
    far.print('kept')
    far.exit()
    expect(await result).toMatchObject({ stdout: 'kept', missingBytes: 100 })
  })

  it('ends the program when it is aborted, and gives the reason back', async () => {
    await using context = await connected()
    const abort = new AbortController()
    const { result, far } = await running(context, { signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(result).rejects.toThrow('enough')
    await settled()
    expect(far.hasExited).toBe(true)
  })

  it('ends a program that was still starting when it was aborted', async () => {
    await using context = await connected()
    const abort = new AbortController()
    context.host.handleRequest = ({ method }) => {
      if (method === 'program.start') abort.abort()
    }
    const { result, far } = await running(context, { signal: abort.signal })
    await expect(result).rejects.toThrow('aborted')
    await settled()
    expect(far.hasExited).toBe(true)
  })

  it('starts nothing when it was aborted before', async () => {
    await using context = await connected()
    const result = context.limpet.run(['prog'], { signal: AbortSignal.abort(new Error('before')) })
    await expect(result).rejects.toThrow('before')
    expect(context.host.sessions.size).toBe(0)
  })

  it('says CONNECTION_LOST when the connection ends first: the host ends the program, too', async () => {
    await using context = await connected()
    const { result, far } = await running(context)
    context.host.connection.cut()
    await expect(result).rejects.toMatchObject({
      code: 'CONNECTION_LOST',
      details: { session: far.info.id },
    })
  })

  it('says what a start was refused with', async () => {
    await using context = await connected({ peer: 'host', rights: ['view'] })
    await expect(context.limpet.run(['prog'])).rejects.toMatchObject({ code: 'PROGRAM_NOT_FOUND' })
  })

  it('starts the plan that it is given a maker for, over a link', async () => {
    const plan = {
      program: 'exec',
      argv: ['prog', 'arg'],
      title: 'prog arg',
      cwd: '/',
      environment: {},
      stdin: 'empty',
      lifetime: 'client',
      onEnd: 'kill',
    } as const
    await using context = await connected({ peer: 'host', rights: ['open'], planFor: () => plan })
    expect(context.limpet.rights).toEqual(['open'])
    const { result, far } = await running(context)
    far.exit({ code: 4 })
    expect(await result).toMatchObject({ exit: { code: 4 } })
    expect(context.host.requests[0]).toMatchObject({ method: 'session.open', params: { plan } })
  })
})
