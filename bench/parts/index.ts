import { allFlags } from './all-flags.js';
import { coldStart } from './cold-start.js';
import { evaluation } from './evaluation.js';
import { fanOut } from './fan-out.js';
import { json } from './json.js';
import { load } from './load.js';
import { longBlocks } from './long-blocks.js';
import type { Part } from './part.js';

/** The letters of the plan. */
export const parts: Readonly<Record<string, Part>> = {
  A: evaluation,
  B: allFlags,
  C: load,
  D: coldStart,
  E: fanOut,
  G: longBlocks,
  J: json,
};
