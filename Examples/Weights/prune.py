# python3 Examples/Weights/prune.py WEIGHTS.safetensors PRUNED.safetensors: sets the half of each matrix to 0 that is nearest to it.
# WEIGHTS is what `godwit export RUN --out WEIGHTS.safetensors` wrote; `godwit train TEXT --from PRUNED.safetensors --steps 200`
# then trains what is left. It needs the packages numpy and safetensors.
import sys

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

with safe_open(sys.argv[1], framework="np") as file:
    weights = {name: file.get_tensor(name) for name in file.keys()}
    metadata = file.metadata()  # has the architecture, so that godwit need not be told

for name, matrix in weights.items():
    if name.endswith(".weight"):
        weights[name] = np.where(abs(matrix) < np.median(abs(matrix)), 0, matrix).astype(matrix.dtype)
        print(name, matrix.shape)
save_file(weights, sys.argv[2], metadata=metadata)
