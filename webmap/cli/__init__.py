"""``sanzhang``: the operator's door, a thin wrapper over the same actions as the web's."""

from __future__ import annotations

import importlib

import click

# command -> where it lives; loaded when it is asked for, so that `serve` need not wait for what `draft` needs
_COMMANDS = {
    "init": "county:init",
    "demo": "demo:demo",
    "first-sign-in": "county:first_sign_in",
    "import": "data:import_",
    "draft": "plans:draft",
    "check": "plans:check",
    "publish": "plans:publish",
    "undo": "plans:undo",
    "appoint": "posts:appoint",
    "export": "data:export",
    "wall": "wall:wall",
    "hotspots": "board:hotspots",
    "audit": "audit:audit",
    "account": "accounts:account",
    "duties": "duties:duties",
    "serve": "serving:serve",
    "work": "serving:work",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called or their help is shown."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name, or None."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(f"webmap.cli.{module}"), name)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sanzhang-map")
def main() -> None:
    """Sanzhang Map (三长图): one county's 片-组-邻 net, on one map."""
