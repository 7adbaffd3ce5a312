"""``sanzhang``: the operator's door, a thin wrapper over the same actions as the web's."""

from __future__ import annotations

import click

from webmap.cli import county, data, plans


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sanzhang-map")
def main() -> None:
    """Sanzhang Map (三长图): one county's 片-组-邻 net, on one map."""


for group in (county.COMMANDS, data.COMMANDS, plans.COMMANDS):
    for found in group:
        main.add_command(found)
