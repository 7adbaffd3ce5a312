"""The main flow over a town of five villages in a GeoPackage."""

from __future__ import annotations

from tests.browser import main_flow
from tests.browser.conftest import Visit
from tests.browser.pixels import Pixels
from tests.browser.served import Served


def test_the_net_is_on_the_map_with_its_counts(town: Served, visit: Visit, pixels: Pixels) -> None:
    """The map is drawn, not blank, and the side tells the very numbers that the server counts."""
    main_flow.see_the_net(town, visit, pixels)


def test_the_wheel_leads_from_the_county_to_one_home(town: Served, visit: Visit) -> None:
    """The 邻 and the home under the pointer tell what they are; the home is masked until somebody says why."""
    main_flow.come_near(town, visit)


def test_a_place_is_found_by_name_with_the_keyboard_alone(town: Served, visit: Visit) -> None:
    """Typing a village's name and pressing Enter flies there; its address opens the same view again."""
    main_flow.find_by_name(town, visit)
