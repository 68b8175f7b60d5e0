// SPDX-License-Identifier: Apache-2.0
// SPDX 2.3 JSON, https://spdx.github.io/spdx-spec/v2.3/: the inventory; findings have no place in it.
import { jsonText } from '../../formats/json/stream.ts';
import { encodeSpdx } from '../../formats/spdx/encode.ts';
import type { Report } from '../report.ts';

export const plugin: Report = {
  id: 'spdx',
  title: 'SPDX 2.3 JSON',
  mediaType: 'application/spdx+json',
  for: ['sbom'],
  *render({ inventory }, { now, toolVersion, showHidden }) {
    yield* jsonText(encodeSpdx(inventory, { now, toolVersion, withHidden: showHidden }), 2);
    yield '\n';
  },
};
