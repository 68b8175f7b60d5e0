// SPDX-License-Identifier: Apache-2.0
// The contract of a medium that images come from. One folder per medium, sources/<id>/plugin.ts,
// exporting `plugin`; `<id>:` is its prefix on the command line.
import type { HttpClient } from '../network/http.ts';
import type { Platform } from '../model/platform.ts';
import type { Progress } from '../model/progress.ts';
import type { Image } from './image.ts';

export interface SourceContext {
  /** Wanted of an index; undefined: this machine's. */
  readonly platform?: Platform;
  readonly http: HttpClient;
  /** Environment: DOCKER_HOST, DOCKER_CONFIG, HOME, ... */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Plain http to registries that are not on loopback. */
  readonly plainHttp: boolean;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

export interface ImageSource {
  /** The prefix without its colon: `docker-archive`. */
  readonly id: string;
  /** For people and help texts: `archive written by docker save`. */
  readonly title: string;
  /** How it is written: `docker-archive:FILE[:TAG]`. */
  readonly usage: string;
  /**
   * Without a prefix: does an existing path look like this medium? Only media that are paths
   * implement it; the answer comes from the file's bytes, not from its name.
   */
  recognises?(path: string): Promise<boolean>;
  /** @throws PlimsollError with a hint that names the next step. */
  open(rest: string, context: SourceContext): Promise<Image>;
}
