// SPDX-License-Identifier: Apache-2.0
// `docker:NAME`: an image in Docker on this machine, or wherever its variables point.
import { EngineClient } from '../../../engine/engine-client.ts';
import { PlimsollError } from '../../../model/errors.ts';
import type { ImageSource } from '../../image-source.ts';
import { openEngineImage } from '../../open-engine-image.ts';

export const plugin: ImageSource = {
  id: 'docker',
  title: 'image in Docker',
  usage: 'docker:NAME',
  async open(rest, context) {
    if (rest === '') throw new PlimsollError('usage', 'Cannot open image: no name is given');
    const engine = await EngineClient.connect('docker', context);
    return openEngineImage(`docker:${rest}`, engine, rest, context.platform, context.signal);
  },
};
