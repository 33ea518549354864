"""The columns of a list of people to be called: which of a file's headers mean what. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, get_args

from pydantic import Field

from tingjian.intake.imports.columns import CustomerColumns, FormatMapping
from tingjian.intake.imports.mappings import LogMapping
from tingjian.platform.folding import folded
from tingjian.platform.models import Frozen, Line

ListColumn = Literal["name", "phone", "email", "customer", "order", "note"]
COLUMNS: tuple[ListColumn, ...] = get_args(ListColumn)
REACHES: tuple[ListColumn, ...] = ("phone", "email", "customer")
"""A file needs one of these: else nobody can be called."""
DELIMITERS = (",", ";", "\t", "|", "，")
HEADERS: Mapping[ListColumn, frozenset[str]] = {
    "name": frozenset({
        "姓名", "客户姓名", "客户名称", "客户", "联系人", "名称", "客戶姓名", "客戶名稱", "客戶", "聯絡人", "名稱",
        "name", "customer name", "full name",
    }),
    "phone": frozenset({
        "电话", "手机", "手机号", "手机号码", "联系电话", "电话号码", "联系方式", "客户电话",
        "電話", "手機", "手機號", "手機號碼", "聯絡電話", "電話號碼", "聯絡方式", "客戶電話",
        "phone", "phone number", "mobile", "tel", "telephone",
    }),
    "email": frozenset({
        "邮箱", "电子邮箱", "邮件", "电子邮件", "邮箱地址", "郵箱", "電子郵箱", "電子郵件", "郵件",
        "email", "e-mail", "mail", "email address",
    }),
    "customer": frozenset({
        "客户编号", "客户号", "客户id", "客戶編號", "客戶號", "客戶id",
        "customer", "customer id", "customer number", "customer no",
    }),
    "order": frozenset({
        "订单号", "订单编号", "订单", "訂單號", "訂單編號", "訂單",
        "order", "order number", "order no", "order id",
    }),
    "note": frozenset({"备注", "说明", "备注说明", "備註", "說明", "note", "notes", "remark", "remarks", "comment"}),
}  # fmt: skip


class ListColumns(Frozen):
    """Which column of the file is what, by its header; what is not said is known by its usual names."""

    name: Line | None = None
    phone: Line | None = None
    email: Line | None = None
    customer: Line | None = None
    order: Line | None = None
    note: Line | None = None
    sheet: Line | None = Field(default=None, description="The sheet of a workbook; its first one without a name.")

    @property
    def given(self) -> dict[ListColumn, str]:
        return {name: column for name in COLUMNS if (column := getattr(self, name)) is not None}


def columns_in(header: Iterable[str], given: ListColumns) -> dict[ListColumn, str]:
    """What the columns of a header are; each column is one thing, and the first that has a usual name is meant."""
    cells = [cell.strip() for cell in header if cell.strip()]
    found: dict[ListColumn, str] = dict(given.given)
    for name in COLUMNS:
        usual = (cell for cell in cells if folded(cell).casefold() in HEADERS[name] and cell not in found.values())
        if name not in found and (cell := next(usual, None)):
            found[name] = cell
    return found


def best_columns(headers: Iterable[Sequence[str]], given: ListColumns) -> dict[ListColumn, str]:
    """The columns by the row, of those at the beginning of a file, that is most of a header."""
    found = [columns_in(header, given) for header in headers]
    reaching = [columns for columns in found if any(name in columns for name in REACHES)]
    return max(reaching, key=len, default={})


def mapping_of(columns: Mapping[ListColumn, str], given: ListColumns, delimiter: str | None) -> LogMapping:
    """What the readers of imports need to know of the file."""
    customer = CustomerColumns(
        id=columns.get("customer"),
        name=columns.get("name"),
        phone=(columns["phone"],) if "phone" in columns else (),
        email=(columns["email"],) if "email" in columns else (),
    )
    return LogMapping(
        source="callbacks",
        form="customers",
        format=FormatMapping(delimiter=delimiter, sheet=given.sheet),
        customer=customer,
        text=columns.get("note"),
        fields={"order": columns["order"]} if "order" in columns else {},
    )
