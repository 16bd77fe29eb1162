"""Writes golden data of gated recurrences: transformers 5.24.0 (Mamba, Mamba-2, RWKV-4) and yet-another-retnet 0.5.1, in float64,
rounded to float32.

    python3 -m venv VENV && VENV/bin/pip install torch==2.15.0 safetensors transformers==5.24.0 yet-another-retnet==0.5.1
    VENV/bin/python Scripts/golden/gated_recurrences.py Tests/GodwitLayersTests/Golden

Each file holds the input x, the cotangent dy, the parameters as Godwit has them, y, and all gradients. The retention has its
decays 1 − 2^(−5 − h), as the paper writes them; that library spreads them otherwise, and leaves positions out here.
"""
import sys

import torch
from safetensors.numpy import save_file
from transformers import Mamba2Config, MambaConfig, RwkvConfig
from transformers.models.mamba.modeling_mamba import MambaMixer
from transformers.models.mamba2.modeling_mamba2 import Mamba2Mixer
from transformers.models.rwkv.modeling_rwkv import RwkvFeedForward, RwkvSelfAttention
from yet_another_retnet import retention

torch.set_default_dtype(torch.float64)
# They compute parts of a layer in float32 whatever its type is.
torch.Tensor.float = lambda self: self
torch.float32 = torch.float64

WIDTH, BATCH, LENGTH = 16, 2, 13


def prepared(module):
    """The module with parameters of a size at which all of them matter."""
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            last = name.split(".")[-1]
            if last in ("A_log", "time_decay"):
                parameter.normal_(0, 0.7)
            elif last == "D" or "norm" in name:
                parameter.normal_(1, 0.5)
            elif "time_mix" in last:
                parameter.uniform_(0, 1)
            else:
                parameter.normal_(0, 0.4)
    return module


def transposed(t):
    return t.T


def taps_first(t):
    return t[:, 0].T


def flat(t):
    return t.flatten()


def write(path, module, parameters):
    x = torch.randn(BATCH, LENGTH, WIDTH, requires_grad=True)
    dy = torch.randn(BATCH, LENGTH, WIDTH)
    y = module(x)
    y = y[0] if isinstance(y, tuple) else y
    (y * dy).sum().backward()
    tensors = {"x": x, "dy": dy, "y": y, "gradient.x": x.grad}
    for name, (parts, change) in parameters.items():
        tensors[name] = torch.cat([change(part) for part in parts], -1)
        tensors["gradient." + name] = torch.cat([change(part.grad) for part in parts], -1)
    save_file({name: t.detach().numpy().astype("float32", order="C") for name, t in tensors.items()}, path)


def same(t):
    return t


def mamba(path):
    m = prepared(MambaMixer(MambaConfig(hidden_size=WIDTH, state_size=5, time_step_rank=3, num_hidden_layers=1), 0))
    write(path, m, {
        "input.weight": ([m.in_proj.weight], transposed),
        "convolution.weight": ([m.conv1d.weight], taps_first), "convolution.bias": ([m.conv1d.bias], same),
        "selection.weight": ([m.x_proj.weight], transposed),
        "stepWeight": ([m.dt_proj.weight], transposed), "stepBias": ([m.dt_proj.bias], same),
        "logDecay": ([m.A_log], same), "skip": ([m.D], same), "output.weight": ([m.out_proj.weight], transposed),
    })


def mamba2(path):
    config = Mamba2Config(
        hidden_size=WIDTH, num_heads=4, head_dim=8, state_size=6, n_groups=1, chunk_size=4, num_hidden_layers=1)
    m = prepared(Mamba2Mixer(config, 0))
    write(path, m, {
        "input.weight": ([m.in_proj.weight], transposed),
        "convolution.weight": ([m.conv1d.weight], taps_first), "convolution.bias": ([m.conv1d.bias], same),
        "stepBias": ([m.dt_bias], same), "logDecay": ([m.A_log], same), "skip": ([m.D], same),
        "scale": ([m.norm.weight], same), "output.weight": ([m.out_proj.weight], transposed),
    })


def rwkv(folder):
    config = RwkvConfig(hidden_size=WIDTH, intermediate_size=24, num_hidden_layers=1, context_length=LENGTH)
    m = prepared(RwkvSelfAttention(config, 0))
    write(f"{folder}/rwkv4-time-mix.safetensors", m, {
        "receptance.weight": ([m.receptance.weight], transposed), "key.weight": ([m.key.weight], transposed),
        "value.weight": ([m.value.weight], transposed), "output.weight": ([m.output.weight], transposed),
        "receptanceShare": ([m.time_mix_receptance], flat), "keyShare": ([m.time_mix_key], flat),
        "valueShare": ([m.time_mix_value], flat), "logDecay": ([m.time_decay], same), "bonus": ([m.time_first], same),
    })
    m = prepared(RwkvFeedForward(config, 0))
    write(f"{folder}/rwkv4-channel-mix.safetensors", m, {
        "receptance.weight": ([m.receptance.weight], transposed), "key.weight": ([m.key.weight], transposed),
        "value.weight": ([m.value.weight], transposed), "receptanceShare": ([m.time_mix_receptance], flat),
        "keyShare": ([m.time_mix_key], flat),
    })


def retnet(path):
    retention._build_decay_gammas = lambda num_heads, device=None, dtype=None: 1 - 2.0 ** (-5 - torch.arange(num_heads))
    m = prepared(retention.MultiScaleRetention(WIDTH, 2, relative_position=False))

    class Parallel(torch.nn.Module):
        def forward(self, x):
            return m.forward_parallel(x, x, x)[0]

    projections = [m.q_proj, m.k_proj, m.v_proj, m.g_proj]
    write(path, Parallel(), {
        "input.weight": ([p.weight for p in projections], transposed),
        "input.bias": ([p.bias for p in projections], same),
        "output.weight": ([m.out_proj.weight], transposed), "output.bias": ([m.out_proj.bias], same),
    })


def main(folder):
    torch.manual_seed(1)
    mamba(f"{folder}/mamba.safetensors")
    mamba2(f"{folder}/mamba2.safetensors")
    rwkv(folder)
    retnet(f"{folder}/retention.safetensors")


if __name__ == "__main__":
    main(sys.argv[1])
