"""Names of persons that look like their generation: weighted surnames, given names by decade and sex."""

from __future__ import annotations

import random
from functools import cache
from itertools import accumulate

SURNAMES = (
    "王720 李710 张680 刘540 陈450 杨308 赵230 黄220 周210 吴205 徐167 孙154 胡131 朱126 高121 林118 "
    "何117 郭115 马104 罗98 梁90 宋85 郑84 谢78 韩74 唐70 冯66 于65 董62 肖60 程57 曹57 袁56 邓56 许55 "
    "沈52 曾50 彭48 傅46 吕47 苏46 卢46 蒋46 蔡45 贾42 丁42 魏42 叶42 薛40 余40 潘40 杜39 戴36 夏35 钟34 "
    "汪34 田34 任33 姜32 范32 方31 石30 姚30 谭29 廖29 邹28 熊27 金27 陆27 郝26 孔25 白25 崔24 康24 毛23 "
    "邱23 秦23 江22 史22 顾22 侯21 邵20 孟20 阎18 龙19 万19 段18 雷18 钱18 汤17 尹17 黎16 易16 常15 武15 "
    "乔15 贺15 赖14 龚14 文14 施10 陶10 洪10 韦10 严9 温9 庞8 樊8 兰8 殷8 翟8 安8 颜8 倪8 章8 牛7 季7 "
    "俞7 鲁7 葛7 申6 伍6 柳6 邢6 齐6 莫6 欧阳6 覃5 毕5 聂5 焦5 向5 岳5 梅5 庄5 祝5 关5 曲5 尤4 路4 辛4 "
    "管4 左4 涂4 祁4 舒4 耿4 詹4 苗4 凌4 纪4 靳4 盛4 童4 项4 成4 游4 裴4 鲍4 华4 谷3 时3 牟3 费3 欧3 阳3 "
    "席3 卫3 查3 屈3 单3 解3 仇3 卜2 甄2 缪2 朴2 宓1 区1 盖1 乐1 上官1 司马1 司徒1 诸葛1 尉迟1 皇甫1 "
    "令狐1 端木1 慕容1"
)
"""Surnames with their weight: roughly persons in ten thousand."""

READINGS = {
    "单": "shàn",
    "曾": "zēng",
    "解": "xiè",
    "仇": "qiú",
    "查": "zhā",
    "区": "ōu",
    "盖": "gě",
    "朴": "piáo",
    "华": "huà",
    "任": "rén",
    "翟": "zhái",
    "覃": "qín",
    "乐": "yuè",
    "缪": "miào",
    "宓": "mì",
    "尉迟": "yùchí",
}
"""Surnames whose reading as a surname differs from the common reading of the character."""

RARE_GIVEN = (
    ("1", "𬭎"),
    ("2", "𬱖"),
    ("1", "堃"),
    ("2", "㛃"),
    ("1", "子𬭎"),
    ("2", "雨𬱖"),
    ("1", "昱堃"),
    ("2", "㛃然"),
    ("1", "䶮"),
    ("1", "梓燚"),
    ("2", "玥𪩘"),
    ("1", "𣸣"),
    ("2", "𫍽一"),
    ("1", "㬎之"),
)
"""(sex, given name) with characters of GB 18030-2022 that old systems cannot write."""

DOTTED: dict[str, dict[str, tuple[str, ...]]] = {
    "05": {
        "1": ("阿卜杜拉·买买提", "艾力·吐尔逊", "伊力亚尔·艾合买提", "木拉提·依明", "凯赛尔·阿不都"),
        "2": ("古丽娜尔·阿不来提", "迪丽努尔·买买提", "阿依古丽·吐尔地", "祖丽菲娅·艾力", "麦尔哈巴·依明"),
    },
    "17": {
        "1": ("叶尔兰·哈力木", "巴合提别克·胡安", "达吾列提·木拉提"),
        "2": ("阿依努尔·叶尔肯", "加娜尔·巴合提", "古丽米拉·哈力"),
    },
}
"""Whole names written with a middle dot, by ethnic code (GB/T 3304) and sex: own name · father's name."""

UNSPLIT: dict[str, dict[str, tuple[str, ...]]] = {
    "04": {"1": ("扎西次仁", "丹增旺堆", "多吉"), "2": ("卓玛央宗", "次仁拉姆", "德吉")},
    "02": {"1": ("巴特尔", "苏日图", "朝鲁"), "2": ("乌兰图雅", "萨仁高娃", "其其格")},
}
"""Whole names without a surname."""

FOREIGN = (
    ("1", "Noah Andersson", "SWE", "Erik Andersson"),
    ("2", "Emma O'Connor", "IRL", "Liam O'Connor"),
    ("1", "佐藤 蓮", "JPN", "佐藤 健太"),
    ("2", "Chloé Lefèvre", "FRA", "Julien Lefèvre"),
    ("1", "Kim Min-jun", "KOR", "Kim Sung-ho"),
    ("2", "Sofia Rossi", "ITA", "Marco Rossi"),
    ("1", "Arjun Mehta", "IND", "Rohan Mehta"),
    ("2", "Park Seo-yeon", "KOR", "Park Ji-hoon"),
    ("1", "Lukas Müller", "DEU", "Stefan Müller"),
)
"""(sex, name as in the passport, nationality in GB/T 2659 three letters, the father's name)."""

# (weight of one-character names in per cent, those, first characters, second characters) by generation and
# sex
_GIVEN = {
    ("elder", "1"): (
        14,
        "明强平华林生荣根良福",
        "建国志德永文玉明金长福洪少振家兴",
        "国华明强军林生民平荣祥发根良余才",
    ),
    ("elder", "2"): (
        14,
        "英芳兰珍梅霞琴萍敏玲",
        "秀桂玉淑凤惠美素月爱彩雪翠瑞菊",
        "英兰珍芳华梅琴霞云珠娣芬仙凤莲",
    ),
    ("seventies", "1"): (
        45,
        "伟勇军强斌涛明刚辉峰平华波健宏毅",
        "志建国海晓文永俊春正立学卫晨庆",
        "强军明华峰平东伟忠刚荣林辉斌波",
    ),
    ("seventies", "2"): (
        45,
        "敏静丽艳芳燕霞萍红娟玲英梅洁蓉琴",
        "晓丽海雪春秀文慧小建美玉亚卫志",
        "燕红梅萍芳霞敏琴娟华丽玲珍英兰",
    ),
    ("eighties", "1"): (
        42,
        "磊杰超鹏浩洋凯亮俊飞宇鑫晨帆翔博琦峻",
        "志俊晓文家嘉海子建明浩世一伟少",
        "杰鹏伟豪峰龙超辉斌宇飞东凯翔文",
    ),
    ("eighties", "2"): (
        40,
        "婷静莉娜倩雪颖丹洁琳慧璐晶蕾薇瑶欢",
        "晓雅佳思梦雪丽文海诗婷慧玉嘉亚",
        "婷静莹雯琳颖怡萍洁燕芳琪敏娜慧君岚",
    ),
    ("nineties", "1"): (
        20,
        "昊晨睿翔凯轩宇航博哲琦",
        "子俊嘉文家志浩宇天明思泽一梓",
        "豪杰轩宇航晨凯涛鑫阳文博鹏哲",
    ),
    ("nineties", "2"): (
        20,
        "婷颖雯琪悦瑶欣怡蕾彤雪",
        "思雨梦佳雅诗欣嘉子文慧静可紫",
        "婷雯琪怡颖琳妍涵萱瑶悦彤雪宁",
    ),
    ("pupils", "1"): (
        9,
        "睿昊宸泽航煜轩恒翊",
        "子梓浩宇俊泽奕一亦嘉明思天皓博文逸承昊景沐瑞柏云知书以若彦启",
        "轩宇涵睿辰阳航然泽霖哲诚杰宸恒远铭晨言安舟川源熙屿衡谦墨树齐宁",
    ),
    ("pupils", "2"): (
        9,
        "悦玥彤萱瑶妍汐宁昕",
        "梓欣雨诗思语可一若佳嘉艺依雅婉书芷沐晨知清安以苏乐锦念星",
        "涵萱怡妍琪彤悦萌瑶汐宁桐琳菲玥曦晗诺遥然雯禾柠溪岚夏乔微",
    ),
}


def generation(year: int) -> str:
    """The name generation of a person born in *year*: elder, seventies, eighties, nineties or pupils."""
    if year < 1967:
        return "elder"
    if year < 1981:
        return "seventies"
    if year < 1993:
        return "eighties"
    return "nineties" if year < 2007 else "pupils"


@cache
def surname_table() -> tuple[list[str], list[int]]:
    """Surnames and their cumulative weights, ready for ``random.choices``."""
    names, weights = [], []
    for word in SURNAMES.split():
        name = word.rstrip("0123456789")
        names.append(name)
        weights.append(int(word[len(name) :]))
    return names, list(accumulate(weights))


@cache
def given_table(era: str, sex: str) -> tuple[list[str], list[float]]:
    """Given names of one generation and sex with cumulative weights; earlier characters are the commoner
    ones.
    """
    share, singles, firsts, seconds = _GIVEN[era, sex]
    pairs = [
        (a + b, 1 / ((i + 4) * (j + 4)))
        for i, a in enumerate(firsts)
        for j, b in enumerate(seconds)
        if a != b
    ]
    ones = [(c, 1 / (i + 4)) for i, c in enumerate(singles)]
    scale = sum(w for _, w in pairs) / (100 - share) * share / sum(w for _, w in ones)
    table = pairs + [(c, w * scale) for c, w in ones]
    return [n for n, _ in table], list(accumulate(w for _, w in table))


class Names:
    """A stream of names drawn from one random source, refilled in large blocks for speed."""

    def __init__(self, rng: random.Random, block: int = 2048) -> None:
        self._rng = rng
        self._block = block
        self._stock: dict[tuple[str, str], list[str]] = {}

    def surname(self) -> str:
        """One surname, by weight."""
        stock = self._stock.get(("", ""))
        if not stock:
            names, weights = surname_table()
            stock = self._stock["", ""] = self._rng.choices(names, cum_weights=weights, k=self._block)
        return stock.pop()

    def given(self, year: int, sex: str) -> str:
        """One given name for a person born in *year*; *sex* is GB/T 2261.1 ``1`` or ``2``."""
        era = generation(year)
        stock = self._stock.get((era, sex))
        if not stock:
            names, weights = given_table(era, sex)
            stock = self._rng.choices(names, cum_weights=weights, k=self._block)
            self._stock[era, sex] = stock
        return stock.pop()
