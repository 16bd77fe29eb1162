#!/usr/bin/env python3
"""Writes Tests/GodwitModelsTests/Golden/reference.safetensors with the reference implementation (safetensors 0.8.0, torch 2.15.0).

Each 16-bit tensor stands beside its values as float32, so that the widening is compared as a whole.
"""
import pathlib

import torch
from safetensors.torch import save_file

every = torch.arange(-32768, 32768, 61, dtype=torch.int32)
edges = torch.tensor([0, 1, 0x3FF, 0x400, 0x7BFF, 0x7C00, 0x7C01, 0x7F80, 0x7F7F, 0x7FFF, -0x8000, -0x400, -0x80, -1])
patterns = torch.cat([every, edges]).to(torch.int16)
half = patterns.view(torch.float16)
brain = patterns.clone().view(torch.bfloat16)
tensors = {
    "float32": torch.tensor([[1.5, -0.0, float("inf")], [1e-45, 3.25e38, -7.0]]),
    "float64": torch.tensor([0.1, -5e-324, 1e308], dtype=torch.float64),
    "half": half,
    "half.float32": half.float(),
    "brain": brain,
    "brain.float32": brain.float(),
    "int64": torch.tensor([-1, 2**62]),
    "bool": torch.tensor([True, False, True]),
    "scalar": torch.tensor(2.5),
    "empty": torch.zeros(0, 3),
    "name/with \"quotes\" and é": torch.ones(1),
}
folder = pathlib.Path(__file__).resolve().parents[2] / "Tests/GodwitModelsTests/Golden"
save_file(tensors, str(folder / "reference.safetensors"), metadata={"format": "pt", "note": "line\nbreak é"})
