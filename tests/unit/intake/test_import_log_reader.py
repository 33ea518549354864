"""Logs as they come: encodings, packing, odd rows, and files that are none."""

import csv
import gzip
import io
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tingjian.intake.imports import text_files
from tingjian.intake.imports.cases import LogRow, Reject
from tingjian.intake.imports.columns import LogEncoding
from tingjian.intake.imports.encodings import check_head, detect_encoding
from tingjian.intake.imports.log_reader import LogReader
from tingjian.intake.imports.mappings import LogMapping
from tingjian.intake.imports.records import ForwardStream, UnreadableLogError

HEADER = "工单编号,环节,时间,备注"
MAPPING: dict[str, Any] = {
    "source": "old-desk",
    "time": {"column": "时间", "format": "%Y-%m-%d %H:%M", "zone": "Asia/Shanghai"},
    "case": "工单编号",
    "activity": "环节",
    "type": "feedback",
    "activities": {"受理": "take_in_charge"},
}


def mapping(**form: str) -> LogMapping:
    return LogMapping.model_validate(MAPPING | {"format": form})


def log(*lines: str) -> str:
    return "\n".join([HEADER, *lines, ""])


def rows_of(content: bytes, encoding: LogEncoding = "utf-8", *, skip_lines: int = 0) -> list[LogRow | Reject]:
    source = io.BufferedReader(ForwardStream(io.BytesIO(content)))
    return list(LogReader(source, mapping(), encoding, skip_lines=skip_lines).rows())


def brief(rows: list[LogRow | Reject]) -> list[tuple[int, str]]:
    return [(row.line, row.reason if isinstance(row, Reject) else row.cells[1]) for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_log_reads_the_same_in_every_encoding(encoding: LogEncoding, pack: Any) -> None:
    content = pack(log("A1,受理,2026-01-01 09:00,", "A2,解决,2026-01-01 10:00,好").encode(encoding))

    assert brief(rows_of(content, encoding)) == [(2, "受理"), (3, "解决")]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (log("A1,受理,x,").encode(), "utf-8"),
        (b"\xef\xbb\xbf" + log("A1,受理,x,").encode(), "utf-8"),
        (log("A1,受理,x,客户说没有收到货").encode("gbk"), "gb18030"),
        (gzip.compress(log("A1,受理,x,客户说没有收到货").encode("gbk"), mtime=0), "gb18030"),
        (log("A1,受理,x,").encode("utf-16"), "utf-16"),
        (log("A1,受理,x,").encode("utf-16-le"), "utf-16-le"),
        (log("A1,受理,x,").replace(",", "\t").encode(), "utf-8"),
        (("客服工单明细\n\n" + log("A1;受理;x;").replace(",", ";")).encode(), "utf-8"),
    ],
)
def test_encoding_is_found_out_from_the_beginning(content: bytes, encoding: str) -> None:
    assert check_head(content, mapping(), whole=True) == encoding


@pytest.mark.parametrize(
    ("content", "form", "code"),
    [
        (b"", {}, "empty_file"),
        (b"\xef\xbb\xbf\n\n", {}, "empty_file"),
        (log().encode(), {}, "no_rows"),
        (log("A1,受理,x,").encode("gbk"), {"encoding": "utf-8"}, "wrong_encoding"),
        (log("A1,受理,x,").encode(), {"encoding": "utf-16"}, "wrong_encoding"),
        ("工单编号,环节,时间,€àéùîôçÀÉ".encode("cp1252", "ignore"), {}, "unknown_encoding"),
        ("工单编号,环节\nA1,受理\n".encode(), {}, "columns_missing"),
        (log("A1,受理,x,").encode(), {"delimiter": ";"}, "columns_missing"),
        ("工单编号,环节,时间,环节\nA1,受理,x,y\n".encode(), {}, "columns_repeated"),
        (",".join([HEADER, *map(str, range(196))]).encode(), {}, "columns_limit"),
        (gzip.compress(log("A1,受理,x,").encode(), mtime=0)[:-20], {}, "broken_gzip"),
        (b"\x1f\x8bnot packed at all", {}, "broken_gzip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", {}, "old_workbook"),
    ],
)
def test_file_that_is_no_log_is_refused_with_the_reason(content: bytes, form: dict[str, str], code: str) -> None:
    with pytest.raises(UnreadableLogError) as refused:
        check_head(content, mapping(**form), whole=True)

    assert refused.value.code == code


def test_wrong_encoding_names_the_line() -> None:
    content = log(*[f"A{n},take,x," for n in range(5000)]).encode() + "A,受理,x,\n".encode("gbk")

    with pytest.raises(UnreadableLogError) as refused:
        rows_of(content)

    assert refused.value.parameters == {"encoding": "utf-8", "line": 5002}


def test_rows_that_are_none_are_named_by_line_and_the_rest_goes_on() -> None:
    content = log("A1,受理,x,", "A2,受理", "A3,受理,x,y,z", " ,受理,x,", "", "A4,受理,x,").encode()

    assert brief(rows_of(content)) == [
        (2, "受理"),
        (3, "too_few_columns"),
        (4, "too_many_columns"),
        (5, "empty_case"),
        (7, "受理"),
    ]


def test_row_with_line_breaks_has_the_number_of_its_last_line() -> None:
    content = log('A1,受理,x,"一\n二\n三"', 'A2,受理,"x\ny"', "A3,受理,x,").encode()

    rows = rows_of(content)

    assert brief(rows) == [(4, "受理"), (6, "too_few_columns"), (7, "受理")]
    assert isinstance(rows[1], Reject)
    assert "lines 5-6" in rows[1].detail


def test_cell_that_swallows_the_file_is_one_refused_row() -> None:
    lines = [f"A{n},受理,x,{'y' * 90}" for n in range(3000)]
    lines[10] = '"' + lines[10]

    rows = rows_of(log(*lines).encode())

    assert [row.reason for row in rows if isinstance(row, Reject)] == ["too_long"]
    assert rows[-1].line == 3001


def test_overlong_line_costs_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_files, "LONGEST_LINE", 1000)
    content = gzip.compress(log("A1,受理,x," + "y" * 20_000_000, "A2,受理,x,").encode(), mtime=0)

    tracemalloc.start()
    rows = rows_of(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert brief(rows) == [(2, "too_long"), (3, "受理")]
    assert peak < 2_000_000


def test_file_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_files, "MOST_CHARACTERS", 10_000)

    with pytest.raises(UnreadableLogError) as refused:
        rows_of(gzip.compress(log(*["A1,受理,x,"] * 5000).encode(), mtime=0))

    assert refused.value.code == "too_large_unpacked"


@given(
    st.lists(st.lists(st.text(alphabet='ab,"\n 中', max_size=4), min_size=4, max_size=4), min_size=1, max_size=12),
    st.integers(0, 11),
)
def test_reader_goes_on_behind_any_row(table: list[list[str]], stop: int) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([HEADER.split(","), *table])
    source = io.BufferedReader(ForwardStream(io.BytesIO(text.getvalue().encode())))
    first = LogReader(source, mapping(), "utf-8")
    beginning = []
    for row in first.rows():
        beginning.append(row)
        if len(beginning) > stop:
            break

    rest = rows_of(text.getvalue().encode(), skip_lines=first.lines)

    assert beginning + rest == rows_of(text.getvalue().encode())


def test_traditional_and_simplified_chinese_are_told_apart() -> None:
    text = "工單編號,狀態,處理人,備註\nA1,已結案,陳小姐,客戶說沒有收到貨，請儘快處理並回電\n"

    assert detect_encoding(text.encode("big5"), complete=True) == "big5"
    assert detect_encoding("工单编号,状态,处理人\nA1,已办结,陈小姐\n".encode("gbk"), complete=True) == "gb18030"
