import ArgumentParser

/// `--out`.
struct OutOption: ParsableArguments {
  @Option(help: ArgumentHelp("The folder to make for the run. (default: a new one in runs)", valueName: "folder"))
  var out: String?

  func validate() throws { try refuseEmptyPath(out, "--out") }
}
