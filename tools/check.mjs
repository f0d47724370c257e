// Runs the repository checks: rules about files, documents and habits that no compiler or linter knows.
// Each complaint is one line, `file:line message`, that says what to do. Before: `npm run check`; after: tools/checks/.
import { fileURLToPath } from 'node:url'
import { findUnlistedDependencies } from './checks/dependencies.mjs'
import { findMissingDocuments } from './checks/documents.mjs'
import { findLongFiles } from './checks/file-length.mjs'
import { findStaleFiles } from './checks/generated-files.mjs'
import { findDishonestTests } from './checks/honest-tests.mjs'
import { findLockFileFaults } from './checks/lock-file.mjs'
import { findMachinePaths } from './checks/machine-paths.mjs'
import { findDeadPaths } from './checks/named-paths.mjs'
import { openRepository } from './checks/repository.mjs'
import { findForbiddenImports } from './checks/room-imports.mjs'
import { findMisshapenSources } from './checks/source-shape.mjs'

const CHECKS = [
  findLongFiles,
  findMisshapenSources,
  findForbiddenImports,
  findDishonestTests,
  findMissingDocuments,
  findDeadPaths,
  findUnlistedDependencies,
  findLockFileFaults,
  findMachinePaths,
  findStaleFiles,
]

const repository = openRepository(fileURLToPath(new URL('..', import.meta.url)))
const problems = CHECKS.flatMap((check) => check(repository))
for (const { file, line, message } of problems) console.error(`${file}:${line} ${message}`)
console.log(
  `${CHECKS.length} checks on ${repository.files.length} files: ${problems.length} problems`,
)
if (problems.length > 0) process.exitCode = 1
