"""The records, in memory or in a JSON file that is read anew with every question."""

import json
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from dns import name, rdata, rdataclass, rdatatype

type Record = tuple[str, str]  # type and value, as in ("TXT", '"flectar=…"')


class Zone:
    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._records: dict[str, list[Record]] = {}
        self._lock = Lock()

    def put(self, owner: str, kind: str, *values: str) -> None:
        """These values of this type and no others; none: the type is gone."""
        with self._lock:
            records = self.records()
            kept = [record for record in records.get(owner.lower(), []) if record[0] != kind]
            for value in values:
                kept.append((kind, value))
                parsed(kind, value)
            records[owner.lower()] = kept
            self._write({key: found for key, found in records.items() if found})

    def records(self) -> dict[str, list[Record]]:
        if self._file is None:
            return dict(self._records)
        try:
            return {
                key: [(kind, value) for kind, value in found]
                for key, found in json.loads(self._file.read_text()).items()
            }
        except FileNotFoundError:
            return {}

    def _write(self, records: dict[str, list[Record]]) -> None:
        if self._file is None:
            self._records = records
            return
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps(records, indent=1))
        part.replace(self._file)

    def of(self, owner: name.Name) -> list[Record] | None:
        """None if there is no such name, neither itself nor as a part of a longer one."""
        key = owner.to_text(omit_final_dot=True).lower()
        records = self.records()
        if key in records:
            return records[key]
        return [] if any(known.endswith(f".{key}") for known in records) else None


def parsed(kind: str, value: str) -> rdata.Rdata:
    """Raises for what no name server would load."""
    text = json.dumps(value, ensure_ascii=True) if kind == "TXT" else value
    return rdata.from_text(rdataclass.IN, rdatatype.from_text(kind), text, origin=name.root, relativize=False)


def of_type(records: Iterable[Record], kind: int) -> list[rdata.Rdata]:
    return [parsed(each, value) for each, value in records if rdatatype.from_text(each) == kind]
