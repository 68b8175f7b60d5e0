// SPDX-License-Identifier: Apache-2.0
// Turns the elements of an SBOM, as each format's reader hands them over, into packages with their
// ecosystems, and says what cannot be judged: an element without a package URL, a distribution's
// package without a release. A scan of an SBOM must never be clean because nothing was understood.
import type { CoverageGap } from '../../model/coverage.ts';
import type { Distribution } from '../../model/distribution.ts';
import type { ImageSummary } from '../../model/image.ts';
import type { Location } from '../../model/location.ts';
import { packageKey, type Package } from '../../model/package.ts';
import { parsePurl, type Purl } from '../purl/purl.ts';
import { locate, propertyPrefix, readPackageProperties, type Properties } from './properties.ts';
import {
  distinctSource,
  isDistributionPackage,
  languageEcosystem,
  moduleOf,
  packageName,
  packageVersion,
  releaseId,
  releaseOf,
  upstreamSource,
} from './read-package.ts';
import { sbomPackagesMax, type SbomContext, type ToldRelease } from './sbom.ts';

/** One element that may be a package. */
export interface SbomElement {
  readonly name: string;
  readonly version?: string | undefined;
  readonly purl?: string | undefined;
  readonly license?: string | undefined;
  readonly vendor?: string | undefined;
  /** The source package, where the tool tells it outside the purl. */
  readonly source?: Package['source'];
  readonly paths: readonly string[];
  readonly layerDiffId?: string | undefined;
  readonly properties: Properties;
}

export interface CollectedPackages {
  readonly packages: readonly Package[];
  readonly hiddenPackages: readonly Package[];
  readonly gaps: readonly CoverageGap[];
}

/** Types of purl that name images and files of unknown content, not packages. */
const otherTypes = new Set(['oci', 'docker']);

export function collectPackages(
  elements: Iterable<SbomElement>,
  image: ImageSummary,
  distribution: Distribution | undefined,
  context: SbomContext,
): CollectedPackages {
  const collector = new Collector(image, distribution, context);
  for (const element of elements) {
    if (collector.full) break;
    collector.add(element);
  }
  return collector.result();
}

class Collector {
  readonly #image: ImageSummary;
  readonly #distribution: Distribution | undefined;
  readonly #context: SbomContext;
  readonly #packages = new Map<string, Package>();
  readonly #described = new Map<string, string | undefined>();
  /** Purl type -> packages of it whose release nobody tells. */
  readonly #unreleased = new Map<string, number>();
  #withoutPurl = 0;
  full = false;

  constructor(image: ImageSummary, distribution: Distribution | undefined, context: SbomContext) {
    this.#image = image;
    this.#distribution = distribution;
    this.#context = context;
  }

  add(element: SbomElement): void {
    const own = element.properties.get(`${propertyPrefix}ecosystem`) !== undefined;
    const purl = this.#parse(element, own);
    if (purl !== undefined && otherTypes.has(purl.type)) return;
    if (purl === undefined && !own) {
      this.#withoutPurl++;
      return;
    }
    const item = own ? this.#ownPackage(element) : this.#foreignPackage(element, purl!);
    const key = `${packageKey(item)}\n${item.hidden ?? false}`;
    const known = this.#packages.get(key);
    if (known !== undefined)
      this.#packages.set(key, { ...known, locations: [...known.locations, ...item.locations] });
    else this.#packages.set(key, item);
    if (this.#packages.size < sbomPackagesMax) return;
    this.full = true;
    this.#context.issues.add({
      code: 'too-many-packages',
      message: `Cannot read more than ${sbomPackagesMax} packages of one SBOM`,
      fatal: true,
    });
  }

  #parse({ purl, name }: SbomElement, own: boolean): Purl | undefined {
    if (purl === undefined) return undefined;
    try {
      return parsePurl(purl);
    } catch {
      if (!own)
        this.#context.issues.add({
          code: 'invalid-purl',
          message: `Cannot read the package URL ${JSON.stringify(purl.slice(0, 200))} of ${JSON.stringify(name.slice(0, 200))}`,
          fatal: true,
        });
      return undefined;
    }
  }

  /** Our own documents hold everything: nothing is derived. */
  #ownPackage({ name, version, purl, license, vendor, properties }: SbomElement): Package {
    return {
      name,
      version: version ?? '',
      ecosystem: '',
      purl: purl ?? '',
      ...(license === undefined ? {} : { license }),
      ...(vendor === undefined ? {} : { vendor }),
      locations: [],
      foundBy: 'sbom',
      ...readPackageProperties(properties, this.#image.layers),
    };
  }

  #foreignPackage(element: SbomElement, purl: Purl): Package {
    const derived = packageName(purl);
    // A purl's rules fold the case of some types' names; OSV's do not (Go's module paths).
    const name = element.name.toLowerCase() === derived.toLowerCase() ? element.name : derived;
    const version = packageVersion(purl) || (element.version ?? '');
    const architecture = purl.qualifiers?.['arch'];
    const source = distinctSource(upstreamSource(purl) ?? element.source, name, version);
    const module = moduleOf(purl);
    const layer = this.#layerOf(element.layerDiffId);
    return {
      name,
      version,
      ecosystem: this.#ecosystemOf(purl),
      purl: element.purl!,
      ...(architecture === undefined ? {} : { architecture }),
      ...(source === undefined ? {} : { source }),
      ...(element.license === undefined ? {} : { license: element.license }),
      ...(module === undefined ? {} : { module }),
      ...(element.vendor === undefined ? {} : { vendor: element.vendor }),
      locations: element.paths.map((path): Location => locate(path, layer, this.#image.layers)),
      ...(layer === undefined ? {} : { layer }),
      foundBy: 'sbom',
    };
  }

  #layerOf(diffId: string | undefined): number | undefined {
    if (diffId === undefined) return undefined;
    return this.#image.layers.find((layer) => layer.diffId === diffId)?.index;
  }

  #ecosystemOf(purl: Purl): string {
    if (!isDistributionPackage(purl)) return languageEcosystem(purl.type);
    const told = releaseOf(purl);
    const precise = told !== undefined && (told.version ?? told.codename) !== undefined;
    const ecosystem =
      (told === undefined ? undefined : this.#describe(told)) ??
      (precise ? undefined : this.#documentEcosystem(purl));
    if (ecosystem !== undefined) return ecosystem;
    const owner = purl.namespace ?? purl.type;
    this.#unreleased.set(owner, (this.#unreleased.get(owner) ?? 0) + 1);
    return owner;
  }

  /** The document's own distribution, unless the package says that it is of another. */
  #documentEcosystem(purl: Purl): string | undefined {
    const distribution = this.#distribution;
    if (distribution?.ecosystem === undefined) return undefined;
    const owner = purl.namespace?.split('/')[0];
    const same = owner === undefined || releaseId(owner) === distribution.id;
    return same ? distribution.ecosystem : undefined;
  }

  #describe(release: ToldRelease): string | undefined {
    const key = JSON.stringify([release.id, release.version, release.codename]);
    if (!this.#described.has(key))
      this.#described.set(key, this.#context.describe(release).ecosystem);
    return this.#described.get(key);
  }

  result(): CollectedPackages {
    const all = [...this.#packages.values()];
    return {
      packages: all.filter(({ hidden }) => !hidden),
      hiddenPackages: all.filter(({ hidden }) => hidden),
      gaps: this.#gaps(all.length),
    };
  }

  #gaps(packages: number): readonly CoverageGap[] {
    const gaps: CoverageGap[] = [...this.#unreleased].map(([owner, count]) => ({
      code: 'unknown-distribution',
      message: `${count} ${owner} packages in the SBOM belong to no release that Plimsoll knows: they cannot be judged`,
      subject: owner,
      hint: 'write the SBOM with a tool that states the distribution, e.g. as distro= in the package URLs',
      blocking: true,
    }));
    if (this.#withoutPurl > 0)
      gaps.push({
        code: 'component-without-purl',
        message: `${this.#withoutPurl} components of the SBOM have no usable package URL: they cannot be judged`,
        blocking: packages === 0,
      });
    if (packages === 0)
      gaps.push({
        code: 'no-packages',
        message: 'The SBOM names no package that could be judged',
        blocking: true,
      });
    return gaps;
  }
}
