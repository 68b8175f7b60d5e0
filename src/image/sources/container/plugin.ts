// SPDX-License-Identifier: Apache-2.0
// `container:NAME`: a running or stopped container: the layers of its image, and one more with what
// it changed. What is mounted into it (volumes, binds) is not part of it.
import { EngineClient } from '../../../engine/engine-client.ts';
import { decodeChanges, decodeContainer } from '../../../engine/inspected.ts';
import { isCode, PlimsollError } from '../../../model/errors.ts';
import { IssueList } from '../../../model/issue.ts';
import type { ImageSource, SourceContext } from '../../image-source.ts';
import type { Image } from '../../image.ts';
import { inspectEngineImage, savedLayers } from '../../open-engine-image.ts';
import { walkChanges } from './walk-changes.ts';

export const plugin: ImageSource = {
  id: 'container',
  title: 'running or stopped container',
  usage: 'container:NAME',
  async open(rest, context) {
    if (rest === '') throw new PlimsollError('usage', 'Cannot open container: no name is given');
    const failures: PlimsollError[] = [];
    for (const kind of ['docker', 'podman'] as const) {
      let engine: EngineClient | undefined;
      try {
        engine = await EngineClient.connect(kind, context);
        return await openContainer(engine, rest, context);
      } catch (error) {
        engine?.close();
        if (!(error instanceof PlimsollError) || !isPassable(error)) throw error;
        failures.push(error);
      }
    }
    throw notFound(rest, failures);
  },
};

/** The other engine may have it. */
function isPassable(error: PlimsollError): boolean {
  return error.code === 'not-found' || error.code === 'io';
}

function notFound(name: string, failures: readonly PlimsollError[]): PlimsollError {
  const said = failures.map(({ message }) => message).join('; ');
  return new PlimsollError('not-found', `Cannot find container ${JSON.stringify(name)}: ${said}`, {
    hint: failures.find(({ hint }) => hint !== undefined)?.hint ?? 'docker ps --all lists them',
  });
}

async function openContainer(
  engine: EngineClient,
  rest: string,
  { platform: wanted, signal }: SourceContext,
): Promise<Image> {
  const container = decodeContainer(await engine.inspectContainer(rest, signal));
  const { inspected, layers, issues } = await inspectEngineImage(
    engine,
    container.image,
    wanted,
    signal,
  ).catch((error: unknown) => {
    if (!isCode(error, 'not-found')) throw error;
    throw new PlimsollError(
      'not-found',
      `Cannot read container ${JSON.stringify(rest)}: its image is gone`,
      {
        hint: `docker export ${rest} > root.tar, and scan rootfs:root.tar`,
        cause: error,
      },
    );
  });
  const changes = decodeChanges(await engine.containerChanges(container.id, signal));
  const top = layers.length;
  const found = new IssueList();
  found.addAll(issues.toArray());
  return {
    source: `container:${rest}`,
    identity: inspected.identity,
    ...(inspected.platform === undefined ? {} : { platform: inspected.platform }),
    config: inspected.config,
    layers: [...layers, { index: top, createdBy: `container ${container.name}` }],
    // The export's damage is found while it is read.
    get issues() {
      return found.toArray();
    },
    async *readLayers(numbers, passSignal) {
      const stop = passSignal ?? signal;
      yield* savedLayers(engine, inspected.id, layers, numbers, stop);
      if (!numbers.has(top)) return;
      yield {
        kind: 'tree',
        layer: top,
        walk: (visitor, walkSignal) =>
          walkChanges(engine, container.id, changes, visitor, found, walkSignal ?? stop),
      };
    },
    close() {
      engine.close();
      return Promise.resolve();
    },
  };
}
