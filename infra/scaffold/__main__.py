"""`python -m infra.scaffold domain NAME [CATEGORY]`, or `category NAME`: writes it, and says what it wrote."""

import argparse
import sys

from infra.business import Project
from infra.local.stack import ROOT
from infra.scaffold.naming import NotWritten
from infra.scaffold.writing import new_category, new_domain


def main() -> int:
    """Write what the arguments say; 1 when nothing was written."""
    parser = argparse.ArgumentParser(prog="python -m infra.scaffold", description=__doc__)
    parser.add_argument("what", choices=("domain", "category"))
    parser.add_argument("name", help="small letters and digits, such as clinic")
    parser.add_argument("category", nargs="?", help="the first of a new domain; else as the domain")
    given = parser.parse_args()
    project = Project(ROOT)
    try:
        if given.what == "domain":
            files = new_domain(project, given.name, given.category or given.name)
        else:
            files = new_category(project, given.name)
    except NotWritten as why:
        print(f"new-{given.what}: {why}", file=sys.stderr)
        return 1
    print("written:", *(str(file.relative_to(ROOT)) for file in files), sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
