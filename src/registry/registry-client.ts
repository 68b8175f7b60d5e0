// SPDX-License-Identifier: Apache-2.0
// The pull side of the OCI distribution protocol at one endpoint.
// https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md
import { manifestSizeBytesMax } from '../formats/oci/manifest.ts';
import { acceptedManifests } from '../formats/oci/media-types.ts';
import { digestOf, verifyDocument } from '../formats/oci/verify-document.ts';
import { digestAlgorithm, isDigest, type Digest } from '../model/digest.ts';
import { PlimsollError } from '../model/errors.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../network/http.ts';
import { Authorizer } from './authorizer.ts';
import type { Endpoint } from './endpoints.ts';
import { registryError } from './registry-error.ts';
import { resumableBlob, type BlobName } from './resumable-blob.ts';

export interface FetchedManifest {
  readonly bytes: Uint8Array;
  /** As the server announces it. */
  readonly mediaType: string;
  /** Verified. */
  readonly digest: Digest;
}

export class RegistryClient {
  readonly endpoint: Endpoint;
  readonly #http: HttpClient;
  readonly #authorizer: Authorizer;

  constructor(
    http: HttpClient,
    endpoint: Endpoint,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.#http = http;
    this.endpoint = endpoint;
    this.#authorizer = new Authorizer(http, endpoint, env);
  }

  /**
   * @param name A tag or a digest.
   * @throws `not-found`, `unauthorized`, `network`, `limit`, `digest-mismatch`.
   */
  async manifest(name: string, signal?: AbortSignal): Promise<FetchedManifest> {
    const what = `manifest ${JSON.stringify(name)}`;
    const headers = { accept: acceptedManifests };
    const response = await this.#get(`manifests/${name}`, { headers, signal }, what);
    const bytes = await response.bytes(manifestSizeBytesMax);
    const claimed = response.headers['docker-content-digest'];
    if (isDigest(name)) verifyDocument(bytes, name, 'manifest');
    // A tag's digest is what we compute; a server that claims another has sent damaged bytes.
    else if (isDigest(claimed)) verifyDocument(bytes, claimed, 'manifest');
    const algorithm = isDigest(claimed) ? digestAlgorithm(claimed) : 'sha256';
    return {
      bytes,
      mediaType: response.headers['content-type'] ?? '',
      digest: isDigest(name) ? name : digestOf(bytes, algorithm),
    };
  }

  /** A small blob, verified. @throws as `manifest` does. */
  async document(blob: BlobName, sizeBytesMax: number, signal?: AbortSignal): Promise<Uint8Array> {
    const response = await this.#get(`blobs/${blob.digest}`, { signal }, `blob ${blob.digest}`);
    const bytes = await response.bytes(sizeBytesMax);
    verifyDocument(bytes, blob.digest, 'blob');
    return bytes;
  }

  /**
   * A blob as it streams in; a connection that breaks is taken up where it broke. Exactly as many
   * bytes as the descriptor says, or an error; the digest is for the reader to verify.
   */
  blob(blob: BlobName, signal?: AbortSignal): AsyncIterable<Uint8Array> {
    const what = `blob ${blob.digest}`;
    return resumableBlob(blob, (offset) =>
      this.#get(
        `blobs/${blob.digest}`,
        { signal, ...(offset === 0 ? {} : { headers: { range: `bytes=${offset}-` } }) },
        what,
      ),
    );
  }

  /** Whether the registry itself holds the blob. */
  async hasBlob(digest: Digest, signal?: AbortSignal): Promise<boolean> {
    const response = await this.#request(`blobs/${digest}`, { method: 'HEAD', signal });
    await response.discard();
    return response.status === 200;
  }

  async #get(path: string, request: Omit<HttpRequest, 'url'>, what: string): Promise<HttpResponse> {
    const response = await this.#request(path, request);
    if (response.status === 200 || response.status === 206) return response;
    throw await registryError(response, what, this.endpoint, this.#authorizer.hint);
  }

  async #request(path: string, request: Omit<HttpRequest, 'url'>): Promise<HttpResponse> {
    const url = `${this.endpoint.baseUrl}/v2/${this.endpoint.repository}/${path}`;
    const response = await this.#http.request(this.#authorized(url, request));
    const challenge = response.headers['www-authenticate'];
    if (response.status !== 401 || challenge === undefined) return response;
    // Only the registry may ask for its credentials: a redirect leads to storage, or to anybody, and
    // whoever answers there could name a token server of his own.
    if (new URL(response.url).origin !== new URL(this.endpoint.baseUrl).origin) return response;
    // At the first request, and again when a token has expired meanwhile.
    if (!(await this.#authorizer.answer(challenge, request.signal))) return response;
    await response.discard();
    return this.#http.request(this.#authorized(url, request));
  }

  #authorized(url: string, request: Omit<HttpRequest, 'url'>): HttpRequest {
    const authorization = this.#authorizer.header;
    const headers = {
      ...request.headers,
      ...(authorization === undefined ? {} : { authorization }),
    };
    return { ...request, url, headers };
  }
}

/** Ends the use of a name that no endpoint knows. */
export function noEndpointAnswered(errors: readonly unknown[]): unknown {
  // What the registry itself said says more than what its mirrors did.
  return errors.at(-1) ?? new PlimsollError('network', 'Cannot fetch image: no registry was asked');
}
