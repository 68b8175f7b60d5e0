// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsePythonMetadata } from './metadata.ts';
import { parseFileList, parseRecord } from './record.ts';

const parse = (text: string): ReturnType<typeof parsePythonMetadata> =>
  parsePythonMetadata(Buffer.from(text));
const head = 'Metadata-Version: 2.1\nName: PyYAML\nVersion: 6.0.1\n';

test('headers end at the first empty line, whatever the description says', () => {
  assert.deepEqual(parse(`${head}Author: A\n\nName: other\nVersion: 9\n`), {
    name: 'PyYAML',
    version: '6.0.1',
    author: 'A',
  });
  assert.deepEqual(parse(head.replaceAll('\n', '\r\n')), { name: 'PyYAML', version: '6.0.1' });
});

test('the licence is the expression, else the name, else the classifiers', () => {
  const classifiers =
    'Classifier: License :: OSI Approved :: MIT License\nClassifier: License :: OSI Approved\nClassifier: License :: OSI Approved :: BSD License\nClassifier: Topic :: X\n';
  for (const [text, want] of [
    [`License-Expression: MIT OR Apache-2.0\nLicense: x\n${classifiers}`, 'MIT OR Apache-2.0'],
    [`License: BSD-3-Clause\n${classifiers}`, 'BSD-3-Clause'],
    [`License: UNKNOWN\n${classifiers}`, 'MIT License, BSD License'],
    [
      `License: Copyright (c)\n        Permission is granted\n${classifiers}`,
      'MIT License, BSD License',
    ],
    [`License: ${'long '.repeat(100)}\n${classifiers}`, 'MIT License, BSD License'],
    ['', undefined],
  ] as const)
    assert.equal(parse(head + text)?.license, want, text);
});

test('a distribution without name or version is none', () => {
  for (const text of [
    '',
    'Name: a\n',
    'Version: 1\n',
    'Name: a\nVersion: unknown\n',
    'Name: ../../x\nVersion: 1\n',
    '\nName: a\nVersion: 1\n',
    'Name: a\n\nVersion: 1\n',
  ])
    assert.equal(parse(text), undefined, text);
});

test('a record gives paths with the hashes that are theirs', () => {
  const digest = createHash('sha256').update('x').digest();
  const text = [
    `pkg/a.py,sha256=${digest.toString('base64url')},1`,
    'pkg/no-hash.pyc,,',
    '"odd, ""name"".py",sha256=short,3',
    'pkg/bare',
    '../../../bin/tool,md5=1B2M2Y8AsgTpgAmY7PhCfg,0',
    '',
    `crlf.py,sha256=${digest.toString('base64url')}=,1\r`,
  ].join('\n');
  assert.deepEqual(parseRecord(Buffer.from(text)), [
    { path: 'pkg/a.py', algorithm: 'sha256', hex: digest.toString('hex') },
    { path: 'pkg/no-hash.pyc' },
    { path: 'odd, "name".py' },
    { path: 'pkg/bare' },
    { path: '../../../bin/tool', algorithm: 'md5', hex: 'd41d8cd98f00b204e9800998ecf8427e' },
    { path: 'crlf.py', algorithm: 'sha256', hex: digest.toString('hex') },
  ]);
});

test('a list of files', () => {
  assert.deepEqual(parseFileList(Buffer.from('../a.py\r\n\n  b  \nc\0d\n')), ['../a.py', 'b']);
});

test('any bytes are read without an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 200 }), (bytes, text) => {
      parsePythonMetadata(bytes);
      parseRecord(bytes);
      parseFileList(bytes);
      parse(head + text);
      parseRecord(Buffer.from(`"${text}`));
    }),
  );
  parse(`${head}License: x\n${' y\n'.repeat(100_000)}`);
});
