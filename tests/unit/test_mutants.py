"""The list of mutants is one of today's tree."""

import pytest

from tests.mutants.table import MUTANTS, ROOT, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_mutant_changes_one_place_of_todays_tree(mutant: Mutant) -> None:
    assert mutant.faults(ROOT) == []


def test_mutants_have_names_of_their_own() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
