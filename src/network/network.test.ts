// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { poisonedHttpClient } from '../../testing/poisoned-http-client.ts';
import { isLoopbackHost } from './loopback.ts';
import { offlineHttpClient } from './offline-client.ts';
import { shownUrl } from './shown-url.ts';

test('loopback is told from names that look like it', () => {
  for (const host of [
    'localhost',
    'LOCALHOST:5000',
    'a.localhost',
    '127.0.0.1',
    '127.9.9.9:1',
    '[::1]',
    '[::1]:5000',
    '::1',
  ])
    assert.ok(isLoopbackHost(host), host);
  for (const host of [
    '127.evil.example',
    'localhost.evil.example',
    '10.0.0.1',
    '[::2]:5000',
    '1127.0.0.1',
    '127.0.0.1.example',
    '',
  ])
    assert.ok(!isLoopbackHost(host), host);
});

test('the offline client names the host and nothing else', async () => {
  await assert.rejects(offlineHttpClient.request({ url: 'https://me:word@a.example:8443/x?y=z' }), {
    code: 'offline',
    message: 'Cannot reach "a.example:8443": --offline forbids it',
  });
});

test('URLs are shown without what may be secret', () => {
  assert.equal(shownUrl('https://me:word@a.example/x?y=z#f'), 'https://a.example/x?...');
  assert.equal(shownUrl('http://[::1]:5000/v2/'), 'http://[::1]:5000/v2/');
  assert.equal(shownUrl('no url'), '(an invalid URL)');
});

test('the poisoned client names each undeclared call', async () => {
  const http = poisonedHttpClient({ 'GET https://a.example/': { body: 'x' } });
  assert.equal((await http.request({ url: 'https://a.example/' })).status, 200);
  await assert.rejects(http.request({ url: 'https://b.example/', method: 'HEAD' }), {
    message: 'undeclared network call: HEAD https://b.example/',
  });
  assert.equal(http.calls.length, 2);
});
