// What is chosen on the page, told to whoever draws it: the map's outline, the tree, the card, the address.
import type { Chosen } from "../map/permalink";
import type { Box, Place } from "../wire";

export interface Choice extends Chosen {
  /** Where to fly, if the choice was made away from the map. */
  box?: Box | null;
  place?: Place | null;
  /** Made with nothing but an id: fly there once the card tells where it is. */
  seek?: boolean;
  /** Already known, so that the card can greet before the server answers. */
  name?: string;
}

export type Listener = (choice: Choice | null) => void;

export interface Selection {
  now: () => Choice | null;
  choose: (choice: Choice | null) => void;
  listen: (listener: Listener) => void;
}

/** Make an empty selection. */
export function makeSelection(): Selection {
  const listeners: Listener[] = [];
  let now: Choice | null = null;
  return {
    now: () => now,
    choose: (choice) => {
      now = choice;
      listeners.forEach((listener) => listener(choice));
    },
    listen: (listener) => listeners.push(listener),
  };
}
