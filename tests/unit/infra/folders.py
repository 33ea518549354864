"""A project of made-up features: folders with real modules, which the package `tingjian` finds as its own."""

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

import tingjian
from infra.assemble.house import PACKAGE, ROOT, House, house_at

COPIED = ("infra/api.yaml", "template.yaml", "docs/data-model.md")
TAGS_RIGHTS = """
    from tingjian.platform.rights import TEAM, Right

    READ = Right("tags.read", {"agent": TEAM})
"""
TAGS_ROUTES = """
    from typing import Annotated

    from aws_lambda_powertools.event_handler.depends import Depends
    from pydantic import Field

    from tingjian.platform.http import Call, Here, Html, public, from_query, resolver, staff
    from tingjian.platform.models import Frozen
    from tingjian.made.tags.rights import READ

    app = resolver()


    class TagQuery(Frozen):
        limit: int = Field(default=25, ge=1, le=100)


    class Tag(Frozen):
        name: str
        colour: str | None


    class TagBody(Frozen):
        name: str = Field(max_length=40)
        colour: str | None = None


    @app.get("/v1/tags", **staff(READ))
    def list_tags(call: Here, query: Annotated[TagQuery, Depends(from_query(TagQuery))]) -> Tag:
        '''List the tags.'''
        raise NotImplementedError


    @app.put("/v1/tags/<tag>", status_code=202, **staff(READ))
    def edit_tag(call: Here, tag: str, body: TagBody) -> Tag:
        '''Edit a tag. It has a name.'''
        raise NotImplementedError


    @app.delete("/v1/tags/<tag>", **staff(READ))
    def drop_tag(call: Here, tag: str) -> None:
        '''Drop a tag.'''


    @app.get("/v1/public/tags", **public())
    def page(call: Here) -> Html:
        '''Show the tags.'''
        raise NotImplementedError
"""
TAGS_FACTS = """
    from tingjian.platform.facts import Fact


    class TagSet(Fact):
        '''A tag was set on a ticket.'''

        schema_version = 2
        public = "tag.set"

        tag: str
        colour: str | None = None
"""
TAGS_WORK = """
    def fire(store, item, *, now): ...
    def write(store, item, now): ...
    def hear(store, event, now): ...
"""
TAGS_FEATURE = """
    from tingjian.made.tags.facts import TagSet
    from tingjian.made.tags.rights import READ
    from tingjian.made.tags.routes import app
    from tingjian.made.tags.work import fire, hear, write
    from tingjian.platform.features import *

    FEATURE = Feature(
        http=Http("intake", app, touches=(READS_DESK, index("queue"), uploads("tags", "PutObject"), SIGNS)),
        rights=(READ,),
        facts=(TagSet,),
        listeners=(Listener(TagSet, hear, touches=(WRITES_DESK,), imported=True),),
        timers=(Timer("tag", fire, touches=(DELETES_DESK, index("due"))),),
        mails=(Mail("tag", write, touches=(Access("sms", ("sns:Publish",)),)),),
        notices=("tag_set",),
        places=(Place("tag", "tag#<id>", "tag", {"queue": "tags@<team>", "due": "<shard>"}, "one a tag"),),
    )
"""
TAGS = {
    "rights": TAGS_RIGHTS,
    "routes": TAGS_ROUTES,
    "facts": TAGS_FACTS,
    "work": TAGS_WORK,
    "feature": TAGS_FEATURE,
}
TAGS_TEXTS = '{"notice.tag_set": {"zh-CN": "标签 {tag}", "zh-TW": "標籤 {tag}", "en": "Tag {tag}"}}'


class Project:
    """A project in a folder of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in COPIED:
            self.write(name, (ROOT / name).read_text(encoding="utf-8"))

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def feature(self, name: str, modules: dict[str, str], texts: str = "") -> None:
        """Write a feature's folder."""
        for module, source in modules.items():
            self.write(f"{PACKAGE}/{name}/{module}.py", dedent(source))
        if texts:
            self.write(f"{PACKAGE}/{name}/texts.json", texts)

    def declared(self, name: str, declaration: str, modules: dict[str, str] | None = None) -> None:
        """Write a feature's folder whose `feature.py` declares this and no more."""
        names = "from tingjian.platform.features import *\n"
        self.feature(name, (modules or {}) | {"feature": f"{names}{declaration}"})

    def house(self) -> House:
        """What the project declares."""
        return house_at(self.root)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    monkeypatch.setattr(tingjian, "__path__", [*tingjian.__path__, str(tmp_path / PACKAGE)])
    yield Project(tmp_path)
    for name in [name for name in sys.modules if name.startswith("tingjian.made")]:
        del sys.modules[name]
