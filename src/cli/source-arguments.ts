// SPDX-License-Identifier: Apache-2.0
// The SOURCE argument of commands that look at an image, and what it takes to open one.
import type { InventoryServices } from '../flows/inventory-of-source.ts';
import { parsePlatform } from '../model/platform.ts';
import type { HttpClient } from '../network/http.ts';
import { stateFolder } from '../store/home.ts';
import type { Arguments, Option, Positional } from './command.ts';
import type { Terminal } from './terminal.ts';

export const sourcePositional: Positional = {
  name: 'SOURCE',
  description:
    'docker:IMAGE, podman:IMAGE, registry:REFERENCE, docker-archive:FILE, oci:FOLDER, oci-archive:FILE, rootfs:PATH, container:NAME, sbom:FILE; without a prefix an existing path, else the local engine, else the registry',
  required: true,
  complete: 'file',
};

export const noCacheOption: Option = {
  name: 'no-cache',
  description: 'read every layer, also those that are known from an earlier run',
};

export function inventoryServices(
  args: Arguments,
  terminal: Terminal,
  http: HttpClient,
): InventoryServices {
  const platform = args.value('platform');
  return {
    http,
    env: terminal.env,
    plainHttp: args.has('plain-http'),
    progress: terminal.progress,
    signal: terminal.signal,
    now: terminal.now,
    ...(platform === undefined ? {} : { platform: parsePlatform(platform) }),
    ...(args.has('no-cache') ? {} : { stateFolder: stateFolder(terminal.env) }),
  };
}
