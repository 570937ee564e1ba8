"""Every cause a check can name: how bad it is, why, and what to do, in Chinese and English.

`block` means the file set cannot be trusted as a whole, `error` that the row cannot be loaded as it stands,
`warn` that it is loaded but someone should look. The braces are filled from the problem's own words.
"""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["block", "error", "warn"]
SEVERITIES: tuple[Severity, ...] = ("block", "error", "warn")


@dataclass(frozen=True, slots=True)
class Cause:
    severity: Severity
    zh: str
    en: str
    fix_zh: str
    fix_en: str


_ZIP = {
    "not_a_zip": Cause(
        "block",
        "这不是 zip 压缩包（{what_zh}）",
        "This is not a zip archive ({what_en})",
        "请把 manifest.csv 和各数据文件直接压缩成一个 zip 再上传",
        "Put manifest.csv and the data files into one zip",
    ),
    "zip_cut": Cause(
        "block",
        "压缩包不完整或已损坏",
        "The archive is cut off or damaged",
        "请重新导出或重新上传，确认文件大小与原文件一致",
        "Export or upload it again and compare the size with the original",
    ),
    "zip_encrypted": Cause(
        "block",
        "压缩包里的文件有密码",
        "The file in the archive is encrypted",
        "请去掉压缩密码后再上传",
        "Pack it without a password",
    ),
    "zip_path": Cause(
        "block",
        "压缩包里的路径不安全（绝对路径、..、反斜杠、链接或多层文件夹）",
        "Unsafe path in the archive (absolute, .., backslash, link or nested folders)",
        "请把文件直接放在压缩包最外层",
        "Put the files at the root of the archive",
    ),
    "zip_folder": Cause(
        "warn",
        "文件放在一层文件夹里，标准要求放在最外层；本次照常读取",
        "The files stand in a folder; the standard wants them at the root. Read all the same",
        "下次请选中文件本身压缩，而不是压缩文件夹",
        "Next time pack the files, not the folder",
    ),
    "zip_bomb": Cause(
        "block",
        "解压后过大或压缩比异常：{limit_zh}",
        "Too large when unpacked, or compressed too far: {limit_en}",
        "请确认导出程序没有出错；确需更大的文件请联系管理员调整上限",
        "Check the exporting program; an operator can raise the limit",
    ),
    "zip_method": Cause(
        "block",
        "不支持的压缩方式",
        "Unsupported compression method",
        "请用普通的 zip（deflate）压缩",
        "Use ordinary zip (deflate) compression",
    ),
    "file_doubled": Cause(
        "block",
        "压缩包里有多个同名文件",
        "Several files of the same name",
        "每个文件只保留一份",
        "Keep one of each",
    ),
    "file_unknown": Cause(
        "warn",
        "不是 OneRoster {version} 的文件，没有读取",
        "Not a file of OneRoster {version}; not read",
        "不需要时请移出压缩包；文件名拼写有误时请改正",
        "Remove it, or mend its name",
    ),
    "file_case": Cause(
        "warn",
        "文件名大小写不对，按 {expected} 读取",
        "The file name differs in upper and lower case; read as {expected}",
        "请把文件名改为 {expected}",
        "Rename it to {expected}",
    ),
    "file_kept_raw": Cause(
        "warn",
        "成绩与资源类文件本系统只保留原件，不导入名册",
        "Gradebook and resource files are kept as they are and not loaded into the roster",
        "无需处理",
        "Nothing to do",
    ),
}
_MANIFEST = {
    "manifest_missing": Cause(
        "block",
        "缺少 manifest.csv，无法确定版本和各文件的方式",
        "manifest.csv is missing, so version and modes are unknown",
        "请在导出程序里生成 manifest.csv，与数据文件放在一起",
        "Let the exporting program write manifest.csv beside the data files",
    ),
    "manifest_version": Cause(
        "block",
        "不支持的 OneRoster 版本，本系统读取 1.1 和 1.2",
        "Unsupported OneRoster version; 1.1 and 1.2 are read",
        "请把 oneroster.version 改为 1.1 或 1.2，或按这两个版本重新导出",
        "Set oneroster.version to 1.1 or 1.2, or export again",
    ),
    "manifest_form": Cause(
        "warn",
        "manifest.version 应为 1.0",
        "manifest.version should be 1.0",
        "请把 manifest.version 写成 1.0",
        "Write 1.0",
    ),
    "property_missing": Cause(
        "error",
        "manifest.csv 缺少这一项",
        "manifest.csv lacks this property",
        "请补上这一行，取值 absent、bulk 或 delta",
        "Add the line with absent, bulk or delta",
    ),
    "property_doubled": Cause(
        "error",
        "manifest.csv 里同一项出现多次，以第一次为准",
        "The property stands more than once in manifest.csv; the first counts",
        "请只保留一行",
        "Keep one line",
    ),
    "property_unknown": Cause(
        "warn",
        "manifest.csv 里有标准之外的项",
        "manifest.csv has a property outside the standard",
        "不需要时请删除",
        "Remove it if it is not needed",
    ),
    "mode_unknown": Cause(
        "block",
        "manifest.csv 里的方式只能是 absent、bulk 或 delta",
        "The mode must be absent, bulk or delta",
        "请改正取值",
        "Mend the value",
    ),
    "file_missing": Cause(
        "block",
        "manifest.csv 说有这个文件（{mode}），压缩包里却没有",
        "manifest.csv announces this file ({mode}) but it is not in the archive",
        "请补上文件，或把该项改为 absent",
        "Add the file or say absent",
    ),
    "file_undeclared": Cause(
        "error",
        "压缩包里有这个文件，manifest.csv 却写着 absent 或没有写；按 bulk 检查",
        "The file is in the archive but manifest.csv says absent or nothing; checked as bulk",
        "请在 manifest.csv 写明 bulk 或 delta，或移除文件",
        "Say bulk or delta in manifest.csv, or remove the file",
    ),
}
_TEXT = {
    "encoding_other": Cause(
        "block",
        "文件不是 UTF-8，而是 {encoding}",
        "The file is {encoding}, not UTF-8",
        "请另存为“CSV UTF-8”后再压缩",
        "Save it as CSV UTF-8 and pack again",
    ),
    "encoding_mixed": Cause(
        "block",
        "这一行不是有效的 UTF-8（{guess_zh}）",
        "This line is not valid UTF-8 ({guess_en})",
        "请用同一种编码 UTF-8 重新导出整个文件",
        "Export the whole file again in UTF-8",
    ),
    "garbled": Cause(
        "warn",
        "这里像是乱码（编码转错）",
        "This looks garbled by a wrong encoding",
        "请核对原文，用 UTF-8 重新导出",
        "Compare with the original and export in UTF-8",
    ),
    "nul_byte": Cause(
        "error",
        "这一行有空字节（NUL），已去掉后继续检查",
        "The line has a NUL byte; checked without it",
        "请重新导出，文件可能在传输中损坏",
        "Export again; the file may have been damaged",
    ),
    "line_end": Cause(
        "error",
        "换行符不对：只有 CR，没有 LF",
        "Wrong line ends: CR without LF",
        "请用 CRLF 或 LF 换行保存",
        "Save with CRLF or LF line ends",
    ),
    "quote": Cause(
        "error",
        "引号不成对，或引号没有把整个值包住",
        "Quotes do not pair or do not enclose the whole value",
        '含逗号、引号、换行的值用双引号包住，值里的双引号写两遍（""）',
        'Enclose values with comma, quote or line break in quotes and double inner quotes ("")',
    ),
    "row_length": Cause(
        "error",
        "这一行有 {found} 列，表头有 {expected} 列",
        "The row has {found} fields, the header {expected}",
        "请检查这一行是否多了或少了逗号，含逗号的值要加双引号",
        "Look for a missing or extra comma; quote values with commas",
    ),
    "row_blank": Cause("warn", "空行，已跳过", "Blank line, skipped", "请删除空行", "Remove it"),
    "header_missing": Cause(
        "block",
        "文件没有表头",
        "The file has no header",
        "第一行必须是列名：{expected}",
        "The first line must name the columns: {expected}",
    ),
    "column_missing": Cause(
        "block",
        "缺少必填列",
        "A required column is missing",
        "请补上这一列并填好",
        "Add and fill the column",
    ),
    "column_absent": Cause(
        "warn",
        "缺少标准列，按空值处理",
        "A column of the standard is missing; read as empty",
        "请补上这一列，没有内容可以留空",
        "Add the column; it may be empty",
    ),
    "column_doubled": Cause(
        "error",
        "同一列出现多次，只读第一列",
        "The column stands more than once; the first is read",
        "请只保留一列",
        "Keep one",
    ),
    "column_unknown": Cause(
        "warn",
        "标准之外的列，没有读取",
        "A column outside the standard; not read",
        "自定义列请以 metadata. 开头，例如 metadata.名称",
        "Own columns must begin with metadata.",
    ),
    "column_case": Cause(
        "warn",
        "列名写法不同，按 {expected} 读取",
        "The column name is written differently; read as {expected}",
        "请把列名改为 {expected}",
        "Rename it to {expected}",
    ),
    "column_order": Cause(
        "warn",
        "列的顺序与标准不同，已按列名读取",
        "The columns are not in the standard's order; read by name",
        "标准顺序：{expected}",
        "The standard's order: {expected}",
    ),
}
_CELL = {
    "required": Cause("error", "必填项为空", "A required value is empty", "请填写", "Fill it in"),
    "word": Cause(
        "error",
        "取值不在允许范围内",
        "The value is not in the vocabulary",
        "只能填：{allowed}；自定义取值以 ext: 开头",
        "Use one of: {allowed}; own words begin with ext:",
    ),
    "date_form": Cause(
        "error",
        "日期写法不对",
        "The date is not written as YYYY-MM-DD",
        "请写成 2026-09-01 这样的形式",
        "Write it like 2026-09-01",
    ),
    "date_impossible": Cause(
        "error", "没有这一天", "There is no such day", "请核对年月日", "Check year, month and day"
    ),
    "datetime_form": Cause(
        "error",
        "时间写法不对",
        "The time is not ISO 8601 in UTC",
        "请写成 2026-09-01T00:00:00.000Z 这样的形式",
        "Write it like 2026-09-01T00:00:00.000Z",
    ),
    "datetime_offset": Cause(
        "warn",
        "时间带时区偏移，标准要求以 Z 结尾的 UTC 时间",
        "The time has an offset; the standard wants UTC ending in Z",
        "请换算成 UTC",
        "Convert it to UTC",
    ),
    "year_form": Cause(
        "warn",
        "学年应写成四位年份（学年结束的那一年）",
        "The school year should be one year of four digits, the one it ends in",
        "2026 年 9 月开始的学年写 2027",
        "The year beginning in September 2026 is 2027",
    ),
    "boolean": Cause(
        "error",
        "只能填 true 或 false",
        "Only true or false is allowed",
        "请改为 true 或 false",
        "Write true or false",
    ),
    "boolean_case": Cause(
        "warn",
        "应为小写的 true 或 false，已按小写读取",
        "Should be lower case; read as such",
        "请用小写",
        "Use lower case",
    ),
    "number": Cause("error", "不是数字", "Not a number", "请填数字", "Write a number"),
    "user_ids": Cause(
        "warn",
        "userIds 的写法应为 {{类型:标识}}，多个用逗号隔开",
        "userIds should be written {{type:id}}, separated by commas",
        "请按此写法填写",
        "Write it so",
    ),
    "id_long": Cause(
        "error",
        "标识超过 255 个字符",
        "The identifier has more than 255 characters",
        "请换用较短的标识",
        "Use a shorter one",
    ),
    "id_space": Cause(
        "error",
        "标识前后有空格",
        "The identifier begins or ends with a space",
        "请去掉空格",
        "Remove the space",
    ),
    "id_doubled": Cause(
        "error",
        "sourcedId 与前面的行重复",
        "The sourcedId stands in an earlier row",
        "每一行的 sourcedId 必须唯一；重复的请合并或另编",
        "Every row needs its own sourcedId",
    ),
    "bulk_filled": Cause(
        "warn",
        "bulk 方式下 status 和 dateLastModified 应留空",
        "In bulk, status and dateLastModified should be empty",
        "请留空；已按 bulk 读取",
        "Leave them empty; read as bulk",
    ),
    "bulk_deleted": Cause(
        "error",
        "bulk 方式下不能有 tobedeleted 的行",
        "A bulk file cannot hold a row to be deleted",
        "请删去该行，或改用 delta",
        "Remove the row or use delta",
    ),
    "list_counts": Cause(
        "error",
        "subjects 与 subjectCodes 的个数不同",
        "subjects and subjectCodes differ in number",
        "两列用逗号隔开的个数要一致，或其中一列全部留空",
        "Give both the same number of items",
    ),
    "order": Cause(
        "error",
        "{begin} 晚于 {end}",
        "{begin} is later than {end}",
        "请核对两个日期",
        "Check the two dates",
    ),
    "document_number": Cause(
        "warn",
        "这里像是身份证件号或学籍号，不应出现在交换文件里",
        "This looks like a document or school-roll number, which must not travel in exchange files",
        "请换成学校自编的、与证件无关的标识",
        "Use an identifier that is not made from a document",
    ),
    "password": Cause(
        "warn",
        "文件里有密码，没有读取",
        "The file carries passwords; they are not read",
        "请不要在交换文件里放密码",
        "Do not put passwords into exchange files",
    ),
    "us_grade": Cause(
        "warn",
        "年级用的是美国代码（KG、01-12 等），不会自动换成本地年级",
        "Grades are US codes (KG, 01-12 ...) and are not turned into local grades",
        "请在导入时指定对应的入学年份或学段",
        "Say at import which entry year or stage they stand for",
    ),
    "us_race": Cause(
        "warn",
        "族裔列用的是美国分类，不会换成民族代码",
        "The race columns are US categories and are not turned into ethnic-group codes",
        "民族请用 metadata.jizuo.ethnicGroup（GB/T 3304 代码）",
        "Use metadata.jizuo.ethnicGroup (GB/T 3304)",
    ),
    "profile_unknown": Cause(
        "warn",
        "中国扩展里没有这一列，照原样保留",
        "The China profile has no such column; kept as it is",
        "请核对列名",
        "Check the name of the column",
    ),
    "profile_value": Cause(
        "error",
        "扩展列的取值不对：应为{expected}",
        "Wrong value in an extension column: expected {expected}",
        "请按中国扩展说明改正",
        "See the China profile",
    ),
}
_LINK = {
    "dangling": Cause(
        "error",
        "在 {target}.csv 里找不到这个标识",
        "No such sourcedId in {target}.csv",
        "请补上被引用的行，或改正标识",
        "Add the row referred to, or mend the identifier",
    ),
    "unverified": Cause(
        "warn",
        "本压缩包里没有被引用的 {target} 行，要与已有数据核对",
        "The {target} row is not in this archive and must be matched with data already held",
        "导入时会与系统里已有的数据核对",
        "It is matched at import",
    ),
    "to_deleted": Cause(
        "error",
        "引用的 {target} 行在本次中要删除",
        "The {target} row referred to is deleted in this same set",
        "请一并删除这一行，或保留被引用的行",
        "Delete this row too, or keep the other",
    ),
    "not_a_school": Cause(
        "error",
        "引用的机构不是学校（类型 {types}）",
        "The organisation referred to is not a school (type {types})",
        "请改为学校的 sourcedId",
        "Use the sourcedId of a school",
    ),
    "session_kind": Cause(
        "warn",
        "引用的学年学期类型不合适（{types}），应为 {expected}",
        "The academic session is of type {types}; expected {expected}",
        "请改为合适的学年或学期",
        "Use a fitting session",
    ),
    "parent_loop": Cause(
        "error",
        "上级关系绕成了圈",
        "The parents form a loop",
        "请改正 parentSourcedId",
        "Mend parentSourcedId",
    ),
    "school_differs": Cause(
        "warn",
        "这里的学校与班级所属学校不同",
        "The school differs from the school of the class",
        "请核对 schoolSourcedId",
        "Check schoolSourcedId",
    ),
    "role_missing": Cause(
        "warn",
        "用户没有任何角色（roles.csv）",
        "The user has no row in roles.csv",
        "请在 roles.csv 补上角色",
        "Add a role",
    ),
    "role_primary": Cause(
        "warn",
        "同一用户在同一机构有多个 primary 角色",
        "More than one primary role of a user in one organisation",
        "只保留一个 primary，其余改为 secondary",
        "Keep one primary",
    ),
    "username_doubled": Cause(
        "warn",
        "用户名重复",
        "The username stands in an earlier row",
        "请让用户名唯一",
        "Make usernames unique",
    ),
    "agents_differ": Cause(
        "error",
        "agentSourcedIds 与 metadata.jizuo.guardians 里的监护人不一致",
        "agentSourcedIds and metadata.jizuo.guardians name different people",
        "agentSourcedIds 应正好是有查看权、未被禁止接触的监护人",
        "The agents must be exactly the guardians who may view and are not barred from contact",
    ),
}
CAUSES: dict[str, Cause] = {**_ZIP, **_MANIFEST, **_TEXT, **_CELL, **_LINK}
