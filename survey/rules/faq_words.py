"""Words that say nothing of what a question is about, and words that say the same."""

from __future__ import annotations

_NOTHING = """
的 了 吗 呢 啊 吧 呀 么 是 有 在 我 我们 你 你们 他 她 它 他们 这 那 这个 那个 和 与 及 或 就 都 也 还 又 很 太 要 想
请 请问 问 问下 一下 怎么 怎样 怎么办 怎么样 样 如何 什么 哪 哪里 哪儿 哪些 哪天 多少 几 几个 几点 谁 为什么 为何
可以 能 能不能 可不可以 会 办 办理 需要 应该 得 给 到 去 来 把 被 让 对 从 向 跟 家 家里 人 个 位 啦 哦 嗯 好 您 您好
你好 谢谢 麻烦 咨询 关于 进行 情况 问题 事情 事 东西 时候 现在 今天 已经 没有 没 不 不会 不能 一个 里 上 下 中 后 前
再 最 更 多 大 小 我家 家门 家门口 门口 附近 旁边 那边 这边 我们村 村里 镇里 还是 是不是 有没有 我要 我想 找 找谁
帮忙 须 准备 材料 流程 手续 地方
"""
_SAME = """
路灯 照明灯 街灯 灯杆
医保 医疗保险 新农合 农村合作医疗 城乡居民医保
养老保险 社保 养老金 社会保险 城乡居民养老
低保 最低生活保障 低保户
身份证 居民身份证
户口 户籍 户口本 户口簿
停水 没水 断水 没有水
停电 没电 断电 没有电
下水道 排水管 污水管 排水沟
垃圾 废物 生活垃圾 垃圾车
建房 盖房 起房子 修房子 建房子 宅基地
电动车 电瓶车 电动自行车
残疾证 残疾人证
高龄补贴 高龄津贴 老年补贴 老龄补贴
工资 工钱 薪水 欠薪 拖欠工资 讨薪
结婚证 结婚登记 登记结婚
离婚 离婚登记
救助 补助 补贴 救济
电话 号码 联系方式
缴费 缴纳 交费 交钱 怎么交费 怎么交 在哪交 哪里交
申请 申办 申领
损坏 不亮 坏掉 坏了 故障 失灵 不工作
堵塞 堵了 堵住 不通
遗失 丢了 掉了 丢失 弄丢 不见了
老人 老年人 高龄
学生 孩子上学 小孩上学 上学
困难 贫困
残疾 残疾人
"""  # the first word of a line stands for the others


def _pairs(lines: str) -> list[tuple[str, str]]:
    groups = [line.split() for line in lines.strip().split("\n")]
    return sorted(((word, group[0]) for group in groups for word in group[1:]), key=lambda pair: -len(pair[0]))


SAYS_NOTHING = frozenset(_NOTHING.split())
SAYS_THE_SAME = _pairs(_SAME)
"""A word and the one that stands for it, long words first, so that none is replaced inside a longer one."""
