import Foundation
import Godwit

// swift run -c release StreamFromRun RUN PROMPT: writes 200 bytes after the prompt, each as soon as it is drawn.
guard CommandLine.arguments.count == 3 else {
  print("usage: StreamFromRun RUN PROMPT; RUN is a folder that 'godwit train' made")
  exit(64)
}
let (path, prompt) = (CommandLine.arguments[1], CommandLine.arguments[2])
do {
  let model = try Run(loading: path).model()
  var session = TextSession(model, sampling: try SamplingOptions(temperature: 0.8), seed: 7)
  session.read(prompt.utf8)
  try await session.write(limit: 200) { FileHandle.standardOutput.write(Data($0)) }
} catch {
  print("cannot generate: \(error)")
  exit(1)
}
