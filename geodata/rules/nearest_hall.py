from __future__ import annotations

import numpy as np

from geodata.rules.kernels import Ints


def short_posts(allowed: list[tuple[Ints, Ints]], mate: tuple[Ints, Ints]) -> list[tuple[Ints, Ints]]:
    """Tell why posts stand empty: sets of posts that have fewer people among them than posts (Hall, 1935).

    Parameters
    ----------
    allowed
        Pairs of posts and people; each of the posts may be taken by each of the people.
    mate
        (n,) and (m,) a fullest assignment.

    Returns
    -------
    list of (posts, people)
        Sets of posts, and all people who may take any of them; the posts are more than the people by the
        number of those that stand empty.
    """
    of_post: list[list[int]] = [[] for _ in mate[0]]
    for number, (posts, _) in enumerate(allowed):
        for post in posts:
            of_post[int(post)].append(number)
    found: list[tuple[Ints, Ints]] = []
    seen: set[int] = set()
    for root in np.flatnonzero(mate[0] < 0):
        if int(root) not in seen:
            short, few = _reached(int(root), allowed, of_post, mate[1])
            seen |= short
            found.append((np.array(sorted(short), np.int64), np.array(sorted(few), np.int64)))
    return found


def _reached(
    root: int, allowed: list[tuple[Ints, Ints]], of_post: list[list[int]], holder: Ints
) -> tuple[set[int], set[int]]:
    """Return all posts and people that exchanges from an empty post can reach; if it is fullest, nobody is idle."""
    posts, people, numbers = {root}, set[int](), set[int]()
    waiting = [root]
    while waiting:
        for number in of_post[waiting.pop()]:
            if number in numbers:
                continue
            numbers.add(number)
            for person in set(allowed[number][1].tolist()) - people:
                people.add(person)
                post = int(holder[person])
                if post >= 0 and post not in posts:
                    posts.add(post)
                    waiting.append(post)
    return posts, people
