"""What the codes of the district are called in a workbook; only the codes that the district uses."""

from __future__ import annotations

from datetime import date

SEX = {"1": "男", "2": "女"}
RELATIONS = {
    "51": "父亲",
    "52": "母亲",
    "61": "祖父",
    "62": "祖母",
    "63": "外祖父",
    "64": "外祖母",
}
ETHNIC = {
    "": "",
    "01": "汉族",
    "02": "蒙古族",
    "03": "回族",
    "04": "藏族",
    "05": "维吾尔族",
    "06": "苗族",
    "08": "壮族",
    "10": "朝鲜族",
    "11": "满族",
    "15": "土家族",
    "17": "哈萨克族",
    "22": "畲族",
}
POLITICAL = {"01": "中共党员", "03": "共青团员", "13": "群众"}
EDUCATION = {"14": "硕士研究生", "21": "大学本科", "31": "大学专科", "61": "高中"}
DEGREES = {"3": "硕士", "4": "学士", "": ""}
STATUS = {"01": "在读", "02": "休学"}
COUNTRIES = {
    "CHN": "中国",
    "SWE": "瑞典",
    "IRL": "爱尔兰",
    "JPN": "日本",
    "FRA": "法国",
    "KOR": "韩国",
    "ITA": "意大利",
    "IND": "印度",
    "DEU": "德国",
}

DATE_STYLES = ("plain", "dashed", "dotted", "written", "cell")
"""20140901 · 2014-09-01 · 2014.9.1 · 2014年9月1日 · a real date cell."""


def say_date(day: date | None, style: str) -> str | date:
    """A date as this style writes it; ``cell`` gives the date itself, None the empty text."""
    if day is None:
        return ""
    if style == "cell":
        return day
    if style == "plain":
        return f"{day:%Y%m%d}"
    if style == "dotted":
        return f"{day.year}.{day.month}.{day.day}"
    if style == "written":
        return f"{day.year}年{day.month}月{day.day}日"
    return day.isoformat()
