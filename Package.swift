// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "godwit",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "godwit", targets: ["GodwitMain"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .target(name: "CGodwitKernels", linkerSettings: [.linkedLibrary("m")]),
    .target(name: "GodwitKernels", dependencies: ["CGodwitKernels"]),
    .target(name: "GodwitRandom", dependencies: ["GodwitKernels"]),
    .target(name: "GodwitTensor", dependencies: ["GodwitKernels", "GodwitRandom"]),
    .target(name: "GodwitTestSupport", dependencies: ["GodwitTensor"]),
    .target(name: "GodwitBenchmarks", dependencies: ["GodwitKernels", "GodwitRandom", "GodwitTensor"]),
    .target(name: "GodwitPlot"),
    .target(name: "GodwitModels", dependencies: ["GodwitKernels", "GodwitRandom"]),
    .target(
      name: "GodwitCLI",
      dependencies: [
        "GodwitBenchmarks", "GodwitKernels", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    // Not "godwit": on a file system that ignores case it would be the same name as the library "Godwit".
    .executableTarget(name: "GodwitMain", dependencies: ["GodwitCLI"]),
    .testTarget(name: "GodwitKernelsTests", dependencies: ["GodwitKernels"]),
    .testTarget(name: "GodwitRandomTests", dependencies: ["GodwitRandom"]),
    .testTarget(name: "GodwitTensorTests", dependencies: ["GodwitTensor", "GodwitTestSupport"]),
    .testTarget(name: "GodwitBenchmarksTests", dependencies: ["GodwitBenchmarks"]),
    .testTarget(name: "GodwitPlotTests", dependencies: ["GodwitPlot", "GodwitRandom"], resources: [.copy("Golden")]),
    .testTarget(name: "GodwitModelsTests", dependencies: ["GodwitModels", "GodwitRandom"]),
    .testTarget(name: "GodwitCLITests", dependencies: ["GodwitCLI", "GodwitMain"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11
)
