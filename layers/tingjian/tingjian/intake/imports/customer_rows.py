"""The customers' own import: a row a customer, found by phone or address where we know them, added where not."""

from collections.abc import Sequence

from tingjian.intake.imports.case_outcomes import CaseOutcome
from tingjian.intake.imports.case_writer import CaseWriter
from tingjian.intake.imports.cases import LogRow
from tingjian.intake.imports.models import Batch, Tally
from tingjian.intake.imports.parties import Party
from tingjian.intake.imports.row_reader import RowReader
from tingjian.intake.imports.storage import put_batch


def write_customers(writer: CaseWriter, rows: Sequence[tuple[str, Sequence[LogRow]]], *, place: int) -> CaseOutcome:
    """Add the customers of these rows that are unknown; the known ones stay as they are."""
    reader = RowReader(writer.record.mapping, writer.known)
    told = [reader.contacts(row) for _, entries in rows for row in entries]
    found = writer.parties.customers(told)
    made: dict[str, Party] = {identifier: party for identifier, party in found if party}
    present = set(writer.store.get_many([party.key for party in made.values()]))
    absent = [party for party in made.values() if party.key not in present]
    if not writer.dry:
        keys = tuple((party.key.pk, party.key.sk) for party in absent)
        put_batch(writer.store, writer.record.id, Batch(part=writer.part, place=place, parties=keys))
        writer.parties.add(absent)
    tally = Tally(cases=len(told), events=len(told), written=len(absent), present=len(told) - len(absent))
    return CaseOutcome(tally, [])
