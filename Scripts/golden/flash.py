"""Writes golden data of gated attention: FLASH-pytorch 0.1.9, in float64, rounded to float32.

    python3 -m venv VENV && VENV/bin/pip install torch==2.15.0 safetensors FLASH-pytorch==0.1.9
    VENV/bin/python Scripts/golden/flash.py Tests/GodwitLayersTests/Golden

Each file holds the input x, the cotangent dy, the parameters, y without the residual, and all gradients. Two things differ
between the two and are brought into line here: norm, residual and position bias are left out, and the squares, which
that library divides by c² (n² in the quadratic unit), are divided by c K (n K) in Godwit, so local queries are multiplied
by √(K / c). Its causal sums are divided by c, Godwit's by the positions before the chunk: the same in the second chunk,
which the causal case therefore ends with.
"""
import math
import sys

import torch
from flash_pytorch import FLASH, GAU
from safetensors.torch import save_file

torch.set_default_dtype(torch.float64)


def prepared(module):
    """The module with parameters of a size at which all of them matter."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            if "rel_pos_bias" in name:
                parameter.zero_()
            elif "gamma" in name:
                parameter.normal_(1, 0.5)
            elif "beta" in name:
                parameter.normal_(0, 0.5)
            else:
                parameter.normal_(0, 0.4)
    return module


def write(path, module, offset_scale, length, divisor, order):
    width, batch = 16, 2
    key_width = offset_scale.gamma.shape[1]
    scale = torch.ones(len(order), 1)
    scale[0] = math.sqrt(key_width / divisor)
    x = torch.randn(batch, length, width, requires_grad=True)
    dy = torch.randn(batch, length, width)
    y = module(x) - x
    (y * dy).sum().backward()
    up, shared, out = module.to_hidden[0], module.to_qk[0], module.to_out
    out = out[0] if isinstance(out, torch.nn.Sequential) else out

    def gates_first(t):
        values, gates = t.chunk(2, dim=-1)
        return torch.cat((gates, values), dim=-1)

    tensors = {
        "x": x, "dy": dy, "y": y, "gradient.x": x.grad,
        "gateValue.weight": gates_first(up.weight.T), "gradient.gateValue.weight": gates_first(up.weight.grad.T),
        "gateValue.bias": gates_first(up.bias), "gradient.gateValue.bias": gates_first(up.bias.grad),
        "shared.weight": shared.weight.T, "gradient.shared.weight": shared.weight.grad.T,
        "shared.bias": shared.bias, "gradient.shared.bias": shared.bias.grad,
        "heads.scale": offset_scale.gamma[order] * scale, "gradient.heads.scale": offset_scale.gamma.grad[order] / scale,
        "heads.offset": offset_scale.beta[order] * scale, "gradient.heads.offset": offset_scale.beta.grad[order] / scale,
        "output.weight": out.weight.T, "gradient.output.weight": out.weight.grad.T,
        "output.bias": out.bias, "gradient.output.bias": out.bias.grad,
    }
    save_file({name: t.detach().to(torch.float32).contiguous() for name, t in tensors.items()}, path)


def main(folder):
    torch.manual_seed(1)
    sizes = dict(dim=16, query_key_dim=6, expansion_factor=2.0, norm_klass=lambda width: torch.nn.Identity())
    for causal, length in ((True, 14), (False, 20)):
        module = prepared(FLASH(group_size=8, causal=causal, **sizes))
        name = "flash-causal" if causal else "flash-bidirectional"
        write(f"{folder}/{name}.safetensors", module, module.qk_offset_scale, length, 8, [0, 2, 1, 3])
    module = prepared(GAU(causal=False, **sizes))
    write(f"{folder}/gau-bidirectional.safetensors", module, module.offsetscale, 20, 20, [0, 1])


if __name__ == "__main__":
    main(sys.argv[1])
