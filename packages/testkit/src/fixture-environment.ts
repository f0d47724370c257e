// Owns the environment of what a fixture starts: nothing of the developer's own but the way to programs.

/** @param home of its own: every process with it is the fixture's, since it is passed on to all sessions */
export function fixtureEnvironment(home: string): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: home,
    LANG: 'C.UTF-8',
    // Not the developer's: sessions start the same shell everywhere.
    SHELL: '/bin/bash',
  }
}
