// SPDX-License-Identifier: Apache-2.0
// `podman:NAME`: an image in Podman on this machine, or wherever its variables point.
import { EngineClient } from '../../../engine/engine-client.ts';
import { PlimsollError } from '../../../model/errors.ts';
import type { ImageSource } from '../../image-source.ts';
import { openEngineImage } from '../../open-engine-image.ts';

export const plugin: ImageSource = {
  id: 'podman',
  title: 'image in Podman',
  usage: 'podman:NAME',
  async open(rest, context) {
    if (rest === '') throw new PlimsollError('usage', 'Cannot open image: no name is given');
    const engine = await EngineClient.connect('podman', context);
    return openEngineImage(`podman:${rest}`, engine, rest, context.platform, context.signal);
  },
};
