// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "godwit",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Godwit", targets: ["Godwit"]),
    .executable(name: "godwit", targets: ["GodwitMain"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
  ],
  targets: [
    .target(name: "CGodwitKernels", linkerSettings: [.linkedLibrary("m")]),
    .target(name: "GodwitKernels", dependencies: ["CGodwitKernels"]),
    .target(
      name: "GodwitRandom",
      dependencies: ["GodwitKernels", .product(name: "RealModule", package: "swift-numerics")]),
    .target(name: "GodwitTensor", dependencies: ["GodwitKernels", "GodwitRandom"]),
    .target(name: "GodwitLayers", dependencies: ["GodwitKernels", "GodwitRandom", "GodwitTensor"]),
    .target(name: "GodwitOptimization", dependencies: ["GodwitKernels", "GodwitTensor"]),
    .target(name: "GodwitTestSupport", dependencies: ["GodwitLayers", "GodwitRandom", "GodwitTensor"]),
    .target(
      name: "GodwitBenchmarks",
      dependencies: [
        "GodwitKernels", "GodwitLayers", "GodwitModels", "GodwitOptimization", "GodwitRandom", "GodwitTensor",
      ]),
    .target(name: "GodwitPlot"),
    .target(
      name: "GodwitModels",
      dependencies: [
        "GodwitKernels", "GodwitLayers", "GodwitOptimization", "GodwitPlot", "GodwitRandom", "GodwitTensor",
      ]),
    .target(name: "GodwitEvents", dependencies: ["GodwitModels"]),
    .target(
      name: "GodwitCLI",
      dependencies: [
        "GodwitBenchmarks", "GodwitEvents", "GodwitKernels", "GodwitLayers", "GodwitModels", "GodwitOptimization",
        "GodwitPlot",
        "GodwitRandom",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(
      name: "Godwit",
      dependencies: [
        "GodwitEvents", "GodwitLayers", "GodwitModels", "GodwitOptimization", "GodwitPlot", "GodwitRandom",
        "GodwitTensor",
      ]),
    // Not "godwit": on a file system that ignores case it would be the same name as the library "Godwit".
    .executableTarget(name: "GodwitMain", dependencies: ["GodwitCLI"]),
    // The examples name what they use through "Godwit" too: else the package manager does not see that they must be
    // compiled anew.
    .executableTarget(
      name: "MixersFromSwift", dependencies: ["Godwit", "GodwitLayers"], path: "Examples/MixersFromSwift"),
    .executableTarget(
      name: "OwnMixer", dependencies: ["Godwit", "GodwitLayers", "GodwitModels"], path: "Examples/OwnMixer"),
    .executableTarget(
      name: "StreamFromRun", dependencies: ["Godwit", "GodwitModels"], path: "Examples/StreamFromRun"),
    .executableTarget(
      name: "TrainInMemory", dependencies: ["Godwit", "GodwitModels", "GodwitOptimization"],
      path: "Examples/TrainInMemory"),
    .testTarget(name: "GodwitKernelsTests", dependencies: ["GodwitKernels"]),
    .testTarget(
      name: "GodwitRandomTests", dependencies: ["GodwitRandom", "GodwitTestSupport"], exclude: ["Golden"]),
    .testTarget(name: "GodwitTensorTests", dependencies: ["GodwitTensor", "GodwitTestSupport"]),
    .testTarget(
      name: "GodwitLayersTests",
      dependencies: ["GodwitLayers", "GodwitModels", "GodwitOptimization", "GodwitRandom", "GodwitTestSupport"],
      exclude: ["Golden"]),
    .testTarget(name: "GodwitOptimizationTests", dependencies: ["GodwitOptimization", "GodwitTestSupport"]),
    .testTarget(name: "GodwitDocumentationTests", dependencies: ["Godwit", "GodwitTestSupport"]),
    .testTarget(name: "GodwitBenchmarksTests", dependencies: ["GodwitBenchmarks"]),
    .testTarget(name: "GodwitPlotTests", dependencies: ["GodwitPlot", "GodwitRandom"], exclude: ["Golden"]),
    .testTarget(
      name: "GodwitModelsTests",
      dependencies: ["GodwitModels", "GodwitOptimization", "GodwitRandom", "GodwitTestSupport"],
      exclude: ["Golden", "Pretrained"]),
    .testTarget(
      name: "GodwitEventsTests", dependencies: ["GodwitEvents", "GodwitTestSupport"], exclude: ["Cases"]),
    .testTarget(
      name: "GodwitCLITests",
      dependencies: [
        "GodwitCLI", "GodwitLayers", "GodwitMain", "GodwitModels", "GodwitTestSupport", "MixersFromSwift", "OwnMixer",
        "StreamFromRun", "TrainInMemory",
      ]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11
)

// A part of the package by itself, for checks that need not build all else: the kernels under a sanitizer, the libraries
// beneath the layers in debug.
if let part = Context.environment["GODWIT_PART"] {
  let kernels: Set = ["CGodwitKernels", "GodwitKernels", "GodwitKernelsTests"]
  let small: Set = [
    "GodwitLayers", "GodwitOptimization", "GodwitOptimizationTests", "GodwitPlot", "GodwitPlotTests", "GodwitRandom",
    "GodwitTensor", "GodwitTensorTests", "GodwitTestSupport",
  ]
  let kept = part == "kernels" ? kernels : kernels.union(small).subtracting(["GodwitKernelsTests"])
  package.targets.removeAll { !kept.contains($0.name) }
  package.products = []
}
