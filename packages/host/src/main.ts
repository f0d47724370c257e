// The host's entry point and the only place where its rooms are joined.
//
//   host --state-dir DIR --runtime-dir DIR [--idle-ms MS]
//
// Exit codes: 0 ended as asked or idle; 75 another host holds the state directory; 1 could not start.

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import {
  EXIT_HOST_RUNNING,
  ensurePrivateDirectory,
  hostSocketPath,
  locateHost,
  processStart,
  removeHostFile,
  writeHostFile,
  type HostFile,
  type HostLocation,
} from '@limpet/link'
import { PROTOCOL_VERSION } from '@limpet/protocol'
import { systemClock } from './base/clock.ts'
import { logFileWriter } from './base/log-file.ts'
import { lineLogger, type Logger } from './base/logger.ts'
import { IdleExit, parseIdleTime } from './idle-exit.ts'
import { claimState, LinkServer, renewClaim, Requests } from './link/index.ts'
import { LogDisk } from './log/index.ts'
import {
  clearStalePorts,
  closeInheritedDescriptors,
  closeProcessPorts,
  createProcessPorts,
  endRecorded,
  launch,
  Watchdog,
} from './process/index.ts'
import { Screens, startWorkerThread } from './screen/index.ts'
import { Sessions } from './session/index.ts'

const { values } = parseArgs({
  options: {
    'state-dir': { type: 'string' },
    'runtime-dir': { type: 'string' },
    'idle-ms': { type: 'string' },
  },
})

// V8 collects when its heap has grown by half or more; we live for weeks and move bytes rather than make objects,
// so looking at a fifth costs nothing (measured: 1 000 short commands leave 7 MiB instead of 17).
setFlagsFromString('--heap-growing-percent=20')

// Before anything else is opened: whatever our starter leaked must not reach the sessions.
closeInheritedDescriptors()
const clock = systemClock()
const location = locateHost({
  stateDirectory: values['state-dir'],
  runtimeDirectory: values['runtime-dir'],
})
const logger = lineLogger(logFileWriter(join(location.stateDirectory, 'host.log')), clock)
const idleTime = values['idle-ms'] ?? process.env['LIMPET_HOST_IDLE_MS']

try {
  await runHost(location)
} catch (error) {
  logger.fault('host.start-failed', error)
  process.exitCode = 1
}

async function runHost(at: HostLocation): Promise<void> {
  await ensurePrivateDirectory(at.stateDirectory)
  await ensurePrivateDirectory(at.runtimeDirectory)
  const host = joinRooms(at)
  const claim = claimState({
    stateDirectory: at.stateDirectory,
    socketPath: host.file.socket,
    clock,
    takeOver: async () => {
      await host.prepare()
      await host.server.listen()
      await writeHostFile(at.stateDirectory, host.file)
    },
  })
  // From here on others may find us: a signal must not end us without a good-bye, nor before we know who we are.
  const hasClaim = claim.then(
    (other) => other === undefined,
    () => false,
  )
  stopOnSignals(logger, async () => {
    if (!(await hasClaim)) return
    await host.sessions.stop()
    await host.leave('signal')
  })
  // Whatever became of it: a process that is no host must not go on with a socket that nobody finds.
  if (!(await hasClaim)) await host.release()
  const other = await claim
  if (other) {
    logger.log('host.already-running', { pid: other.pid, build: other.build })
    process.exitCode = EXIT_HOST_RUNNING
    return
  }
  const { pid, build, socket } = host.file
  logger.log('host.started', { pid, build, socket })
  host.server.keepReachable()
  host.idle.update()
}

interface Rooms {
  /** What `host.json` will say. */
  readonly file: HostFile
  readonly sessions: Sessions
  readonly server: LinkServer
  readonly idle: IdleExit
  /** Finds the sessions of hosts before, once the state directory is ours. */
  readonly prepare: () => Promise<void>
  /** Gives back what the rooms hold. */
  readonly release: () => Promise<void>
  /** Ends this process, and leaves nothing behind. Idempotent: idle, signal and request may come together. */
  readonly leave: (reason: string) => Promise<void>
}

/** In the order in which a byte travels: process → log and screen → session → link. */
function joinRooms({ stateDirectory, runtimeDirectory }: HostLocation): Rooms {
  const file: HostFile = {
    socket: hostSocketPath({ stateDirectory, runtimeDirectory }),
    pid: process.pid,
    processStart: processStart(process.pid) ?? 'unknown',
    startedAt: clock.nowMs(),
    protocol: PROTOCOL_VERSION,
    build: readBuild(),
  }
  const hostMark = randomBytes(16).toString('hex')
  const ports = createProcessPorts({ runtimeDirectory, hostMark })
  const screens = new Screens({ startWorker: startWorkerThread, clock, logger })
  const handleIdle = (): void => idle.update()
  const sessions = makeSessions({ stateDirectory, screens, ports, handleIdle })
  const stopHost = (): void => void leave('stopped')
  const requests = new Requests({ sessions, clock, file, stopHost })
  const server = new LinkServer({
    socketPath: file.socket,
    requests,
    logger,
    renewClaim: () => renewClaim(stateDirectory, file),
    handleLinksChanged: handleIdle,
  })
  const idle = new IdleExit({
    isIdle: () => server.linkCount === 0 && sessions.runningCount === 0,
    leave: () => void leave('idle'),
    afterMs: parseIdleTime(idleTime),
  })
  const release = async (): Promise<void> => {
    idle.close()
    await server.close()
    await sessions.close()
    screens.close()
    await closeProcessPorts(ports)
  }
  let watchdog: Watchdog | undefined
  const prepare = async (): Promise<void> => {
    await clearStalePorts(ports)
    await sessions.restore()
    watchdog = Watchdog.start({
      mark: hostMark,
      handleLost: () => logger.log('host.watchdog-lost'),
    })
  }
  let isLeaving = false
  const leave = async (reason: string): Promise<void> => {
    if (isLeaving) return
    isLeaving = true
    logger.log('host.ended', { reason })
    try {
      await release()
      // The file is the claim: while it is there, no other host makes a socket that closing ours would remove.
      await removeHostFile(stateDirectory)
    } catch (error) {
      // A state directory that became read-only must not keep us here without a socket.
      logger.fault('host.left-behind', error)
    }
    // Sessions that outlive us on purpose must not be taken for ours.
    watchdog?.leave()
    process.exit(0)
  }
  return { file, sessions, server, idle, prepare, release, leave }
}

function makeSessions(options: {
  readonly stateDirectory: string
  readonly screens: Screens
  readonly ports: ReturnType<typeof createProcessPorts>
  readonly handleIdle: () => void
}): Sessions {
  const { stateDirectory, screens, ports, handleIdle } = options
  const disk = new LogDisk({ directory: join(stateDirectory, 'sessions') })
  return new Sessions({
    disk,
    clock,
    logger,
    openScreen: (id, source) => {
      const file = join(disk.directory, id, 'screen.bin')
      return screens.open({ ...source, file })
    },
    launch: (id, plan, handlers) => launch({ ...plan, sessionId: id }, handlers, ports),
    endRecorded: (record, id) => endRecorded(record, id, ports),
    handleIdle,
  })
}

/** A bug in one request must not end the sessions of all others: it is logged, and the host goes on. */
function stopOnSignals(log: Logger, stop: () => Promise<void>): void {
  process.on('uncaughtException', (error) => log.fault('host.fault', error))
  process.on('unhandledRejection', (error) => log.fault('host.fault', error))
  // A terminal that closes takes its group along; the host is meant to outlive it.
  process.on('SIGHUP', () => log.log('host.hangup-ignored'))
  process.once('SIGTERM', () => void stop())
  process.once('SIGINT', () => void stop())
}

function readBuild(): string {
  const facts: unknown = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  const version =
    typeof facts === 'object' && facts !== null && 'version' in facts ? facts.version : undefined
  return typeof version === 'string' ? version : 'unknown'
}
