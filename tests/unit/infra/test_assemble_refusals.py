"""Each thing that the assembly refuses, with its sentence."""

import pytest

from infra.assemble.checks import refusals
from tests.unit.infra.folders import TAGS, TAGS_TEXTS, Project

RIGHT = "from tingjian.platform.rights import OWN, Right\n"
FACT = """
from tingjian.platform.facts import Fact


class {name}(Fact):
    '''It happened.'''
    public = "{public}"
"""
FUNCTION = "def work(*arguments): ...\n"
ROUTES = """
from tingjian.platform.http import Here, public, resolver, staff
from tingjian.platform.models import Frozen
from tingjian.platform.rights import OWN, Right

app = resolver()
STRAY = Right("{right}", {{"agent": OWN}})


class Tag(Frozen):
    other: int


@app.{method}("{path}", **{options})
def route(call: Here) -> {answer}: ...
"""


def routes(
    method: str = "get",
    path: str = "/v1/others",
    options: str = "public()",
    answer: str = "None",
    right: str = "others.read",
) -> dict[str, str]:
    source = ROUTES.format(method=method, path=path, options=options, answer=answer, right=right)
    return {"routes": source.replace("call: Here", "call: Here, tag: str") if "<tag>" in path else source}


def served(name: str, wing: str = "intake", more: str = "") -> str:
    return f"from tingjian.made.{name}.routes import app, STRAY\nFEATURE = Feature(http=Http('{wing}', app), {more})\n"


@pytest.fixture
def tags(project: Project) -> Project:
    project.feature("made/tags", TAGS, TAGS_TEXTS)
    return project


def test_sound_feature_is_not_refused(tags: Project) -> None:
    assert [sentence for sentence in refusals(tags.house()) if "made/tags" in sentence] == []


def test_folder_without_a_declaration_is_refused(project: Project) -> None:
    project.feature("made/bare", {"models": ""})

    assert "made/bare has models or routes and no feature.py: declare the feature." in refusals(project.house())


@pytest.mark.parametrize(
    ("declaration", "modules", "sentence"),
    [
        (
            "from tingjian.made.other.work import work\nFEATURE = Feature(timers=(Timer('tag', work),))",
            {"work": FUNCTION},
            "The kind of timer tag is declared more than once: by made/other and made/tags.",
        ),
        (
            "from tingjian.made.other.work import work\nFEATURE = Feature(mails=(Mail('tag', work),))",
            {"work": FUNCTION},
            "The template of messages tag is declared more than once: by made/other and made/tags.",
        ),
        (
            f"{RIGHT}FEATURE = Feature(rights=(Right('tags.read', {{}}),))",
            {},
            "The right tags.read is declared more than once: by made/other and made/tags.",
        ),
        (
            "from tingjian.made.other.facts import TagSet\nFEATURE = Feature(facts=(TagSet,))",
            {"facts": FACT.format(name="TagSet", public="")},
            "The fact TagSet is declared more than once: by made/other and made/tags.",
        ),
        (
            "from tingjian.made.other.facts import Other\nFEATURE = Feature(facts=(Other,))",
            {"facts": FACT.format(name="Other", public="tag.set")},
            "The type of webhook tag.set is declared more than once: by made/other and made/tags.",
        ),
        (
            "FEATURE = Feature(notices=('tag_set',))",
            {},
            "The kind of notice tag_set is declared more than once: by made/other and made/tags.",
        ),
        (
            "FEATURE = Feature(timers=(Timer('other', lambda: None),))",
            {},
            "made/other names tingjian.made.other.feature:<lambda>, which is no function of a module.",
        ),
        (
            (
                "from tingjian.made.other.facts import Other\nfrom tingjian.made.other.work import work\n"
                "FEATURE = Feature(listeners=(Listener(Other, work),))"
            ),
            {"facts": FACT.format(name="Other", public=""), "work": FUNCTION},
            "made/other listens to Other, which no feature declares.",
        ),
        (
            f"{RIGHT}FEATURE = Feature(rights=(Right('others.read', {{}}),))",
            {},
            "The right others.read of made/other guards no route.",
        ),
        (
            served("other"),
            routes(options="staff(STRAY)"),
            "GET /v1/others needs the right others.read, which no feature declares.",
        ),
        (
            served("other", more="rights=(STRAY,)"),
            routes(path="/v1/tags", options="staff(STRAY)"),
            "GET /v1/tags is declared by tingjian.made.other.routes and by tingjian.made.tags.routes.",
        ),
        (
            served("other", wing="report", more="rights=(STRAY,)"),
            routes(path="/v1/tags", method="post", options="staff(STRAY)"),
            "/v1/tags is served by intake and by report: a path has one door.",
        ),
        (
            served("other"),
            routes(path="/v1/tags/free"),
            (
                "/v1/tags and /v1/tags/free share a noun and only one is for everybody: "
                "move the public one below /v1/public/."
            ),
        ),
        (
            served("other"),
            routes(answer="Tag"),
            "made/other and made/tags use the name Tag for different models: rename one.",
        ),
        (
            "FEATURE = Feature(places=(Place('other', 'tag#<number>', 'tag'),))",
            {},
            "The keys of other (made/other: tag#<number>, tag) and of tag (made/tags: tag#<id>, tag) collide.",
        ),
        (
            "FEATURE = Feature(places=(Place('other', 'tag#<number>', 'tag#<time>#<id>'),))",
            {},
            (
                "The keys of other (made/other: tag#<number>, tag#<time>#<id>) and of tag (made/tags: tag#<id>, tag) "
                "collide."
            ),
        ),
        (
            "FEATURE = Feature(places=(Place('other', 'other#<id>', 'other', {'queue': 'tags@<person>'}),))",
            {},
            "other (made/other) and tag (made/tags) stand in the same partition tags@<person> of the index queue.",
        ),
        (
            "FEATURE = Feature(notices=('unwritten',))",
            {},
            "made/other uses the text notice.unwritten, which no texts.json has.",
        ),
        (
            "FEATURE = Feature()",
            {"actions": "from tingjian.platform.errors import invalid\n\n\ndef act():\n    raise invalid('', 'odd')\n"},
            "made/other/actions.py uses the text field.odd, which no texts.json has.",
        ),
        (
            "FEATURE = Feature()",
            {"actions": "from tingjian.platform.texts import Phrase\n\nSAID = Phrase('tag.odd', n=1)\n"},
            "made/other/actions.py uses the text tag.odd, which no texts.json has.",
        ),
        (
            "import tingjian.made.other.models\nFEATURE = Feature()",
            {
                "models": "from tingjian.platform.errors import NotFoundError\n\n\n"
                "class GoneError(NotFoundError):\n    code = 'other_gone'\n"
            },
            "tingjian.made.other.models.GoneError uses the text error.other_gone, which no texts.json has.",
        ),
    ],
)
def test_declaration_is_refused(tags: Project, declaration: str, modules: dict[str, str], sentence: str) -> None:
    tags.declared("made/other", declaration, modules)

    assert sentence in refusals(tags.house())


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (
            '{"tag.odd": {"zh-CN": "标签", "en": "Tag"}}',
            "The text tag.odd of made/other/texts.json is missing in zh-TW.",
        ),
        (
            '{"tag.odd": {"zh-CN": "标签", "zh-TW": " ", "en": "Tag"}}',
            "The text tag.odd of made/other/texts.json is missing in zh-TW.",
        ),
        (
            '{"tag.odd": {"zh-CN": "标签", "zh-TW": "標籤", "en": "Tag {n}"}}',
            "The text tag.odd of made/other/texts.json has other parameters in en than in zh-CN.",
        ),
        (TAGS_TEXTS, "The text notice.tag_set stands in made/other/texts.json and in made/tags/texts.json."),
    ],
)
def test_text_is_refused(tags: Project, texts: str, sentence: str) -> None:
    tags.feature("made/other", {"feature": "from tingjian.platform.features import *\nFEATURE = Feature()\n"}, texts)

    assert sentence in refusals(tags.house())


def test_two_models_of_one_name_in_a_feature_are_refused(tags: Project) -> None:
    second = "from tingjian.platform.models import Frozen\n\n\nclass Tag(Frozen):\n    third: int\n"
    both = routes(answer="Tag | second.Tag")["routes"].replace(
        "app = ", "from tingjian.made.other import second\napp = "
    )
    tags.declared("made/other", served("other"), {"routes": both, "second": second})

    assert "made/other has two models of the name Tag: rename one." in refusals(tags.house())


def test_two_operations_of_one_name_are_refused(tags: Project) -> None:
    source = routes(path="/v1/tags/free", options="staff(STRAY)")["routes"].replace("def route", "def list_tags")
    tags.declared("made/other", served("other", more="rights=(STRAY,)"), {"routes": source})

    assert (
        "tingjian.made.tags.routes:list_tags and tingjian.made.other.routes:list_tags are one operation "
        "tags_list_tags in the document: rename one."
    ) in refusals(tags.house())


def test_door_that_is_not_deployed_is_refused(tags: Project) -> None:
    template = (tags.root / "template.yaml").read_text(encoding="utf-8")
    tags.write("template.yaml", template.replace("functions.intake.api.handler", "functions.intake.worker.handler"))

    assert "Features are served by the door intake.api, which template.yaml does not deploy." in refusals(tags.house())


def test_two_names_of_one_parameter_are_refused(tags: Project) -> None:
    source = routes(path="/v1/tags/<tag>", method="post", options="staff(STRAY)")["routes"]
    tags.declared(
        "made/other",
        served("other", more="rights=(STRAY,)"),
        {"routes": source.replace("<tag>", "<name>").replace("tag: str", "name: str")},
    )

    assert any("are one path with two names of its parameters." in sentence for sentence in refusals(tags.house()))
