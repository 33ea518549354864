"""What people call the parts of a report: names of staff and teams, labels of types and channels."""

from tingjian.intake.types.models import display_label
from tingjian.intake.types.storage import list_types
from tingjian.people.staff.storage import list_staff, list_teams
from tingjian.platform import texts
from tingjian.platform.store import Store
from tingjian.platform.texts import Language
from tingjian.report.figures.models import REST, Dimension, FigurePart, PeriodFigures

Labels = dict[Dimension, dict[str, str]]


def load_labels(store: Store, language: Language) -> Labels:
    """The names of everything that has one, in a language; a customer is shown by id. Three calls at most."""
    channels = {
        key.removeprefix("channel."): label
        for key, label in texts.catalogue(language).items()
        if key.startswith("channel.")
    }
    return {
        "type": {kind.key: display_label(kind.labels, language, kind.key) for kind in list_types(store)},
        "channel": channels,
        "team": {team.id: team.name for team in list_teams(store)},
        "person": {person.id: person.name for person in list_staff(store)},
    }


def label_figures(figures: PeriodFigures, labels: Labels, language: Language) -> PeriodFigures:
    """The figures with a label on each part; a key that nobody named is its own label."""
    return figures.model_copy(
        update={
            f"by_{dimension}": tuple(
                _labelled_part(part, labels.get(dimension, {}), dimension, language) for part in parts
            )
            for dimension, parts in breakdowns(figures).items()
        }
    )


def breakdowns(figures: PeriodFigures) -> dict[Dimension, tuple[FigurePart, ...]]:
    """The parts by dimension, as they are shown one after the other."""
    return {
        "type": figures.by_type,
        "channel": figures.by_channel,
        "team": figures.by_team,
        "person": figures.by_person,
        "customer": figures.by_customer,
        "day": figures.by_day,
    }


def _labelled_part(part: FigurePart, names: dict[str, str], dimension: Dimension, language: Language) -> FigurePart:
    if part.key == REST and dimension == "customer":
        label = texts.text("report.rest", language)
    else:
        label = names.get(part.key) or part.key or texts.text("report.nobody", language)
    return part.model_copy(update={"label": label})
