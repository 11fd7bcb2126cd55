"""Asks REDbot for URLs, all in one process, and prints an HTTP archive for each: run by test_redbot.py."""

import sys
from collections.abc import Sequence
from configparser import ConfigParser

import thor
from redbot.formatter.har import HarFormatter
from redbot.resource import HttpResource


def ask(urls: Sequence[str]) -> list[str]:
    """Gives what REDbot found about each URL, in their order."""
    settings = ConfigParser()
    # Otherwise it asks for nothing on loopback.
    settings.read_dict({"redbot": {"enable_local_access": "True"}})
    found = ["" for _ in urls]
    asked = []
    for place, url in enumerate(urls):
        resource = HttpResource(settings["redbot"])
        resource.set_request(url)

        def keep(output: str, place: int = place) -> None:
            found[place] += output

        formatter = HarFormatter(settings["redbot"], resource, keep, {"tty_out": False})
        formatter.bind_resource(resource)

        formatter.on("formatter_done", lambda: all(found) and thor.stop())
        asked.append((resource, formatter))
    for resource, _ in asked:
        resource.check()
    thor.run()
    return found


if __name__ == "__main__":
    sys.stdout.write(f"[{','.join(ask(sys.argv[1:]))}]")
