"""Moving in on the deployed stack: tried, imported, counted by source, undone; a workbook; a mostly bad file."""

import io
import json
import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.stack.people import Visitor, eventually
from tests.stack.test_import import ended, make

MAPPINGS = Path(__file__).parents[2] / "infra" / "mappings"
EXPORTS = Path(__file__).parents[1] / "unit" / "intake" / "exports"
LAKE_SECONDS = 240.0


def ready(name: str, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((MAPPINGS / f"{name}.json").read_text(encoding="utf-8"))
    return found | {"source": f"moving-{uuid.uuid4().hex[:12]}"} | changes


def until(manager: Visitor, path: str, state: str) -> dict[str, Any]:
    def check() -> dict[str, Any] | None:
        shown: dict[str, Any] = manager.get(path).expect(200)
        return shown if shown["state"] == state else None

    found = eventually(check, 120.0)
    assert found is not None
    return found


def opened_by(manager: Visitor, source: str) -> int:
    asked = {"from": "2026-03-01", "to": "2026-04-01", "zone": "Asia/Shanghai", "source": source}
    report = manager.post("/v1/reports", asked).expect(202)["id"]

    def made() -> dict[str, Any] | None:
        shown: dict[str, Any] = manager.get(f"/v1/reports/{report}").expect(200)
        assert shown["state"] in {"queued", "made"}, shown
        return shown if shown.get("figures") else None

    found = eventually(made, 120.0)
    assert found is not None
    return int(found["figures"]["opened"])


def sources(manager: Visitor) -> set[str]:
    return {entry["source"] for entry in manager.get("/v1/import-sources").expect(200)["items"]}


def test_import_is_tried_counted_by_its_source_and_undone(manager: Visitor) -> None:
    mapping = ready("chinese-sheet")
    content = (EXPORTS / "chinese-sheet.csv").read_bytes()
    path = make(manager, content, mapping)

    manager.post(f"{path}/check").expect(202)
    checked = until(manager, path, "checked")
    assert (checked["cases_total"], checked["resolutions"], checked["rows_rejected"]) == (3, 1, 0)
    assert {person["name"] for person in checked["findings"]["people"]} == {"李娜"}

    manager.post(f"{path}/start").expect(202)
    assert ended(manager, path)["state"] == "done"
    assert mapping["source"] in sources(manager)
    assert eventually(lambda: opened_by(manager, mapping["source"]) == 3 or None, LAKE_SECONDS)

    manager.post(f"{path}/undo").expect(202)
    undone = until(manager, path, "undone")
    assert (undone["undo"]["removed"], undone["undo"]["kept"]) == (3, 0)
    assert eventually(lambda: opened_by(manager, mapping["source"]) == 0 or None, LAKE_SECONDS)
    assert mapping["source"] not in {
        entry["source"] for entry in manager.get("/v1/import-sources").expect(200)["items"]
    }


def test_workbook_is_imported_as_it_is(manager: Visitor) -> None:
    book, body = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(["#", "Title", "Created At", "Closed At"])
    sheet.append([7, "发票", datetime(2026, 3, 2, 9, 0), datetime(2026, 3, 2, 11, 0)])  # noqa: DTZ001 - local times
    book.save(body)
    mapping = {
        "source": f"book-{uuid.uuid4().hex[:12]}",
        "form": "tickets",
        "time": {"zone": "Asia/Shanghai"},
        "case": "#",
        "subject": "Title",
        "dates": {"opened": "Created At", "closed": "Closed At"},
        "type": "feedback",
    }
    path = make(manager, body.getvalue(), mapping)
    manager.post(f"{path}/start").expect(202)

    done = ended(manager, path)

    assert (done["state"], done.get("reason"), done["closes"], done["resolutions"]) == ("done", None, 1, 0)


def test_file_that_is_mostly_bad_writes_nothing(manager: Visitor) -> None:
    path = make(
        manager, "工单编号,创建时间\nA,gestern\nB,morgen\n".encode(), BARE | {"source": f"bad-{uuid.uuid4().hex[:8]}"}
    )
    manager.post(f"{path}/start").expect(202)

    done = ended(manager, path)

    assert (done["state"], done["reason_code"], done["events_written"]) == ("failed", "mostly_rejected", 0)


BARE: dict[str, Any] = {
    "form": "tickets",
    "time": {"zone": "Asia/Shanghai"},
    "case": "工单编号",
    "dates": {"opened": "创建时间"},
    "type": "feedback",
}
