"""Run the command line as ``python -m webmap.cli``."""

from webmap.cli import main

main()
