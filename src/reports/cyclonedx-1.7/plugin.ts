// SPDX-License-Identifier: Apache-2.0
// CycloneDX 1.7 JSON, https://cyclonedx.org/docs/1.7/json/: the inventory and, in a scan, what is
// wrong with it.
import { encodeCycloneDx } from '../../formats/cyclonedx/encode.ts';
import { jsonText } from '../../formats/json/stream.ts';
import type { Report } from '../report.ts';

export const plugin: Report = {
  id: 'cyclonedx-1.7',
  title: 'CycloneDX 1.7 JSON',
  mediaType: 'application/vnd.cyclonedx+json; version=1.7',
  for: ['scan', 'sbom'],
  *render(assessment, { now, toolVersion, showHidden }) {
    const options = { version: '1.7', now, toolVersion, withHidden: showHidden } as const;
    yield* jsonText(encodeCycloneDx(assessment, options), 2);
    yield '\n';
  },
};
