"""`python -m hemei`, as the demo starts its parts."""

from hemei.cli import main

main(prog_name="hemei")
