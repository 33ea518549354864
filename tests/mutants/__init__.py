"""One-line faults that the fast tests must notice: `make mutants` makes each of them in a copy of the house."""
