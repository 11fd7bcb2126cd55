"""Runs KQL over rows, line by line of JSON: run by kusto.py.

A line has the tables, their columns and rows, and the queries; its answer has the rows that each query finds.
"""

import json
import sys
from typing import Any

import duckdb_kql

KINDS = {
    "string": "VARCHAR",
    "datetime": "TIMESTAMP",
    "dynamic": "JSON",
    "real": "DOUBLE",
    "int": "INTEGER",
    "bool": "BOOLEAN",
}


def fill(connection: Any, name: str, columns: list[str], rows: list[dict[str, Any]]) -> None:
    """Make a table and fill it."""
    described = [column.split(":") for column in columns]
    body = ", ".join(f'"{column}" {KINDS[kind]}' for column, kind in described)
    connection.execute(f'CREATE OR REPLACE TABLE "{name}" ({body})')
    places = ", ".join("?" for _ in described)
    for row in rows:
        given = [
            json.dumps(row.get(column)) if kind == "dynamic" else row.get(column)
            for column, kind in described
        ]
        connection.execute(f'INSERT INTO "{name}" VALUES ({places})', given)


def answer(connection: Any, query: str) -> list[dict[str, Any]]:
    """Give the rows of a query."""
    found = duckdb_kql.query(connection, query)
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def main() -> None:
    connection = duckdb_kql.connect()
    for line in sys.stdin:
        asked = json.loads(line)
        for name, columns in asked["tables"].items():
            fill(connection, name, columns, asked["rows"].get(name, []))
        answers = {name: answer(connection, query) for name, query in asked["queries"].items()}
        print(json.dumps(answers, default=str), flush=True)


if __name__ == "__main__":
    main()
