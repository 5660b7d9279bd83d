import type { LoadExplainer } from './explanations.js';

/** What explains evaluations is a file of its own, which pages load when they need it. */
export const loadExplainer: LoadExplainer = () => import('./explain.js');
