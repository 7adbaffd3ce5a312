"""The categories that a county starts with, as data: 部件 and 事件 of 数字城管, and what 三长制 adds to them.

Numbers and names of 部件 and 事件 are those of GB/T 30428.2-2013 (before it CJ/T 214-2007) as a public deployment uses
them; cities differ in events 0116 to 0118 and 0409, and in what they add, so a county may bring its own list by file.
Rural and social matters have no number there: they stand in a scheme of our own, in the major 21 that the standard
leaves to extensions. Its words come from real cases: 路灯频闪, 旧桥, 电动车充电棚, 下水道堵塞, 电梯安装 (D08 to D10),
地界 (D15), 苗头性、倾向性 (D12), 人民建议 (D13), 微心愿 (F16), 便民事项预约、困难帮扶上门、重要事项代办 (C05).

Which grade a category has by itself is our proposal (一般问题2天、较难问题1周反馈结果, 复杂问题1个月反馈进展, E03: what
needs money or building is complex, as the bridge of D09 that took two months); a county sets its own.
"""

from __future__ import annotations

OBJECT, EVENT, OURS = "szcg-object", "szcg-event", "sanzhang"
"""Schemes. 部件 and 事件 number from 0101 each, so they are two schemes of one standard."""
SZCG_VERSION, OUR_VERSION = "2013", "1"

MAJORS: dict[str, dict[str, tuple[str, str]]] = {
    OBJECT: {
        "01": ("公用设施", "utility"),
        "02": ("道路交通", "road"),
        "03": ("市容环境", "waste"),
        "04": ("园林绿化", "tree"),
        "05": ("房屋土地", "building"),
        "06": ("其他设施", "hazard"),
    },
    EVENT: {
        "01": ("市容环境", "waste"),
        "02": ("宣传广告", "notice"),
        "03": ("施工管理", "works"),
        "04": ("突发事件", "hazard"),
        "05": ("街面秩序", "street"),
    },
    OURS: {
        "210": ("矛盾纠纷", "dispute"),
        "211": ("安全隐患", "hazard"),
        "212": ("苗头性隐患", "warning"),
        "213": ("微心愿", "wish"),
        "214": ("意见建议", "idea"),
        "215": ("便民服务", "service"),
        "216": ("民生实事", "home"),
        "219": ("其他", "other"),
    },
}
"""Scheme to the beginning of a code to the name of the major and its symbol on the map."""

# code | name | English | grade | symbol | keywords; what is left out: English "", ordinary, the major's symbol, none
OBJECTS = """
0101 | 上水井盖 | water manhole cover | ordinary | manhole | 自来水井盖
0102 | 污水井盖 | sewage manhole cover | ordinary | manhole | 污水井
0103 | 雨水井盖 | storm-water manhole cover | ordinary | manhole | 雨水井
0104 | 雨水箅子 | storm-water grating | ordinary | drain | 雨箅子 雨水篦子 水篦子
0105 | 电力井盖 | power manhole cover | ordinary | manhole
0106 | 路灯井盖 | street-light manhole cover | ordinary | manhole
0107 | 通讯井盖 | telecom manhole cover | ordinary | manhole | 通信井盖
0108 | 电视井盖 | TV manhole cover | ordinary | manhole
0109 | 网络井盖 | network manhole cover | ordinary | manhole
0110 | 热力井盖 | heating manhole cover | ordinary | manhole
0111 | 燃气井盖 | gas manhole cover | ordinary | manhole | 煤气井盖
0112 | 公安井盖 | police manhole cover | ordinary | manhole
0113 | 消防设施 | fire-fighting equipment | ordinary | fire | 消防栓 消火栓 灭火器 消防水带
0114 | 无主井盖 | manhole cover of nobody's | ordinary | manhole | 井盖 井盖丢失 井盖破损 井盖不见 窨井盖
0115 | 通讯交接箱 | telecom cabinet | ordinary | utility | 光交箱 通信箱
0116 | 电力设施 | power installation | ordinary | power | 电箱 配电箱 电表箱
0117 | 立杆 | pole | ordinary | pole | 电线杆 电杆 杆子 线杆
0118 | 路灯 | street light | ordinary | light | 路灯 灯不亮 不亮灯 频闪 路灯坏 照明灯 灯杆 没路灯
0119 | 地灯 | ground light | ordinary | light
0120 | 景观灯 | decorative light | ordinary | light
0121 | 报刊亭
0122 | 电话亭 | telephone box
0123 | 邮筒 | post box
0124 | 信息亭
0125 | 自动售货机 | vending machine
0126 | 健身设施 | outdoor gym | ordinary | utility | 健身器材 健身器
0127 | 中水井盖 | | ordinary | manhole
0128 | 公交井盖 | | ordinary | manhole
0129 | 输油（气）井盖 | | ordinary | manhole
0130 | 特殊井盖 | | ordinary | manhole
0131 | 民用水井 | well | ordinary | water | 水井 古井 机井
0132 | 供水器 | water supply point | ordinary | water
0133 | 高压线铁塔 | pylon | harder | power | 铁塔 高压线 高压塔
0134 | 变压器（箱） | transformer | harder | power | 变压器
0135 | 燃气调压站（箱） | gas regulator | ordinary | hazard | 调压箱
0136 | 监控电子眼 | camera | ordinary | utility | 监控 摄像头
0137 | 售货亭
0138 | 治安岗亭
0201 | 停车场 | car park | harder | road | 停车位 车位
0202 | 停车咪表
0203 | 公交站亭 | bus shelter | ordinary | road | 公交站 站台 候车亭
0204 | 出租车站牌
0205 | 过街天桥 | footbridge | complex | bridge | 天桥
0206 | 地下通道 | underpass | harder | road
0207 | 高架立交桥 | flyover | complex | bridge | 立交桥
0208 | 跨河桥 | bridge across a river | complex | bridge | 桥 旧桥 危桥 小桥 木桥 石桥 便桥 桥面 桥墩 护栏
0209 | 交通标志牌 | traffic sign | ordinary | traffic | 标志牌 指示牌 限速牌 凸面镜 广角镜
0210 | 交通信号灯 | traffic light | ordinary | traffic | 红绿灯 信号灯
0211 | 交通护栏 | crash barrier | ordinary | traffic | 波形护栏 道路护栏 防撞栏
0212 | 存车支架
0213 | 路名牌 | street name plate | ordinary | traffic | 路牌
0214 | 交通信号设施 | | ordinary | traffic
0215 | 道路信息显示屏 | | ordinary | traffic
0216 | 道路隔音屏
0217 | 交通岗亭
0301 | 公共厕所 | public toilet | ordinary | waste | 公厕 厕所
0302 | 化粪池 | septic tank | ordinary | drain | 化粪池满 粪池
0303 | 公厕指示牌
0304 | 垃圾间（楼） | refuse room | ordinary | waste | 垃圾站 垃圾房 垃圾中转站
0305 | 垃圾箱 | litter bin | ordinary | waste | 垃圾桶 果皮箱
0306 | 灯箱霓虹灯 | lit sign | ordinary | notice
0307 | 广告牌匾 | billboard | ordinary | notice | 广告牌 招牌
0308 | 环保监测站
0309 | 气象监测站
0310 | 污水口监测站
0401 | 古树名木 | veteran tree | harder | tree | 古树 老树
0402 | 行道树 | street tree | ordinary | tree | 树枝 树倒 树木 枯树
0403 | 护树设施
0404 | 花架花钵
0405 | 绿地 | green space | ordinary | tree | 绿化带 草坪
0406 | 雕塑
0407 | 街头坐椅 | street bench
0408 | 绿地护栏
0409 | 绿地维护设施
0410 | 喷泉
0501 | 宣传栏 | notice board | ordinary | notice | 公示栏 宣传牌
0502 | 人防工事
0601 | 重大危险源 | major hazard | complex | hazard | 危险源 加油站 油库 烟花爆竹仓库
0602 | 工地 | building site | ordinary | works
0603 | 水域附属设施 | waterside structure | harder | water | 闸门 水闸 涵管 涵洞
0604 | 水域护栏 | waterside railing | ordinary | water | 河边护栏 塘边护栏
0606 | 防洪墙 | flood wall | harder | water | 河堤 堤坝
"""

EVENTS = """
0101 | 私搭乱建 | unlawful building | harder | building | 违建 违章建筑 违章搭建 乱搭乱建 搭棚
0102 | 暴露垃圾 | exposed rubbish | ordinary | waste | 垃圾 垃圾堆 乱倒垃圾 垃圾没人收 生活垃圾 垃圾满了
0103 | 积存垃圾渣土 | heap of spoil | ordinary | waste | 渣土 建筑垃圾 装修垃圾
0104 | 道路不洁 | dirty road | ordinary | road | 路面脏 道路脏 泥巴路面
0105 | 水域不洁 | dirty water | harder | water | 河道垃圾 水面垃圾 河水发臭 黑臭 漂浮物 污染河 水质
0106 | 绿地脏乱 | untidy green | ordinary | tree
0107 | 废弃车辆 | abandoned vehicle | ordinary | street | 僵尸车
0108 | 废弃家具设施 | abandoned furniture | ordinary | waste | 旧家具 旧沙发 大件垃圾
0109 | 非装饰性树挂
0110 | 道路破损 | broken road | harder | road | 道路坏 路面破损 路坑 大坑 坑洼 坑坑洼洼 路烂 路面坑 路面开裂 公路破
0111 | 河堤破损 | broken dyke | harder | water | 堤坝垮 河堤垮 河岸垮
0112 | 道路遗撒 | spillage on the road | ordinary | road | 抛洒 掉落石子
0113 | 建筑物外立面不洁
0114 | 水域秩序问题 | disorder on water | ordinary | water | 电鱼 毒鱼 违规钓鱼
0115 | 焚烧垃圾树叶 | burning rubbish | ordinary | fire | 烧垃圾 烧秸秆 焚烧 露天焚烧
0116 | 油烟污染 | kitchen fumes | ordinary | street | 油烟
0117 | 动物尸体清理 | dead animal | ordinary | waste | 死猪 死狗 死鸡 动物尸体
0118 | 私自饲养家禽家畜 | keeping of livestock | ordinary | street | 养鸡 养猪 养殖臭 猪场 鸡粪 养殖场
0199 | 其他市容环境事件 | other, environment | ordinary | waste | 臭味 恶臭
0201 | 非法小广告 | fly-posting | ordinary | notice | 小广告 牛皮癣
0202 | 违章张贴悬挂广告牌匾
0203 | 占道广告牌
0204 | 街头散发广告
0205 | 广告招牌破损 | broken sign | ordinary | notice | 招牌松动 招牌要掉
0299 | 其他宣传广告事件
0301 | 施工扰民 | noise of building works | ordinary | works | 施工噪音 半夜施工 打桩
0302 | 工地扬尘 | dust of building works | ordinary | works | 扬尘 灰尘大
0303 | 施工废弃料 | building waste | ordinary | works
0304 | 施工占道 | works on the road | ordinary | works
0305 | 无证掘路 | unlicensed digging | ordinary | works | 挖路 挖断路
0399 | 其他施工管理事件
0401 | 路面塌陷 | subsidence of the road | harder | hazard | 塌陷 路塌 路基垮 塌方 路面下沉
0402 | 自来水管破裂 | burst water main | ordinary | water | 水管爆 爆管 水管漏水 水管破 漏水
0403 | 燃气管道破裂 | broken gas pipe | ordinary | hazard | 燃气泄漏 煤气泄漏 闻到煤气
0404 | 下水道堵塞或破损 | blocked drain | ordinary | drain | 下水道 堵塞 污水横流 污水外溢 排水沟堵 水沟堵 沟渠堵 管道堵
0405 | 热力管道破裂
0406 | 道路积水 | water on the road | ordinary | water | 积水 路面积水 淹水 内涝
0407 | 道路积雪结冰 | snow or ice on the road | ordinary | road | 结冰 积雪
0408 | 架空线缆损坏 | damaged overhead line | ordinary | power | 电线掉 电线断 线缆脱落 电线垂 光缆掉
0499 | 其他突发事件
0501 | 无照经营游商 | unlicensed trader | ordinary | street | 流动摊贩 摆摊
0502 | 流浪乞讨 | begging | ordinary | service | 流浪汉 乞讨
0503 | 占道废品收购 | scrap on the street | ordinary | street | 废品
0504 | 店外经营 | trading outside the shop | ordinary | street
0505 | 机动车乱停放 | badly parked car | ordinary | street | 乱停车 车乱停 堵住路口 挡道
0506 | 非机动车乱停放 | badly parked bicycle | ordinary | street | 电动车乱停 单车乱停
0507 | 乱堆物堆料 | things left on the street | ordinary | street | 乱堆 堆放杂物 占道堆放 堆柴
0508 | 商业噪音 | commercial noise | ordinary | street | 噪音 噪声 音响 广场舞 吵得睡不着
0509 | 黑车拉客
0510 | 露天烧烤 | open-air barbecue | ordinary | street | 烧烤
0511 | 沿街晾挂
0512 | 非法出版物销售
0513 | 空调室外机低挂
0599 | 其他街面秩序事件
"""

EXTENSION = """
2101 | 地界纠纷 | dispute over a boundary | harder | dispute | 地界 界线 宅基地 占地 屋场界 田埂 山林界 占了我家
2102 | 邻里纠纷 | dispute between neighbours | harder | dispute | 邻居 邻里 吵架 打架 吵起来 骂人 挡光 漏水到楼下
2103 | 家庭纠纷 | dispute in a family | harder | dispute | 家暴 离婚 婆媳 赡养 分家 夫妻吵架 家庭矛盾
2104 | 劳资纠纷 | dispute over wages | harder | dispute | 工资 欠薪 拖欠 讨薪 工钱 劳动合同
2105 | 征地拆迁和土地流转纠纷 | dispute over land | complex | dispute | 征地 拆迁 补偿款 流转费 租金没给 青苗费
2106 | 物业纠纷 | dispute with a property manager | harder | dispute | 物业 物业费 业委会
2107 | 消费和债务纠纷 | dispute over money | harder | dispute | 欠钱 借钱不还 退款 上当
2109 | 其他矛盾纠纷 | other dispute | harder | dispute | 纠纷 矛盾 调解
2111 | 消防隐患 | fire hazard | ordinary | fire | 消防通道 消防车道 堵消防 起火 着火 火灾 火险 失火
2112 | 房屋隐患 | unsafe house | harder | building | 危房 房屋开裂 墙要倒 墙裂 屋漏 土砖房 要垮的房子
2113 | 用电隐患 | electrical hazard | ordinary | power | 电线老化 私拉电线 飞线 线路老化 漏电 触电 电线裸露 裸露的电线
2114 | 溺水隐患 | drowning hazard | ordinary | water | 溺水 下河游泳 山塘 水库游泳 池塘边 玩水
2115 | 地质灾害隐患 | landslide hazard | complex | hazard | 滑坡 山体 泥石流 山体开裂 落石 地灾 崩塌
2116 | 电动车充电棚隐患 | electric-bicycle shed | ordinary | power | 充电棚 电动车充电 充电桩 电瓶车 楼道充电 电动车上楼
2117 | 道路交通隐患 | traffic hazard | harder | traffic | 急弯 视线不好 没有护栏 临水临崖 车速快 事故多
2118 | 燃气隐患 | gas hazard | ordinary | hazard | 煤气罐 煤气味 燃气味 液化气
2119 | 其他安全隐患 | other hazard | ordinary | hazard | 隐患 危险 不安全
2121 | 苗头性、倾向性隐患 | early sign of trouble | ordinary | warning | 苗头 扬言 聚集 闹事 集体上访 报复
2122 | 极端倾向关爱 | somebody in distress | ordinary | warning | 轻生 想不开 自杀 跳楼 精神异常
2131 | 微心愿 | small wish | harder | wish | 心愿 微心愿 希望得到 想要一
2141 | 人民建议 | suggestion | harder | idea | 建议 希望能 能不能增加 提个建议
2151 | 便民事项预约 | service by appointment | instant | service | 预约 办证 社保 医保 身份证 养老认证 开证明 缴费
2152 | 困难帮扶上门 | help at home | ordinary | service | 低保 困难户 残疾 独居老人 孤寡 行动不便 没人照顾 留守儿童
2153 | 重要事项代办 | errand done for somebody | ordinary | service | 代办 帮忙办 帮办 跑腿
2154 | 政策咨询 | question about a rule | instant | service | 咨询 请问 政策 怎么申请 需要什么材料
2161 | 电梯安装和维修 | lift | complex | home | 电梯 加装电梯 电梯坏 电梯安装 困在电梯
2162 | 小区道路改造 | road of an estate | complex | road | 小区道路 小区路 道路改造
2163 | 饮水和停水 | drinking water | ordinary | water | 停水 没水 水压 饮水 自来水浑 水黄
2164 | 停电 | power cut | ordinary | power | 停电 没电 电压低 跳闸
2165 | 网络通信 | network | ordinary | utility | 没信号 网络 宽带 断网 手机信号
2166 | 水渠山塘 | channel or pond | complex | water | 水渠 渠道 灌溉 抗旱 水圳 塘坝
2167 | 通组路、机耕道 | farm road | complex | road | 机耕道 机耕路 通组路 没修路 修路 硬化
2168 | 改厕和生活污水 | toilets and sewage of homes | harder | drain | 改厕 旱厕 化粪 生活污水
2169 | 病虫害和野生动物 | pests and wild animals | ordinary | tree | 野猪 马蜂窝 蛇 老鼠 病虫害 毒蜂
2199 | 其他事项 | other | ordinary | other
"""

RESTRICTED = frozenset({"2121", "2122"})
"""Seen only by those whom the county names (D12)."""
LEVELS: dict[tuple[str, str], str] = {
    (OURS, "2121"): "county",
    (OURS, "2122"): "county",
    (OBJECT, "0601"): "county",
    (OBJECT, "0401"): "town",
}
"""What begins above the nearest chief: restricted matters with who may read them, major hazards with the county,
veteran trees with the town."""
