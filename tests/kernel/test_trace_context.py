"""The context of a trace: read as its level 2 has it, in versions to come as well, and never half."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.messages.trace_context import carried, well_formed

IDS = "-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"
KNOWN = f"00{IDS}-01"


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (KNOWN, KNOWN),
        (f"00{IDS}-00", f"00{IDS}-00"),
        (f"00{IDS}-03", f"00{IDS}-03"),
        (f"00{IDS}-ff", f"00{IDS}-ff"),
        (f"01{IDS}-01", KNOWN),
        (f"cc{IDS}-01", KNOWN),
        (f"cc{IDS}-01-what-the-future-will-be-like", KNOWN),
        (f"fe{IDS}-01-", KNOWN),
        (f"cc{IDS}-ff-x", f"00{IDS}-03"),
        (f"cc{IDS}-04", f"00{IDS}-00"),
    ],
)
def test_of_a_version_to_come_what_is_known_counts(given: str, read: str) -> None:
    assert well_formed(given) == read


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        f"ff{IDS}-01",
        f"00{IDS}-01-more",
        f"00{IDS}-01-",
        f"cc{IDS}-01.what",
        f"cc{IDS}-0",
        f"cc{IDS}-011",
        f"0{IDS}-01",
        KNOWN.upper(),
        KNOWN.replace("0af7651916cd43dd8448eb211c80319c", "0" * 32),
        KNOWN.replace("b7ad6b7169203331", "0" * 16),
        f" {KNOWN}",
        f"{KNOWN},{KNOWN}",
        f"00{IDS}",
    ],
)
def test_what_breaks_its_rules_is_ignored(given: str | None) -> None:
    assert well_formed(given) is None
    assert carried("congo=1", well_formed(given)) is None


@pytest.mark.parametrize(
    ("given", "read"),
    [
        # As it was given, where nothing else is said.
        ("congo=t61rcWkgMzE", "congo=t61rcWkgMzE"),
        ("rojo=00f067aa0ba902b7, congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
        ("a=1,,b=2 ,\t, c=3,", "a=1,b=2,c=3"),
        ("fw529a3039@dt=FfAAAA", "fw529a3039@dt=FfAAAA"),
        ("1a-2f@foo=bar1", "1a-2f@foo=bar1"),
        ("0=1", "0=1"),
        ("foo@=1,foo@@bar=2,foo@bar@baz=3,t@vvvvvvvvvvvvvvv=4", None),
        (f"{'t' * 242}@v=1", None),
        (f"{'k' * 256}={'v' * 255}", None),
        ("a_-*/b=x y", "a_-*/b=x y"),
        (",".join(f"k{n}=v" for n in range(32)), ",".join(f"k{n}=v" for n in range(32))),
    ],
)
def test_a_tracestate_is_carried_beside_its_traceparent(given: str, read: str | None) -> None:
    assert carried(given, KNOWN) == (read or given)
    assert carried(given, None) is None


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        " , ",
        "congo",
        "=1",
        "a=",
        "A=1",
        "a=1=2",
        "a=\u00fc",
        "a b=1",
        "a=1,a=2",
        "a=1;b=2,\x00=3",
        ",".join(f"k{n}=v" for n in range(33)),
        f"{'k' * 257}=1",
        f"a={'v' * 257}",
        "@a=1",
        ",".join(["a=1"] * 3),
        f"{'a' * 200}=1,{'b' * 200}=1,{'c' * 200}=1,B=1",
    ],
)
def test_a_tracestate_that_is_none_is_left_out_whole(given: str | None) -> None:
    assert carried(given, KNOWN) is None


KEYS = st.text(st.sampled_from("abcxyz"), min_size=1, max_size=9)
VALUES = st.text(st.sampled_from("aZ09!+<>~-;:"), min_size=1, max_size=9)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=20))
def test_whatever_vendors_say_arrives(members: dict[str, str]) -> None:
    written = ",".join(f"{key}={value}" for key, value in members.items())

    assert carried(written, KNOWN) == written
    assert carried(carried(written, KNOWN), KNOWN) == written


def member(key: str, length: int) -> str:
    return f"{key}={'v' * (length - len(key) - 1)}"


@pytest.mark.parametrize(
    ("lengths", "kept"),
    [
        ([100, 100, 100, 100, 100], [0, 1, 2, 3, 4]),
        ([100, 100, 100, 100, 108], [0, 1, 2, 3, 4]),
        ([100, 100, 100, 100, 109], [0, 1, 2, 3]),
        ([128, 128, 128, 125], [0, 1, 2, 3]),
        ([128, 128, 128, 128], [0, 1, 2]),
        ([129, 128, 128, 128], [1, 2, 3]),
        ([128, 129, 128, 129], [0, 1, 2]),
        ([129, 129, 129, 129], [0, 1, 2]),
        ([200, 10, 200, 10, 200], [0, 1, 2, 3]),
        ([500, 10, 10], [1, 2]),
        ([10, 250, 251], [0, 1]),
        ([512], [0]),
        ([513], []),
    ],
)
def test_what_is_too_long_loses_whole_members_the_large_ones_first(
    lengths: list[int], kept: list[int]
) -> None:
    members = [
        member(f"{'k' * (255 if length > 400 else 1)}{n}", length)
        for n, length in enumerate(lengths)
    ]

    assert carried(",".join(members), KNOWN) == (",".join(members[n] for n in kept) or None)
