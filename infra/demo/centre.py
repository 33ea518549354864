"""The demo's people and what their customers ask; all invented."""

from typing import NamedTuple

from tingjian.platform.rights import Role


class Person(NamedTuple):
    """A member of the demo's staff."""

    id: str
    name: str
    roles: tuple[Role, ...]
    teams: tuple[str, ...]


TEAMS = {
    "aftersales": ("售后组", "team"),
    "presales": ("售前组", "team"),
    "warehouse": ("仓库部", "department"),
    "technology": ("技术部", "department"),
}
LEADS = {"aftersales": "zhaomin", "presales": "zhaomin", "warehouse": "hejun", "technology": "zhengtao"}
PEOPLE = (
    Person("chenyu", "陈雨", ("agent",), ("aftersales",)),
    Person("linhao", "林浩", ("agent",), ("aftersales",)),
    Person("sunqian", "孙倩", ("agent",), ("aftersales", "presales")),
    Person("zhouyang", "周洋", ("agent",), ("presales",)),
    Person("zhaomin", "赵敏", ("lead",), ("aftersales", "presales")),
    Person("wugang", "吴刚", ("manager",), ()),
    Person("hejun", "何军", ("department",), ("warehouse",)),
    Person("zhengtao", "郑涛", ("department",), ("technology",)),
)
OPERATOR = Person("operator", "系统操作员", ("admin", "manager"), ())

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = (
    "伟",
    "芳",
    "娜",
    "敏",
    "静",
    "丽",
    "强",
    "磊",
    "洋",
    "艳",
    "勇",
    "杰",
    "涛",
    "明",
    "超",
    "秀英",
    "霞",
    "平",
    "桂英",
    "晓燕",
)

REQUESTS: dict[str, tuple[tuple[str, str], ...]] = {
    "enquiry": (
        ("这款羊毛鞋有现货吗？", "想买 38 码的灰色羊毛鞋，今天下单什么时候能发货？"),
        ("可以开增值税发票吗", "公司采购 12 双，需要开专用发票，请问怎么提供资料？"),
        ("尺码偏大还是偏小", "平时穿 42，脚背有点高，拍 42 还是 43 合适？"),
        ("能改收货地址吗", "刚下单发现地址写的是旧公司，还没发货，麻烦改到新地址。"),
    ),
    "complaint": (
        ("客服回复太慢", "旺旺上问了两个小时没有人理我，这样的服务态度太差了。"),
        ("收到的鞋开胶了", "穿了三天左脚鞋底就开胶，要求退货并承担来回运费。"),
        ("快递员态度恶劣", "送货上门不打电话直接扔在楼下，鞋盒都压坏了。"),
        ("发错颜色", "我拍的是黑色，收到的是棕色，耽误了我送人。"),
    ),
    "feedback": (
        ("建议增加鞋垫尺码表", "每次都要问客服鞋垫的尺码，希望详情页能直接写清楚。"),
        ("包装可以更环保", "盒子里塑料太多，建议换成纸质填充。"),
        ("客服小陈很耐心", "这次售后处理得很好，特意来表扬。"),
    ),
    "late_order": (
        ("订单还没有发货", "周一付的款，显示备货中已经三天了，什么时候能发？"),
        ("物流停在中转站不动", "快递在武汉中转站停了两天没有更新，请帮忙查一下。"),
        ("说好当天发货没有发", "下午三点付的款，客服说当天发，到现在还没有单号。"),
    ),
    "return": (
        ("申请换大一码", "试了一下偏小，想换 40 码，鞋子没有穿出去。"),
        ("退货运费怎么算", "不是质量问题，我自己不喜欢，退货的运费谁出？"),
        ("换货寄回已签收", "单号 SF 开头的那单你们周五签收了，换货什么时候寄出？"),
    ),
    "repair": (
        ("鞋跟需要维修", "保修期内鞋跟掉了一块，怎么寄回维修？"),
        ("拉链坏了", "靴子拉链卡住拉不上，请安排维修。"),
    ),
}
REPLIES = (
    "您好，已经收到您的反馈，正在为您核实，请稍等。",
    "亲，很抱歉给您带来不便，我马上联系仓库查询。",
    "您好，已为您登记，处理结果会在承诺时间内告知您。",
)
RESULTS = (
    "已为您补发，新的快递单号稍后短信通知您，感谢您的耐心等待。",
    "退款已原路退回，预计一到三个工作日到账。",
    "已与仓库确认并更换，给您添麻烦了，附赠一双鞋垫表示歉意。",
    "问题已处理完毕，如有其他需要请随时联系我们。",
)
