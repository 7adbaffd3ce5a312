"""On the way in, on both databases: where an issue goes, the draft of a message, and open ones near."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest
import shapely

from geodata.actions import browse
from geodata.rules.actors import OPERATOR
from geodata.rules.problems import Problem
from geodata.store.database import Store
from geodata.store.tables import barrier
from survey.actions import categories, chat, issues, offices, routing, similar
from survey.rules.categories import list_shipped
from tests import issuing, people
from tests.issuing import NOW, place, take
from tests.village import NORTH, STEP, WEST, cadre

SHIPPED = {f"{one.scheme}:{one.code}": one for one in list_shipped()}
LAMP, BRIDGE, ROAD = (SHIPPED[key] for key in ("szcg-object:0118", "szcg-object:0208", "szcg-event:0110"))
WARNING = SHIPPED["sanzhang:2121"]
VILLAGE = cadre("village_cadre", people.VILLAGE_PATHS[0], "village")
REPORTER = cadre("reporter", people.VILLAGE_PATHS[0], "rider")
ROADS = issuing.office_id("roads")


def exception_id(n: int) -> str:
    return str(uuid.UUID(int=n + (4 << 76) + (2 << 62)))


def around(column: float, row: float, reach: float) -> dict[str, Any]:
    """Return a square around a place of the picture as GeoJSON, ``reach`` steps to each side."""
    lon, lat = place(column, row)
    box = shapely.box(lon - reach * STEP, lat - reach * STEP, lon + reach * STEP, lat + reach * STEP)
    return dict(json.loads(shapely.to_geojson(box)))


def put(store: Store, n: int, **values: Any) -> dict[str, Any]:
    with store.write() as db:
        return routing.put_exception(db, OPERATOR, NOW, exception_id(n), {"name": "国道", "office_id": ROADS, **values})


def report(store: Store, actor: Any = VILLAGE, category: Any = LAMP, **more: Any) -> Any:
    lon, lat = more.pop("at", place())
    body = {
        "category_id": category.id,
        "text": "",
        "lon": lon,
        "lat": lat,
        "place_source": "pin",
        "source": "desk",
        **more,
    }
    with store.write() as db:
        return issues.report(db, actor, NOW, issuing.new_id(), body)[0]


@pytest.fixture
def county(published: Store) -> Store:
    """The tiny county with an office of roads."""
    with published.write() as db:
        offices.put(db, OPERATOR, NOW, ROADS, {"code": "roads", "name": "公路局"})
        offices.put(db, OPERATOR, NOW, issuing.office_id("water"), {"code": "water", "name": "水利局"})
    return published


def test_on_its_ground_an_office_handles_what_is_its_own(county: Store) -> None:
    """Inside a broken road is the office's, a lamp the chief's; outside, and once dropped, all are chiefs'."""
    put(county, 1, codes=["szcg-event:0110"], area=around(0.5, 0.5, 1))
    inside, lamp = report(county, category=ROAD), report(county)
    beyond = report(county, category=ROAD, at=place(2.5, 0.5))
    assert (inside.holder_kind, inside.holder_id, inside.holder_path) == ("office", ROADS, "")
    assert (lamp.holder_kind, beyond.holder_kind, lamp.level) == ("unit", "unit", "lin")
    with county.write() as db:
        routing.drop_exception(db, OPERATOR, NOW, exception_id(1))
    assert report(county, category=ROAD).holder_kind == "unit"
    with pytest.raises(Problem, match=r"route\.not_found"), county.write() as db:
        routing.drop_exception(db, OPERATOR, NOW, exception_id(1))


def test_the_smallest_of_several_grounds_counts_and_a_retired_office_none(county: Store) -> None:
    """A river inside the road authority's ground; when its office is gone the road's holds."""
    put(county, 1, area=around(0.5, 0.5, 3))
    put(county, 2, name="东溪", office_id=issuing.office_id("water"), area=around(0.5, 0.5, 1))
    assert report(county).holder_id == issuing.office_id("water")
    with county.write() as db:
        offices.put(db, OPERATOR, NOW, issuing.office_id("water"), {"retired": True})
    assert report(county).holder_id == ROADS


def test_a_level_and_an_office_of_a_category_are_followed(county: Store) -> None:
    """A restricted matter begins with the county; a category with an office goes there."""
    assert (report(county, OPERATOR, WARNING).level, report(county, OPERATOR, WARNING).restricted) == ("county", True)
    with county.write() as db:
        categories.change(db, OPERATOR, NOW, BRIDGE.id, {"office_code": "roads"})
    assert report(county, category=BRIDGE).holder_id == ROADS


def test_an_exception_is_shown_as_it_was_set_and_set_again(county: Store) -> None:
    """The same id again changes it; the ground comes back as GeoJSON."""
    put(county, 1, codes=["01"], area=around(0.5, 0.5, 1))
    changed = put(county, 1, codes=[], name="省道", area=around(0.5, 0.5, 2))
    with county.read() as db:
        assert routing.list_exceptions(db, OPERATOR, NOW) == [changed]
    assert (changed["name"], changed["codes"], changed["office"]["name"]) == ("省道", [], "公路局")
    assert shapely.geometry.shape(changed["area"]).equals(shapely.geometry.shape(around(0.5, 0.5, 2)))


CROSSED = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
FAR = {"type": "Polygon", "coordinates": [[[170, 0], [190, 0], [190, 1], [170, 0]]]}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"area": CROSSED}, "geometry.crosses_itself"),
        ({"area": None}, "geometry.missing"),
        ({"area": {"type": "Point", "coordinates": [0, 0]}}, "geometry.not_polygon"),
        ({"area": FAR}, "coordinate.off_earth"),
        ({"codes": ["9999"]}, "route.unknown_category"),
        ({"office_id": "none"}, "office.not_found"),
        ({"name": ""}, "route.no_name"),
    ],
)
def test_an_exception_that_cannot_be_says_why(county: Store, values: dict[str, Any], code: str) -> None:
    """A border that crosses itself is refused with the place where it does."""
    with pytest.raises(Problem, match=code.replace(".", r"\.")) as refused:
        put(county, 1, **{"area": around(0.5, 0.5, 1), **values})
    if values.get("area") is CROSSED:
        assert (refused.value.values["x"], refused.value.values["y"]) == (0.5, 0.5)
    with pytest.raises(Problem, match=r"right\.missing"), county.write() as db:
        routing.put_exception(db, VILLAGE, NOW, exception_id(1), {})


def draft(store: Store, text: str, actor: Any = VILLAGE) -> dict[str, Any]:
    with store.read() as db:
        return chat.draft(db, actor, NOW, text)


def test_a_message_becomes_a_draft(county: Store) -> None:
    """Category, place, who says so apart from the text, and why each; nothing is written."""
    found = draft(county, "东溪村甲组路灯频闪，晚上看不见路 — 李四 13800001234")
    assert (found["text"], found["source"]) == ("东溪村甲组路灯频闪，晚上看不见路", "chat")
    assert found["raiser"] == {"name": "李四", "phone": "13800001234"}
    assert (found["category"]["id"], found["categories"][0]["score"]) == (LAMP.id, 4.0)
    assert found["place"]["unit"]["name"] == "甲组"
    assert (found["place"]["place_source"], found["place"]["place_text"]) == ("unit", "东溪村甲组")
    assert WEST < found["place"]["lon"] < WEST + 4 * STEP
    assert [(hint["field"], hint["why"]) for hint in found["hints"]] == [
        ("category", "words"), ("place", "unit_name"), ("name", "kept_apart"), ("phone", "kept_apart"),
    ]  # fmt: skip
    placed = {name: found["place"][name] for name in ("lon", "lat", "place_source", "place_text")}
    sent = {**placed, **{name: found[name] for name in ("text", "source", "raiser")}, "category_id": LAMP.id}
    with county.write() as db:
        row = issues.report(db, VILLAGE, NOW, issuing.new_id(), sent)[0]
    assert row.source == "chat"
    assert "甲组" in [step["name"] for step in people_chain(county, row)]


def people_chain(store: Store, row: Any) -> list[dict[str, str]]:
    with store.read() as db:
        return browse.chain(db, row.path)


def test_a_place_is_looked_for_on_ones_own_ground(county: Store) -> None:
    """甲组 is one in a village and two in a county: there the village must be named, and then it is sure."""
    assert draft(county, "甲组停电")["place"]["unit"]["name"] == "甲组"
    several = draft(county, "甲组停电", OPERATOR)
    assert several["place"] is None
    assert [unit["chain"][2] for unit in several["places"]] == ["东溪村", "西溪村"]
    assert several["hints"][1] == {"field": "place", "why": "several", "said": "甲组"}
    assert draft(county, "西溪村甲组停电", OPERATOR)["place"]["unit"]["chain"][2] == "西溪村"
    assert draft(county, "西溪村停电")["place"] is None, "another's village is not on this ground"
    assert draft(county, "西溪停电", OPERATOR)["place"]["unit"]["name"] == "西溪村"
    assert draft(county, "乙组-张三 10:31\n停电了")["place"]["unit"]["name"] == "乙组", "where the sender lives"


def test_a_house_number_is_a_home_for_those_who_may_see_homes(county: Store) -> None:
    """A cadre gets the home's point, a rider, who sees no homes, the middle of the 组."""
    found = draft(county, "东溪村甲组7号门口井盖不见了")
    assert (found["place"]["unit"]["level"], found["hints"][1]["why"]) == ("lin", "door")
    assert (found["place"]["lon"], found["place"]["lat"]) == pytest.approx((WEST + 0.5 * STEP, NORTH - 1.5 * STEP))
    rider = draft(county, "东溪村甲组7号门口井盖不见了", REPORTER)
    assert (rider["place"]["unit"]["level"], rider["hints"][1]["why"]) == ("zu", "unit_name")


def test_a_river_inside_a_unit_is_a_landmark(county: Store) -> None:
    """东溪 runs through 东溪村: what is said of it there lies on it."""
    found = draft(county, "东溪村，东溪边的护栏坏了")
    assert found["place"] is not None
    assert found["hints"][1]["why"] == "unit_name", "a name inside the unit's own says nothing more"
    with county.write() as db:
        db.run.execute(barrier.update().where(barrier.c.name == "东溪").values(name="清水河"))
    found = draft(county, "东溪村，清水河边的护栏坏了")
    assert found["hints"][1] == {"field": "place", "why": "landmark", "said": "东溪村清水河"}
    assert found["place"]["lon"] == pytest.approx(WEST + 4.5 * STEP)


def test_a_message_that_says_nothing_is_refused_or_left_open(county: Store) -> None:
    """Nothing is guessed: without words there is no draft, without known words no category and no place."""
    with pytest.raises(Problem, match=r"chat\.empty"):
        draft(county, "李四 13800001234")
    found = draft(county, "你好，在吗")
    assert (found["category"], found["categories"], found["place"], found["places"], found["raiser"]) == (
        None, [], None, [], None,
    )  # fmt: skip
    assert [hint["why"] for hint in found["hints"]] == ["no_words", "no_place"]


def near(store: Store, actor: Any, category: Any = LAMP, text: str = "", at: tuple[float, float] | None = None) -> Any:
    lon, lat = at or place()
    with store.read() as db:
        return similar.near(db, actor, NOW + dt.timedelta(days=1), lon, lat, category.id if category else "", text)


def test_open_ones_near_are_told_to_each_as_they_may_know(county: Store) -> None:
    """On one's ground all of an issue, elsewhere what kind, how far, since when and in which state; never its text."""
    first = report(county, text="甲组路灯频闪两天了")
    report(county, text="甲组路灯不亮", at=(place()[0], place()[1] - 0.00018))
    report(county, at=(place()[0], place()[1] - 0.001))
    found = near(county, VILLAGE)
    assert [(one["text"], one["why"]) for one in found] == [
        ("甲组路灯频闪两天了", "category"),
        ("甲组路灯不亮", "category"),
    ]
    assert [one["distance_m"] for one in found] == [0.0, pytest.approx(19.9, abs=0.2)]
    other = near(county, cadre("village_cadre", people.VILLAGE_PATHS[1], "other"))
    assert other[0].keys() == {"id", "category", "distance_m", "day", "state", "why"}
    assert (other[0]["id"], other[0]["day"], other[0]["state"]) == (first.id, "2026-03-06", "waiting")
    assert near(county, REPORTER, None, "甲组的路灯频闪两天了")[0].keys() == other[0].keys()
    assert near(county, VILLAGE, BRIDGE) == []


def test_restricted_and_finished_ones_are_not_offered(county: Store) -> None:
    """An early warning is told to nobody but its readers; what is withdrawn is no longer there."""
    report(county, OPERATOR, WARNING, text="有人扬言要集体上访闹事")
    assert near(county, VILLAGE, WARNING) == []
    assert len(near(county, OPERATOR, WARNING)) == 1
    gone = report(county, text="路灯")
    assert len(near(county, VILLAGE)) == 1
    take(county, VILLAGE, gone.id, "withdrawn", reason="报错了")
    assert near(county, VILLAGE) == []
