// One import for programs that use Godwit.
@_exported import GodwitEvents
@_exported import GodwitLayers
@_exported import GodwitModels
@_exported import GodwitOptimization
@_exported import GodwitPlot
@_exported import GodwitRandom
@_exported import GodwitTensor
