// SPDX-License-Identifier: Apache-2.0
// The program's version; a test holds it against package.json.
export const version = '0.1.0';
