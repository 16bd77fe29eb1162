# python3 Examples/Weights/forward.py WEIGHTS.safetensors TEXT: how well a model with the mixer "linear" predicts a text, in bits per byte.
# WEIGHTS is what `godwit export RUN --out WEIGHTS.safetensors` wrote; the numbers are those of `godwit evaluate`. It needs the
# packages numpy and safetensors.
import json
import math
import sys

import numpy as np
from safetensors import safe_open

with safe_open(sys.argv[1], framework="np") as file:
    w = {name: file.get_tensor(name).astype(np.float64) for name in file.keys()}
    model = json.loads(file.metadata()["godwit.configuration"])
heads, depth = model["heads"], model["depth"]
known = {"mixer": "linear", "positions": "rotary", "norm": "layer", "normPlacement": "pre", "feedForward": "gelu", "tiedHead": False}
for name, value in known.items():
    if model[name] != value:
        sys.exit(f"this program knows models with {name} {value}; that of {sys.argv[1]} has {name} {model[name]}")


def linear(x, name):  # [T, N] to [T, M]: rows times a matrix [N, M]
    y = x @ w[name + ".weight"]
    return y + w[name + ".bias"] if name + ".bias" in w else y


def layer_norm(x, name):
    x = x - x.mean(-1, keepdims=True)
    x = x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5)
    return x * w[name + ".scale"] + w[name + ".shift"]


def gelu(x):
    return x * (1 + np.vectorize(math.erf)(x / math.sqrt(2))) / 2


def rotary(x):  # [T, H, K]: channel i turns with channel i + K / 2
    length, _, width = x.shape
    half = width // 2
    angle = np.arange(length)[:, None, None] * 10000.0 ** (-np.arange(half) / half)
    a, b = x[..., :half], x[..., half:]
    return np.concatenate([a * np.cos(angle) - b * np.sin(angle), a * np.sin(angle) + b * np.cos(angle)], -1)


def attention(x, name):  # S = sum of rotary(f(k)) v', z = sum of f(k), y = S' rotary(f(q)) / f(q) . z
    q, k, v = (part.reshape(len(x), heads, -1) for part in np.split(linear(x, name + ".queryKeyValue"), 3, -1))
    q, k = (np.where(y > 0, y + 1, np.exp(np.minimum(y, 0))) for y in (q, k))  # elu(y) + 1
    turned_q, turned_k = rotary(q), rotary(k)
    past, total, out = np.zeros((heads, q.shape[2], v.shape[2])), np.zeros(k.shape[1:]), np.zeros_like(v)
    for t in range(len(x)):
        past += turned_k[t][:, :, None] * v[t][:, None, :]
        total += k[t]
        weight = (q[t] * total).sum(-1, keepdims=True)
        out[t] = np.einsum("hfk,hf->hk", past, turned_q[t]) / weight
    return linear(out.reshape(len(x), -1), name + ".output")


# The first byte is predicted as if after a line break.
text = np.frombuffer(b"\n" + open(sys.argv[2], "rb").read(), np.uint8)
x = w["bytes.table"][text[:-1]]
for i in range(depth):
    block = f"blocks.{i}"
    x = x + attention(layer_norm(x, block + ".mixerNorm"), block + ".mixer")
    hidden = gelu(linear(layer_norm(x, block + ".feedForwardNorm"), block + ".feedForward.up"))
    x = x + linear(hidden, block + ".feedForward.down")
logits = linear(layer_norm(x, "norm"), "head")
logits -= logits.max(-1, keepdims=True)
log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
print(-log_p[np.arange(len(text) - 1), text[1:]].mean() / math.log(2))
