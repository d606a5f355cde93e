"""Prints record batches from kafka-python's encoder, one a line: name, space, hex.

    pip install kafka-python==3.0.12 python-snappy lz4 zstandard
    python golden_batches.py > kafka-python-3.0.12.txt
"""
from kafka.record.default_records import DefaultRecordBatchBuilder as Builder

T = 1_700_000_000_000


def data(codec):
    builder = Builder(
        magic=2, compression_type=codec, is_transactional=True, producer_id=4711, producer_epoch=3,
        base_sequence=2**31 - 2, batch_size=1 << 20)
    records = [
        (T, b"k0", b"v0", []),
        (T + 5, None, b"", [("h", b"1"), ("h", None), ("", b"")]),
        (T - 10, b"", None, [("ünï", b"\x00\xff")]),
    ]
    if codec != Builder.CODEC_NONE:
        text = b"mainstem "
        records.append((T, None, bytes(text[i % 9] + i // 20_000 for i in range(70_000)), []))
    for offset, (timestamp, key, value, headers) in enumerate(records):
        assert builder.append(offset, timestamp, key, value, headers) is not None
    return bytes(builder.build())


for name in ["none", "gzip", "snappy", "lz4", "zstd"]:
    print(f"data-{name}", data(getattr(Builder, f"CODEC_{name.upper()}")).hex())
