// SPDX-License-Identifier: Apache-2.0
// The record below was written by Go 1.26.8 for a module made for this test; the expectations are
// what `go version -m` prints for that program.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { buildElf, elfWords, type ElfSectionDescription } from '../../../testing/elf-file.ts';
import { PlimsollError } from '../../model/errors.ts';
import { sourceOfBytes, type ByteSource } from '../byte-source/byte-source.ts';
import { isGoProgram, readGoBuildInfo } from './go-buildinfo.ts';
import { linkedVersion } from './linked-version.ts';
import { parseModuleInfo } from './module-info.ts';
import { standardLibraryVersion } from './toolchain-version.ts';

const record = Buffer.from(
  '/yBHbyBidWlsZGluZjoIAgAAAAAAAAAAAAAAAAAAAAAIZ28xLjI2LjiPCTB3rwySdAgCQeHBB+bWGOZwYXRoCWV4YW1wbGUu' +
    'Y29tL1BsaW1zb2xsL2FwcAptb2QJZXhhbXBsZS5jb20vUGxpbXNvbGwvYXBwCShkZXZlbCkJCmRlcAlleGFtcGxlLmNvbS9s' +
    'b2NhbAl2MS4wLjAKPT4JLi4vbG9jYWwJKGRldmVsKQkKCmRlcAlnaXRodWIuY29tL0J1cm50U3VzaGkvdG9tbAl2MS4zLjIK' +
    'PT4JZ2l0aHViLmNvbS9CdXJudFN1c2hpL3RvbWwJdjEuMy4xCWgxOnJIbkRrU0srL2c2RGxSRVVLNzNQa21JczYwcHFybnVk' +
    'dUsrSm1QKytKbVU9CgpkZXAJZ29sYW5nLm9yZy94L3RleHQJdjAuMTQuMAloMTpTY1g1dzFlVGEzUXFUOG9pNit6aVA3ZFRW' +
    'MVMyK0FMVTBiSSswelhLV2lRPQpkZXAJZ29wa2cuaW4veWFtbC52Mgl2Mi40LjAKPT4JZ29wa2cuaW4veWFtbC52Mgl2Mi4z' +
    'LjAJaDE6Y2x5VUFRSE9NM0cwTTNmNXZRajdMdUpyRVR2alZvdDNaNWVsOW5mZlV0VT0KCmJ1aWxkCS1idWlsZG1vZGU9ZXhl' +
    'CmJ1aWxkCS1jb21waWxlcj1nYwpidWlsZAktbGRmbGFncz0iLXMgLXcgLVggbWFpbi52ZXJzaW9uPTEuMi4zIC1YICdtYWlu' +
    'Lm5vdGU9aXQgc2F5cyBcImhpXCInIgpidWlsZAlEZWZhdWx0R09ERUJVRz1hc3luY3RpbWVyY2hhbj0xLGNvbnRhaW5lcm1h' +
    'eHByb2NzPTAsY3J5cHRvY3VzdG9tcmFuZD0xLGRlY29yYXRlbWFwcGluZ3M9MCxnb3Rlc3Rqc29uYnVpbGR0ZXh0PTEsZ290' +
    'eXBlc2FsaWFzPTAsaHR0cGNvb2tpZW1heG51bT0wLGh0dHBzZXJ2ZWNvbnRlbnRrZWVwaGVhZGVycz0xLG11bHRpcGF0aHRj' +
    'cD0wLHJhbmRzZWVkbm9wPTAscnNhMTAyNG1pbj0wLHRsczNkZXM9MSx0bHNtbGtlbT0wLHRsc3NlY3BtbGtlbT0wLHRsc3No' +
    'YTE9MSx1cGRhdGVtYXhwcm9jcz0wLHVybG1heHF1ZXJ5cGFyYW1zPTAsdXJsc3RyaWN0Y29sb25zPTAsd2lucmVhZGxpbmt2' +
    'b2x1bWU9MCx3aW5zeW1saW5rPTAseDUwOWtleXBhaXJsZWFmPTAseDUwOW5lZ2F0aXZlc2VyaWFsPTEseDUwOXJzYWNydD0w' +
    'LHg1MDlzaGEyNTZza2lkPTAseDUwOXVzZXBvbGljaWVzPTAKYnVpbGQJQ0dPX0VOQUJMRUQ9MQpidWlsZAlDR09fQ0ZMQUdT' +
    'PQpidWlsZAlDR09fQ1BQRkxBR1M9CmJ1aWxkCUNHT19DWFhGTEFHUz0KYnVpbGQJQ0dPX0xERkxBR1M9CmJ1aWxkCUdPQVJD' +
    'SD1hbWQ2NApidWlsZAlHT09TPWxpbnV4CmJ1aWxkCUdPQU1ENjQ9djEK+TJDMYYYIHIAgkIQQRbY8gAAAAAAAA==',
  'base64',
);

const inSection = (content: Uint8Array): Buffer =>
  buildElf({ sections: [{ name: '.go.buildinfo', content, address: 0x50_0000, writable: true }] });

test('the record of a real program gives what `go version -m` prints', () => {
  const info = readGoBuildInfo(sourceOfBytes(inSection(record)));
  assert.equal(info?.toolchain, 'go1.26.8');
  assert.equal(info.from, 'build-info');
  assert.equal(info.modules?.path, 'example.com/Plimsoll/app');
  assert.deepEqual(info.modules.main, { path: 'example.com/Plimsoll/app', version: '(devel)' });
  assert.deepEqual(info.modules.dependencies, [
    {
      path: 'example.com/local',
      version: 'v1.0.0',
      replacedBy: { path: '../local', version: '(devel)' },
    },
    {
      path: 'github.com/BurntSushi/toml',
      version: 'v1.3.2',
      replacedBy: {
        path: 'github.com/BurntSushi/toml',
        version: 'v1.3.1',
        sum: 'h1:rHnDkSK+/g6DlREUK73PkmIs60pqrnuduK+JmP++JmU=',
      },
    },
    {
      path: 'golang.org/x/text',
      version: 'v0.14.0',
      sum: 'h1:ScX5w1eTa3QqT8oi6+ziP7dTV1S2+ALU0bI+0zXKWiQ=',
    },
    {
      path: 'gopkg.in/yaml.v2',
      version: 'v2.4.0',
      replacedBy: {
        path: 'gopkg.in/yaml.v2',
        version: 'v2.3.0',
        sum: 'h1:clyUAQHOM3G0M3f5vQj7LuJrETvjVot3Z5el9nffUtU=',
      },
    },
  ]);
  const { settings } = info.modules;
  assert.equal(settings.get('-ldflags'), `-s -w -X main.version=1.2.3 -X 'main.note=it says "hi"'`);
  assert.equal(settings.get('GOARCH'), 'amd64');
  assert.equal(linkedVersion(settings.get('-ldflags')!), '1.2.3');
});

test('a program without section names is found by its data', () => {
  const bytes = buildElf({
    noSectionHeaders: true,
    sections: [
      { name: '.text', content: Buffer.alloc(100), address: 0x40_0000 },
      // The record stands on a 16 byte border; the same bytes off it are no record.
      {
        name: '.data',
        content: Buffer.concat([Buffer.alloc(8), record.subarray(0, 24), record]),
        address: 0x50_0000,
        writable: true,
      },
    ],
  });
  assert.equal(readGoBuildInfo(sourceOfBytes(bytes))?.toolchain, 'go1.26.8');
});

/** The form before Go 1.18: addresses of strings. */
function pointerForm(bits: 32 | 64, littleEndian: boolean): Buffer {
  const form = { bits, littleEndian };
  const width = bits / 8;
  const version = Buffer.from('go1.17.2');
  const marked = Buffer.from(
    `${'<'.repeat(16)}path\texample.com/x\nmod\texample.com/x\tv1.2.3\th1:a=\n${'>'.repeat(16)}`,
  );
  const text = 0x40_0000;
  const strings = 0x50_0000;
  const head = Buffer.alloc(16);
  head.write('\xff Go buildinf:', 'latin1');
  head[14] = width;
  head[15] = littleEndian ? 0 : 1;
  return buildElf({
    ...form,
    sections: [
      { name: '.rodata', content: Buffer.concat([version, marked]), address: text },
      {
        name: '.data',
        content: elfWords([text, version.length, text + version.length, marked.length], form),
        address: strings,
        writable: true,
      },
      {
        name: '.go.buildinfo',
        content: Buffer.concat([head, elfWords([strings, strings + 2 * width, 0, 0], form)]),
        address: 0x60_0000,
        writable: true,
      },
    ],
  });
}

for (const bits of [32, 64] as const) {
  for (const littleEndian of [true, false]) {
    const order = littleEndian ? 'little' : 'big';
    test(`before Go 1.18 the record holds addresses: ${bits} bit, ${order}-endian`, () => {
      const info = readGoBuildInfo(sourceOfBytes(pointerForm(bits, littleEndian)));
      assert.equal(info?.toolchain, 'go1.17.2');
      assert.deepEqual(info.modules?.main, {
        path: 'example.com/x',
        version: 'v1.2.3',
        sum: 'h1:a=',
      });
    });
  }
}

test('what Go did not make costs no more than a look at the section names', () => {
  const bytes = buildElf({ sections: [{ name: '.text', content: Buffer.alloc(4096) }] });
  let read = 0;
  const counting: ByteSource = {
    sizeBytes: bytes.length,
    read: (offset, length) => {
      read += length;
      return bytes.subarray(offset, offset + length);
    },
  };
  assert.equal(readGoBuildInfo(counting), undefined);
  assert.ok(read < 256, `${read} bytes were read`);
});

test('without its record a Go program is still one, and tells nothing', () => {
  const bytes = buildElf({ sections: [{ name: '.gopclntab', content: Buffer.alloc(64) }] });
  assert.equal(readGoBuildInfo(sourceOfBytes(bytes)), undefined);
  assert.equal(isGoProgram(sourceOfBytes(bytes)), true);
});

/** Go packs texts without anything between: only the variable tells where the version ends. */
function withRuntimeVariable(lengthInVariable: number): Buffer {
  const rodata: ElfSectionDescription = {
    name: '.rodata',
    content: Buffer.from('unknowngo1.26.51234567'),
    address: 0x40_0000,
  };
  return buildElf({
    sections: [
      { name: '.gopclntab', content: Buffer.alloc(8) },
      rodata,
      {
        name: '.data',
        content: elfWords([1, 2, 0x40_0007, lengthInVariable]),
        address: 0x50_0000,
        writable: true,
      },
    ],
  });
}

test('the runtime variable tells the toolchain where the record was removed', () => {
  assert.deepEqual(readGoBuildInfo(sourceOfBytes(withRuntimeVariable(8))), {
    toolchain: 'go1.26.5',
    from: 'runtime-variable',
  });
  // A length that makes it no version: nothing is concluded from the text alone.
  assert.equal(readGoBuildInfo(sourceOfBytes(withRuntimeVariable(15))), undefined);
});

const esbuild = resolve(
  import.meta.dirname,
  '../../../node_modules/@esbuild/linux-x64/bin/esbuild',
);
test(
  'esbuild, whose build information is removed',
  { skip: existsSync(esbuild) ? false : 'esbuild for linux-x64 is not installed' },
  () => {
    const bytes = readFileSync(esbuild);
    const info = readGoBuildInfo(sourceOfBytes(bytes));
    assert.equal(info?.from, 'runtime-variable');
    // Oracle: the only Go version that stands anywhere in the file.
    const texts = new Set(bytes.toString('latin1').match(/go1\.\d+\.\d+/g));
    assert.deepEqual([info.toolchain], [...texts]);
    assert.equal(info.modules, undefined);
  },
);

test('settings may be quoted as Go source', () => {
  const { settings, dependencies, main } = parseModuleInfo(
    'mod\ta\t\t\n=>\tb\tv1\th1:x\nnew-kind\tx\nbuild\t"a b"="c\\td\\u00e9\\x41\\101\\U0001F600"\n' +
      'build\tplain=x=y\nbuild\tback=`q"r`\nbuild\tnothing\nbuild\t"open=1\ndep\t\tv1\n=>\tlost\tv1',
  );
  assert.deepEqual(
    [...settings],
    [
      ['a b', 'c\td\u00e9AA\u{1f600}'],
      ['plain', 'x=y'],
      ['back', 'q"r'],
    ],
  );
  assert.deepEqual(main, {
    path: 'a',
    version: '(devel)',
    replacedBy: { path: 'b', version: 'v1', sum: 'h1:x' },
  });
  assert.deepEqual(dependencies, []);
});

test('the standard library has the version of its toolchain', () => {
  for (const [toolchain, want] of [
    ['go1.22.1', '1.22.1'],
    ['go1.22.1 X:boringcrypto', '1.22.1'],
    ['go1.22', '1.22.0'],
    ['go1.21rc2', '1.21.0-rc.2'],
    ['go1.20beta1', '1.20.0-beta.1'],
    ['go1.21.3-1', '1.21.3'],
    ['go1.20.12 (Red Hat 1.20.12-2.el9)', '1.20.12'],
    ['go1.24.2+auto', '1.24.2'],
    ['devel go1.23-abcdef Mon Jan 1', undefined],
    ['go1.22.1x', undefined],
    ['gccgo 12', undefined],
    ['', undefined],
  ] as const)
    assert.equal(standardLibraryVersion(toolchain), want, toolchain);
});

test('a version that the linker was given is found, and nothing else', () => {
  for (const [flags, want] of [
    ['-X main.version=1.2.3', '1.2.3'],
    ["-s -w -X 'github.com/x/y/version.Version=v2.0.1-rc1'", 'v2.0.1-rc1'],
    ['-X=main.buildVersion=3.1', '3.1'],
    ['-X main.password=1.2.3', undefined],
    ['-X main.version=$(cat VERSION)', undefined],
    ['-X', undefined],
    ["-X 'main.version=1.2.3", undefined],
    ['', undefined],
  ] as const)
    assert.equal(linkedVersion(flags), want, flags);
});

test('a damaged record is our own error or nothing', () => {
  const cut = inSection(record.subarray(0, 60));
  assert.throws(() => readGoBuildInfo(sourceOfBytes(cut)), { code: 'invalid' });
  const seeds = [
    inSection(record),
    pointerForm(64, true),
    pointerForm(32, false),
    withRuntimeVariable(8),
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
      (seed, flips) => {
        const bytes = Buffer.from(seed);
        for (const [at, value] of flips) bytes[at % bytes.length] = value;
        try {
          readGoBuildInfo(sourceOfBytes(bytes));
        } catch (error) {
          assert.ok(error instanceof PlimsollError, String(error));
        }
      },
    ),
    { numRuns: 1000 },
  );
});
