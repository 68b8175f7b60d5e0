// SPDX-License-Identifier: Apache-2.0
// Damage found in foreign data while the rest of it could still be used.

export interface Issue {
  /** Stable, kebab-case: `truncated-archive`, `bare-whiteout`, `too-many-entries`, ... */
  readonly code: string;
  /** One sentence, action first, values quoted. */
  readonly message: string;
  /** True when part of the result is missing because of it; a warning otherwise. */
  readonly fatal: boolean;
  /** What it was found in: a path, a layer digest, a file name. */
  readonly where?: string;
}

/** Where parsers put what they find; bounded, so that hostile input cannot fill the memory. */
export interface IssueSink {
  add(issue: Issue): void;
}

/** Keeps the first issues of a list and counts the rest. */
export class IssueList implements IssueSink {
  /** Beyond this many, issues of a result only count. */
  static readonly kept = 1000;
  readonly #issues: Issue[] = [];
  #dropped = 0;
  #droppedFatal = false;

  add(issue: Issue): void {
    if (this.#issues.length < IssueList.kept) {
      this.#issues.push(issue);
      return;
    }
    this.#dropped++;
    this.#droppedFatal ||= issue.fatal;
  }

  addAll(issues: Iterable<Issue>): void {
    for (const issue of issues) this.add(issue);
  }

  get hasFatal(): boolean {
    return this.#droppedFatal || this.#issues.some((issue) => issue.fatal);
  }

  /** All kept issues, and one more that says how many were not kept. */
  toArray(): readonly Issue[] {
    if (this.#dropped === 0) return [...this.#issues];
    const message = `${this.#dropped} further issues are not listed`;
    return [...this.#issues, { code: 'issues-dropped', message, fatal: this.#droppedFatal }];
  }
}
