// SPDX-License-Identifier: Apache-2.0
// What is in the starter set: vulnerabilities of software that is found in images and that were
// exploited widely or are of the worst kind. One row per vulnerability and publisher: where its
// record is in the data kit, what to call it, and, where a record names many packages, which of them.
// Kernels are left out (images do not run theirs), and Alpine: its branches differ, and a few entries
// would look like data for a branch that has none.

export interface Selected {
  /** The publisher, see `readers` in main.ts. */
  readonly from: 'pypa' | 'rubysec' | 'golang' | 'rustsec' | 'ghsa' | 'php' | 'debian' | 'alma';
  /** The record: its file below the publisher's folder, or its id. */
  readonly record: string;
  readonly title: string;
  readonly packages?: readonly string[];
}

type Row = readonly [record: string, title: string, packages?: readonly string[]];

function rows(from: Selected['from'], list: readonly Row[]): readonly Selected[] {
  return list.map(([record, title, packages]) => {
    return { from, record, title, ...(packages === undefined ? {} : { packages }) };
  });
}

export const selection: readonly Selected[] = [
  ...rows('ghsa', [
    [
      'GHSA-599f-7c49-w659',
      'Text4Shell: string interpolation runs scripts',
      ['org.apache.commons:commons-text'],
    ],
    ['GHSA-qxxx-2pp7-5hmx', 'Code execution by deserialisation with default typing'],
    ['GHSA-mph4-vhrx-mv67', 'Deserialisation gadget in logback classes'],
    ['GHSA-h822-r4r5-v8jg', 'Deserialisation gadget in HikariCP classes'],
    ['GHSA-q93h-jc49-78gg', 'Deserialisation gadget in iBATIS classes'],
    [
      'GHSA-fjq5-5j5f-mvxh',
      'Code execution by deserialising transformer chains',
      ['commons-collections:commons-collections', 'org.apache.commons:commons-collections4'],
    ],
    ['GHSA-p836-389h-j692', 'Code execution through the remember-me cookie with the default key'],
    ['GHSA-c9hw-wf7x-jp9j', 'Ghostcat: the AJP connector reads and includes files'],
    ['GHSA-pjfr-qf3p-3q25', 'Upload of JSP files by PUT'],
    [
      'GHSA-2qrg-x229-3v8q',
      'Log4j 1: the socket server deserialises what it gets',
      ['log4j:log4j'],
    ],
    ['GHSA-65fg-84f6-3jq3', 'Log4j 1: SQL injection in the JDBC appender', ['log4j:log4j']],
    ['GHSA-fp5r-v3w9-4333', 'Log4j 1: the JMS appender deserialises what it gets', ['log4j:log4j']],
    [
      'GHSA-hwj3-m3p6-hj38',
      'External entities are resolved by default',
      ['dom4j:dom4j', 'org.dom4j:dom4j'],
    ],
    ['GHSA-xj57-8qj4-c4m6', 'Configuration interpolation runs scripts'],
    ['GHSA-7286-pgfv-vxvh', 'SASL authentication between servers can be bypassed'],
    ['GHSA-p66x-2cv9-qq3v', 'The class loader can be reached through the class property'],
    [
      'GHSA-qppj-fm5r-hxr3',
      'HTTP/2 rapid reset: denial of service',
      [
        'org.apache.tomcat.embed:tomcat-embed-core',
        'org.apache.tomcat:tomcat-coyote',
        'org.eclipse.jetty.http2:http2-common',
        'org.eclipse.jetty.http2:http2-server',
        'org.eclipse.jetty.http2:jetty-http2-common',
        'org.eclipse.jetty.http2:jetty-http2-server',
      ],
    ],
  ]),
  ...rows('pypa', [
    ['django/PYSEC-2019-13.yaml', 'SQL injection through JSON field keys'],
    ['django/PYSEC-2021-109.yaml', 'SQL injection through order_by'],
    ['django/PYSEC-2022-190.yaml', 'SQL injection through column aliases'],
    ['django/PYSEC-2022-213.yaml', 'SQL injection through Trunc and Extract'],
    ['django/PYSEC-2024-70.yaml', 'SQL injection through values of JSON fields'],
    ['jinja2/PYSEC-2019-217.yaml', 'Escape from the sandbox through str.format_map'],
    ['jinja2/PYSEC-2019-220.yaml', 'Escape from the sandbox through str.format'],
    ['pyyaml/PYSEC-2018-49.yaml', 'Loading YAML runs code by default'],
    ['pyyaml/PYSEC-2021-142.yaml', 'The full loader runs code'],
    ['requests/PYSEC-2018-28.yaml', 'Credentials are sent on after a redirect to plain HTTP'],
    ['requests/PYSEC-2023-74.yaml', 'Proxy credentials are sent to the destination'],
    ['urllib3/PYSEC-2019-133.yaml', 'System certificates are trusted beside the chosen ones'],
    ['urllib3/PYSEC-2023-192.yaml', 'Cookies are sent on across origins after a redirect'],
    ['pillow/PYSEC-2022-10.yaml', 'ImageMath evaluates arbitrary expressions'],
    ['werkzeug/PYSEC-2023-58.yaml', 'Multipart forms exhaust the server'],
    ['opencv-python/PYSEC-2023-183.yaml', 'Bundled libwebp: heap overflow'],
    ['salt/PYSEC-2020-102.yaml', 'Authentication bypass in the master: code execution'],
    ['salt/PYSEC-2020-103.yaml', 'Directory traversal in the master'],
    ['apache-airflow/PYSEC-2020-14.yaml', 'Command injection in an example workflow'],
    ['apache-airflow/PYSEC-2020-18.yaml', 'The experimental API needs no authentication'],
    ['paramiko/PYSEC-2018-19.yaml', 'The server accepts requests before authentication'],
    ['langchain/PYSEC-2023-151.yaml', 'Code execution by loading prompts'],
    ['torch/PYSEC-2022-43015.yaml', 'Code execution by evaluating annotations'],
    ['gitpython/PYSEC-2022-42992.yaml', 'Command injection through URLs of clones'],
    ['aiohttp/PYSEC-2024-24.yaml', 'Directory traversal in static routes with links'],
    ['cryptography/PYSEC-2023-254.yaml', 'Loading PKCS7 certificates crashes'],
  ]),
  ...rows('rubysec', [
    ['actionview/CVE-2019-5418.yml', 'Any file can be read through the Accept header'],
    ['actionview/CVE-2016-0752.yml', 'Directory traversal by rendering dynamic paths'],
    ['actionpack/CVE-2014-0130.yml', 'Directory traversal in implicit rendering'],
    ['actionpack/CVE-2013-0156.yml', 'Code execution by parsing YAML in parameters'],
    ['activesupport/CVE-2020-8165.yml', 'Cached data is deserialised'],
    ['activestorage/CVE-2022-21831.yml', 'Code injection through image transformations'],
    ['activerecord/CVE-2022-32224.yml', 'Code execution through serialised columns'],
    ['rack/CVE-2022-30123.yml', 'Shell escapes in the logger'],
    ['rack/CVE-2020-8161.yml', 'Directory traversal in Rack::Directory'],
    ['puma/CVE-2022-24790.yml', 'Request smuggling'],
    ['json/CVE-2020-10663.yml', 'Parsing creates arbitrary objects'],
    ['nokogiri/CVE-2022-29181.yml', 'Wrong types of input reach the native parser'],
    ['kramdown/CVE-2020-14001.yml', 'Options in documents read files and run code'],
    ['image_processing/CVE-2022-24720.yml', 'Commands run through names of operations'],
    ['rest-client/CVE-2019-15224.yml', 'Malicious code in published versions'],
    ['bootstrap-sass/CVE-2019-10842.yml', 'Malicious code in a published version'],
    ['strong_password/CVE-2019-13354.yml', 'Malicious code in a published version'],
  ]),
  ...rows('golang', [
    ['GO-2023-2102', 'HTTP/2 rapid reset: denial of service'],
    ['GO-2024-2687', 'HTTP/2 continuation flood: denial of service'],
    ['GO-2024-3321', 'SSH: authorisation bypass by misuse of the key callback'],
    ['GO-2023-2402', 'Terrapin: SSH prefix truncation'],
    ['GO-2025-3487', 'SSH: denial of service during key exchange'],
    ['GO-2024-2887', 'Wrong answers about IPv4-mapped IPv6 addresses'],
    ['GO-2023-1703', 'Templates do not treat backticks as delimiters of JavaScript'],
    ['GO-2021-0319', 'Points that are not on the curve are accepted'],
    ['GO-2025-3563', 'Request smuggling through invalid chunked data'],
    ['GO-2024-3106', 'Decoding of deeply nested structures exhausts the stack'],
    ['GO-2022-0322', 'Denial of service through unbounded labels of metrics'],
    ['GO-2021-0053', 'Generated code panics on crafted messages'],
    ['GO-2020-0017', 'The audience of tokens can be bypassed'],
    ['GO-2025-3553', 'Parsing of tokens uses excessive memory'],
    ['GO-2022-0603', 'Parsing of YAML panics'],
    ['GO-2024-2491', 'Leaky Vessels: escape from the container through a working directory'],
    ['GO-2024-3005', 'Authorisation plugins can be bypassed by a request without body'],
    ['GO-2022-1059', 'Parsing of language tags takes excessive time'],
  ]),
  ...rows('rustsec', [
    ['RUSTSEC-2023-0061', 'Bundled libwebp: heap overflow'],
    ['RUSTSEC-2021-0079', 'Integer overflow in chunk sizes: request smuggling'],
    ['RUSTSEC-2022-0013', 'Denial of service by crafted expressions'],
    ['RUSTSEC-2020-0071', 'Memory is read while another thread changes the environment'],
    ['RUSTSEC-2024-0336', 'The server can be put into an endless loop'],
    ['RUSTSEC-2022-0064', 'Bundled OpenSSL: buffer overflow in e-mail address checks'],
    ['RUSTSEC-2021-0003', 'Heap overflow in insert_many'],
  ]),
  ...rows('php', [
    ['phpmailer/phpmailer/CVE-2016-10033.yaml', 'Command injection through the sender address'],
    [
      'phpunit/phpunit/CVE-2017-9841.yaml',
      'Code execution through a script that reads standard input',
    ],
    ['drupal/core/CVE-2018-7600.yaml', 'Drupalgeddon 2: code execution through form rendering'],
    ['drupal/core/CVE-2018-7602.yaml', 'Drupalgeddon 3: code execution'],
    ['drupal/core/CVE-2019-6340.yaml', 'Code execution through REST resources'],
    ['facade/ignition/CVE-2021-3129.yaml', 'Code execution in debug mode'],
    ['pear/archive_tar/CVE-2020-28949.yaml', 'Wrappers in file names allow deserialisation'],
    ['pear/archive_tar/CVE-2020-36193.yaml', 'Links in archives lead out of the target folder'],
    ['magento/product-community-edition/CVE-2024-34102.yaml', 'CosmicSting: external entities'],
  ]),
  ...rows('debian', [
    ['CVE-2023-4911', 'Looney Tunables: overflow in the dynamic loader'],
    ['CVE-2024-2961', 'Overflow in iconv (ISO-2022-CN-EXT)'],
    ['CVE-2023-4863', 'libwebp: heap overflow'],
    ['CVE-2025-32462', 'sudo: rules for other hosts are applied'],
    ['CVE-2024-4577', 'PHP-CGI argument injection'],
    ['CVE-2024-38475', 'mod_rewrite maps URLs to unintended files'],
    ['CVE-2023-44487', 'HTTP/2 rapid reset: denial of service'],
    ['CVE-2025-27363', 'FreeType: out-of-bounds write in variable fonts'],
    ['CVE-2025-48384', 'git: submodule paths with carriage returns run hooks'],
    ['CVE-2023-38545', 'curl: heap overflow in the SOCKS5 handshake'],
    ['CVE-2023-38408', 'ssh-agent: code execution through forwarded agents'],
    ['CVE-2025-26465', 'ssh: a machine in the middle with VerifyHostKeyDNS'],
    ['CVE-2024-12084', 'rsync: heap overflow through checksum lengths'],
    ['CVE-2025-6020', 'pam_namespace: elevation to root'],
    ['CVE-2024-45491', 'expat: integer overflow'],
    ['CVE-2023-5363', 'OpenSSL: key and IV lengths are processed too late'],
    ['CVE-2024-28085', 'WallEscape: terminal escapes in wall'],
  ]),
  ...rows('alma', [
    [
      'almalinux8/ALSA-2022:0267',
      'PwnKit: elevation to root through pkexec',
      ['polkit', 'polkit-libs'],
    ],
    ['almalinux8/ALSA-2023:5455', 'Looney Tunables: overflow in the dynamic loader', ['glibc']],
    ['almalinux9/ALSA-2023:5453', 'Looney Tunables: overflow in the dynamic loader', ['glibc']],
    ['almalinux8/ALSA-2024:2722', 'Overflow in iconv (ISO-2022-CN-EXT)', ['glibc']],
    ['almalinux9/ALSA-2024:3339', 'Overflow in iconv (ISO-2022-CN-EXT)', ['glibc']],
    ['almalinux8/ALSA-2023:5309', 'libwebp: heap overflow', ['libwebp']],
    ['almalinux9/ALSA-2023:5214', 'libwebp: heap overflow', ['libwebp']],
    [
      'almalinux9/ALSA-2024:4312',
      'regreSSHion: race condition in the SSH server',
      ['openssh', 'openssh-server', 'openssh-clients'],
    ],
    [
      'almalinux9/ALSA-2024:4726',
      'mod_rewrite maps URLs to unintended files',
      ['httpd', 'httpd-core'],
    ],
    ['almalinux8/ALSA-2022:4991', 'xzgrep writes files named in its input', ['xz']],
    ['almalinux9/ALSA-2022:4940', 'xzgrep writes files named in its input', ['xz']],
    [
      'almalinux9/ALSA-2023:5763',
      'curl: heap overflow in the SOCKS5 handshake',
      ['curl', 'libcurl', 'curl-minimal', 'libcurl-minimal'],
    ],
    [
      'almalinux9/ALSA-2022:7288',
      'OpenSSL 3: buffer overflow in e-mail address checks',
      ['openssl', 'openssl-libs'],
    ],
    ['almalinux8/ALSA-2025:3683', 'Tomcat: code execution through partial PUT', ['tomcat']],
    ['almalinux9/ALSA-2025:3645', 'Tomcat: code execution through partial PUT', ['tomcat']],
    [
      'almalinux8/ALSA-2025:11534',
      'git: submodule paths with carriage returns run hooks',
      ['git', 'git-core'],
    ],
    [
      'almalinux9/ALSA-2025:11462',
      'git: submodule paths with carriage returns run hooks',
      ['git', 'git-core'],
    ],
    [
      'almalinux8/ALSA-2022:7106',
      'zlib: heap overflow through extra fields of gzip headers',
      ['zlib'],
    ],
    [
      'almalinux9/ALSA-2022:7314',
      'zlib: heap overflow through extra fields of gzip headers',
      ['zlib'],
    ],
  ]),
];
