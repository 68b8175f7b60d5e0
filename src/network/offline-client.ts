// SPDX-License-Identifier: Apache-2.0
// What `--offline` hands out in place of the client: it refuses before anything is sent.
import { PlimsollError } from '../model/errors.ts';
import type { HttpClient } from './http.ts';

export const offlineHttpClient: HttpClient = {
  request({ url }) {
    const host = URL.canParse(url) ? new URL(url).host : 'the network';
    return Promise.reject(
      new PlimsollError('offline', `Cannot reach ${JSON.stringify(host)}: --offline forbids it`, {
        hint: 'leave out --offline, or fetch what is needed beforehand',
      }),
    );
  },
};
