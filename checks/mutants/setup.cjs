// The same examples in each run, and no search for smaller ones: a mutant is noticed either way.
require('fast-check').configureGlobal({ endOnFailure: true, seed: 20261128 });
