// SPDX-License-Identifier: Apache-2.0
// What commands hand to the flows: the network (or its refusal), the state folder, the advisory store.
import { resolve } from 'node:path';
import type { HttpClient } from '../network/http.ts';
import { stateFolder } from '../store/home.ts';
import type { Arguments } from './command.ts';
import type { Terminal } from './terminal.ts';

export function isOffline(args: Arguments, terminal: Terminal): boolean {
  const value = terminal.env['PLIMSOLL_OFFLINE'];
  return args.has('offline') || (value !== undefined && value !== '' && value !== '0');
}

/** Runs `work` with an HTTP client, and ends its connections afterwards. */
export async function withHttp<Result>(
  args: Arguments,
  terminal: Terminal,
  work: (http: HttpClient) => Promise<Result>,
): Promise<Result> {
  if (isOffline(args, terminal)) {
    const { offlineHttpClient } = await import('../network/offline-client.ts');
    return await work(offlineHttpClient);
  }
  const { createHttpClient } = await import('../network/http-client.ts');
  const http = createHttpClient({ env: terminal.env });
  try {
    return await work(http);
  } finally {
    http.close();
  }
}

export interface StatePaths {
  readonly folder: string;
  /** The advisory store. */
  readonly database: string;
}

export async function statePaths(args: Arguments, terminal: Terminal): Promise<StatePaths> {
  const folder = stateFolder(terminal.env);
  const named = args.value('db');
  if (named !== undefined) return { folder, database: resolve(named) };
  const { advisoryStoreFile } = await import('../vulnerability/store/advisory-store.ts');
  return { folder, database: advisoryStoreFile(folder) };
}
