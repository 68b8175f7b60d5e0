// SPDX-License-Identifier: Apache-2.0
// Which line of a Dockerfile made which entry of an image's history. Builders write one history
// entry per instruction of the final stage, in order, behind the base image's entries
// (https://docs.docker.com/reference/dockerfile/), so the two lists are aligned from their ends.
// A pair counts only while the entry's command agrees with the instruction: a Dockerfile of
// another image gets no line at all instead of wrong ones.
import { DockerfileParser, type Instruction } from 'dockerfile-ast';
import type { HistoryEntry } from '../../model/image.ts';

/** A Dockerfile is written by people; a larger one is something else, and its tree takes 300 times its text. */
export const dockerfileSizeBytesMax = 256 << 10;

interface Step {
  readonly keyword: string;
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** Instructions that make a history entry only with some builders. */
const optionalKeywords = new Set(['ARG', 'ONBUILD', 'MAINTAINER']);

function normalise(text: string): string {
  return text
    .replace(/\\\r?\n/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function finalStage(text: string): readonly Step[] {
  const instructions: readonly Instruction[] = DockerfileParser.parse(text).getInstructions();
  const last = instructions.findLastIndex((instruction) => instruction.getKeyword() === 'FROM');
  return instructions.slice(last + 1).map((instruction) => ({
    keyword: instruction.getKeyword(),
    text: normalise(instruction.getRawArgumentsContent() ?? ''),
    line: instruction.getRange().start.line + 1,
  }));
}

interface Command {
  readonly keyword: string;
  readonly text: string;
}

const buildkitMark = '# buildkit';

/**
 * The instruction in a history entry. The classic builder writes `/bin/sh -c #(nop)  CMD ["x"]`
 * and `/bin/sh -c make`; BuildKit `CMD ["x"]` and `RUN /bin/sh -c make # buildkit`.
 */
export function historyCommand(createdBy: string): Command {
  const written = createdBy.trimEnd();
  const isBuildkit = written.endsWith(buildkitMark);
  const text = normalise(isBuildkit ? written.slice(0, -buildkitMark.length) : written);
  const classic = /^(?:\/bin\/sh -c )?#\(nop\)\s*([A-Z]+) ?(.*)$/.exec(text);
  if (classic !== null) return { keyword: classic[1]!, text: classic[2]! };
  const buildkit = /^([A-Z]+) (.*)$/.exec(text);
  if (buildkit !== null) return { keyword: buildkit[1]!, text: withoutShell(buildkit[2]!) };
  return { keyword: 'RUN', text: withoutShell(text) };
}

/** Build arguments stand before the shell: `|1 VERSION=2 /bin/sh -c make`. */
function withoutShell(text: string): string {
  return text.replace(/^(?:\|\d+ .*?)?\/bin\/(?:ba)?sh -c /, '');
}

/** Files and variables are rewritten by builders, so only commands are compared by their text. */
function agrees(command: Command, step: Step): boolean {
  if (command.keyword !== step.keyword) return false;
  if (command.keyword !== 'RUN') return true;
  const wanted = step.text.replace(/^(--\S+ )+/, '');
  if (wanted.startsWith('<<') || wanted.startsWith('[')) return true;
  return command.text.includes(wanted);
}

/**
 * Line numbers, from 1, by index of the history entry. Empty when the Dockerfile does not fit: one
 * pair that disagrees ends the alignment, and unless it reached the stage's first instruction
 * nothing of it is believed.
 */
export function dockerfileLines(
  text: string,
  history: readonly HistoryEntry[],
): ReadonlyMap<number, number> {
  const lines = new Map<number, number>();
  const steps = finalStage(text);
  let at = history.length - 1;
  for (const step of steps.toReversed()) {
    const entry = history[at];
    const fits = entry?.createdBy !== undefined && agrees(historyCommand(entry.createdBy), step);
    if (fits) lines.set(at--, step.line);
    else if (!optionalKeywords.has(step.keyword)) return new Map();
  }
  return lines;
}
