"""What is made of a made-up feature's declaration."""

import json
import re
from typing import Any

import pytest
import yaml

from infra.assemble import __main__ as command
from infra.assemble.catalogues import compiled_texts
from infra.assemble.files import MarkMissingError, differing, with_block, write
from infra.assemble.filters import reader_filters
from infra.assemble.gateway import api_template
from infra.assemble.house import UndeclaredError
from infra.assemble.openapi import document
from infra.assemble.papers import papers
from infra.assemble.roles import roles_template
from infra.assemble.tables import door_tables, platform_table
from tests.template.templates import Loader
from tests.unit.infra.folders import TAGS, TAGS_TEXTS, Project


@pytest.fixture
def tags(project: Project) -> Project:
    project.feature("made/tags", TAGS, TAGS_TEXTS)
    return project


def constants(source: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    exec(compile(source, "assembled", "exec"), values)  # noqa: S102 - it is ours
    return values


def test_door_finds_the_modules_of_its_routes(tags: Project) -> None:
    tables = {name: constants(text) for name, text in door_tables(tags.house()).items()}

    assert tables["functions/intake/assembled.py"]["ROUTES"] == {
        "/v1/public/tags": {"GET": "tingjian.made.tags.routes"},
        "/v1/tags": {"GET": "tingjian.made.tags.routes"},
        "/v1/tags/{tag}": {"DELETE": "tingjian.made.tags.routes", "PUT": "tingjian.made.tags.routes"},
    }
    assert tables["functions/report/assembled.py"]["ROUTES"] == {}


def test_doors_find_timers_mails_and_listeners_by_reference(tags: Project) -> None:
    tables = {name: constants(text) for name, text in door_tables(tags.house()).items()}

    assert tables["functions/escalation/assembled.py"]["TIMERS"] == {"tag": "tingjian.made.tags.work:fire"}
    assert tables["functions/escalation/assembled.py"]["MAILS"] == {"tag": "tingjian.made.tags.work:write"}
    assert tables["functions/survey/assembled.py"]["LISTENERS"] == {"TagSet": ("tingjian.made.tags.work:hear",)}
    assert tables["functions/survey/assembled.py"]["IMPORTED"] == {"tingjian.made.tags.work:hear"}


def test_platform_knows_rights_webhooks_and_notices(tags: Project) -> None:
    [text] = platform_table(tags.house()).values()
    table = constants(text)

    assert table["RIGHTS"] == {"tags.read": {"agent": 2}}
    assert table["WEBHOOK_TYPES"] == ("tag.set",)
    assert table["NOTICE_KINDS"] == ("tag_set",)


def test_api_leads_to_the_wing_that_serves(tags: Project) -> None:
    [text] = api_template(tags.house()).values()
    routes = yaml.load(text, Loader)["Resources"]  # noqa: S506 - a safe loader, with our tags

    assert routes["TagsRoute"]["Properties"]["RouteKey"] == "ANY /v1/tags"
    assert routes["TagsItemRoute"]["Properties"]["RouteKey"] == "ANY /v1/tags/{proxy+}"
    assert routes["TagsItemRoute"]["Properties"]["AuthorizationType"] == "JWT"
    assert routes["PublicTagsRoute"]["Properties"]["AuthorizationType"] == "NONE"
    assert routes["Staff"]["Type"] == "AWS::ApiGatewayV2::Authorizer"


ROUTES = """
    from tingjian.made.tags.rights import READ
    from tingjian.platform.http import Here, resolver, staff

    app = resolver()


    @app.get("{path}", **staff(READ))
    def show(call: Here) -> None: ...
"""
SERVED = """
from tingjian.made.other.routes import app
FEATURE = Feature(http=Http("report", app))
"""


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/v1/tags/<tag>/uses", {"TagsTagUses": "Report"}),
        ("/v1/tags/counts", {"TagsCounts": "Report", "TagsTag": "Intake"}),
    ],
)
def test_path_of_another_wing_below_a_noun_has_a_route_of_its_own(
    tags: Project, path: str, own: dict[str, str]
) -> None:
    source = ROUTES.format(path=path).replace("call: Here", "call: Here, tag: str" if "<tag>" in path else "call: Here")
    tags.declared("made/other", SERVED, {"routes": source})

    [text] = api_template(tags.house()).values()
    routes = yaml.load(text, Loader)["Resources"]  # noqa: S506 - a safe loader, with our tags
    targets = {
        name.removesuffix("Route"): route["Properties"]["Target"]["Fn::Sub"].removeprefix("integrations/").strip("${}")
        for name, route in routes.items()
        if name.startswith("Tags")
    }

    assert targets == {"Tags": "Intake", "TagsItem": "Intake"} | own


def test_role_allows_what_the_parts_of_a_door_touch(tags: Project) -> None:
    [text] = roles_template(tags.house()).values()
    roles = yaml.load(text, Loader)["Resources"]  # noqa: S506 - a safe loader, with our tags
    granted = {
        (action, json.dumps(statement.get("Resource", statement.get("NotResource"))))
        for statement in roles["IntakeApiRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    }

    assert granted == {
        ("logs:CreateLogStream", '{"Ref": "IntakeLogsArn"}'),
        ("logs:PutLogEvents", '{"Ref": "IntakeLogsArn"}'),
        ("dynamodb:GetItem", '{"Ref": "DeskArn"}'),
        ("dynamodb:BatchGetItem", '{"Ref": "DeskArn"}'),
        ("dynamodb:Query", '{"Ref": "DeskArn"}'),
        ("dynamodb:PutItem", '{"Ref": "DeskArn"}'),
        ("dynamodb:Query", '{"Fn::Sub": "${DeskArn}/index/queue"}'),
        ("s3:PutObject", '{"Fn::Sub": "${FilesArn}/tags/*"}'),
        ("secretsmanager:GetSecretValue", '{"Ref": "SecretArn"}'),
    }


def test_role_says_why_it_takes_every_resource(tags: Project) -> None:
    [text] = roles_template(tags.house()).values()
    lines = text.splitlines()
    wide = [place for place, line in enumerate(lines) if re.search(r'Resource: "\*"|NotResource', line)]

    assert len(wide) == 5
    assert all("#" in "".join(lines[max(0, place - 10) : place]) for place in wide)


def test_role_says_what_else_an_action_is_for_unless_it_is_called_anyway(project: Project) -> None:
    explained = 'Access("desk", ("dynamodb:GetItem", "dynamodb:DeleteItem"), why="For a day that never comes.")'
    declaration = TAGS["feature"].replace("touches=(READS_DESK,", f"touches=(READS_DESK, {explained},")
    project.feature("made/tags", TAGS | {"feature": declaration}, TAGS_TEXTS)
    [text] = roles_template(project.house()).values()

    place = text.splitlines().index(" " * 14 + "# For a day that never comes.")

    assert text.splitlines()[place + 1].strip() == (
        "- {Effect: Allow, Action: [dynamodb:DeleteItem], Resource: !Ref DeskArn}"
    )


def test_reader_hears_of_the_facts_that_somebody_listens_to(tags: Project) -> None:
    [text] = reader_filters(tags.house()).values()
    template = yaml.load(text, Loader)  # noqa: S506 - a safe loader, with our tags
    [source] = template["Resources"]["SurveyStreamFunction"]["Properties"]["Events"].values()
    images = [
        json.loads(one["Pattern"])["dynamodb"]["NewImage"] for one in source["Properties"]["FilterCriteria"]["Filters"]
    ]

    assert images[0]["name"] == {"S": ["TagSet"]}
    assert images[0]["imported"] == {"BOOL": [{"exists": False}], "S": [{"exists": False}]}
    assert images[1] == {"name": {"S": ["TagSet"]}}


def test_documents_say_who_may_what_happens_and_where_it_stands(tags: Project) -> None:
    found = papers(tags.house())

    assert "| `tags.read` | team | | | | | | |" in found["docs/rights.md"]
    assert "| `tags.read` | PUT | `/v1/tags/{tag}` | Edit a tag. It has a name. |" in found["docs/rights.md"]
    assert (
        "Of made/tags; schema version 2; public as `tag.set`; heard by `tingjian.made.tags.work:hear`"
        in (found["docs/events.md"])
    )
    assert "| `colour` | string or null | may be missing | |" in found["docs/events.md"]
    assert (
        "| made/tags | tag | `tag#<id>` | `tag` | queue (`tags@<team>`), due (`<shard>`) | one a tag |"
        in (found["docs/data-model.md"])
    )


def test_api_document_has_what_the_resolver_and_the_functions_say(tags: Project) -> None:
    made = document(tags.house())
    listed, edited = made["paths"]["/v1/tags"]["get"], made["paths"]["/v1/tags/{tag}"]["put"]

    assert listed["summary"] == "List the tags."
    assert listed["description"] == "Needs the right `tags.read`: agent (team)."
    assert listed["parameters"][0]["schema"] == {
        "default": 25, "maximum": 100, "minimum": 1, "title": "Limit", "type": "integer",
    }  # fmt: skip
    assert edited["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/TagBody")
    assert set(edited["responses"]) == {"202", "400", "401", "403", "404", "409", "413", "422", "428"}
    assert made["components"]["schemas"]["Tag"]["required"] == ["name"]
    assert set(made["paths"]["/v1/tags/{tag}"]["delete"]["responses"]) >= {"204"}
    assert "text/html; charset=utf-8" in made["paths"]["/v1/public/tags"]["get"]["responses"]["200"]["content"]


def test_texts_are_compiled_to_one_file_a_language(tags: Project) -> None:
    found = {name.rpartition("/")[2]: json.loads(text) for name, text in compiled_texts(tags.house()).items()}

    assert found == {
        "zh-CN.json": {"notice.tag_set": "标签 {tag}"},
        "zh-TW.json": {"notice.tag_set": "標籤 {tag}"},
        "en.json": {"notice.tag_set": "Tag {tag}"},
    }


def test_check_names_each_file_that_differs_and_the_command(
    tags: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    house = tags.house()
    monkeypatch.setattr(command, "house_at", lambda: house)
    monkeypatch.setattr(command, "refusals", lambda _house: [])
    texts = command.first_texts(house) | command.further_texts(house)
    write(house.root, texts)

    assert command.main(["--check"]) == 0
    tags.write("docs/rights.md", "Something else.\n")
    assert command.main(["--check"]) == 1
    assert capsys.readouterr().err == "docs/rights.md is not what the features declare: run `make assemble`.\n"


def test_writing_twice_changes_nothing(tags: Project) -> None:
    house = tags.house()
    texts = command.first_texts(house) | command.further_texts(house)

    assert set(write(house.root, texts)) == set(texts)
    assert differing(house.root, command.first_texts(house) | command.further_texts(house)) == []


def test_refusal_writes_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project.feature("made/bare", {"models": ""})
    house = project.house()
    monkeypatch.setattr(command, "house_at", lambda: house)

    assert command.main([]) == 1
    assert "made/bare has models or routes and no feature.py: declare the feature." in capsys.readouterr().err
    assert not (project.root / "docs/rights.md").exists()


def test_declaration_without_a_feature_is_an_error(project: Project) -> None:
    project.feature("made/empty", {"feature": ""})

    with pytest.raises(UndeclaredError, match="FEATURE"):
        project.house()


def test_what_cannot_be_assembled_is_said_in_a_sentence(
    tags: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tags.write("docs/data-model.md", "No marks.\n")
    house = tags.house()
    monkeypatch.setattr(command, "house_at", lambda: house)
    monkeypatch.setattr(command, "refusals", lambda _house: [])

    assert command.main(["--check"]) == 1
    assert capsys.readouterr().err.startswith("There must be one line `<!-- assembled: items")


def test_block_without_its_marks_is_an_error() -> None:
    with pytest.raises(MarkMissingError, match="assembled: items"):
        with_block("No marks.\n", "items", "")
