"""Prints compressed text as other libraries frame it, one a line: codec, dash, name, space, hex.

The text is 10,000 times "mainstem ", then 256 bytes from 0 to 255.

    pip install lz4 python-snappy zstandard
    python codec_frames.py > codec-frames.txt
"""
import gzip
import itertools

import lz4.frame
import snappy
import zstandard

TEXT = b"mainstem " * 10_000 + bytes(range(256))


def show(name, data):
    print(name, data.hex())


for linked, block, content, size in itertools.product([False, True], repeat=4):
    flags = [("linked", linked), ("block-checksum", block), ("content-checksum", content), ("content-size", size)]
    name = "+".join(name for name, on in flags if on) or "bare"
    show(f"lz4-{name}", lz4.frame.compress(
        TEXT, block_size=lz4.frame.BLOCKSIZE_MAX64KB, block_linked=linked, block_checksum=block,
        content_checksum=content, store_size=size))
show("lz4-4mb", lz4.frame.compress(TEXT, block_size=lz4.frame.BLOCKSIZE_MAX4MB, compression_level=12))
show("snappy-raw", snappy.compress(TEXT))
show("gzip-two-members", gzip.compress(TEXT[:50_000], mtime=0) + gzip.compress(TEXT[50_000:], mtime=0))
compressor = zstandard.ZstdCompressor(level=22).compressobj()
show("zstd-level-22-streamed", compressor.compress(TEXT) + compressor.flush())
show("zstd-two-frames", zstandard.compress(TEXT[:50_000]) + zstandard.compress(TEXT[50_000:]))
