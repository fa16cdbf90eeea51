"""Writes a tiny ONNX model by hand: whatever the picture, it gives the boxes that it was made with, as a YOLO network would.

The graph: the mean of the picture, a 1x1 convolution whose weights are zero and whose bias is the table of boxes, and a reshape
to [1, 4 + classes, boxes]. ONNX is a Protocol Buffers message; the numbers below are the fields of onnx.proto3.
"""

import struct

_FLOAT, _INT64 = 1, 7


def _varint(number):
    out = bytearray()
    while True:
        out.append((number & 0x7F) | (0x80 if number > 0x7F else 0))
        number >>= 7
        if not number:
            return bytes(out)


def _number(field, value):
    return _varint(field << 3) + _varint(value)


def _bytes(field, value):
    value = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _tensor(name, dims, kind, raw):
    return b"".join(_number(1, d) for d in dims) + _number(2, kind) + _bytes(8, name) + _bytes(9, raw)


def _node(kind, inputs, output, attributes=b""):
    return b"".join(_bytes(1, i) for i in inputs) + _bytes(2, output) + _bytes(3, kind) + _bytes(4, kind) + attributes


def _ints(name, values):
    return _bytes(5, _bytes(1, name) + b"".join(_number(8, v) for v in values) + _number(20, 7))


def _value(name, dims):
    shape = b"".join(_bytes(1, _number(1, d)) for d in dims)
    return _bytes(1, name) + _bytes(2, _bytes(1, _number(1, _FLOAT) + _bytes(2, shape)))


def write(path, boxes, side=640):
    """boxes: rows of (centre x, centre y, width, height, confidence) in the network's pixels."""
    count = len(boxes)
    bias = [box[row] for row in range(5) for box in boxes]
    floats = struct.pack(f"<{len(bias)}f", *bias)
    weights = bytes(4 * 3 * len(bias))
    graph = b"".join(
        [
            _bytes(1, _node("GlobalAveragePool", ["picture"], "mean")),
            _bytes(1, _node("Conv", ["mean", "weights", "table"], "flat", _ints("kernel_shape", [1, 1]))),
            _bytes(1, _node("Reshape", ["flat", "shape"], "boxes")),
            _bytes(2, "boxes"),
            _bytes(5, _tensor("weights", [len(bias), 3, 1, 1], _FLOAT, weights)),
            _bytes(5, _tensor("table", [len(bias)], _FLOAT, floats)),
            _bytes(5, _tensor("shape", [3], _INT64, struct.pack("<3q", 1, 5, count))),
            _bytes(11, _value("picture", [1, 3, side, side])),
            _bytes(12, _value("boxes", [1, 5, count])),
        ]
    )
    model = _number(1, 7) + _bytes(7, graph) + _bytes(8, _bytes(1, "") + _number(2, 11))
    with open(path, "wb") as file:
        file.write(model)
