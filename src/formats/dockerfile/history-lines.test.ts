// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryEntry } from '../../model/image.ts';
import { dockerfileLines, historyCommand } from './history-lines.ts';

const dockerfile = `# syntax=docker/dockerfile:1
FROM golang:1.22 AS build
RUN go build -o /app .

FROM debian:12-slim
ARG VERSION=1
RUN apt-get update \\
 && apt-get install -y curl
COPY --from=build /app /usr/bin/app
RUN <<EOT
echo heredoc
EOT
ENTRYPOINT ["/usr/bin/app"]
`;

function history(...createdBy: readonly string[]): readonly HistoryEntry[] {
  return createdBy.map((text) => ({ createdBy: text, emptyLayer: false }));
}

const base = ['/bin/sh -c #(nop) ADD file:1c in / ', '/bin/sh -c #(nop)  CMD ["bash"]'];

test('BuildKit history is aligned with the final stage', () => {
  const lines = dockerfileLines(
    dockerfile,
    history(
      ...base,
      'ARG VERSION=1',
      'RUN |1 VERSION=1 /bin/sh -c apt-get update  && apt-get install -y curl # buildkit',
      'COPY /app /usr/bin/app # buildkit',
      'RUN |1 VERSION=1 /bin/sh -c echo heredoc # buildkit',
      'ENTRYPOINT ["/usr/bin/app"]',
    ),
  );
  assert.deepEqual(
    [...lines].sort((a, b) => a[0] - b[0]),
    [
      [2, 6],
      [3, 7],
      [4, 9],
      [5, 10],
      [6, 13],
    ],
  );
});

test('the classic builder writes no entry for ARG', () => {
  const lines = dockerfileLines(
    dockerfile,
    history(
      ...base,
      '/bin/sh -c apt-get update  && apt-get install -y curl',
      '/bin/sh -c #(nop) COPY file:99 in /usr/bin/app ',
      '/bin/sh -c echo heredoc',
      '/bin/sh -c #(nop)  ENTRYPOINT ["/usr/bin/app"]',
    ),
  );
  assert.equal(lines.get(2), 7);
  assert.equal(lines.get(5), 13);
  assert.equal(lines.has(1), false);
});

test('a Dockerfile of another image gives no lines rather than wrong ones', () => {
  assert.equal(dockerfileLines(dockerfile, history(...base)).size, 0);
  assert.equal(
    dockerfileLines(dockerfile, history(...base, 'RUN /bin/sh -c make # buildkit')).size,
    0,
  );
  assert.equal(dockerfileLines('', history(...base)).size, 0);
});

test('the command of a history entry, by each builder', () => {
  for (const [createdBy, keyword, text] of [
    ['/bin/sh -c #(nop)  CMD ["sh"]', 'CMD', '["sh"]'],
    ['RUN /bin/sh -c make all # buildkit', 'RUN', 'make all'],
    ['/bin/sh -c make all', 'RUN', 'make all'],
    ['|1 A=b /bin/sh -c make', 'RUN', 'make'],
    ['COPY . /app # buildkit', 'COPY', '. /app'],
  ] as const)
    assert.deepEqual(historyCommand(createdBy), { keyword, text });
});

test('a command of a million blanks is read at once', () => {
  // A pattern that takes the square of the length would not come to an end.
  for (const text of [`RUN a${' '.repeat(1e6)}b`, ' '.repeat(1e6), `|1 ${'a'.repeat(1e6)}`])
    assert.equal(historyCommand(text).keyword, 'RUN');
  assert.deepEqual(historyCommand(`RUN make   # buildkit  `), { keyword: 'RUN', text: 'make' });
});
