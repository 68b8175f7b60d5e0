// SPDX-License-Identifier: Apache-2.0
// The tables of CVSS 4.0: https://www.first.org/cvss/v4.0/specification-document section 8, as
// published with FIRST's calculator.

/** Scores of the 270 MacroVectors. Row: EQ1 EQ2 EQ3; columns: EQ4 EQ5 EQ6 as in `columns`; `-`: none. */
const columns = '000 001 010 011 020 021 100 101 110 111 120 121 200 201 210 211 220 221'.split(
  ' ',
);
const rows: Readonly<Record<string, string>> = {
  '000': '10 9.9 9.8 9.5 9.5 9.2 10 9.6 9.3 8.7 9.1 8.1 9.3 9 8.9 8 8.1 6.8',
  '001': '9.8 9.5 9.5 9.2 9 8.4 9.3 9.2 8.9 8.1 8.1 6.5 8.8 8 7.8 7 6.9 4.8',
  '002': '- 9.2 - 8.2 - 7.2 - 7.9 - 6.9 - 5 - 6.9 - 5.5 - 2.7',
  '010': '9.9 9.7 9.5 9.2 9.2 8.5 9.5 9.1 9 8.3 8.4 7.1 9.2 8.1 8.2 7.1 7.2 5.3',
  '011': '9.5 9.3 9.2 8.5 8.5 7.3 9.2 8.2 8 7.2 7 5.9 8.4 7 7.1 5.2 5 3',
  '012': '- 8.6 - 7.5 - 5.2 - 7.1 - 5.2 - 2.9 - 6.3 - 2.9 - 1.7',
  '100': '9.8 9.5 9.4 8.7 9.1 8.1 9.4 8.9 8.6 7.4 7.7 6.4 8.7 7.5 7.4 6.3 6.3 4.9',
  '101': '9.4 8.9 8.8 7.7 7.6 6.7 8.6 7.6 7.4 5.8 5.9 5 7.2 5.7 5.7 5.2 5.2 2.5',
  '102': '- 8.3 - 7 - 5.4 - 6.5 - 5.8 - 2.6 - 5.3 - 2.1 - 1.3',
  '110': '9.5 9 8.8 7.6 7.6 7 9 7.7 7.5 6.2 6.1 5.3 7.7 6.6 6.8 5.9 5.2 3',
  '111': '8.9 7.8 7.6 6.7 6.2 5.8 7.4 5.9 5.7 5.7 4.7 2.3 6.1 5.2 5.7 2.9 2.4 1.6',
  '112': '- 7.1 - 5.9 - 3 - 5.8 - 2.6 - 1.5 - 2.3 - 1.3 - 0.6',
  '200': '9.3 8.7 8.6 7.2 7.5 5.8 8.6 7.4 7.4 6.1 5.6 3.4 7 5.4 5.2 4 4 2.2',
  '201': '8.5 7.5 7.4 5.5 6.2 5.1 7.2 5.7 5.5 4.1 4.6 1.9 5.3 3.6 3.4 1.9 1.9 0.8',
  '202': '- 6.4 - 5.1 - 2 - 4.7 - 2.1 - 1.1 - 2.4 - 0.9 - 0.4',
  '210': '8.8 7.5 7.3 5.3 6 5 7.3 5.5 5.9 4 4.1 2 5.4 4.3 4.5 2.2 2 1.1',
  '211': '7.5 5.5 5.8 4.5 4 2.1 6.1 5.1 4.8 1.8 2 0.9 4.6 1.8 1.7 0.7 0.8 0.2',
  '212': '- 5.3 - 2.4 - 1.4 - 2.4 - 1.2 - 0.5 - 1 - 0.3 - 0.1',
};

/** By the six digits of a MacroVector. */
export const macroVectorScores: ReadonlyMap<string, number> = new Map(
  Object.entries(rows).flatMap(([row, scores]) =>
    scores
      .split(' ')
      .map((score, index) => [`${row}${columns[index]!}`, Number(score)] as const)
      .filter(([, score]) => !Number.isNaN(score)),
  ),
);

/** Table 24 onwards: the highest severity vectors of each level, one equivalence class each. */
export const highestVectors = {
  eq1: [
    'AV:N/PR:N/UI:N',
    'AV:A/PR:N/UI:N AV:N/PR:L/UI:N AV:N/PR:N/UI:P',
    'AV:P/PR:N/UI:N AV:A/PR:L/UI:P',
  ],
  eq2: ['AC:L/AT:N', 'AC:H/AT:N AC:L/AT:P'],
  /** By EQ3 and EQ6, which depend on each other. */
  eq3eq6: {
    '00': 'VC:H/VI:H/VA:H/CR:H/IR:H/AR:H',
    '01': 'VC:H/VI:H/VA:L/CR:M/IR:M/AR:H VC:H/VI:H/VA:H/CR:M/IR:M/AR:M',
    '10': 'VC:L/VI:H/VA:H/CR:H/IR:H/AR:H VC:H/VI:L/VA:H/CR:H/IR:H/AR:H',
    '11':
      'VC:L/VI:H/VA:L/CR:H/IR:M/AR:H VC:L/VI:H/VA:H/CR:H/IR:M/AR:M VC:H/VI:L/VA:H/CR:M/IR:H/AR:M ' +
      'VC:H/VI:L/VA:L/CR:M/IR:H/AR:H VC:L/VI:L/VA:H/CR:H/IR:H/AR:M',
    '21': 'VC:L/VI:L/VA:L/CR:H/IR:H/AR:H',
  },
  eq4: ['SC:H/SI:S/SA:S', 'SC:H/SI:H/SA:H', 'SC:L/SI:L/SA:L'],
} as const;

/** Depth of a level: steps from its highest vector to its lowest. */
export const depths = {
  eq1: [1, 4, 5],
  eq2: [1, 2],
  eq3eq6: { '00': 7, '01': 6, '10': 8, '11': 8, '21': 10 },
  eq4: [6, 5, 4],
} as const;

/** Values of a metric from the most severe down: steps are counted along them. */
export const severityOrder: Readonly<Record<string, string>> = {
  AV: 'NALP',
  PR: 'NLH',
  UI: 'NPA',
  AC: 'LH',
  AT: 'NP',
  VC: 'HLN',
  VI: 'HLN',
  VA: 'HLN',
  SC: 'SHLN',
  SI: 'SHLN',
  SA: 'SHLN',
  CR: 'HML',
  IR: 'HML',
  AR: 'HML',
};
