from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Literal

Kind = Literal[
    "units", "households", "barriers", "officers", "categories", "offices", "holidays", "faq", "issues",
]  # fmt: skip


def _synonyms(text: str) -> dict[str, tuple[str, ...]]:
    """Read a table of ``field: best-name next-name ...`` whose lines may be continued by indented ones."""
    table: dict[str, list[str]] = {}
    field = ""
    for word in text.split():
        if word.endswith(":"):
            field = word[:-1]
            table[field] = []
        else:
            table[field].append(word)
    return {field: tuple(words) for field, words in table.items()}


# Best name first: an earlier synonym wins over a later one when a file has both. Written as _plain() leaves them.
_HOUSEHOLDS = _synonyms(
    """
    code: code 户编码 户编号 户号 住户编码 住户编号 农户编码 农户编号 家庭编码 家庭编号 户代码 户籍编号 户籍号
        户口编号 编码 编号 代码 householdcode householdid homecode homeid hhid hhcode huid 户id 户口簿号
        户口本号 id uid osmid
    name: name 户名 名称 户主名称 住户名称 家庭名称 householdname homename
    village: village 村 村社区 村居 村名 村名称 行政村 行政村名称 所属村 所在村 所属行政村 所在行政村 社区 所属社区
        社区名称 所属村社区 所在村社区 村社区名称 村编码 村代码 村社区编码 村委会 村居委会 居委会 villagecode
        villagename villageid community cun municipality
    zu: zu 组 组名 组号 组别 村民小组 村小组 居民小组 小组 小组名称 村民组 居民组 所属组 所在组 所属小组
        所在小组 组名称 组编码 组编号 组代码 zucode zuname zuid group groupname villagegroup xiaozu
    lin: lin 邻 邻名 邻号 邻名称 邻编码 邻编号 所属邻 所在邻 邻长组 lincode linname linid
    lon: lon 经度 东经 lng long longitude 经度坐标 坐标经度 jd jingdu gpslon gpslng gps经度 lonwgs84 lngwgs84
        wgs84lon wgs84lng wgs84经度 longcj02 lnggcj02 gcj02lon gcj02lng gcj02经度 bd09lon bd09lng lonbd09
        lngbd09 百度经度 高德经度 定位经度 lond coordlon xlon
    lat: lat 纬度 北纬 latitude 纬度坐标 坐标纬度 wd weidu gpslat gps纬度 latwgs84 wgs84lat wgs84纬度 latgcj02
        gcj02lat gcj02纬度 bd09lat latbd09 百度纬度 高德纬度 定位纬度 latd coordlat ylat
    x: x x坐标 坐标x 横坐标 东坐标 东向坐标 东 easting east e xcoord xcoordinate pointx coordx posx zbx x值
    y: y y坐标 坐标y 纵坐标 北坐标 北向坐标 北 northing north n ycoord ycoordinate pointy coordy posy zby y值
    address: address 地址 详细地址 住址 家庭住址 家庭地址 居住地址 现住址 现居住地 现住地址 门牌地址 标准地址
        户籍地址 addr fulladdress addrfull 门牌 门牌号 门牌号码 addrhousenumber dz dizhi housenumber
    building: building 楼栋 栋 楼栋号 栋号 楼号 幢 幢号 楼幢 楼 楼宇 楼房号 座 buildingno buildingname buildingid bldg
        block loudong
    entrance: entrance 单元 单元号 门洞 单元名称 梯号 unitno danyuan staircase
    floor: floor 楼层 层 层号 所在层 所在楼层 层数 floorno storey louceng
    room: room 房号 室 室号 房间号 房间 房屋号 户室号 门号 roomno flat apartment apt fanghao
    priority: priority 重点联系户 重点户 是否重点联系户 是否重点户 是否重点 重点 重点对象 重点人群 是否重点对象
        重点户类型 重点类型 重点联系对象 重点关注户 重点关爱户 key iskey zhongdian
    head_name: headname 户主 户主姓名 姓名 户主名 户主名字 户主姓名名称 联系人 房主 业主 业主姓名 屋主 head householder
        owner ownername huzhu xm xingming
    phone: phone 电话 联系电话 手机 手机号 手机号码 户主电话 电话号码 联系方式 户主手机 户主联系电话 户主手机号 tel
        telephone mobile mobilephone phonenumber dianhua shouji lxdh
    """
)
_UNITS = _synonyms(
    """
    code: code 编码 代码 编号 统计用区划代码 区划代码 行政区划代码 国标码 gbcode gb adcode id uid 序列号 镇编码
        乡镇编码 村编码 片编码 组编码 邻编码 村代码 乡镇代码 组代码 组编号 片编号 邻编号 单元编码 单元编号
        村编号 社区编码 网格编码 网格编号 villagecode towncode zucode piancode lincode unitcode number geoid
        xzqdm zldwdm qhdm osmid
    name: name 名称 mingcheng mc title 名字 村名 村名称 镇名 乡镇名称 乡镇名 乡镇 片名 片名称 组名 组名称 小组名称
        邻名 邻名称 单元名称 村社区名称 社区名称 行政村名称 区划名称 网格名称 村社区 行政村 村 社区 片 组 邻
        小组 村民小组 villagename townname zuname pianname linname unitname zonename xzqmc zldwmc qhmc
    parent: parent parentcode 上级 上级编码 上级代码 上级单位 上级区划代码 上级区划 父级 父级编码 父级代码 所属
        所属单位 所属编码 隶属 所属村编码 所属镇编码 所属乡镇编码 所属组编码 所属片编码 所属村 所属乡镇 所属镇
        所属街道 所属片 所属组 所属县 所属村社区 所在村 所在乡镇 所属社区 parentid pcode pid parentname
    kind: kind 类型 类别 性质 城乡类型 城乡分类 城乡分类代码 村类型 城乡 组类型 type category class leixing
    homes: homes 户数 总户数 家庭户数 住户数 户籍户数 常住户数 households householdcount homecount hushu
    """
)
_BARRIERS = _synonyms(
    """
    kind: kind 障碍类型 类型 类别 线类型 要素类型 type fclass featureclass class category leixing
    name: name 名称 mingcheng mc title 名字 路名 道路名称 河名 河流名称 水系名称 铁路名称 线路名称 rname
    """
)
_OFFICERS = _synonyms(
    """
    code: code 人员编码 人员编号 编码 编号 工号 代码 officercode officerid personid id uid
    name: name 姓名 名字 人员姓名 officername personname fullname
    phone: phone 电话 手机 手机号 手机号码 联系电话 联系方式 电话号码 mobile telephone tel phonenumber
    id_no: idno 身份证号 身份证号码 身份证 公民身份号码 证件号码 证件号 idnumber idcard sfz sfzh
    village: village 村 村社区 村居 行政村 所属村 所在村 社区 所属社区 村名 村编码 villagecode villagename
    household: household 户编码 户编号 户号 住户编码 所在户 householdcode homecode hhid
    lon: lon 经度 东经 lng long longitude jd
    lat: lat 纬度 北纬 latitude wd
    x: x x坐标 东坐标 easting east
    y: y y坐标 北坐标 northing north
    party: party 党员 是否党员 中共党员 政治面貌 partymember
    tags: tags 身份 标签 身份标签 类别 人员类别 职务 tag kind
    vetting: vetting 联审 联审结果 审查结果 资格审查 守法联审
    vetted_on: vettedon 联审日期 审查日期 联审时间
    vetted_by: vettedby 联审单位 审查单位 联审人
    away: away 外出 是否外出 长期在外 在外
    training_due: trainingdue 应训日期 培训期限
    training_done: trainingdone 参训日期 培训日期 已训日期
    """
)
_CATEGORIES = _synonyms(
    """
    scheme: scheme 体系 标准体系 分类体系 标准
    version: version 版本 标准版本 版本号
    code: code 代码 编码 分类代码 类别代码 小类代码 编号 categorycode typecode
    kind: kind 种类 部件事件 部件或事件 类型 type
    major: major 大类 大类名称 所属大类 上级分类
    name: name 名称 小类 小类名称 类别名称 分类名称 类别 categoryname
    name_en: nameen 英文名 英文名称 english englishname
    grade: grade 分级 难度 问题分级 时限等级 办理等级
    level: level 处置层级 层级 处理层级 办理层级
    office_code: officecode 部门编码 部门 责任部门 主管部门 处置部门 牵头单位 office
    restricted: restricted 限制查看 是否限制 涉密 敏感 限制
    keywords: keywords 关键词 别名 同义词 常用说法 aliases
    symbol: symbol 图标 符号 icon
    retired: retired 停用 是否停用 已停用 作废
    """
)
_OFFICES = _synonyms(
    """
    code: code 部门编码 单位编码 编码 代码 编号 officecode
    name: name 部门名称 单位名称 名称 部门 单位 officename office
    unit: unit 所属 所属单位 所属县乡 所属乡镇 乡镇 县乡 unitcode town
    retired: retired 停用 是否停用 已停用 撤销
    """
)
_HOLIDAYS = _synonyms(
    """
    day: day 日期 日子 放假日期 date
    kind: kind 休班 类型 类别 是否放假 安排 状态 type
    """
)
_FAQ = _synonyms(
    """
    question: question 问题 提问 问 标题 常见问题 q title
    answer: answer 答案 回答 答复 答 解答 内容 a
    category: category 类别 分类 类别代码 分类代码 categorycode
    retired: retired 停用 是否停用 已停用
    """
)
_ISSUES = _synonyms(
    """
    platform: platform 平台 来源平台 来源系统 系统 系统名称
    reference: reference 编号 工单编号 工单号 案件编号 案件号 事件编号 诉求编号 受理编号 流水号 任务号 caseno caseid
        casenumber ticket ticketid servicerequestid number id uid
    at: at 时间 上报时间 受理时间 登记时间 反映时间 提交时间 发生时间 创建时间 来电时间 日期 上报日期 受理日期
        reportedat createdat requesteddatetime datetime date time
    category: category 类别 问题类别 诉求类别 事项类别 分类 小类 小类名称 问题类型 诉求类型 事件类型 类型 categorycode
        servicename servicecode type kind
    text: text 内容 问题描述 描述 诉求内容 反映内容 问题内容 事件描述 主要内容 标题 description content detail title
    place: place 地址 地点 事发地址 发生地点 事发地点 位置描述 详细地址 address location
    unit: unit 单元 所属单元 单元编码 村 村社区 行政村 社区 所属村 所属社区 村名 村编码 unitcode unitname village
    zu: zu 组 组名 村民小组 小组 所属组
    lon: lon 经度 东经 lng long longitude jd
    lat: lat 纬度 北纬 latitude wd
    x: x x坐标 东坐标 easting east e
    y: y y坐标 北坐标 northing north n
    state: state 状态 办理状态 处理状态 是否办结 当前状态 status
    closed: closed 办结时间 结案时间 完成时间 办结日期 结案日期 完成日期 closedat closeddatetime closeddate
    source: source 来源 诉求来源 问题来源 来源渠道 渠道 channel
    grade: grade 分级 难度 等级
    """
)
_FIELDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "units": _UNITS,
    "households": _HOUSEHOLDS,
    "barriers": _BARRIERS,
    "officers": _OFFICERS,
    "categories": _CATEGORIES,
    "offices": _OFFICES,
    "holidays": _HOLIDAYS,
    "faq": _FAQ,
    "issues": _ISSUES,
}
_BRACKETS = re.compile(r"[(\[{<【〔《「].*?[)\]}>】〕》」]")
_FILLER = re.compile(r"[\W_]+")


def _plain(header: object) -> str:
    """Reduce a header to what is compared: NFKC, lower case, no spaces, marks, BOM or underscores."""
    text = unicodedata.normalize("NFKC", str(header)).casefold()
    return _FILLER.sub("", text)


def _without_brackets(header: object) -> str:
    return _plain(_BRACKETS.sub("", unicodedata.normalize("NFKC", str(header))))


def recognise(headers: Sequence[str], kind: Kind) -> dict[str, str]:
    """Guess which column of a file holds which field, so that a person need only confirm the mapping.

    Parameters
    ----------
    headers
        The file's column names as written; full-width letters, spaces, case, BOM, ``*`` and bracketed remarks such as
        ``经度（°）`` do not matter.
    kind
        ``units`` (code, name, parent, kind, homes), ``households`` (code, name, village, zu, lin, lon, lat, x, y,
        address, building, entrance, floor, room, priority, head_name, phone), ``barriers`` (kind, name), ``officers``
        (code, name, phone, id_no, village, household, lon, lat, x, y, party, tags, vetting, vetted_on, vetted_by,
        away, training_due, training_done), ``categories``, ``offices``, ``holidays``, ``faq`` or ``issues``, whose
        fields stand in the tables above.

    Returns
    -------
    dict
        Field to header, in the order of the fields. Each header is used once, and a field that is not recognised is
        absent. Whole names are compared, never parts of them: a wrong guess costs more than a missing one.
    """
    fields = _FIELDS[kind]
    found: dict[str, str] = {}
    used: set[str] = set()
    for reduce in (_plain, _without_brackets):
        named: dict[str, str] = {}
        for header in headers:
            if header not in used:
                named.setdefault(reduce(header), header)
        for rank in range(max(len(words) for words in fields.values())):
            _match_rank(fields, rank, named, found, used)
    return {field: found[field] for field in fields if field in found}


def _match_rank(
    fields: Mapping[str, tuple[str, ...]], rank: int, named: Mapping[str, str], found: dict[str, str], used: set[str]
) -> None:
    """Give each open field the header equal to its synonym of this rank: the plainest names are given away first."""
    for field, words in fields.items():
        if field in found or rank >= len(words):
            continue
        header = named.get(words[rank])
        if header is not None and header not in used:
            found[field] = header
            used.add(header)


def header_signature(headers: Sequence[str]) -> str:
    """Return a short key for a set of headers, so that a mapping confirmed once is offered for the next such file.

    The order of the columns does not matter, nor do spaces around a header; 16 hexadecimal digits of SHA-256.
    """
    names = sorted(str(header).strip("\ufeff \t\u3000") for header in headers)
    return hashlib.sha256("\x1f".join(names).encode("utf-8", "replace")).hexdigest()[:16]
