"""The board as one web page that opens without a network: folium's map with Leaflet inside the file itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import folium
from branca.element import Element, MacroElement
from folium.plugins import HeatMap
from jinja2 import Template

_TIME = Template("""
{% macro script(this, kwargs) %}
(function () {
  var days = {{ this.days }}, series = {{ this.series }}, layer = {{ this.layer }}, most = {{ this.most }};
  var greys = ["#fbfaf7", "#eeece5", "#dedcd3", "#cbc9bf"];
  var box = L.control({position: "bottomleft"});
  box.onAdd = function () {
    var div = L.DomUtil.create("div", "board-time");
    var label = L.DomUtil.create("label", "", div);
    label.textContent = {{ this.words }} + " ";
    var input = L.DomUtil.create("input", "", div);
    input.type = "range"; input.min = 0; input.max = days.length - 1; input.value = days.length - 1;
    var told = L.DomUtil.create("output", "", div);
    function show() {
      var at = Number(input.value);
      told.textContent = " " + days[at];
      layer.eachLayer(function (one) {
        var p = one.feature.properties, n = series[p.row][at];
        if (at === days.length - 1 && p.mark) return one.setStyle({fillColor: p.colour});
        one.setStyle({fillColor: n > 0 ? greys[Math.min(1 + Math.floor(2.999 * n / most), 3)] : greys[0]});
      });
    }
    input.addEventListener("input", show);
    L.DomEvent.disableClickPropagation(div);
    show();
    return div;
  };
  box.addTo({{ this._parent.get_name() }});
  {{ this._parent.get_name() }}.attributionControl.setPrefix(false);
})();
{% endmacro %}
""")


class _Time(MacroElement):
    """The slider of days: it shades the units by what was open on that day."""

    _template = _TIME

    def __init__(self, layer: str, days: Sequence[str], series: Any, most: int, words: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "BoardTime"
        self.layer, self.most = layer, most
        self.days, self.series, self.words = (_plain(one) for one in (list(days), series, words))


def _plain(value: Any) -> str:
    """Return a value as JSON that may stand inside a script."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


def write_page(
    features: Mapping[str, Any], heat: Sequence[Sequence[float]], days: Sequence[str],
    series: Sequence[Sequence[int]], told: Mapping[str, Any], parts: tuple[str, str],
) -> bytes:  # fmt: skip
    """Return the page.

    Parameters
    ----------
    features
        GeoJSON polygons with ``row``, ``name``, ``said``, ``mark``, ``colour``.
    heat
        (lat, lon, weight) of units, never of single issues or homes.
    days, series
        The slider's stops, and (n, t) open issues by unit row, -1 withheld.
    told
        ``title``, ``lines`` (what stands above the map), ``words``.
    parts
        Leaflet's script and style sheet, written into the page.
    """
    words = told["words"]
    page = folium.Map(tiles=None, prefer_canvas=True, control_scale=True, zoom_control=True)
    page.default_js, page.default_css = [], []
    most = max((max(row, default=0) for row in series), default=0)
    layer = folium.GeoJson(
        features, name=words["layer_units"], zoom_on_click=False,
        style_function=lambda one: {"fillColor": one["properties"]["colour"], "fillOpacity": 0.85, "color": "#75867f",
                                    "weight": 2 if one["properties"]["mark"] == "hot" else 0.6},
        tooltip=folium.GeoJsonTooltip(["name", "said"], labels=False),
    )  # fmt: skip
    layer.add_to(page)
    if heat:
        heat_layer: Any = HeatMap
        drawn = heat_layer([list(one) for one in heat], name=words["layer_heat"], radius=28, blur=22, show=False,
                        gradient={"0.3": "#fdd0a2", "0.6": "#f5923e", "0.85": "#cc4c02", "1": "#7f2704"})  # fmt: skip
        drawn.default_js = []
        drawn.add_to(page)
    folium.LayerControl(collapsed=False).add_to(page)
    page.add_child(_Time(layer.get_name(), days, series, max(most, 1), words["time"]))
    if features["features"]:
        bounds: Any = layer.get_bounds()
        page.fit_bounds(bounds)
    root: Any = page.get_root()
    script, style = parts
    root.header.add_child(Element(f"<style>{style}\n{_LOOK}</style>"), name="leaflet-style", index=0)
    root.header.add_child(
        Element("<script>" + script.replace("</script", "<\\/script") + "</script>"), name="leaflet", index=1
    )
    root.header.add_child(Element(f"<title>{_escaped(told['title'])}</title>"), name="title")
    lines = "".join(f"<p>{_escaped(line)}</p>" for line in told["lines"])
    root.html.add_child(Element(f'<section class="told"><h1>{_escaped(told["title"])}</h1>{lines}</section>'))
    return str(root.render()).encode("utf-8")


_LOOK = """
body{font-family:"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;background:#f6f5f1}
.folium-map{background:#e9e9e4}
.told{position:absolute;z-index:1000;top:10px;left:54px;max-width:min(340px,62vw);max-height:60vh;overflow:auto;
padding:10px 14px;background:#fff;border:1px solid #dfe3de;border-radius:8px;font-size:13px;line-height:1.5}
.told h1{margin:0 0 4px;font-size:17px}.told p{margin:3px 0}
.leaflet-control-scale-line+.leaflet-control-scale-line{display:none}
.board-time{padding:8px 12px;background:#fff;border:1px solid #dfe3de;border-radius:8px;font-size:14px}
.board-time input{width:min(320px,42vw);vertical-align:middle}
"""


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
