GUARD_SQLITE: tuple[str, ...] = ()
GUARD_POSTGRESQL: tuple[str, ...] = ()
