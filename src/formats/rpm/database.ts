// SPDX-License-Identifier: Apache-2.0
// The three forms of an rpm database; all hold the same headers. Told by their first bytes.
import type { ByteSource } from '../byte-source/byte-source.ts';
import { PlimsollError } from '../../model/errors.ts';
import type { IssueSink } from '../../model/issue.ts';
import { readBerkeleyHash, isBerkeleyHash } from './berkeley-hash.ts';
import { isNdb, readNdb } from './ndb.ts';
import { readRpmRecord, type RpmRecord } from './record.ts';
import { isSqlite, readSqlite } from './sqlite.ts';

export type RpmDatabaseKind = 'sqlite' | 'ndb' | 'berkeley-hash';

/** A full installation of Fedora has some 10,000. */
const packagesMax = 100_000;

/** Undefined: none of the three. */
export function rpmDatabaseKind(file: ByteSource): RpmDatabaseKind | undefined {
  const start = file.read(0, 32);
  if (isSqlite(start)) return 'sqlite';
  if (isNdb(start)) return 'ndb';
  if (isBerkeleyHash(start)) return 'berkeley-hash';
  return undefined;
}

/**
 * Records of the installed packages, keys that rpm keeps as `gpg-pubkey` packages left out. What
 * is damaged becomes an issue.
 */
export function readRpmDatabase(
  file: ByteSource,
  path: string,
  issues: IssueSink,
): RpmRecord[] | undefined {
  const kind = rpmDatabaseKind(file);
  if (kind === undefined) return undefined;
  const report = (message: string): void =>
    issues.add({ code: 'damaged-package-record', message, fatal: true, where: path });
  const read = { sqlite: readSqlite, ndb: readNdb, 'berkeley-hash': readBerkeleyHash }[kind];
  const records: RpmRecord[] = [];
  let headers = 0;
  try {
    for (const header of read(file, report)) {
      if (++headers > packagesMax) {
        report(`Cannot read more than ${packagesMax} packages`);
        break;
      }
      try {
        const record = readRpmRecord(header);
        if (record.name !== 'gpg-pubkey') records.push(record);
      } catch (error) {
        if (!(error instanceof PlimsollError)) throw error;
        report(error.message);
      }
    }
  } catch (error) {
    if (!(error instanceof PlimsollError)) throw error;
    report(error.message);
  }
  return records;
}
