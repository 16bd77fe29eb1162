// What a user of tensors meets of the modules beneath: element types, threads, the memory cache, generators.
@_exported import GodwitKernels
@_exported import GodwitRandom
