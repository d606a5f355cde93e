"""Prints bytes of kafka-python's messages, one message a line: NAME VERSION HEX.

Every request and response it knows, in the first and last version of our schema that it has too. Fields are set to
values that differ from each other and from their defaults; a field that the version lacks keeps its default.

    pip install kafka-python==3.0.12
    python golden.py ../../schema > python.txt
"""
import importlib
import itertools
import pathlib
import pkgutil
import re
import sys
import uuid

import kafka.protocol
from kafka.protocol.api_message import ApiMessage

counter = itertools.count(1)


def single(field, version):
    n = next(counter)
    kind = field._type_str.removeprefix("[]")
    if kind in ("int8", "int16", "uint16", "int32", "int64"):
        return n
    if kind == "bool":
        return n % 2 == 0
    if kind == "float64":
        return n / 8
    if kind == "string":
        return f"s{n}"
    if kind in ("bytes", "records"):
        return bytes([n % 256, 0, 1])
    if kind == "uuid":
        return uuid.UUID(int=n)
    return fill(field.data_class, version)


def fill(container, version):
    values = {}
    for field in container._struct.fields.values():
        if not field.for_version_q(version):
            continue
        if field._type_str.startswith("[]"):
            values[field.name] = [single(field, version) for _ in range(2)]
        else:
            values[field.name] = single(field, version)
    return container(version=version, **values)


def schema_versions(folder):
    versions = {}
    for path in pathlib.Path(folder).glob("*.kafka"):
        for key, name, first, last in re.findall(r"^api (\d+) (\w+)  versions (\d+)(?:-(\d+))?", path.read_text(), re.M):
            versions[int(key)] = (int(first), int(last or first))
    return versions


def modules(package):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if ".old" not in found.name and "generate_stubs" not in found.name:
            importlib.import_module(found.name)


def subclasses(cls):
    for sub in type.__subclasses__(cls):
        yield sub
        yield from subclasses(sub)


modules(kafka.protocol)
ours = schema_versions(sys.argv[1])
messages = {cls._json["name"]: cls for cls in subclasses(ApiMessage) if cls._class_version is None and cls._json}
print("# Printed by golden.py with kafka-python 3.0.12.")
for name, cls in sorted(messages.items()):
    first, last = ours.get(cls.API_KEY, (0, -1))
    for version in sorted({first, min(last, cls.max_version)}):
        if first <= version <= cls.max_version:
            counter = itertools.count(1)
            try:
                print(name, version, bytes(fill(cls, version).encode(version=version, header=False)).hex())
            except (AttributeError, NotImplementedError, TypeError) as problem:
                print(f"{name} v{version} left out: {problem}", file=sys.stderr)
