// The map's colours are the page's colours: read from tokens.css, so light and dark are defined in one place.

export interface Palette {
  outside: string;
  land: string;
  ink: string;
  halo: string;
  muted: string;
  water: string;
  road: string;
  rail: string;
  county: string;
  village: string;
  pian: string;
  zu: string;
  lin: string;
  accent: string;
  amber: string;
  red: string;
  home: string;
  homeRing: string;
  fills: string[];
}

/** Read the colours of the theme that is on. */
export function palette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(`--map-${name}`).trim() || "#808080";
  return {
    outside: read("outside"),
    land: read("land"),
    ink: read("ink"),
    halo: read("halo"),
    muted: read("muted"),
    water: read("water"),
    road: read("road"),
    rail: read("rail"),
    county: read("county"),
    village: read("village"),
    pian: read("pian"),
    zu: read("zu"),
    lin: read("lin"),
    accent: read("accent"),
    amber: read("amber"),
    red: read("red"),
    home: read("home"),
    homeRing: read("home-ring"),
    fills: [0, 1, 2, 3, 4, 5].map((index) => read(`fill-${index}`)),
  };
}
