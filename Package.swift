// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "godwit",
  platforms: [.macOS(.v15)],
  products: [],
  targets: [
    .target(name: "CGodwitKernels", linkerSettings: [.linkedLibrary("m")]),
    .target(name: "GodwitKernels", dependencies: ["CGodwitKernels"]),
    .testTarget(name: "GodwitKernelsTests", dependencies: ["GodwitKernels"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .gnu11
)
