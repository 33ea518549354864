"""What a new centre starts with: types of request, targets and hours, from the rules of the source documents.

Complaints have 48 hours, feedback 72 (K6, K7), late orders 24 (K14), all in calendar hours since the promise is to the
customer (scope 4.9 no. 11). Hours are those of the shop's early shift (R1, R2; 4.9 no. 1), closed on public holidays.
"""

from datetime import date
from typing import Any

from tingjian.sla.china import china_year

HANDLED: list[dict[str, Any]] = [
    {"key": "cause", "labels": {"zh-CN": "根本原因", "zh-TW": "根本原因", "en": "Root cause"}, "kind": "choice",
     "choices": ["商品质量", "物流延误", "服务态度", "信息错误", "系统故障", "客户原因", "其他"],
     "required_at": "resolve"},
    {"key": "remedy", "labels": {"zh-CN": "补救措施", "zh-TW": "補救措施", "en": "Remedy"}, "kind": "choice",
     "choices": ["解释说明", "重新发货", "补偿", "退款", "换货", "上门处理", "无需处理"], "required_at": "resolve"},
    {"key": "responsible_unit", "labels": {"zh-CN": "责任部门", "zh-TW": "責任部門", "en": "Responsible unit"},
     "kind": "team", "required_at": "resolve"},
]  # fmt: skip
COMPLAINT: list[dict[str, Any]] = [
    {"key": "level", "labels": {"zh-CN": "投诉级别", "zh-TW": "投訴級別", "en": "Level"}, "kind": "choice",
     "choices": ["一般", "严重", "重大"]},
    {"key": "promised_at", "labels": {"zh-CN": "承诺时间", "zh-TW": "承諾時間", "en": "Promised for"},
     "kind": "instant", "future": True},
    *HANDLED,
    {"key": "responsible_person", "labels": {"zh-CN": "责任人", "zh-TW": "責任人", "en": "Responsible person"},
     "kind": "staff"},
    {"key": "verified", "labels": {"zh-CN": "是否属实", "zh-TW": "是否屬實", "en": "Verified"}, "kind": "boolean",
     "required_at": "close"},
]  # fmt: skip


def types(team: str) -> dict[str, dict[str, Any]]:
    """The types of request, all going to this team."""
    named: dict[str, tuple[tuple[str, str, str], str, list[dict[str, Any]]]] = {
        "enquiry": (("咨询", "諮詢", "Enquiry"), "normal", []),
        "complaint": (("投诉", "投訴", "Complaint"), "high", COMPLAINT),
        "feedback": (("意见建议", "意見建議", "Feedback"), "normal", []),
        "late_order": (("订单催促", "訂單催促", "Late order"), "high", HANDLED[:2]),
        "return": (("退换货", "退換貨", "Return or exchange"), "normal", HANDLED[:2]),
        "repair": (("报修", "報修", "Repair"), "normal", HANDLED[:2]),
    }
    return {
        key: {
            "labels": dict(zip(("zh-CN", "zh-TW", "en"), labels, strict=True)),
            "team": team,
            "priority": priority,
            "fields": fields,
            "complaint": key == "complaint",
        }
        for key, (labels, priority, fields) in named.items()
    }


def policies() -> dict[str, dict[str, Any]]:
    """The targets: an hour to the first response, and the resolution promised by type."""
    hours = {"complaint": 48, "feedback": 72, "late_order": 24}
    made = {
        key: {"name": key, "match": {"types": [key]}, "targets": _targets(promised)} for key, promised in hours.items()
    }
    return made | {"default": {"name": "default", "targets": _targets(72)}}


def centre_hours(today: date) -> dict[str, Any]:
    """The centre's own hours, with the public holidays and make-up days of this year and the next."""
    years = [china_year(year) for year in (today.year, today.year + 1)]
    working = [["09:00", "11:30"], ["12:30", "18:30"]]
    return {
        "name": "客服中心工作时间",
        "timezone": "Asia/Shanghai",
        "hours": dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat"), working),
        "closed": sorted(day.isoformat() for year in years for day in year.closed),
        "extra": {day.isoformat(): working for year in years for day in year.workdays},
        "estimated_years": [year.year for year in years if year.estimated],
    }


def _targets(hours: int) -> list[dict[str, Any]]:
    return [
        {"clock": "first_response", "minutes": 60},
        {"clock": "resolution", "minutes": hours * 60, "pauses_in": ["waiting"]},
    ]
