"""Writes golden data of Performer attention: performer-pytorch 1.1.4, in float64, rounded to float32.

    python3 -m venv VENV && VENV/bin/pip install torch==2.15.0 safetensors performer-pytorch==1.1.4
    VENV/bin/python Scripts/golden/performer.py Tests/GodwitLayersTests/Golden

Each file holds q, k, v [B, T, H, K], the directions [K, F], the output and the gradients of q, k and v. The library adds a
constant to each feature and to each divisor; both are 0 here. It also subtracts the greatest exponent of all keys, those
of the future included, from the exponents of each key: without the constants that divides out.
"""
import sys

import torch
from performer_pytorch.performer_pytorch import (
    causal_linear_attention_noncuda, gaussian_orthogonal_random_matrix, linear_attention, softmax_kernel)
from safetensors.torch import save_file

torch.set_default_dtype(torch.float64)


def main(folder):
    torch.manual_seed(1)
    batch, heads, length, width, features = 2, 2, 21, 6, 16
    for name in ("causal", "bidirectional"):
        q, k, v = (torch.randn(batch, heads, length, width, requires_grad=True) for _ in range(3))
        dy = torch.randn(batch, heads, length, width)
        projection = gaussian_orthogonal_random_matrix(features, width)
        query = softmax_kernel(q, projection_matrix=projection, is_query=True, eps=0)
        key = softmax_kernel(k, projection_matrix=projection, is_query=False, eps=0)
        if name == "causal":
            y = causal_linear_attention_noncuda(query, key, v, chunk_size=8, eps=0)
        else:
            y = linear_attention(query, key, v)
        (y * dy).sum().backward()
        rows = {"q": q, "k": k, "v": v, "y": y, "dy": dy, "dq": q.grad, "dk": k.grad, "dv": v.grad}
        tensors = {name: t.detach().transpose(1, 2) for name, t in rows.items()} | {"projection": projection.T}
        save_file({name: t.to(torch.float32).contiguous() for name, t in tensors.items()},
                  f"{folder}/performer-{name}.safetensors")


if __name__ == "__main__":
    main(sys.argv[1])
