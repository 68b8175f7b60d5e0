// SPDX-License-Identifier: Apache-2.0
// Loaded before the tests when PLIMSOLL_FUZZ_SEED is set: property tests then try the same cases in
// every run. CI does, so that a change is judged by what it changes; everybody else's runs explore.
import { configureGlobal } from 'fast-check';

const seed = Number(process.env['PLIMSOLL_FUZZ_SEED']);
if (Number.isInteger(seed)) configureGlobal({ seed });
